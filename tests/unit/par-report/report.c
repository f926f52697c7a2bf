/* SPDX-License-Identifier: ISC */
/*
 * What is written of runs that are known: the page as a whole, and its charts.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "chance.h"
#include "check.h"
#include "layout.h"
#include "micro.h"
#include "plain_text.h"
#include "report_page.h"
#include "summary.h"

enum { COLUMNS = 80, NAME = 14 };

static const struct report_plan plan = { .slowest = 5, .failures = 5 };

/* A multiple of all steps of a timeline. */
static const uint64_t began = UINT64_C(1000) << 30; /* microseconds */

static struct summary summary;
static struct bytes page, text;

static void
begin(void)
{
	summary_open(&summary, &plan);
	summary_file(&summary);
}

static void
add(const char *worker, uint64_t record, uint64_t start, uint64_t took, const char *why)
{
	struct log_line line = { .record = record,
		.worker = { worker, strlen(worker) },
		.start = began + start,
		.took = took,
		.tries = 1,
		.failed = why != NULL };

	if (why != NULL)
		line.why = (struct field){ why, strlen(why) };
	summary_line(&summary, &line, false);
}

/* Write it all: page and text are strings then. */
static void
write_it(void)
{
	static const struct series series;
	struct layout layout;

	summary_end(&summary);
	layout_make(&layout, &summary);
	bytes_clear(&page, SIZE_MAX);
	bytes_clear(&text, SIZE_MAX);
	report_page_put(&page, &layout, &series, "a title");
	plain_text_put(&text, &layout, &series, "a title", COLUMNS, false);
	check(bytes_put(&page, "", 1) == 0 && bytes_put(&text, "", 1) == 0);
	layout_free(&layout);
	summary_close(&summary);
}

static void
end(void)
{
	bytes_free(&page);
	bytes_free(&text);
}

/* How often it stands there, up to end. */
static size_t
times_in(const char *at, const char *to, const char *what)
{
	size_t count = 0;

	for (; (at = strstr(at, what)) != NULL && at < to; at += strlen(what))
		count++;
	return count;
}

/* Each element that has to be ended is, before the script begins. */
static void
look_at_tags(void)
{
	static const char *const names[] = { "div", "table", "tbody", "thead", "figure",
		"figcaption", "svg", "span", "bdi", "data", "main", "footer", "header",
		"section", "h1", "h2", "i" };
	const char *body = strstr(page.data, "<body"), *script;

	check(body != NULL);
	script = strstr(body, "<script");
	check(script != NULL);
	for (size_t i = 0; i < COUNT(names); i++) {
		char tag[3][32];

		snprintf(tag[0], sizeof(tag[0]), "<%s>", names[i]);
		snprintf(tag[1], sizeof(tag[1]), "<%s ", names[i]);
		snprintf(tag[2], sizeof(tag[2]), "</%s>", names[i]);
		check_at(i + 1);
		check_is(times_in(body, script, tag[0]) + times_in(body, script, tag[1]),
		    times_in(body, script, tag[2]));
	}
}

/* A path of steps has the same height everywhere, and that of nearly all the chart. */
static void
look_at_level(const char *path)
{
	unsigned x, y, level = 0, last = 0;
	int used;

	check(path != NULL);
	path = strstr(path, "M0 1000") + strlen("M0 1000");
	while (strncmp(path, "H4000V1000z", 11) != 0) {
		check_is(sscanf(path, "H%uV%u%n", &x, &y, &used), 2);
		check(x < 4000 && x >= last);
		if (level == 0)
			level = y;
		check(y < 600 && y + 40 >= level && y <= level + 40);
		last = x;
		path += used;
	}
	check(last > 3000);
}

