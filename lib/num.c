/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <string.h>

#include "num.h"

/*
 * Read digits from *text up to end into *out; 0, or -1 when there are none or
 * too many.  Moves *text past them.
 */
static int
digits(const char **text, const char *end, uint64_t *out)
{
	const char *at = *text;
	uint64_t value = 0;

	for (; at < end && *at >= '0' && *at <= '9'; at++) {
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(*at - '0'), &value)) {
			errno = ERANGE;
			return -1;
		}
	}
	if (at == *text) {
		errno = EINVAL;
		return -1;
	}
	*text = at;
	*out = value;
	return 0;
}

static int
within(uint64_t value, uint64_t min, uint64_t max, uint64_t *out)
{
	if (value < min || value > max) {
		errno = ERANGE;
		return -1;
	}
	*out = value;
	return 0;
}

int
num_parse_bytes(const char *text, size_t len, uint64_t min, uint64_t max, uint64_t *out)
{
	const char *end = text + len;
	uint64_t value;

	if (digits(&text, end, &value) < 0)
		return -1;
	if (text != end) {
		errno = EINVAL;
		return -1;
	}
	return within(value, min, max, out);
}

int
num_parse(const char *text, uint64_t min, uint64_t max, uint64_t *out)
{
	return num_parse_bytes(text, strlen(text), min, max, out);
}

/* The power of 1024 that unit stands for, or -1. */
static int
size_unit(const char *unit)
{
	static const char letters[] = "kmgt";
	const char *found;

	if (*unit == '\0')
		return 0;
	found = strchr(letters, *unit | 0x20);
	if (found == NULL)
		return -1;
	unit++;
	if (strcmp(unit, "") == 0 || strcmp(unit, "B") == 0 || strcmp(unit, "iB") == 0)
		return (int)(found - letters) + 1;
	return -1;
}

int
num_size(const char *text, uint64_t min, uint64_t max, uint64_t *out)
{
	uint64_t value;
	int power;

	if (digits(&text, text + strlen(text), &value) < 0)
		return -1;
	power = size_unit(text);
	if (power < 0) {
		errno = EINVAL;
		return -1;
	}
	if (__builtin_mul_overflow(value, (uint64_t)1 << (10 * power), &value)) {
		errno = ERANGE;
		return -1;
	}
	return within(value, min, max, out);
}

/* How many milliseconds unit stands for, or 0. */
static uint64_t
duration_unit(const char *unit)
{
	static const struct {
		const char *name;
		uint64_t ms;
	} units[] = { { "", 1000 }, { "ms", 1 }, { "s", 1000 }, { "m", 60000 },
		{ "h", 3600000 }, { "d", 86400000 } };

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strcmp(unit, units[i].name) == 0)
			return units[i].ms;
	return 0;
}

int
num_duration(const char *text, uint64_t min, uint64_t max, uint64_t *out)
{
	const char *end = text + strlen(text);
	uint64_t whole, fraction = 0, scale = 1, unit;

	if (digits(&text, end, &whole) < 0)
		return -1;
	if (*text == '.') {
		const char *from = ++text;

		if (digits(&text, end, &fraction) < 0)
			return -1;
		if (text - from > 9) {
			errno = EINVAL;
			return -1;
		}
		for (; from < text; from++)
			scale *= 10;
	}
	unit = duration_unit(text);
	if (unit == 0) {
		errno = EINVAL;
		return -1;
	}
	if (__builtin_mul_overflow(whole, unit, &whole) ||
	    __builtin_add_overflow(whole, fraction * unit / scale, &whole)) {
		errno = ERANGE;
		return -1;
	}
	return within(whole, min, max, out);
}

/* How many decimal digits it has. */
static unsigned
count_digits(uint64_t value)
{
	unsigned count = 1;

	for (; value >= 10000; value /= 10000)
		count += 4;
	return count + (value >= 10) + (value >= 100) + (value >= 1000);
}

char *
num_format(char *dst, uint64_t value)
{
	static const char pairs[] = "0001020304050607080910111213141516171819"
				    "2021222324252627282930313233343536373839"
				    "4041424344454647484950515253545556575859"
				    "6061626364656667686970717273747576777879"
				    "8081828384858687888990919293949596979899";
	char *at, *end;

	end = at = dst + count_digits(value);
	for (; value >= 10; value /= 100)
		memcpy(at -= 2, pairs + 2 * (value % 100), 2);
	if (at > dst)
		*--at = (char)('0' + value);
	return end;
}
