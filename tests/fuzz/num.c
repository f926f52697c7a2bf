/* SPDX-License-Identifier: ISC */
/*
 * Fuzz lib: numbers, sizes and durations, as people write them.  What is taken is
 * within its limits and what it says; what is refused leaves the result alone.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "num.h"

enum { UNTOUCHED = 77 };

/* What of a number and up to nine digits behind a point is in a unit, if that fits. */
static bool
value_of(const char *text, uint64_t unit, unsigned __int128 *out)
{
	const unsigned __int128 most = (unsigned __int128)1 << 90;
	unsigned __int128 whole = 0, fraction = 0, scale = 1;

	for (; *text >= '0' && *text <= '9' && whole < most; text++)
		whole = whole * 10 + (unsigned)(*text - '0');
	if (*text == '.')
		for (text++; *text >= '0' && *text <= '9'; text++) {
			fraction = fraction * 10 + (unsigned)(*text - '0');
			scale *= 10;
		}
	*out = whole * unit + fraction * unit / scale;
	return *out <= UINT64_MAX;
}

/* The unit at the end of text: for sizes by its first letter. */
static uint64_t
unit_of(const char *text, bool duration)
{
	const char *unit = text + strspn(text, "0123456789."), *at;

	if (duration)
		return strcmp(unit, "ms") == 0		    ? 1
		    : strcmp(unit, "") == 0 || *unit == 's' ? 1000
		    : *unit == 'm'			    ? 60000
		    : *unit == 'h'			    ? 3600000
							    : 86400000;
	at = *unit == '\0' ? NULL : strchr("kmgt", *unit | 0x20);
	return at == NULL ? 1 : (uint64_t)1 << 10 * (at - "kmgt" + 1);
}

static void
check(
    int got, uint64_t value, uint64_t min, uint64_t max, const char *text, uint64_t unit)
{
	unsigned __int128 exact;

	if (got < 0) {
		must(value == UNTOUCHED && (errno == EINVAL || errno == ERANGE));
		return;
	}
	must(value >= min && value <= max);
	must(value_of(text, unit, &exact) && exact == value);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pieces in = pieces_of(data, size);
	uint64_t min = pieces_byte(&in), max = UINT64_MAX >> (min & 63), value;
	char *bytes = copy_of(in.at, in.left), *text = calloc(in.left + 1, 1), back[20];

	must(text != NULL);
	memcpy(text, in.at, in.left);
	value = UNTOUCHED;
	check(
	    num_parse_bytes(bytes, in.left, min, max, &value), value, min, max, text, 1);
	must(value == UNTOUCHED || strlen(text) == in.left);
	value = UNTOUCHED;
	check(num_size(text, min, max, &value), value, min, max, text,
	    unit_of(text, false));
	value = UNTOUCHED;
	check(num_duration(text, min, max, &value), value, min, max, text,
	    unit_of(text, true));
	in = pieces_of(data, size);
	min = pieces_number(&in);
	must(num_parse_bytes(
		 back, (size_t)(num_format(back, min) - back), min, min, &value) == 0 &&
	    value == min);
	free(bytes);
	free(text);
	return 0;
}
