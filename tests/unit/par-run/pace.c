/* SPDX-License-Identifier: ISC */
/*
 * A link is played: so many records a second at the most, however many are in flight, and
 * a time on the way.
 */
#include <string.h>

#include "chance.h"
#include "check.h"
#include "pace.h"

struct link {
	uint64_t way; /* there and back, ns */
	uint64_t rate; /* records a second that its workers can do */
};

/* How long an interval of credit records takes. */
static uint64_t
interval_of(const struct link *link, uint64_t credit)
{
	uint64_t work = credit * 1000000000 / link->rate;

	return link->way > work ? link->way : work;
}

/* The credit after so many intervals; each is within the limits. */
static uint64_t
play(struct pace *pace, const struct link *link, const struct pace_limits *limits,
    uint64_t credit, int intervals)
{
	for (int i = 0; i < intervals; i++) {
		check_at((uint64_t)i + 1);
		credit =
		    pace_sample(pace, limits, credit, credit, interval_of(link, credit));
		check(credit >= limits->least && credit <= limits->most);
	}
	return credit;
}

/* From few and from many it comes to what keeps the workers busy, and not far beyond. */
static void
finds(void)
{
	static const struct link links[] = {
		{ 100000000, 10000 },
		{ 50000000, 100000 },
		{ 200000000, 500 },
		{ 1000000000, 64 },
	};
	const struct pace_limits limits = { 1, 1 << 20 };

	for (size_t i = 0; i < COUNT(links); i++) {
		uint64_t enough = links[i].way * links[i].rate / 1000000000;
		struct pace few = { 0 }, many = { 0 };
		uint64_t credit = play(&few, &links[i], &limits, 1, 400);

		check(credit >= enough * 3 / 4 && credit <= 4 * enough);
		credit = play(&many, &links[i], &limits, 1 << 20, 400);
		check(credit >= enough * 3 / 4 && credit <= 4 * enough);
	}
}

/* Steps of one trial, in rows: what the first is told, what it then gives. */
static void
trial(void)
{
	struct pace_limits limits = { 4, 16 };
	const uint64_t second = 1000000000;
	struct pace pace = { 0 };

	/* There is no more: less is tried. */
	check_is(pace_sample(&pace, &limits, 16, 100, second), 8);
	check_is(pace.trial, PACE_LESS);
	check_is(
	    pace_sample(&pace, &limits, 8, 1, second), 8); /* settles: does not count */
	check_is(
	    pace_sample(&pace, &limits, 8, 88, second), 4); /* no eighth less: go on */
	check_is(pace_sample(&pace, &limits, 4, 1, second), 4);
	check_is(pace_sample(&pace, &limits, 4, 88, second), 4); /* there is no less */
	check_is(pace.trial, PACE_NONE);
	for (int i = 0; i < 16; i++)
		check_is(pace_sample(&pace, &limits, 4, 88, second), 4);
	limits.most = 64;
	check_is(pace_sample(&pace, &limits, 4, 88, second), 8); /* only more is open */
	check_is(pace.trial, PACE_MORE);
	check_is(pace_sample(&pace, &limits, 8, 500, second), 8);
	check_is(pace_sample(&pace, &limits, 8, 98, second),
	    4); /* 87 and an eighth: not more */
	check_is(pace.trial, PACE_NONE);
	for (int i = 0; i < 16; i++)
		check_is(pace_sample(&pace, &limits, 4, 88, second), 4);
	check_is(pace_sample(&pace, &limits, 4, 88, second), 8);
	check_is(pace_sample(&pace, &limits, 8, 88, second), 8);
	check_is(pace_sample(&pace, &limits, 8, 99, second), 16);
	check_is(pace_sample(&pace, &limits, 16, 100, second), 16);
	check_is(pace_sample(&pace, &limits, 16, 200, second), 32);
	check_is(pace_sample(&pace, &limits, 32, 200, second), 32);
	check_is(pace_sample(&pace, &limits, 32, 400, second), 64);
	check_is(pace_sample(&pace, &limits, 64, 400, second), 64);
	check_is(pace_sample(&pace, &limits, 64, 800, second), 64); /* there is no more */
	check_is(pace.trial, PACE_NONE);
}

/* Where both can be tried they take turns. */
static void
both(void)
{
	const struct pace_limits limits = { 4, 64 };
	const uint64_t second = 1000000000;
	struct pace pace = { 0 };

	for (int round = 0; round < 3; round++) {
		check_is(pace_sample(&pace, &limits, 16, 100, second), 32);
		check_is(pace_sample(&pace, &limits, 32, 100, second), 32);
		check_is(pace_sample(&pace, &limits, 32, 100, second), 16);
		for (int i = 0; i < 16; i++)
			check_is(pace_sample(&pace, &limits, 16, 100, second), 16);
		check_is(pace_sample(&pace, &limits, 16, 100, second), 8);
		check_is(pace_sample(&pace, &limits, 8, 50, second), 8);
		check_is(pace_sample(&pace, &limits, 8, 50, second), 16);
		for (int i = 0; i < 16; i++)
			check_is(pace_sample(&pace, &limits, 16, 100, second), 16);
	}
}

/* Less is given back when it was an eighth too little, and not before. */
static void
too_little(void)
{
	const struct pace_limits limits = { 4, 16 };
	const uint64_t second = 1000000000;

	for (uint64_t acks = 98; acks <= 107; acks++) {
		struct pace pace = { .rate = 104 };
		uint64_t credit;

		check_at(acks);
		credit = pace_sample(&pace, &limits, 16, 120, second);
		check_is(credit, 8);
		check_is(pace.rate, 119); /* an interval is counted a little too long */
		check_is(pace_sample(&pace, &limits, 8, 1, second), 8);
		/* 119 - 119 / 8 */
		check_is(
		    pace_sample(&pace, &limits, 8, acks, second), acks > 105 ? 4 : 16);
	}
}

/* What makes less of no use: intervals that are short already. */
static void
short_intervals(void)
{
	const struct pace_limits limits = { 1, 16 };

	for (int more = 0; more <= 1; more++) {
		struct pace pace = { 0 };
		uint64_t interval = 20 * 1000 * 1000 + (uint64_t)more;

		check_is(pace_sample(&pace, &limits, 16, 100, interval), more ? 8 : 16);
	}
}

/* Whatever the link does, it stays in its limits. */
static void
bounded(void)
{
	for (uint64_t round = 1; round <= 300; round++) {
		uint64_t least = chance_from(1, 100);
		struct pace_limits limits = { least, least * chance_from(1, 1000) };
		uint64_t credit = chance_from(limits.least, limits.most);
		struct pace pace = { 0 };

		check_at(round);
		for (int i = 0; i < 300; i++) {
			credit = pace_sample(&pace, &limits, credit,
			    chance() >> chance_from(34, 63),
			    chance() >> chance_from(24, 63));
			check(credit >= limits.least && credit <= limits.most);
		}
	}
}

TESTS("pace", { "finds what keeps a link busy", finds },
    { "trials, step by step", trial }, { "both trials by turns", both },
    { "less was too little", too_little },
    { "intervals that are short", short_intervals }, { "stays in its limits", bounded })
