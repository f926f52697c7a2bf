/* SPDX-License-Identifier: ISC */
/*
 * When another worker may be started.
 */
#include <string.h>

#include "admission.h"
#include "check.h"
#include "cpus.h"

enum { MEGA = 1 << 20 };

static void
reading(void)
{
	static const struct {
		const char *value;
		bool right;
		uint64_t load, memory, starts, within;
	} rows[] = {
		{ "load=2", true, 2000, 7, 7, 7 },
		{ "load=0.001", true, 1, 7, 7, 7 },
		{ "load=0", false, 0, 0, 0, 0 },
		{ "load=2.0001", false, 0, 0, 0, 0 },
		{ "load=", false, 0, 0, 0, 0 },
		{ "load=1000001", false, 0, 0, 0, 0 },
		{ "load=none", true, 0, 7, 7, 7 },
		{ "load", false, 0, 0, 0, 0 },
		{ "memory=4G", true, 7, UINT64_C(4) << 30, 7, 7 },
		{ "memory=0", false, 0, 0, 0, 0 },
		{ "memory=much", false, 0, 0, 0, 0 },
		{ "memory=none", true, 7, 0, 7, 7 },
		{ "pressure=10", false, 0, 0, 0, 0 },
		{ "pressure=0%", false, 0, 0, 0, 0 },
		{ "pressure=100.001%", false, 0, 0, 0, 0 },
		{ "pressure=100%", true, 7, 7, 7, 7 },
		{ "pressure=none,load=1", true, 1000, 7, 7, 7 },
		{ "starts=10/s", true, 7, 7, 10, 1000 },
		{ "starts=1/m", true, 7, 7, 1, 60000 },
		{ "starts=5/h", true, 7, 7, 5, 3600000 },
		{ "starts=10", false, 0, 0, 0, 0 },
		{ "starts=10/", false, 0, 0, 0, 0 },
		{ "starts=10/d", false, 0, 0, 0, 0 },
		{ "starts=10/ms", false, 0, 0, 0, 0 },
		{ "starts=0/s", false, 0, 0, 0, 0 },
		{ "starts=none", true, 7, 7, 0, 0 },
		{ "key=3/s", true, 7, 7, 7, 7 },
		{ "key=3", false, 0, 0, 0, 0 },
		{ "load=1,memory=1M,starts=2/s", true, 1000, MEGA, 2, 1000 },
		{ "starts=none,key=3/m", true, 7, 7, 0, 0 },
		{ "load=1,", false, 0, 0, 0, 0 },
		{ "", false, 0, 0, 0, 0 },
		{ "memory=00000000000000000000000000001", false, 0, 0, 0, 0 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct admission_limits limits = {
			.load = 7, .memory = 7, .starts = { 7, 7 }, .key = { 7, 7 }
		};
		bool right = admission_read(&limits, rows[i].value) == NULL;

		check_at(i + 1);
		check(right == rows[i].right);
		check_is(limits.load, right ? rows[i].load : 7);
		check_is(limits.memory, right ? rows[i].memory : 7);
		check_is(limits.starts.count, right ? rows[i].starts : 7);
		check_is(limits.starts.within, right ? rows[i].within : 7);
		check(limits.keyed == (right && strstr(rows[i].value, "key") != NULL));
		check_is(limits.key.count, limits.keyed ? 3 : 7);
		check((limits.given == rows[i].value) == right);
	}
}

static struct admission
with(const char *limits)
{
	struct admission admission = { 0 };

	check(admission_read(&admission.limits, limits) == NULL);
	return admission;
}

static void
rates(void)
{
	struct admission admission = with("starts=3/s");
	uint64_t now = 1000, last = 0;

	check(admission_may(&admission, 0, now));
	for (int i = 0; i < 301; i++) {
		while (!admission_may(&admission, 0, now))
			now++;
		admission_started(&admission, now);
		last = now;
	}
	check_is(last, 1000 + 100 * 1000); /* none is lost by rounding */
	now += 10000; /* what was not used is not made up for */
	check(admission_may(&admission, 5, now));
	admission_started(&admission, now);
	check(!admission_may(&admission, 5, now));
	check(!admission_may(&admission, 0, now + 332));
	check(admission_may(&admission, 0, now + 334));
}

static void
loads(void)
{
	struct admission admission = with("load=2");

	check(admission_may(&admission, 1, 0));
	admission_started(&admission, 0);
	admission_started(&admission, 0);
	check(!admission_may(&admission, 1, 0)); /* they are not seen yet */
	check(admission_may(&admission, 0, 0)); /* one always may */
	admission_load(&admission, 1.5);
	check(admission_may(&admission, 1, 0));
	admission_load(&admission, 8);
	check(!admission_may(&admission, 1, 0));
	admission_load(&admission, 0); /* that may be by chance */
	check(!admission_may(&admission, 1, 0));
	admission_load(&admission, 0);
	check(!admission_may(&admission, 1, 0));
	admission_load(&admission, 0);
	check(admission_may(&admission, 1, 0));
	admission = with("load=50%");
	check_is(admission.limits.load, cpus_usable() * 500);
}

static void
memory(void)
{
	struct admission admission = with("memory=100M");
	uint64_t bytes[4] = { 0 };
	char text[80];

	/* at first one is taken for a quarter of it, and for less and less */
	check_is(admission_estimate(&admission, 5000), 25 * MEGA);
	for (size_t i = 0; i < 4; i++) {
		check(admission_may(&admission, i, 5000));
		admission_started(&admission, 5000);
	}
	check(!admission_may(&admission, 4, 5000));
	bytes[0] = 10 * MEGA;
	bytes[1] = bytes[2] = bytes[3] = 2 * MEGA;
	admission_memory(&admission, bytes, 4, 4, 6999);
	check_is(admission_estimate(&admission, 6999), 25 * MEGA / 2);
	check(admission_may(&admission, 4, 6999)); /* 4 and 1 of 12.5 */
	admission_memory(&admission, bytes, 4, 4, 8000);
	check_is(admission_estimate(&admission, 8000), 10 * MEGA);
	check_is(admission_estimate(&admission, 80000), 10 * MEGA);
	check_is(admission.expected, 40 * MEGA);
	/* one that has ended tells what others will come to */
	admission_ended(&admission, 40 * MEGA);
	admission_memory(&admission, bytes, 4, 2, 9000);
	check_is(admission.expected, 80 * MEGA);
	check(!admission_may(&admission, 2, 9000));
	check(admission_may(&admission, 0, 9000));
	admission_ended(&admission, 0); /* not known */
	check_is(admission_estimate(&admission, 9000), 40 * MEGA);
	admission_ended(&admission, 8 * MEGA); /* it is forgotten by and by */
	check_is(admission_estimate(&admission, 9000), 36 * MEGA);
	/* one that has more than that counts with what it has */
	bytes[0] = 50 * MEGA;
	admission_memory(&admission, bytes, 4, 2, 9000);
	check_is(admission_estimate(&admission, 9000), 50 * MEGA);
	check_is(admission.expected, 100 * MEGA);
	check(!admission_over(&admission, 100 * MEGA));
	check(admission_over(&admission, 100 * MEGA + 1));
	admission_text(&admission, text, sizeof(text));
	check(strcmp(text, "needs more than 100M of memory") == 0);
	admission.limits.memory = 1025;
	admission_text(&admission, text, sizeof(text));
	check(strcmp(text, "needs more than 1025 of memory") == 0);
	admission.limits.memory = 0;
	check(!admission_over(&admission, UINT64_MAX));
	check(admission_may(&admission, 99, 0));
}

/* So many ms of each 100 it waits for memory, and less for the others. */
static void
press(struct admission *admission, size_t living, uint64_t now, uint64_t ms)
{
	uint64_t waited[ADMISSION_WANTS];

	memcpy(waited, admission->waited, sizeof(waited));
	waited[0] += ms * 500;
	waited[1] += ms * 1000;
	admission_pressure(admission, waited, living, now);
}

static void
pressures(void)
{
	struct admission admission = with("pressure=10%");

	check_is(admission.limits.pressure, 10 * ADMISSION_PARTS);
	check(admission_may(&admission, 0, 1));
	check(!admission_may(&admission, 1, 1)); /* nobody has looked yet */
	press(&admission, 1, 1000, 1000000); /* since the machine began */
	check(!admission_may(&admission, 1, 1000));
	press(&admission, 1, 1100, 9);
	check(admission_may(&admission, 1, 1100));
	check(!admission_may(&admission, 2, 1100)); /* one at a look */
	press(&admission, 2, 1200, 0);
	check(admission_may(&admission, 2, 1200));
	press(&admission, 2, 1300, 40);
	check(admission_may(&admission, 0, 1300)); /* one always may */
	check(!admission_may(&admission, 1, 1300));
	press(&admission, 1, 1400, 0); /* that may be by chance: 20 */
	check(!admission_may(&admission, 1, 1400));
	press(&admission, 1, 1500, 0);
	check(!admission_may(&admission, 1, 1500)); /* 10 */
	press(&admission, 1, 1600, 0);
	check(admission_may(&admission, 1, 1600));
	check(admission_may(&admission, 2, 1600)); /* what went well before that */
	check(!admission_may(&admission, 3, 1600));
}

TESTS("admission", { "what an option says", reading }, { "starts in a time", rates },
    { "the load", loads }, { "the pressure", pressures }, { "the memory", memory })
