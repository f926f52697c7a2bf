/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <gmp.h>

#include "diag.h"
#include "fib.h"
#include "num.h"

/*
 * The decimal logarithms of phi and of the square root of 5, times 2^256: F(n)
 * is phi^n / sqrt(5) to the nearest integer.
 */
static const char log_phi_hex[] =
    "358036c82451b7f365d3db23845599f5887a5e47e9bdd71cff8b851da61d586d";
static const char log_root_hex[] =
    "5977d95ec10c0219dc1da994fd20dba1f654b3ceaf0b832d9d686436520ce70d";

enum {
	LOG_BITS = 256,
	LOG_SURE = 80, /* bits of a fraction that, all equal, leave its side open */
	LONG_WORK = 200000 /* F(n) from here on takes long */
};

/* F(n) of n below FIB_SMALL. */
static uint64_t
small(uint64_t n)
{
	uint64_t a = 0, b = 1;

	while (n-- > 0) {
		uint64_t next = a + b;

		a = b;
		b = next;
	}
	return a;
}

/* The answer for a small n. */
static uint64_t
small_answer(const struct fib *fib, uint64_t n)
{
	char text[20];

	switch (fib->what) {
	case FIB_NUMBER:
		return small(n);
	case FIB_MOD:
		return small(n) % fib->mod;
	case FIB_DIGITS:
		return (uint64_t)(num_format(text, small(n)) - text);
	}
	return 0;
}

/* GMP says how much it needs, and would abort without memory. */
static void *
reserve(size_t size)
{
	void *got = malloc(size);

	if (got == NULL)
		die(STATUS_BROKEN, ENOMEM, "a number of %zu bytes", size);
	return got;
}

static void *
reserve_again(void *old, size_t old_size, size_t size)
{
	void *got = realloc(old, size);

	(void)old_size;
	if (got == NULL)
		die(STATUS_BROKEN, ENOMEM, "a number of %zu bytes", size);
	return got;
}

static void
give_back(void *old, size_t size)
{
	(void)size;
	free(old);
}

void
fib_open(struct fib *fib, enum fib_what what, uint64_t mod, uint64_t max)
{
	mp_set_memory_functions(reserve, reserve_again, give_back);
	fib->what = what;
	fib->mod = mod;
	fib->max = max;
	for (unsigned n = 0; n < FIB_SMALL; n++) {
		char *text = fib->small[n].text, *end;

		text[0] = '\t';
		end = num_format(text + 1, small_answer(fib, n));
		*end++ = '\n';
		fib->small_len[n] = (uint8_t)(end - text);
	}
	mpz_init(fib->value);
	mpz_init_set_str(fib->log_phi, log_phi_hex, 16);
	mpz_init_set_str(fib->log_root, log_root_hex, 16);
}

void
fib_close(struct fib *fib)
{
	mpz_clears(fib->value, fib->log_phi, fib->log_root, NULL);
}

static bool
all_digits(const char *data, size_t len, const char *digits)
{
	for (size_t i = 0; i < len; i++)
		if (data[i] == '\0' || strchr(digits, data[i]) == NULL)
			return false;
	return len > 0;
}

/* Why data, which is no number in decimal, is none. */
static const char *
why_not(const char *data, size_t len)
{
	static const char decimal[] = "0123456789";
	static const char hexadecimal[] = "0123456789abcdefABCDEF";

	if (len == 0)
		return "empty, not a number";
	if (data[len - 1] == '\r')
		return "ends in a carriage return, which tr -d '\\r' takes away";
	if (data[0] == ' ' || data[len - 1] == ' ')
		return "has spaces around it";
	if (data[0] == '-' && all_digits(data + 1, len - 1, decimal))
		return "negative";
	if (data[0] == '+' && all_digits(data + 1, len - 1, decimal))
		return "has a sign";
	if (len > 2 && data[0] == '0' && (data[1] | 0x20) == 'x' &&
	    all_digits(data + 2, len - 2, hexadecimal))
		return "hexadecimal, not decimal";
	return "not a number";
}

