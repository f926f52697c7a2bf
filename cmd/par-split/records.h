/* SPDX-License-Identifier: ISC */
/*
 * records - whole records, one after the other, of which the first are taken away.
 */
#ifndef PAR_SPLIT_RECORDS_H
#define PAR_SPLIT_RECORDS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A view: the bytes are another's.  Each record ends with its newline. */
struct records {
	const char *data;
	size_t len;
};

/* How many there are. */
uint64_t records_count(const struct records *records);

/* The length of the first ones that fit in room bytes, or of one that does not. */
static inline size_t
records_fit(const struct records *records, size_t room)
{
	const char *newline = NULL;

	if (records->len <= room)
		return records->len;
	if (room > 0)
		newline = memrchr(records->data, '\n', room);
	if (newline == NULL)
		newline = memchr(records->data + room, '\n', records->len - room);
	return (size_t)(newline - records->data) + 1;
}

/* The length of the first *count, or of all; *count is how many are missing then. */
size_t records_first(const struct records *records, uint64_t *count);

/* Take away the first len bytes. */
static inline void
records_skip(struct records *records, size_t len)
{
	records->data += len;
	records->len -= len;
}

#endif
