/* SPDX-License-Identifier: ISC */
/*
 * How far a worker may read ahead: a limit of an option.
 */
#include <string.h>

#include "ahead.h"
#include "check.h"

static void
reading(void)
{
	static const struct {
		const char *value;
		bool right;
		uint64_t bytes, records;
	} rows[] = {
		{ "1", true, 1, 1 << 20 },
		{ "64M", true, 64 << 20, 1 << 20 },
		{ "64M/7", true, 64 << 20, 7 },
		{ "1K/1", true, 1024, 1 },
		{ "0", false, 0, 0 },
		{ "1K/0", false, 0, 0 },
		{ "1K/", false, 0, 0 },
		{ "/5", false, 0, 0 },
		{ "", false, 0, 0 },
		{ "256T", true, UINT64_C(1) << 48, 1 << 20 },
		{ "257T", false, 0, 0 },
		{ "1/281474976710656", true, 1, UINT64_C(1) << 48 },
		{ "1/281474976710657", false, 0, 0 },
		{ "0000000000000000000000000000001", true, 1, 1 << 20 },
		{ "00000000000000000000000000000001", false, 0, 0 },
		{ "1K/5x", false, 0, 0 },
	};
	struct ahead_limit limit;

	ahead_default(&limit);
	check_is(limit.bytes, 64 << 20);
	check_is(limit.records, 1 << 20);
	check(!limit.given);
	for (size_t i = 0; i < COUNT(rows); i++) {
		check_at(i + 1);
		limit = (struct ahead_limit){ .bytes = 77 };
		check((ahead_read(&limit, rows[i].value) == NULL) == rows[i].right);
		check_is(limit.bytes, rows[i].right ? rows[i].bytes : 77);
		check_is(limit.records, rows[i].records);
		check_is(limit.given, rows[i].right);
	}
}

static void
many(void)
{
	const uint64_t most = UINT64_C(1) << 48;
	struct ahead_limit limit = { .bytes = 3, .records = most / 2, .given = true };

	check_is(ahead_times(&limit, 1).bytes, 3);
	check_is(ahead_times(&limit, 5).bytes, 15);
	check(ahead_times(&limit, 5).given);
	check_is(ahead_times(&limit, 1).records, most / 2);
	check_is(ahead_times(&limit, 2).records, most);
	check_is(ahead_times(&limit, 3).records, most);
	check_is(ahead_times(&limit, UINT64_MAX).bytes, most);
	limit.given = false;
	check(!ahead_times(&limit, 5).given);
}

TESTS("ahead", { "what an option says", reading }, { "so many times as much", many })
