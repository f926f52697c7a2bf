/* SPDX-License-Identifier: ISC */
/*
 * page_style - how the page looks: narrow and wide, dark and light.
 */
#ifndef PAR_REPORT_PAGE_STYLE_H
#define PAR_REPORT_PAGE_STYLE_H

extern const char page_style[];

#endif
