/* SPDX-License-Identifier: ISC */
/*
 * need - memory that a program cannot go on without: these end it where there is none,
 * or beyond the maximum, with a diagnostic and STATUS_BROKEN.
 */
#ifndef PAR_NEED_H
#define PAR_NEED_H

#include "bytes.h"

/* There is no memory for size bytes, as errno says. */
_Noreturn void need_failed(size_t size);

/* See bytes_reserve(), bytes_anew(), bytes_put() and bytes_string(). */
static inline char *
need_room(struct bytes *bytes, size_t more)
{
	char *room;

	if (bytes->data != NULL && bytes->size - bytes->len >= more)
		return bytes->data + bytes->len; /* most often, so without a call */
	room = bytes_reserve(bytes, more);
	if (room == NULL)
		need_failed(bytes->len + more);
	return room;
}

static inline char *
need_anew(struct bytes *bytes, size_t size)
{
	char *room = bytes_anew(bytes, size);

	if (room == NULL)
		need_failed(size);
	return room;
}

static inline void
need_put(struct bytes *bytes, const void *data, size_t len)
{
	if (bytes_put(bytes, data, len) < 0)
		need_failed(bytes->len + len);
}

/* See bytes_print(). */
void need_print(struct bytes *bytes, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static inline char *
need_string(const char *data, size_t len)
{
	char *text = bytes_string(data, len);

	if (text == NULL)
		need_failed(len + 1);
	return text;
}

#endif
