/* SPDX-License-Identifier: ISC */
/*
 * media_type - what is in a page, by its content type: parameters may follow that.
 */
#ifndef PAR_LINKS_MEDIA_TYPE_H
#define PAR_LINKS_MEDIA_TYPE_H

#include <stdbool.h>

#include "field.h"

/* Of types with commas between them the one that counts, as the Fetch Standard has it. */
struct field media_type(const struct field *all);

bool media_is_xhtml(const struct field *type);

/* HTML, XHTML, or no type at all: browsers take that for HTML where it looks like it. */
bool media_is_html(const struct field *type);

/* XML of any kind. */
bool media_is_xml(const struct field *type);

/* A file of gzip. */
bool media_is_gzip(const struct field *type);

/* Any text, in which a pattern can be looked for. */
bool media_is_text(const struct field *type);

#endif
