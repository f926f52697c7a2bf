/* SPDX-License-Identifier: ISC */
/*
 * page_encoding - what a page is written in: its mark, content type or a <meta> tells.
 */
#ifndef PAR_LINKS_PAGE_ENCODING_H
#define PAR_LINKS_PAGE_ENCODING_H

#include "pages.h"

/* Find the encoding, and decode the page if its tags could not be found otherwise. */
void pages_use_charset(struct pages *pages, const struct field *type);

#endif
