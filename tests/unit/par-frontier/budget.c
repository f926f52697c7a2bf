/* SPDX-License-Identifier: ISC */
#include "budget.h"
#include "check.h"

static const char form[] = "not of the form pages=N,bytes=SIZE,time=TIME";
static const char number[] = "not a number above 0 behind =";

static void
reading(void)
{
	static const struct {
		const char *text, *why;
		struct budget says;
	} rows[] = {
		{ "pages=1", NULL, { .pages = 1 } },
		{ "pages=0", number, { 0 } },
		{ "pages=2", NULL, { .pages = 2 } },
		{ "bytes=1", NULL, { .bytes = 1 } },
		{ "bytes=0", number, { 0 } },
		{ "bytes=1K", NULL, { .bytes = 1024 } },
		{ "time=1ms", NULL, { .time = 1 } },
		{ "time=0", number, { 0 } },
		{ "time=2s", NULL, { .time = 2000 } },
		{ "pages=18446744073709551615", NULL, { .pages = UINT64_MAX } },
		{ "pages=18446744073709551616", number, { 0 } },
		{ "time=1s,pages=3,bytes=4", NULL, { 3, 4, 1000 } },
		{ "pages=3,pages=4", NULL, { .pages = 4 } },
		{ "pages=", number, { 0 } },
		{ "pages", form, { 0 } },
		{ "pages=1,", form, { .pages = 1 } },
		{ ",pages=1", form, { 0 } },
		{ "page=1", form, { 0 } },
		{ "pagess=1", form, { 0 } },
		{ "", form, { 0 } },
		{ "pages=0000000000000000000000001", NULL, { .pages = 1 } },
		{ "pages=00000000000000000000000001", "too long", { 0 } },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct budget read = { 0 };
		const struct budget *says = &rows[i].says;

		check_at(i + 1);
		check_text(budget_read(&read, rows[i].text), rows[i].why);
		check_is(read.pages, says->pages);
		check_is(read.bytes, says->bytes);
		check_is(read.time, says->time);
	}
}

/* One below each limit, at it, and above; none where there is no limit. */
static void
spending(void)
{
	static const struct budget limits[] = {
		{ .pages = 3 },
		{ .bytes = 3 },
		{ .time = 3 },
	};
	static const char *const names[] = { "pages", "bytes", "time" };

	for (size_t i = 0; i < COUNT(limits); i++)
		for (uint64_t n = 2; n <= 4; n++) {
			const struct budget used = { n, n, n };

			check_at(10 * i + n);
			check_text(
			    budget_spent(&limits[i], &used), n < 3 ? NULL : names[i]);
			check(budget_over(&limits[i], n) == (i == 2 && n >= 3));
		}
	check_text(budget_spent(&(struct budget){ 0 },
		       &(struct budget){ UINT64_MAX, UINT64_MAX, UINT64_MAX }),
	    NULL);
}

TESTS("budget", { "what an option says", reading }, { "what is used up", spending })
