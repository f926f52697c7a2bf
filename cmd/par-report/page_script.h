/* SPDX-License-Identifier: ISC */
/*
 * page_script - what the page does: zoom, and what is under the pointer.  It stands
 * between <script> and </script> as it is, and the page allows no other, by its hash.
 */
#ifndef PAR_REPORT_PAGE_SCRIPT_H
#define PAR_REPORT_PAGE_SCRIPT_H

extern const char page_script[];

/* SHA-256 of that, in base64: what Content-Security-Policy wants. */
extern const char page_script_hash[];

#endif
