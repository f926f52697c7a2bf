/* SPDX-License-Identifier: ISC */
/*
 * bytes - a run of bytes that grows up to a maximum, its memory kept for the next use.
 *
 * What fails leaves all as it was, with errno: ENOMEM, or EMSGSIZE beyond the maximum.
 */
#ifndef PAR_BYTES_H
#define PAR_BYTES_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

/* The maximum of one that states none: beyond it something has run away. */
#define BYTES_MOST (sizeof(size_t) > 4 ? (size_t)64 << 30 : SIZE_MAX / 2)

/* All zero is an empty one. */
struct bytes {
	char *data;
	size_t len, size;
	size_t most; /* bytes that it may ever have; 0: BYTES_MOST */
};

/* Room for more bytes behind what there is, to be counted by adding to len; or NULL. */
char *bytes_reserve(struct bytes *bytes, size_t more) __attribute__((warn_unused_result));

/* Room for size bytes instead of what there was, which is lost even if that fails. */
char *bytes_anew(struct bytes *bytes, size_t size) __attribute__((warn_unused_result));

/* 0, or -1. */
int bytes_put(struct bytes *bytes, const void *data, size_t len)
    __attribute__((warn_unused_result));

/* Put text as printf(3) makes it.  0, or -1. */
int bytes_print(struct bytes *bytes, const char *format, va_list args)
    __attribute__((format(printf, 2, 0), warn_unused_result));

/* Empty it; memory beyond keep bytes is given back. */
void bytes_clear(struct bytes *bytes, size_t keep);

/* Free its memory; it is empty then, and has its maximum still. */
void bytes_free(struct bytes *bytes);

/* A copy of len bytes that ends in a NUL, the caller's to free; or NULL. */
char *bytes_string(const char *data, size_t len) __attribute__((warn_unused_result));

#endif
