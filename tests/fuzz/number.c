/* SPDX-License-Identifier: ISC */
/*
 * Fuzz par-gather: decimal numbers.  What is taken and written is the same number, and
 * sums and comparisons agree.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "number.h"

static size_t
format(const struct number *number, char **text)
{
	size_t len;

	*text = malloc(NUMBER_TEXT);
	must(*text != NULL);
	len = number_format(*text, number);
	must(len > 0 && len <= NUMBER_TEXT);
	return len;
}

static void
check(const struct number *number)
{
	struct number again, twice = *number, minus = { .inexact = true };
	char *text;
	size_t len = format(number, &text);

	must(number_parse(text, len, &again) == NULL);
	must(!isnan(number_value(number)) && !isinf(number_value(number)));
	must(number->inexact || number_compare(number, &again) == 0);
	number_add(&twice, number);
	must(number_value(number) >= 0 ? number_compare(&twice, number) >= 0
				       : number_compare(&twice, number) <= 0);
	minus.approx = -number_value(number);
	number_add(&twice, &minus);
	must(!isnan(number_value(&twice)));
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pieces in = pieces_of(data, size);
	struct number a, b, left, right;
	size_t a_len, b_len;
	const char *at = pieces_until(&in, '\n', &a_len);
	char *a_text = copy_of(at, a_len), *b_text;

	at = pieces_until(&in, '\n', &b_len);
	b_text = copy_of(at, b_len);
	if (number_parse(a_text, a_len, &a) == NULL &&
	    number_parse(b_text, b_len, &b) == NULL) {
		check(&a);
		check(&b);
		must(number_compare(&a, &b) == -number_compare(&b, &a));
		left = a;
		number_add(&left, &b);
		right = b;
		number_add(&right, &a);
		must(number_compare(&left, &right) == 0);
	}
	free(a_text);
	free(b_text);
	return 0;
}
