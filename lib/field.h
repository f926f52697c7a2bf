/* SPDX-License-Identifier: ISC */
/*
 * field - the fields of a record: bytes between single TABs, in which backslash,
 * TAB, newline, carriage return and NUL are written \\ \t \n \r \0.
 */
#ifndef PAR_FIELD_H
#define PAR_FIELD_H

#include <stdbool.h>
#include <stddef.h>

struct field {
	const char *data; /* escaped, as it stands in the record */
	size_t len;
};

/*
 * Split the len bytes of a record into at most max fields; the last one takes
 * all that is left.  Returns how many there are, at least one.
 */
size_t field_split(const char *data, size_t len, struct field *fields, size_t max);

/* Field number index, from 0, of a record; false if it has not that many. */
bool field_at(const char *data, size_t len, size_t index, struct field *out);

/*
 * Of the record that begins at data, and whose newline comes before end: how long it is,
 * and in *first its first field.
 */
size_t field_first(const char *data, const char *end, size_t *first);

/* How many bytes at the start of data need no escape. */
size_t field_clean(const char *data, size_t len);

/*
 * Escape len bytes into dst, which has room for twice as many; no overlap.
 * Returns how many were written.
 */
size_t field_escape(char *dst, const char *data, size_t len);

/*
 * Undo it, into dst, room for len bytes; dst may be data.  A backslash before
 * any other byte, or at the end, stands for itself.  Returns the new length.
 */
size_t field_unescape(char *dst, const char *data, size_t len);

#endif
