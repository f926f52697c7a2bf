/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "chance.h"
#include "check.h"
#include "num.h"

enum parser { PLAIN, SIZE, DURATION };

#define K UINT64_C(1024)
#define DAY UINT64_C(86400000)

struct row {
	const char *text;
	int error; /* or 0 */
	uint64_t value;
};

static int
parse(enum parser parser, const char *text, uint64_t min, uint64_t max, uint64_t *out)
{
	switch (parser) {
	case PLAIN:
		return num_parse(text, min, max, out);
	case SIZE:
		return num_size(text, min, max, out);
	case DURATION:
		return num_duration(text, min, max, out);
	}
	return -1;
}

static void
try(enum parser parser, const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		uint64_t value = 77;
		int status;

		check_at(i + 1);
		errno = 0;
		status = parse(parser, rows[i].text, 0, UINT64_MAX, &value);
		check_is(status, rows[i].error == 0 ? 0 : -1);
		check_is(errno, rows[i].error);
		check_is(value, rows[i].error == 0 ? rows[i].value : 77);
	}
}

static void
numbers(void)
{
	static const struct row rows[] = {
		{ "0", 0, 0 },
		{ "9", 0, 9 },
		{ "007", 0, 7 },
		{ "18446744073709551615", 0, UINT64_MAX },
		{ "18446744073709551616", ERANGE, 0 }, /* the digit is one too many */
		{ "18446744073709551620", ERANGE, 0 }, /* the last multiplication is */
		{ "99999999999999999999", ERANGE, 0 },
		{ "184467440737095516150", ERANGE, 0 },
		{ "", EINVAL, 0 },
		{ "-1", EINVAL, 0 },
		{ "+1", EINVAL, 0 },
		{ " 1", EINVAL, 0 },
		{ "1 ", EINVAL, 0 },
		{ "1/", EINVAL, 0 }, /* one below '0', one above '9' */
		{ "1:", EINVAL, 0 },
		{ "/", EINVAL, 0 },
		{ ":", EINVAL, 0 },
		{ "0x1", EINVAL, 0 },
		{ "1.0", EINVAL, 0 },
	};

	try(PLAIN, rows, COUNT(rows));
}

static void
sizes(void)
{
	static const struct row rows[] = {
		{ "0", 0, 0 },
		{ "5", 0, 5 },
		{ "1k", 0, K },
		{ "1K", 0, K },
		{ "1M", 0, K * K },
		{ "1m", 0, K * K },
		{ "3g", 0, 3 * K * K * K },
		{ "1G", 0, K * K * K },
		{ "1T", 0, K * K * K * K },
		{ "1t", 0, K * K * K * K },
		{ "2KB", 0, 2 * K },
		{ "2KiB", 0, 2 * K },
		{ "2MiB", 0, 2 * K * K },
		{ "2TB", 0, 2 * K * K * K * K },
		{ "18014398509481983K", 0, UINT64_MAX - 1023 },
		{ "18014398509481984K", ERANGE, 0 },
		{ "16777215T", 0, UINT64_MAX - (K * K * K * K - 1) },
		{ "16777216T", ERANGE, 0 },
		{ "", EINVAL, 0 },
		{ "K", EINVAL, 0 },
		{ "1P", EINVAL, 0 },
		{ "1B", EINVAL, 0 },
		{ "1iB", EINVAL, 0 },
		{ "1kk", EINVAL, 0 },
		{ "1Kb", EINVAL, 0 },
		{ "1Ki", EINVAL, 0 },
		{ "1KiBs", EINVAL, 0 },
		{ "1.5K", EINVAL, 0 },
		{ "1 K", EINVAL, 0 },
		{ "18446744073709551616", ERANGE, 0 },
	};

	try(SIZE, rows, COUNT(rows));
}