/* A worker that does a record of the same time after the other. */
static void
steady(void)
{
	static const struct {
		uint64_t each, count; /* microseconds, records */
	} rows[] = { { 100, 300 }, { 100, 400 }, { 50, 3000 }, { 1000, 10000 },
		{ 7000, 10000 }, { 10000, 33 * 100 } };

	for (size_t i = 0; i < COUNT(rows); i++) {
		uint64_t each = rows[i].each;
		const char *plot, *line;

		begin();
		for (uint64_t k = 0; k < rows[i].count; k++)
			add("1", k + 1, k == 0 ? 0 : k * each - each / 2,
			    k == 0 ? each / 2 : each, NULL);
		write_it();
		check_at(i + 1);
		plot = strstr(page.data, "Throughput");
		check(plot != NULL);
		look_at_level(strstr(plot, "<path class=a"));
		look_at_level(strstr(plot, "<path class=p"));
		line = strstr(text.data, "\nWorkers: ");
		check(line != NULL);
		line = strchr(line + 1, '\n') + 1;
		check(strncmp(line, "worker 1   ", 11) == 0);
		check_is(strcspn(line, "\n"), COLUMNS);
		check_is(strspn(line + NAME + 1, "#"), COLUMNS - NAME - 1);
		line = strstr(text.data, "\nThroughput\n");
		if (line != NULL) {
			line += strlen("\nThroughput\n");
			check_is(strcspn(line, "\n"), COLUMNS);
			check_is(strspn(line + NAME + 1, "=#-"), COLUMNS - NAME - 1);
		}
		check((line != NULL) == (i >= 2));
	}
	end();
}

/* Of many reasons the most frequent are shown, and the others together. */
static void
reasons(void)
{
	const char *table, *after;

	begin();
	for (uint64_t k = 0; k < 60; k++) {
		char why[32];

		snprintf(why, sizeof(why), "reason %u", (unsigned)k);
		for (uint64_t n = k < 10 ? 2 : 1; n > 0; n--)
			add("1", k * 2 + n, k * 10, 10, why);
	}
	write_it();
	look_at_tags();
	table = strstr(page.data, "<table class=reasons>");
	check(table != NULL);
	after = strstr(table, "</table>");
	check_is(times_in(table, after, "<data class=count value=2>"), 10);
	check_is(times_in(table, after, "<data class=count value=1>"), 40);
	check(times_in(table, after, "<data class=count value=10>") == 1 &&
	    times_in(table, after, "other reasons") == 1);
	end();
}

/* Quantiles are marked where they are apart; one always is. */
static void
marks(void)
{
	for (uint64_t spread = 0; spread < 2; spread++) {
		begin();
		for (uint64_t k = 0; k < 200; k++)
			add("1", k + 1, k << 24,
			    spread == 0 ? 1 << 20 : UINT64_C(1024) << k * 13 / 200, NULL);
		write_it();
		check_at(spread);
		look_at_tags();
		check_is(times_in(page.data, page.data + page.len, "<div class=q "),
		    1 + 2 * spread);
	}
	end();
}

/* What is said of records that no worker had, if there are some. */
static void
nobody(void)
{
	static const char said[] = "records were given to no worker";

	for (uint64_t count = 0; count < 2; count++) {
		begin();
		add("1", 1, 0, 10, NULL);
		if (count > 0)
			summary_line(&summary,
			    &(struct log_line){
				.record = 2, .nobody = true, .failed = true },
			    false);
		write_it();
		check_at(count);
		look_at_tags();
		check((strstr(page.data, said) != NULL) == (count > 0));
	}
	end();
}

/* A name takes as many columns as it has characters. */
static void
columns(void)
{
	const char *first, *other;

	begin();
	add("host", 1, 0, 10, NULL);
	add("h\xc3\xb6st", 2, 0, 10, NULL);
	write_it();
	first = strstr(text.data, "\nBy worker");
	check(first != NULL);
	first = strchr(first + 1, '\n') + 1;
	other = strchr(first, '\n') + 1;
	if (strncmp(first, "host", 4) != 0) {
		const char *swap = first;

		first = other;
		other = swap;
	}
	check(
	    strncmp(first, "host  ", 6) == 0 && strncmp(other, "h\xc3\xb6st  ", 7) == 0);
	check_is(strcspn(other, "\n"), strcspn(first, "\n") + 1);
	end();
}

TESTS("report", { "a steady run is a level line", steady },
    { "reasons, and others together", reasons }, { "quantiles are marked", marks },
    { "records of nobody", nobody }, { "columns of names", columns })
