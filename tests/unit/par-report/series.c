/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "series.h"

static const char *
look(struct series *series, const char *queue, const char *time, uint64_t waiting,
    uint64_t done)
{
	char line[300];
	int len = snprintf(line, sizeof(line),
	    "{\"queue\":\"%s\",\"time\":%s,\"accepted\":9,\"waiting\":%llu,"
	    "\"delayed\":1,\"running\":2,\"done\":%llu,\"dead\":3,\"new\":{\"a\":1},"
	    "\"results\":4}",
	    queue, time, (unsigned long long)waiting, (unsigned long long)done);

	check(series_is(line, (size_t)len));
	return series_line(series, line, (size_t)len);
}

/* Each queue has its own points, with all numbers. */
static void
queues(void)
{
	static const uint64_t want[SERIES_NUMBERS] = { 7, 1, 2, 4, 9, 30, 3 };
	struct series series = { 0 };

	check(look(&series, "a", "10", 5, 10) == NULL);
	check(look(&series, "b.c_d-1", "10.5", 7, 20) == NULL);
	check(look(&series, "a", "12.000001", 7, 30) == NULL);
	check_is(series.count, 2);
	check_text(series.queues[1].name, "b.c_d-1");
	check_is(series.queues[0].count, 2);
	for (size_t i = 0; i < SERIES_NUMBERS; i++)
		check_is(series.queues[0].points[1].number[i], want[i]);
	check_is(series.queues[0].most[SERIES_WAITING], 7);
	check_is(series_took(&series.queues[0]), 2000001);
	check(series_rate(&series.queues[0], 0) > 9.99999 &&
	    series_rate(&series.queues[0], 0) < 10);
	check(series_rate(&series.queues[0], 1) == 0);
	/* it began anew, and at once */
	check(look(&series, "a", "12.000001", 7, 29) == NULL);
	check(look(&series, "a", "13.000001", 7, 28) == NULL);
	check(series_rate(&series.queues[0], 1) == 0 &&
	    series_rate(&series.queues[0], 2) == 0);
	series_free(&series);
}

static void
refused(void)
{
	static const struct {
		const char *line, *why;
	} rows[] = {
		{ "{\"queue\":\"a\"", "not a line of stat --json" },
		{ "{\"queue\":\"a b\",\"time\":1}", "not a line of stat --json" },
		{ "{\"queue\":\"a\\n\",\"time\":1}", "not a line of stat --json" },
		{ "{\"queue\":\"\",\"time\":1}", "not a line of stat --json" },
		{ "{\"queue\":\"a\",\"time\":\"x\"}", "\"time\" is no time" },
		{ "{\"queue\":\"a\",\"waiting\":-1}", "a number is none" },
		{ "{\"queue\":\"a\",\"time\":1}", "a number is missing" },
		{ "{\"queue\":\"a\",\"waiting\":1}",
		    "no \"time\", as an earlier par-queue wrote it" },
	};
	struct series series = { 0 };

	for (size_t i = 0; i < COUNT(rows); i++) {
		check_at(i + 1);
		check_text(series_line(&series, rows[i].line, strlen(rows[i].line)),
		    rows[i].why);
	}
	check_is(series.count, 0);
	check(look(&series, "a", "2", 1, 1) == NULL);
	check_text(
	    look(&series, "a", "1.999999", 1, 1), "earlier than the one before it");
	check(!series_is("{\"number\":1}", 12));
	series_free(&series);
}

/* However many, they are few; both ends stay, and the most of all. */
static void
many(void)
{
	struct series series = { 0 };
	const struct series_queue *queue;
	char time[40];

	for (unsigned i = 0; i <= 50000; i++) {
		snprintf(time, sizeof(time), "%u.5", 1000 + i);
		check(look(&series, "a", time, i == 777 ? 99 : 5, 3 * i) == NULL);
		check(series.queues[0].count <= SERIES_POINTS);
	}
	queue = &series.queues[0];
	check(queue->count >= SERIES_POINTS / 4);
	check_is(queue->lines, 50001);
	check_is(queue->points[0].time, 1000500000);
	check_is(series_took(queue), 50000 * UINT64_C(1000000));
	check_is(queue->most[SERIES_WAITING], 99);
	for (size_t i = 0; i + 1 < queue->count; i++) {
		check_at(i);
		check(series_rate(queue, i) > 2.9999 && series_rate(queue, i) < 3.0001);
	}
	series_free(&series);
}

TESTS("series", { "queues, each by itself", queues }, { "lines that are none", refused },
    { "far too many looks", many })
