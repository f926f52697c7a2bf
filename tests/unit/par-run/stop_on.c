/* SPDX-License-Identifier: ISC */
/*
 * Limits at which a run stops early.
 */
#include <string.h>

#include "check.h"
#include "stop_on.h"

static void
reading(void)
{
	static const struct {
		const char *value;
		bool right;
		struct stop_on says;
	} rows[] = {
		{ "failures=1", true, { .failures = 1 } },
		{ "failures=0", false, { 0 } },
		{ "failures=17592186044416", true, { .failures = UINT64_C(1) << 44 } },
		{ "failures=17592186044417", false, { 0 } },
		{ "failures=", false, { 0 } },
		{ "failures", false, { 0 } },
		{ "failures=-1", false, { 0 } },
		{ "failures=10%", true, { .share = 10000, .least = 20 } },
		{ "failures=100%", true, { .share = 100000, .least = 20 } },
		{ "failures=100.001%", false, { 0 } },
		{ "failures=101%", false, { 0 } },
		{ "failures=0%", false, { 0 } },
		{ "failures=0.001%", true, { .share = 1, .least = 20 } },
		{ "failures=0.0001%", false, { 0 } },
		{ "failures=2.5%", true, { .share = 2500, .least = 20 } },
		{ "failures=2.%", false, { 0 } },
		{ "failures=.5%", false, { 0 } },
		{ "failures=%", false, { 0 } },
		{ "failures=10%/1", true, { .share = 10000, .least = 1 } },
		{ "failures=10%/", false, { 0 } },
		{ "failures=10%/0", false, { 0 } },
		{ "failures=10%x5", false, { 0 } },
		{ "success=3", true, { .success = 3 } },
		{ "success=0", false, { 0 } },
		{ "success=10%", false, { 0 } },
		{ "success=1,now", true, { .success = 1, .now = true } },
		{ "now,failures=4,success=1,failures=1%/3", true,
		    { .failures = 4,
			.share = 1000,
			.least = 3,
			.success = 1,
			.now = true } },
		{ "now", false, { 0 } },
		{ "nowhere,failures=1", false, { 0 } },
		{ "failures=1,", false, { 0 } },
		{ ",failures=1", false, { 0 } },
		{ "", false, { 0 } },
		{ "sucess=1", false, { 0 } },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct stop_on read = { .success = 77 };
		const struct stop_on *says = &rows[i].says;

		check_at(i + 1);
		check((stop_on_read(&read, rows[i].value) == NULL) == rows[i].right);
		check_is(read.failures, says->failures);
		check_is(read.share, says->share);
		check_is(read.least, says->least);
		check_is(read.success, rows[i].right ? says->success : 77);
		check_is(read.now, says->now);
	}
}

static void
meeting(void)
{
	static const struct {
		const char *limits;
		uint64_t done, failed;
		enum stop_on_limit met;
		const char *text;
	} rows[] = {
		{ "failures=2", 100, 1, STOP_ON_NONE, "" },
		{ "failures=2", 0, 2, STOP_ON_FAILURES, "failures=2: 2 records failed" },
		{ "failures=2", 0, 3, STOP_ON_FAILURES, "failures=2: 3 records failed" },
		{ "failures=10%", 0, 19, STOP_ON_NONE, "" },
		{ "failures=10%", 18, 2, STOP_ON_FAILURES,
		    "failures=10%: 2 of 20 records failed" },
		{ "failures=10%", 19, 2, STOP_ON_NONE, "" },
		{ "failures=10%/1", 0, 1, STOP_ON_FAILURES,
		    "failures=10%: 1 of 1 record failed" },
		{ "failures=0.1%", 999, 1, STOP_ON_FAILURES,
		    "failures=0.1%: 1 of 1000 records failed" },
		{ "failures=0.1%", 1000, 1, STOP_ON_NONE, "" },
		{ "failures=100%/1", 0, UINT64_C(1) << 44, STOP_ON_FAILURES,
		    "failures=100%: 17592186044416 of 17592186044416 records failed" },
		{ "failures=10%/1", 0, 0, STOP_ON_NONE, "" },
		{ "success=2", 1, 100, STOP_ON_NONE, "" },
		{ "success=2", 2, 0, STOP_ON_SUCCESS, "success=2: 2 records done" },
		{ "success=1,failures=1", 1, 1, STOP_ON_FAILURES,
		    "failures=1: 1 record failed" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct stop_on limits;
		char text[STOP_ON_TEXT] = "";

		check_at(i + 1);
		check(stop_on_read(&limits, rows[i].limits) == NULL);
		check_is(stop_on_met(&limits, rows[i].done, rows[i].failed, text),
		    rows[i].met);
		check(strcmp(text, rows[i].text) == 0);
	}
}

TESTS("stop_on", { "what an option says", reading }, { "whether it is so", meeting })