static void
durations(void)
{
	static const struct row rows[] = {
		{ "0", 0, 0 },
		{ "1", 0, 1000 },
		{ "1s", 0, 1000 },
		{ "1ms", 0, 1 },
		{ "2m", 0, 120000 },
		{ "1h", 0, 3600000 },
		{ "1d", 0, DAY },
		{ "1.5", 0, 1500 },
		{ "1.5s", 0, 1500 },
		{ "0.001", 0, 1 },
		{ "0.0009", 0, 0 }, /* what is less than a millisecond is nothing */
		{ "0.25m", 0, 15000 },
		{ "1.5ms", 0, 1 },
		{ "0.5d", 0, DAY / 2 },
		{ "1.050", 0, 1050 },
		{ "0.123456789", 0, 123 },
		{ "0.999999999d", 0, DAY - 1 },
		{ "0.1234567890", EINVAL, 0 },
		{ "213503982334d", 0, 213503982334 * DAY },
		{ "213503982335d", ERANGE, 0 },
		{ "18446744073709551615ms", 0, UINT64_MAX },
		{ "18446744073709551615.0ms", 0, UINT64_MAX },
		{ "18446744073709551.615", 0, UINT64_MAX },
		{ "18446744073709551.616", ERANGE, 0 },
		{ "18446744073709552", ERANGE, 0 },
		{ "", EINVAL, 0 },
		{ ".5", EINVAL, 0 },
		{ "1.", EINVAL, 0 },
		{ "1.s", EINVAL, 0 },
		{ "1.5.5", EINVAL, 0 },
		{ "s", EINVAL, 0 },
		{ "1w", EINVAL, 0 },
		{ "1S", EINVAL, 0 },
		{ "1ss", EINVAL, 0 },
		{ "1 s", EINVAL, 0 },
		{ "-1", EINVAL, 0 },
		{ "1e3", EINVAL, 0 },
	};

	try(DURATION, rows, COUNT(rows));
}

/* Each parser, one below and one above each end of what is allowed. */
static void
bounds(void)
{
	static const struct {
		enum parser parser;
		const char *text;
		uint64_t value;
	} rows[] = {
		{ PLAIN, "5", 5 },
		{ SIZE, "2K", 2048 },
		{ DURATION, "3", 3000 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		enum parser parser = rows[i].parser;
		const char *text = rows[i].text;
		uint64_t value = rows[i].value, out = 77;

		check_at(i + 1);
		check_is(parse(parser, text, value, value, &out), 0);
		check_is(out, value);
		check_is(parse(parser, text, value - 1, value + 1, &out), 0);
		out = 77;
		errno = 0;
		check_is(parse(parser, text, value + 1, UINT64_MAX, &out), -1);
		check_is(errno, ERANGE);
		errno = 0;
		check_is(parse(parser, text, 0, value - 1, &out), -1);
		check_is(errno, ERANGE);
		check_is(out, 77);
	}
}

/* No byte behind the length is looked at. */
static void
bytes(void)
{
	uint64_t out = 77;

	check_is(num_parse_bytes("123456", 3, 0, UINT64_MAX, &out), 0);
	check_is(out, 123);
	check_is(num_parse_bytes("12x", 2, 0, UINT64_MAX, &out), 0);
	check_is(out, 12);
	check_is(num_parse_bytes("12x", 3, 0, UINT64_MAX, &out), -1);
	errno = 0;
	check_is(num_parse_bytes("12", 0, 0, UINT64_MAX, &out), -1);
	check_is(errno, EINVAL);
	check_is(num_parse_bytes("1\0002", 3, 0, UINT64_MAX, &out), -1);
	check_is(out, 12);
}

static void
format(uint64_t value)
{
	char text[21], want[32];
	uint64_t back;

	memset(text, 'x', sizeof(text));
	snprintf(want, sizeof(want), "%" PRIu64, value);
	check_bytes(text, num_format(text, value) - text, want, strlen(want));
	check_is(text[strlen(want)], 'x');
	check_is(num_parse_bytes(text, strlen(want), 0, UINT64_MAX, &back), 0);
	check_is(back, value);
}

static void
formats(void)
{
	uint64_t power = 1;

	for (int i = 0; i < 20; i++, power *= 10) {
		format(power);
		format(power - 1);
		format(power + 1);
	}
	format(UINT64_MAX);
	for (int i = 0; i < 20000; i++)
		format(chance() >> chance_below(64));
}

TESTS("num", { "numbers", numbers }, { "sizes", sizes }, { "durations", durations },
    { "least and most", bounds }, { "so many bytes and no more", bytes },
    { "what is written is read again", formats })
