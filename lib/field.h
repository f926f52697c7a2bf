/* SPDX-License-Identifier: ISC */
/*
 * field - the fields of a record: bytes between single TABs, in which backslash,
 * TAB, newline, carriage return and NUL are written \\ \t \n \r \0.
 */
#ifndef PAR_FIELD_H
#define PAR_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { FIELD_GLANCE = 16 /* bytes that are looked at in one go */ };

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
 * What is to be added where a record lacks a field: "; TABs separate fields" if it has
 * what others separate them by, and no TAB; else "".
 */
const char *field_hint(const char *data, size_t len);

/*
 * How long the first field of a record is, of len bytes without its newline.  There,
 * FIELD_GLANCE bytes can be read, however long it is.
 */
static inline size_t
field_first(const char *data, size_t len)
{
	const char *tab;
	size_t seen = 0;

#ifdef __SSE2__
	unsigned stops = (unsigned)_mm_movemask_epi8(
	    _mm_cmpeq_epi8(_mm_loadu_si128((const void *)data), _mm_set1_epi8('\t')));

	stops |= 1U << (len < FIELD_GLANCE ? len : FIELD_GLANCE);
	seen = (size_t)__builtin_ctz(stops);
	if (seen < FIELD_GLANCE)
		return seen;
#endif
	tab = memchr(data + seen, '\t', len - seen);
	return tab == NULL ? len : (size_t)(tab - data);
}

/* How many bytes at the start of data need no escape. */
size_t field_clean(const char *data, size_t len);

/*
 * Escape len bytes into dst, which has room for twice as many; no overlap.
 * Returns how many were written.
 */
size_t field_escape(char *dst, const char *data, size_t len);

/* How many bytes len escaped bytes, of whole records, were before. */
size_t field_raw_len(const char *data, size_t len);

/*
 * Undo it, into dst, room for len bytes; dst may be data.  A backslash before
 * any other byte, or at the end, stands for itself.  Returns the new length.
 */
size_t field_unescape(char *dst, const char *data, size_t len);

#endif
