/* SPDX-License-Identifier: ISC */
/*
 * How much one worker does before another takes its place: the limits of an option.
 */
#include "renewal.h"
#include "check.h"

static void
reading(void)
{
	static const uint64_t none = UINT64_MAX;
	const struct {
		const char *value;
		bool right;
		uint64_t records, bytes, time;
	} rows[] = {
		{ "1000", true, 1000, none, none },
		{ "1G", true, none, 1 << 30, none },
		{ "10m", true, none, none, 600000 },
		{ "10M", true, none, 10 << 20, none },
		{ "1.5s", true, none, none, 1500 },
		{ "3k", true, none, 3 << 10, none },
		{ "2h,7,1K", true, 7, 1024, 7200000 },
		{ "1,1ms", true, 1, none, 1 },
		{ "", false, 0, 0, 0 },
		{ ",", false, 0, 0, 0 },
		{ "1,", false, 0, 0, 0 },
		{ ",1", false, 0, 0, 0 },
		{ "0", false, 0, 0, 0 },
		{ "0s", false, 0, 0, 0 },
		{ "0M", false, 0, 0, 0 },
		{ "1.5", false, 0, 0, 0 },
		{ "1,2", false, 0, 0, 0 },
		{ "1M,1K", false, 0, 0, 0 },
		{ "1s,1m", false, 0, 0, 0 },
		{ "10x", false, 0, 0, 0 },
		{ "-1", false, 0, 0, 0 },
		{ "4611686018427387904", true, UINT64_C(1) << 62, none, none },
		{ "4611686018427387905", false, 0, 0, 0 },
		{ "000000000000000000000000000001", true, 1, none, none },
		{ "0000000000000000000000000000000001", false, 0, 0, 0 },
	};
	struct renewal_limit limit;

	for (size_t i = 0; i < COUNT(rows); i++) {
		check_at(i + 1);
		renewal_none(&limit);
		check((renewal_read(&limit, rows[i].value) == NULL) == rows[i].right);
		check_is(limit.records, rows[i].right ? rows[i].records : none);
		check_is(limit.bytes, rows[i].right ? rows[i].bytes : none);
		check_is(limit.time, rows[i].right ? rows[i].time : none);
		check((limit.given != NULL) == rows[i].right);
	}
}

static void
limits(void)
{
	struct renewal_limit limit;

	renewal_none(&limit);
	check_is(renewal_at(&limit, 5), UINT64_MAX);
	limit.time = 7;
	check_is(renewal_at(&limit, 5), 12);
	check_is(renewal_left(UINT64_MAX, 5), UINT64_MAX);
	check_is(renewal_left(7, 5), 2);
	check_is(renewal_left(7, 7), 0);
	check_is(renewal_left(7, 9), 0);
}

TESTS("renewal", { "what an option says", reading }, { "what is left", limits })
