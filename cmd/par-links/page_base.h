/* SPDX-License-Identifier: ISC */
/*
 * page_base - what the links of the page at work on are resolved on.
 */
#ifndef PAR_LINKS_PAGE_BASE_H
#define PAR_LINKS_PAGE_BASE_H

#include "pages.h"

/* Resolve on the URL of the page, an escaped field. */
void pages_use_document(struct pages *pages, const struct field *url);

/* Resolve on the first <base href> of its tree, if there is one. */
void pages_use_base_element(struct pages *pages);

#endif
