/* SPDX-License-Identifier: ISC */
/*
 * markup - text of others in HTML and SVG, where it is shown and nothing else: no tag, no
 * script, no way out of an attribute, no byte that XML does not know.
 */
#ifndef PAR_REPORT_MARKUP_H
#define PAR_REPORT_MARKUP_H

#include <stddef.h>

#include "bytes.h"

/*
 * Add len bytes: & < > " and ' by their names, control characters and broken UTF-8 as
 * escapes, such as \x00.
 */
void markup_put(struct bytes *to, const char *data, size_t len);

/* The same for a text that ends in a NUL. */
void markup_text(struct bytes *to, const char *text);

/* The same for what is escaped as in par-record(5). */
void markup_field(struct bytes *to, const char *text);

#endif