const char *
fib_parse(const struct fib *fib, const char *data, size_t len, uint64_t *n)
{
	if (num_parse_bytes(data, len, 0, fib->max, n) == 0)
		return NULL;
	if (all_digits(data, len, "0123456789"))
		return "larger than --max-n";
	return why_not(data, len);
}

size_t
fib_room(const struct fib *fib, uint64_t n)
{
	/* F(n) < phi^n, and log10(phi) < 0.20898765 */
	if (fib->what != FIB_NUMBER || n < FIB_SMALL)
		return FIB_SMALL_ROOM;
	return (size_t)((double)n * 0.20898765) + 8;
}

bool
fib_is_long(const struct fib *fib, uint64_t n)
{
	return fib->what == FIB_NUMBER && n >= LONG_WORK;
}

static uint64_t
add_mod(uint64_t a, uint64_t b, uint64_t mod)
{
	return a >= mod - b ? a - (mod - b) : a + b;
}

static uint64_t
mul_mod(uint64_t a, uint64_t b, uint64_t mod)
{
#ifdef __SIZEOF_INT128__
	__extension__ unsigned __int128 wide = a;

	return (uint64_t)(wide * b % mod);
#else
	uint64_t product = 0;

	for (; b > 0; b >>= 1) {
		if ((b & 1) != 0)
			product = add_mod(product, a, mod);
		a = add_mod(a, a, mod);
	}
	return product;
#endif
}

static uint64_t
sub_mod(uint64_t a, uint64_t b, uint64_t mod)
{
	return a >= b ? a - b : a + (mod - b);
}

/*
 * F(n) mod m by doubling: F(2k) = F(k) (2 F(k+1) - F(k)), and
 * F(2k+1) = F(k)^2 + F(k+1)^2.
 */
static uint64_t
fib_mod(uint64_t n, uint64_t m)
{
	uint64_t a = 0, b = 1 % m; /* F(k) and F(k+1) */

	for (int bit = 63; bit >= 0; bit--) {
		uint64_t even = mul_mod(a, sub_mod(add_mod(b, b, m), a, m), m);
		uint64_t odd = add_mod(mul_mod(a, a, m), mul_mod(b, b, m), m);

		a = even;
		b = odd;
		if (n >> bit & 1) {
			a = odd;
			b = add_mod(even, odd, m);
		}
	}
	return a;
}

/*
 * How many digits F(n) has: one more than the whole part of its logarithm.
 * False if that is closer to a whole number than the constants can tell.
 */
static bool
digits(struct fib *fib, uint64_t n, uint64_t *out)
{
	mp_bitcnt_t ones, zeros;

	mpz_mul_ui(fib->value, fib->log_phi, n);
	mpz_sub(fib->value, fib->value, fib->log_root);
	/* The fraction, without the last bits, which the error may reach. */
	ones = mpz_scan0(fib->value, LOG_SURE);
	zeros = mpz_scan1(fib->value, LOG_SURE);
	mpz_fdiv_q_2exp(fib->value, fib->value, LOG_BITS);
	*out = mpz_get_ui(fib->value) + 1;
	return ones < LOG_BITS && zeros < LOG_BITS;
}

char *
fib_answer(struct fib *fib, char *dst, uint64_t n)
{
	uint64_t answer;

	if (n < FIB_SMALL)
		return num_format(dst, small_answer(fib, n));
	switch (fib->what) {
	case FIB_NUMBER:
		mpz_fib_ui(fib->value, n);
		mpz_get_str(dst, 10, fib->value);
		return dst + strlen(dst);
	case FIB_MOD:
		return num_format(dst, fib_mod(n, fib->mod));
	case FIB_DIGITS:
		return digits(fib, n, &answer) ? num_format(dst, answer) : NULL;
	}
	return NULL;
}
