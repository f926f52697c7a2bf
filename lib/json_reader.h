/* SPDX-License-Identifier: ISC */
/*
 * json_reader - reads an object of JSON (RFC 8259), value by value: no tree of it, no
 * copy, and nothing of it changes.  Its bytes may be any: what is no JSON is told.
 *
 * Strings may have bytes that are no UTF-8.  A name may come again: its last value
 * counts, if the caller takes what comes as it comes.
 */
#ifndef PAR_JSON_READER_H
#define PAR_JSON_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "field.h"

enum {
	JSON_DEEP = 16, /* objects and arrays within each other */
	JSON_DIGITS = 64 /* bytes of a number that is asked for */
};

struct json_reader {
	const char *at, *end;
	unsigned
	    depth; /* of what comes next: 1 in the object that is read, 0 behind it */
	uint32_t objects; /* a bit for each depth: an object, and no array */
	bool first; /* nothing stands before what comes next, so no comma does */
	bool bad;
};

enum json_kind {
	JSON_OBJECT, /* begins: what is in it comes next, one deeper */
	JSON_ARRAY, /* the same */
	JSON_TEXT,
	JSON_NUMBER,
	JSON_TRUE,
	JSON_FALSE,
	JSON_NULL
};

/* A value, and its name if it is in an object: views, of strings without their quotes. */
struct json_item {
	enum json_kind kind;
	unsigned depth; /* 1: of the object that is read */
	struct field name, value;
	bool name_escaped, escaped; /* a backslash is in it */
};

/* Begin with an object of len bytes. */
void json_begin(struct json_reader *in, const char *data, size_t len);

/* What comes next; false at the end, or where it goes wrong: see json_over(). */
bool json_next(struct json_reader *in, struct json_item *item);

/*
 * The next of that depth, past what is deeper; false, too, where the object or array ends
 * that they are in.  So that of an item itself are had by json_each(in, item->depth + 1).
 */
bool json_each(struct json_reader *in, unsigned depth, struct json_item *item);

/* Was it an object, all of which has come, with nothing behind it but blanks? */
bool json_over(const struct json_reader *in);

bool json_is_escaped(const struct json_item *item, const char *name);

/* Is that its name? */
static inline bool
json_is(const struct json_item *item, const char *name)
{
	if (item->name_escaped)
		return json_is_escaped(item, name);
	for (size_t i = 0; i < item->name.len; i++)
		if (item->name.data[i] != name[i])
			return false; /* as it is at the end of name: no NUL is in item's
				       */
	return name[item->name.len] == '\0';
}

/* The value as a number; false if it is none, or none such, or longer than JSON_DIGITS.
 */
bool json_count(const struct json_item *item, uint64_t *out);
bool json_number(const struct json_item *item, double *out);

/*
 * Write at to what the string is, with room for as many bytes as stand there, where it
 * may stand itself; how many.  Half a pair of surrogates is U+FFFD, but for those that
 * stand for a byte: see JSON_KEPT in json_string.h.
 */
size_t json_text(char *to, const struct json_item *item);

#endif
