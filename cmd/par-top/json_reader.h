/* SPDX-License-Identifier: ISC */
/*
 * json_reader - reads JSON (RFC 8259), member by member, whatever its bytes are.
 *
 * A value that is not what is asked for is bad, and from then on nothing more is found.
 * Text is read in place: the bytes of strings change, and are not copied.
 */
#ifndef PAR_TOP_JSON_READER_H
#define PAR_TOP_JSON_READER_H

#include <stdbool.h>
#include <stddef.h>

enum { JSON_DEEP = 16 /* arrays and objects within each other */ };

/* What is read; all but at and end is zero at first. */
struct json_reader {
	char *at, *end; /* end is not read */
	unsigned depth;
	bool bad; /* it is no JSON, or not of the kind that was asked for */
};

/* A string, of any bytes; NULL: there is none. */
struct json_text {
	const char *data;
	size_t len;
};

/*
 * Each of these calls a function for each member, or value, of what comes next: that
 * reads it, by one of those below, or lets it alone, and it is passed over.
 */
typedef void json_member(void *context, struct json_reader *in, struct json_text name);
typedef void json_value(void *context, struct json_reader *in);
void json_object(struct json_reader *in, json_member *member, void *context);
void json_array(struct json_reader *in, json_value *value, void *context);

/* A number, at least 0; beyond what counters come to, 10^18, it is bad. */
double json_number(struct json_reader *in);

/* A string, or null. */
struct json_text json_text(struct json_reader *in);

bool json_flag(struct json_reader *in);

/* Is what comes next null?  Then it is passed over. */
bool json_null(struct json_reader *in);

/* Nothing but blanks is left. */
bool json_over(struct json_reader *in);

#endif
