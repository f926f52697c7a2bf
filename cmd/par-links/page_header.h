/* SPDX-License-Identifier: ISC */
/*
 * page_header - what the header of an answer says of links: Link (RFC 8288), Refresh, and
 * X-Robots-Tag.
 */
#ifndef PAR_LINKS_PAGE_HEADER_H
#define PAR_LINKS_PAGE_HEADER_H

#include <stdbool.h>

#include "pages.h"

/* Take the header of the page at work on, a field as par-fetch --headers writes it. */
void page_header_use(struct pages *pages, const struct field *lines);

/* Does it say that no link of the page is to be followed? */
bool page_header_says_nofollow(const struct pages *pages);

/* Put its links, on the URL of the page. */
void page_header_links(struct pages *pages);

#endif
