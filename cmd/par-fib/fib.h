/* SPDX-License-Identifier: ISC */
/*
 * fib - reading n, and F(n) in decimal, exact at any size.
 */
#ifndef PAR_FIB_FIB_H
#define PAR_FIB_FIB_H

#include <stddef.h>
#include <stdint.h>

/* The largest n that any caller may ask for: F(n) then has 2 GB of digits. */
#define FIB_MAX UINT64_C(10000000000)

/*
 * Read n, at most max, from the len bytes of a record.
 * NULL, or why it is not such a number (a string that stays valid).
 */
const char *fib_parse(const char *data, size_t len, uint64_t max, uint64_t *n);

/* Bytes that fib_decimal() may need for F(n), its NUL included. */
size_t fib_room(uint64_t n);

/* Write F(n) at dst, fib_room(n) bytes; the end of it. */
char *fib_decimal(char *dst, uint64_t n);

#endif
