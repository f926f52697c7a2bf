/* SPDX-License-Identifier: ISC */
/*
 * charset - the encodings of the Encoding Standard, to UTF-8 and, for queries, back.
 */
#ifndef PAR_LINKS_CHARSET_H
#define PAR_LINKS_CHARSET_H

#include <stdbool.h>
#include <stddef.h>

#include "charset_kind.h"

enum { CHARSET_GROWTH = 3, CHARSET_QUERY_GROWTH = 8 };

/* The charset that a label means, in any case and with blanks around it, or NULL. */
const struct charset *charset_find(const char *label, size_t len);

/* The charset that the charset= of a content type means, or NULL. */
const struct charset *charset_of_type(const char *type, size_t len);

/* The one whose byte order mark data begins with, *skip bytes of it; or NULL. */
const struct charset *charset_of_mark(const char *data, size_t len, size_t *skip);

/* Are tags found only in what is decoded? */
bool charset_is_whole(const struct charset *charset);

/* Are queries written in it, not in UTF-8? */
bool charset_has_queries(const struct charset *charset);

/* Is data the same in UTF-8? */
bool charset_is_utf8(const struct charset *charset, const char *data, size_t len);

/*
 * To UTF-8: dst has room for CHARSET_GROWTH * len; U+FFFD stands for what is not
 * a character.  Returns the length.
 */
size_t
charset_decode(const struct charset *charset, char *dst, const char *data, size_t len);

/*
 * Copy a URL in UTF-8, with what is not ASCII in its query percent-encoded as
 * charset has it; what charset has not, as a character reference.  dst has room
 * for CHARSET_QUERY_GROWTH * len.  Returns the length.
 */
size_t charset_query(struct pairs_encoders *encoders, const struct charset *charset,
    char *dst, const char *url, size_t len);

#endif
