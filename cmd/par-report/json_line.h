/* SPDX-License-Identifier: ISC */
/*
 * json_line - a line that is an object of JSON, whose values are text, numbers or words,
 * or objects of such: name by name, without a tree of it.  It has no arrays.
 */
#ifndef PAR_REPORT_JSON_LINE_H
#define PAR_REPORT_JSON_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bytes.h"
#include "field.h"

struct json_line {
	const char *at, *end;
	unsigned depth; /* objects that have begun */
	bool ended; /* well */
};

/* A name and its value, as they stand there; of text what is between the quotes. */
struct json_item {
	struct field name, value;
	unsigned depth; /* 1: of the line itself */
	bool text;
};

/* Begin with a line of len bytes. */
void json_line_begin(struct json_line *json, const char *data, size_t len);

/* The next one; false at the end, or where it goes wrong: see ended. */
bool json_line_next(struct json_line *json, struct json_item *item);

/* Is that its name, at that depth? */
bool json_line_is(const struct json_item *item, unsigned depth, const char *name);

/* The value as a number; false if it is none. */
bool json_line_number(const struct json_item *item, uint64_t *out);

/*
 * Add the text that a value is, as a field of par-record(5), so that it is a view of to
 * as long as nothing more is added.  Ends the program where there is no memory.
 */
struct field json_line_text(struct bytes *to, const struct json_item *item);

#endif
