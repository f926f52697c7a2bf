/* SPDX-License-Identifier: ISC */
/*
 * charset - the encodings of the Encoding Standard, to UTF-8 and, for queries,
 * back.  UTF-8 and those of single bytes are done here; iconv(3) does the rest.
 */
#ifndef PAR_LINKS_CHARSET_H
#define PAR_LINKS_CHARSET_H

#include <iconv.h>
#include <stdbool.h>
#include <stddef.h>

enum charset_kind {
	CHARSET_UTF8,
	CHARSET_BYTE, /* one byte a character */
	CHARSET_ICONV, /* ASCII stands for itself where no character is open */
	CHARSET_WHOLE, /* not even that: pages must be decoded as a whole */
	CHARSET_NONE /* none that may be decoded: the page is empty */
};

struct charset {
	const char *name;
	unsigned number;
	enum charset_kind kind;
	const unsigned short *high; /* of bytes 128 to 255; 0: not a character */
	const char *decode, *encode; /* names for iconv; encode NULL: UTF-8 */
};

enum { CHARSET_COUNT = 40, CHARSET_GROWTH = 3, CHARSET_QUERY_GROWTH = 8 };

/* Converters that are open, by charset.number; all zero to begin with. */
struct converters {
	iconv_t decode[CHARSET_COUNT], encode[CHARSET_COUNT];
	bool can_decode[CHARSET_COUNT], can_encode[CHARSET_COUNT];
};

/* The charset that a label means, in any case and with blanks around it, or NULL. */
const struct charset *charset_find(const char *label, size_t len);

/* The same for the charset= of a content type. */
const struct charset *charset_of_type(const char *type, size_t len);

/* The one whose byte order mark data begins with, *skip bytes of it; or NULL. */
const struct charset *charset_of_mark(const char *data, size_t len, size_t *skip);

/*
 * Open the converters of all charsets now: later no file may be opened.  What
 * the system has no converter for is decoded as far as it is ASCII.
 */
void converters_open(struct converters *converters);
void converters_close(struct converters *converters);

/* Is data the same in UTF-8? */
bool charset_is_utf8(const struct charset *charset, const char *data, size_t len);

/*
 * To UTF-8: dst has room for CHARSET_GROWTH * len; U+FFFD stands for what is not
 * a character.  Returns the length.
 */
size_t charset_decode(struct converters *converters, const struct charset *charset,
    char *dst, const char *data, size_t len);

/*
 * Copy a URL in UTF-8, with what is not ASCII in its query percent-encoded as
 * charset has it; what charset has not, as a character reference.  dst has room
 * for CHARSET_QUERY_GROWTH * len.  Returns the length.
 */
size_t charset_query(struct converters *converters, const struct charset *charset,
    char *dst, const char *url, size_t len);

#endif
