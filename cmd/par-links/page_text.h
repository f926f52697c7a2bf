/* SPDX-License-Identifier: ISC */
/*
 * page_text - text of the page at work on, in UTF-8: it is a view of the page where it is
 * the same, or stands in a buffer until that is used again.
 */
#ifndef PAR_LINKS_PAGE_TEXT_H
#define PAR_LINKS_PAGE_TEXT_H

#include "pages.h"

/* Part of the page. */
struct field
pages_to_utf8(struct pages *pages, struct bytes *room, const char *data, size_t len);

/* The value of an attribute: its character references are decoded, too. */
struct field
pages_decode(struct pages *pages, struct bytes *room, const char *data, size_t len);

/* The text of an anchor; of what has none inside, its alt attribute. */
struct field pages_text_of_anchor(struct pages *pages, const struct tag *tag);
struct field pages_text_of_image(struct pages *pages, const struct tag *tag);

#endif
