/* SPDX-License-Identifier: ISC */
/*
 * par-frontier(1) - a crawl: URLs handed out to a command, each once, and the links
 * that come back handed out as well, until nothing is left.
 * README lists its files, lowest layer first.
 */
#include <stdlib.h>
#include <string.h>

#include "crawl.h"
#include "diag.h"
#include "grow.h"
#include "need.h"
#include "opt.h"
#include "record.h"
#include "sig.h"
#include "spelling.h"

enum { DEPTH_MOST = 1000000000, IN_FLIGHT_MOST = 65536 };

enum { MOST_WITHIN = 1 << 20 }; /* prefixes */

static const char *
take_within(void *target, const char *value)
{
	struct crawl_plan *plan = target;
	const char **more = grow(plan->within, &plan->within_room, plan->within_count + 1,
	    sizeof(*more), MOST_WITHIN);
	struct bytes text = { 0 };
	struct spelling url;

	if (more == NULL)
		return trouble_no_memory;
	plan->within = more;
	if (!spelling_read(&url, &text, value, strlen(value))) {
		bytes_free(&text);
		return "not a URL of http or https";
	}
	more[plan->within_count++] = need_string(url.data, url.len);
	bytes_free(&text);
	return NULL;
}

static void
list_options(struct crawl_plan *plan, struct opt_table *table)
{
	const struct opt rows[] = {
		{ .help = "Where it goes" },
		{ 'd', "depth", OPT_NUMBER, .number = &plan->depth, "N",
		    "follow links up to N steps from a start", 0, DEPTH_MOST, NULL },
		{ 0, "same-host", OPT_FLAG, .flag = &plan->same_host, NULL,
		    "follow links to the host of their page only", 0, 0, NULL },
		{ 0, "within", OPT_CALL, .context = plan, "URL",
		    "follow only links that begin with URL", 0, 0, take_within },
		{ 0, "host-pages", OPT_NUMBER, .number = &plan->host_pages, "N",
		    "follow links to N pages of a host", 1, 0, NULL },
		{ 0, "alike-pages", OPT_NUMBER, .number = &plan->alike_pages, "N",
		    "follow links to N pages that differ in numbers and query", 1, 0,
		    NULL },
		{ 0, "budget", OPT_CALL, .context = &plan->budget, "LIST",
		    "hand out no more after pages=N,bytes=SIZE,time=TIME", 0, 0,
		    budget_read },
		{ .help = "Several of them" },
		{ 0, "share", OPT_CALL, .context = &plan->share, "I/N",
		    "have one of N parts of the hosts; others have the others", 0, 0,
		    exchange_parse },
		{ 0, "exchange", OPT_STRING, .text = &plan->exchange, "DIR",
		    "leave URLs of others in DIR, and find one's own there", 0, 0, NULL },
		{ .help = "How much at once" },
		{ 'n', "in-flight", OPT_NUMBER, .number = &plan->in_flight, "N",
		    "have N URLs in flight (default 1024; also -j, -P)", 1,
		    IN_FLIGHT_MOST, NULL },
		{ 'j', NULL, OPT_NUMBER, .number = &plan->in_flight, "N", "", 1,
		    IN_FLIGHT_MOST, NULL },
		{ 'P', NULL, OPT_NUMBER, .number = &plan->in_flight, "N", "", 1,
		    IN_FLIGHT_MOST, NULL },
		{ 0, "per-host", OPT_NUMBER, .number = &plan->per_host, "N",
		    "have N URLs of a host in flight (default 256)", 1, IN_FLIGHT_MOST,
		    NULL },
		{ 0, "patience", OPT_DURATION, .number = &plan->patience, "TIME",
		    "see what is lost when nothing came for TIME (default 60s)", 1, 0,
		    NULL },
		{ .help = "Input and output" },
		{ 'o', "output", OPT_STRING, .text = &plan->output, "FILE",
		    "write to FILE, and with --state go on where it was left", 0, 0,
		    NULL },
		{ 0, "state", OPT_STRING, .text = &plan->state, "DIR",
		    "keep what is known in DIR, and go on with what is there", 0, 0,
		    NULL },
		{ 0, "progress", OPT_FLAG, .flag = &plan->progress, NULL,
		    "show on a terminal how far it is", 0, 0, NULL },
		{ 0, "max-record", OPT_SIZE, .number = &plan->max_record, "SIZE",
		    "fail records longer than SIZE (default 64M)", 1, 1 << 30, NULL },
		{ 0 },
	};

	opt_add(table, rows);
}

int
main(int argc, char **argv)
{
	struct crawl_plan plan = { .in_flight = 1024,
		.per_host = 256,
		.depth = UINT64_MAX,
		.patience = 60000,
		.max_record = RECORD_LIMIT };
	struct opt_table table = { 0 };
	struct opt_program program = { .name = "par-frontier",
		.synopsis = "[-d N] [-n N] [-o FILE] [OPTION ...] COMMAND [ARG ...]",
		.about = "Hand the URLs of standard input out to COMMAND, each once, and "
			 "those\n"
			 "of the links that it finds, until nothing is left.",
		.examples =
		    "  par-frontier -d 2 sh -c 'par-fetch | par-links --pages' <starts\n"
		    "  par-frontier --same-host --state DIR -o links sh loop <starts\n"
		    "  par-frontier --same-host --state DIR -o links sh loop "
		    "</dev/null\n",
		.command = true };
	enum status status;
	int first;

	sig_begin();
	diag_on_abort();
	list_options(&plan, &table);
	program.opts = table.rows;
	first = diag_options(&program, argc, argv);
	opt_free(&table);
	if (first == argc)
		die_missing(&program, argv, "a command is needed",
		    "sh -c 'par-fetch | par-links --pages'");
	diag_refuse_url(
	    argv[first], "COMMAND", "par-frontier sh -c 'par-fetch | par-links --pages'");
	if ((plan.share.count > 0) != (plan.exchange != NULL) ||
	    (plan.exchange != NULL && plan.state == NULL))
		die_misuse("--share, --exchange and --state go together");
	plan.command = argv + first;
	status = crawl_run(&plan);
	for (size_t i = 0; i < plan.within_count; i++)
		free((void *)(uintptr_t)plan.within[i]);
	free(plan.within);
	return (int)status;
}
