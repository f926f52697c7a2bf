/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chance.h"
#include "check.h"
#include "listed.h"

enum { RECORDS = 300 };

static int
slower_first(const void *left, const void *right)
{
	const struct listing_of *a = left, *b = right;

	if (a->took != b->took)
		return a->took < b->took ? 1 : -1;
	return a->record < b->record ? -1 : 1;
}

/* Whatever their order, those that are kept are the slowest, of equals the first. */
static void
slowest(void)
{
	static struct listing_of all[RECORDS];

	for (uint64_t step = 1; step <= 300; step++) {
		size_t count = chance_below(RECORDS) + 1, most = chance_below(40);
		struct slowest kept = { .most = most };
		uint64_t range = chance_from(1, 1000);

		check_at(step);
		for (size_t i = 0; i < count; i++) {
			all[i] = (struct listing_of){ .record = i + 1,
				.took = chance_below(range),
				.tries = i,
				.worker = (long)i };
			slowest_add(&kept, &all[i]);
		}
		qsort(all, count, sizeof(*all), slower_first);
		slowest_sort(&kept);
		check_is(kept.count, most < count ? most : count);
		for (size_t i = 0; i < kept.count; i++) {
			check_is(kept.heap[i].record, all[i].record);
			check_is(kept.heap[i].took, all[i].took);
			check_is(kept.heap[i].tries, all[i].tries);
			check_is(kept.heap[i].worker, all[i].worker);
		}
		slowest_free(&kept);
	}
}

/* As many reasons as are told apart, and one more; each of them once, and some twice. */
static void
reasons(void)
{
	struct failures failures;
	uint32_t *places;
	char why[LISTED_TEXT + 2];

	failures_open(&failures, 3);
	for (uint64_t i = 0; i < LISTED_REASONS + 2; i++) {
		int len = snprintf(why, sizeof(why), "%04u", (unsigned)i);
		struct listing_of one = { .record = i, .why = { why, (size_t)len } };

		failures_add(&failures, &one);
		if (i >= LISTED_REASONS - 1 || i == 7)
			failures_add(&failures, &one);
	}
	check_is(failures.count, 3);
	check_is(failures.total, LISTED_REASONS + 6);
	check_is(failures.reasons.count, LISTED_REASONS);
	check_is(failures.others, 4);
	places = failures_reasons(&failures);
	check_is(places[0], 7);
	check_is(places[1], LISTED_REASONS - 1);
	check_is(places[2], 0);
	check_is(places[LISTED_REASONS - 1], LISTED_REASONS - 2);
	free(places);
	failures_free(&failures);
}

/* Of long ones the beginning is told apart. */
static void
long_reasons(void)
{
	struct failures failures;
	char why[LISTED_TEXT + 1];

	memset(why, 'x', sizeof(why));
	failures_open(&failures, 0);
	for (size_t len = LISTED_TEXT - 1; len <= LISTED_TEXT + 1; len++)
		failures_add(&failures, &(struct listing_of){ .why = { why, len } });
	check_is(failures.reasons.count, 2);
	check_is(table_entry(&failures.reasons, 1)->len, LISTED_TEXT);
	check_is(failures.count, 0);
	failures_free(&failures);
}

TESTS("listed", { "the slowest are kept, whatever comes first", slowest },
    { "reasons are counted, up to a limit", reasons },
    { "of a long reason the beginning", long_reasons })
