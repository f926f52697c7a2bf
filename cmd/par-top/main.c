/* SPDX-License-Identifier: ISC */
/*
 * par-top(1) - what par-run does now, on a terminal.
 * README lists its files, lowest layer first.
 */
#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "diag.h"
#include "fdio.h"
#include "live.h"
#include "num.h"
#include "once.h"
#include "sig.h"
#include "terminal.h"

static void
read_options(struct top_plan *plan, int argc, char **argv)
{
	const struct opt opts[] = {
		{ .help = "How often it is looked" },
		{ 0, "interval", OPT_DURATION, .number = &plan->interval, "TIME",
		    "look each TIME (default 1s)", 100, 3600 * 1000, NULL },
		{ .help = "What is written, once" },
		{ 0, "json", OPT_FLAG, .flag = &plan->json, NULL,
		    "write what runs say of themselves, and end", 0, 0, NULL },
		{ 0, "once", OPT_FLAG, .flag = &plan->once, NULL,
		    "write what there is now as text, and end", 0, 0, NULL },
		{ 0 },
	};
	const struct opt_program program = {
		.name = "par-top",
		.synopsis = "[OPTION...] [PID]",
		.about = "Show what each par-run of this user does: how far it is, its "
			 "workers, and the record that each of them has. PID is the one "
			 "to be shown. Without a terminal that is written once, as text.",
		.opts = opts,
		.examples = "  par-top\n  par-top --once\n  par-top --json | jq .done\n",
	};
	int first = diag_options(&program, argc, argv);

	if (argc - first > 1)
		die_misuse("%s: one process at most", argv[first + 1]);
	if (argc > first && num_parse(argv[first], 1, INT32_MAX, &plan->pid) < 0)
		die_misuse("%s: not a process id", argv[first]);
}

/* Is the run that is asked for there, and seen, if it was asked? */
static void
find(const struct roster *roster, const struct top_plan *plan, bool asked)
{
	const struct watched *run;

	if (plan->pid == 0)
		return;
	run = roster_find(roster, (pid_t)plan->pid);
	if (run == NULL)
		die(STATUS_FAILED, 0, "%llu: no par-run that can be looked at",
		    (unsigned long long)plan->pid);
	if (asked && run->state != WATCHED_SEEN)
		die(STATUS_FAILED, 0, "%llu: %s", (unsigned long long)plan->pid,
		    roster_why(run));
}

/* Name those that did not say what they do; how many they are. */
static size_t
name_silent(const struct roster *roster)
{
	size_t count = 0;

	for (size_t i = 0; i < roster->count; i++) {
		const struct watched *run = roster->runs[i];

		if (run->state != WATCHED_SILENT && run->state != WATCHED_ODD)
			continue;
		warn("%ld: %s", (long)run->pid, roster_why(run));
		count++;
	}
	return count;
}

/* Write it as it is now; the status. */
static int
write_once(struct roster *roster, const struct top_plan *plan)
{
	struct bytes text = { 0 };

	roster->keeps = plan->json;
	if (once_ask(roster, plan) < 0)
		die(STATUS_BROKEN, errno, "%s", roster->folder);
	find(roster, plan, true);
	once_put(&text, roster, plan, terminal_width());
	if (fdio_write(STDOUT_FILENO, text.data, text.len) < 0)
		die_output(errno, "standard output");
	bytes_free(&text);
	return name_silent(roster) > 0 ? STATUS_FAILED : STATUS_OK;
}

/* Show it until it is over; then end as the signal does that ended it. */
static void
show(struct roster *roster, const struct top_plan *plan)
{
	int number;

	if (plan->pid != 0 && roster_look(roster, NULL) == 0)
		find(roster, plan, false);
	number = live_show(roster, plan);
	if (number != 0) {
		signal(number, SIG_DFL);
		raise(number);
	}
}

int
main(int argc, char **argv)
{
	struct top_plan plan = { .interval = 1000 };
	struct roster roster;
	const char *why;
	int status = STATUS_OK;

	sig_begin();
	setlocale(LC_CTYPE, "");
	read_options(&plan, argc, argv);
	why = roster_open(&roster);
	if (why != NULL)
		die(STATUS_BROKEN, 0, "%s", why);
	if (plan.once || plan.json || !terminal_is_there())
		status = write_once(&roster, &plan);
	else
		show(&roster, &plan);
	roster_close(&roster);
	return status;
}
