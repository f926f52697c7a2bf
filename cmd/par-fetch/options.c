/* SPDX-License-Identifier: ISC */
#include <stddef.h>

#include "opt.h"
#include "options.h"
#include "record.h"

enum {
	JOBS_MAX = 10000,
	LOOKAHEAD_MAX = 1 << 20,
	TIME_MAX = 24 * 60 * 60 * 1000, /* milliseconds */
	OPTIONS_MAX = 64
};

struct table {
	struct opt rows[OPTIONS_MAX];
	size_t count;
};

/* Add rows, up to the one that is all zero. */
static void
add(struct table *table, const struct opt *rows)
{
	while (rows->letter != 0 || rows->name != NULL)
		table->rows[table->count++] = *rows++;
}

static void
add_pace(struct table *table, struct settings *set)
{
	const struct opt rows[] = {
		{ 'j', "jobs", OPT_NUMBER, &set->jobs, "N",
		    "N transfers in flight (default 16)", 1, JOBS_MAX, NULL },
		{ 0, "lookahead", OPT_NUMBER, &set->lookahead, "N",
		    "read N records ahead, so that hosts take turns (default 2 x -j)", 1,
		    LOOKAHEAD_MAX, NULL },
		{ 0, "per-host", OPT_NUMBER, &set->per_host, "N",
		    "N transfers in flight to one host (default 6)", 1, JOBS_MAX, NULL },
		{ 0 },
	};

	add(table, rows);
}

static void
add_limits(struct table *table, struct settings *set)
{
	const struct opt rows[] = {
		{ 0, "connect-timeout", OPT_DURATION, &set->connect_timeout, "TIME",
		    "give up connecting after TIME (default 10s)", 1, TIME_MAX, NULL },
		{ 0, "max-body", OPT_SIZE, &set->max_body, "SIZE",
		    "fail bodies longer than SIZE, decoded (default 32M)", 0, 1 << 30,
		    NULL },
		{ 0, "max-header", OPT_SIZE, &set->max_header, "SIZE",
		    "fail answers with more than SIZE of header (default 256K)", 1,
		    1 << 30, NULL },
		{ 0, "max-record", OPT_SIZE, &set->max_record, "SIZE",
		    "fail records longer than SIZE (default 64M)", 1, 1 << 30, NULL },
		{ 0, "max-redirs", OPT_NUMBER, &set->max_redirs, "N",
		    "follow N redirects (default 20); 0: a redirect is an answer", 0,
		    1000, NULL },
		{ 'm', "max-time", OPT_DURATION, &set->max_time, "TIME",
		    "give up an attempt after TIME (default 60s); 0: never", 0, TIME_MAX,
		    NULL },
		{ 0, "proto", OPT_STRING, &set->proto, "LIST",
		    "protocols allowed (default http,https)", 0, 0, NULL },
		{ 0 },
	};

	add(table, rows);
}

static void
add_retries(struct table *table, struct settings *set)
{
	const struct opt rows[] = {
		{ 0, "retries", OPT_NUMBER, &set->retries, "N",
		    "try again N times what may pass (default 2)", 0, 1000, NULL },
		{ 0, "retry-delay", OPT_DURATION, &set->retry_delay, "TIME",
		    "wait TIME before the first retry, twice that, ... (default 500ms)",
		    0, TIME_MAX, NULL },
		{ 0, "retry-max-delay", OPT_DURATION, &set->retry_max_delay, "TIME",
		    "wait no longer, even if the server asks (default 60s)", 0, TIME_MAX,
		    NULL },
		{ 0 },
	};

	add(table, rows);
}

void
options_read(struct settings *set, int argc, char **argv)
{
	struct table table = { .count = 0 };
	const struct opt_program program = { .name = "par-fetch",
		.synopsis = "[-j N] [OPTION...]",
		.about =
		    "Fetch each URL on standard input; print a record of URL, status, "
		    "content type,\neffective URL, error and body, in the order in "
		    "which they finish.",
		.opts = table.rows };

	*set = (struct settings){
		.jobs = 16,
		.per_host = 6,
		.max_record = RECORD_LIMIT,
		.max_body = 32 << 20,
		.max_header = 256 << 10,
		.connect_timeout = 10000,
		.max_time = 60000,
		.max_redirs = 20,
		.retries = 2,
		.retry_delay = 500,
		.retry_max_delay = 60000,
		.proto = "http,https",
	};
	add_pace(&table, set);
	add_limits(&table, set);
	add_retries(&table, set);
	if (opt_parse(&program, argc, argv) < argc)
		opt_misuse(&program, "takes no operands");
	if (set->lookahead == 0)
		set->lookahead = 2 * set->jobs;
}
