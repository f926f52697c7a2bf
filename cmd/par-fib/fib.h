/* SPDX-License-Identifier: ISC */
/*
 * fib - reading n, and F(n) in decimal, exact at any size.
 */
#ifndef PAR_FIB_FIB_H
#define PAR_FIB_FIB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <gmp.h>

/* The largest n whose F(n) may be asked for: it has 2 GB of digits. */
#define FIB_MAX UINT64_C(10000000000)

enum {
	FIB_SMALL = 94, /* F(n) of smaller n fits 64 bits */
	FIB_SMALL_ROOM = 24 /* bytes that hold TAB F(n) newline, n small */
};

enum fib_what {
	FIB_NUMBER, /* F(n) */
	FIB_MOD, /* F(n) modulo fib->mod */
	FIB_DIGITS /* how many decimal digits F(n) has */
};

struct fib_text {
	char text[FIB_SMALL_ROOM];
};

struct fib {
	enum fib_what what;
	uint64_t mod; /* at least 1 */
	uint64_t max; /* largest n taken */
	struct fib_text small[FIB_SMALL]; /* TAB, the answer, newline */
	uint8_t small_len[FIB_SMALL];
	mpz_t value, log_phi, log_root; /* logarithms: see fib.c */
};

void fib_open(struct fib *fib, enum fib_what what, uint64_t mod, uint64_t max);
void fib_close(struct fib *fib);

/*
 * Read n, at most fib->max, from the len bytes of a record.
 * NULL, or why it is not such a number (a string that stays valid).
 */
const char *fib_parse(const struct fib *fib, const char *data, size_t len, uint64_t *n);

/* Bytes that fib_answer() may need for n. */
size_t fib_room(const struct fib *fib, uint64_t n);

/* Does the answer take so long that others should not wait for it? */
bool fib_is_long(const struct fib *fib, uint64_t n);

/*
 * Write the answer for n in decimal at dst, fib_room(n) bytes; the end of it, or
 * NULL if it cannot be told.
 */
char *fib_answer(struct fib *fib, char *dst, uint64_t n);

/* n of a record that is one or two digits and has its answer in small; else -1. */
static inline int
fib_parse_small(const struct fib *fib, const char *data, size_t len)
{
	unsigned tens = 0, ones;

	if (len == 0 || len > 2)
		return -1;
	if (len == 2)
		tens = (unsigned)(unsigned char)data[0] - '0';
	ones = (unsigned)(unsigned char)data[len - 1] - '0';
	if (tens > 9 || ones > 9)
		return -1;
	tens = tens * 10 + ones;
	return tens < FIB_SMALL && tens <= fib->max ? (int)tens : -1;
}

#endif
