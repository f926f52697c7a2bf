/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <string.h>

#include <gmp.h>

#include "fib.h"
#include "num.h"

enum { IN_64_BITS = 93 }; /* F(93) is the last that fits */

const char *
fib_parse(const char *data, size_t len, uint64_t max, uint64_t *n)
{
	if (len == 0)
		return "empty, not a number";
	if (data[0] == '-' && len > 1 && data[1] >= '0' && data[1] <= '9')
		return "negative";
	if (num_parse_bytes(data, len, 0, max, n) == 0)
		return NULL;
	return errno == ERANGE ? "larger than --max" : "not a number";
}

size_t
fib_room(uint64_t n)
{
	/* F(n) < phi^n, and log10(phi) < 0.20898765 */
	return n <= IN_64_BITS ? 24 : (size_t)((double)n * 0.20898765) + 8;
}

/* F(n) of the n that need no more than machine words. */
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

char *
fib_decimal(char *dst, uint64_t n)
{
	mpz_t value;

	if (n <= IN_64_BITS)
		return num_format(dst, small(n));
	mpz_init(value);
	mpz_fib_ui(value, n);
	mpz_get_str(dst, 10, value);
	mpz_clear(value);
	return dst + strlen(dst);
}
