/* SPDX-License-Identifier: ISC */
#include <stdbool.h>

#include "micro.h"

static bool
digit(char c)
{
	return c >= '0' && c <= '9';
}

int
micro_parse(const char *text, size_t len, uint64_t *out)
{
	uint64_t value = 0;
	size_t at = 0, from;

	while (at < len && text[at] == ' ')
		at++;
	for (from = at; at < len && digit(text[at]); at++) {
		value = value * 10 + (uint64_t)(text[at] - '0');
		if (value > MICRO_MOST / MICRO_SECOND)
			return -1;
	}
	if (at == from)
		return -1;
	value *= MICRO_SECOND;
	if (at < len && text[at] == '.') {
		uint64_t unit = MICRO_SECOND / 10;

		for (from = ++at; at < len && digit(text[at]); at++, unit /= 10)
			value += unit * (uint64_t)(text[at] - '0');
		if (at == from)
			return -1;
	}
	if (at < len || value > MICRO_MOST)
		return -1;
	*out = value;
	return 0;
}
