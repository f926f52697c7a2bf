/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "diag.h"
#include "errors.h"
#include "fdio.h"
#include "files.h"
#include "hash.h"
#include "run_close.h"
#include "run_open.h"
#include "sig.h"
#include "source.h"
#include "spoken.h"

enum { INPUT_PIPE = 1 << 20 };

/* What tells its records from those of other runs, if they are known by number here. */
static void
name_run(struct run *run)
{
	const char *id = run->options->id;

	if (run->options->line_buffer && run->parent.fd >= 0 && !run->options->serve)
		die(STATUS_NEVER, 0, "--line-buffer: not as a stage of another par-run");
	if (run->options->results != NULL && run->parent.fd >= 0 && !run->options->serve)
		die(STATUS_NEVER, 0, "--results: not as a stage of another par-run");
	if (id != NULL && run->parent.fd >= 0 && !run->options->serve)
		die(STATUS_MISUSE, 0, "--id: not as a stage of another par-run");
	if (stop_on_any(&run->options->stop_on) && run->parent.fd >= 0)
		die(STATUS_MISUSE, 0, "--stop-on: not as a stage of another par-run");
	if (id != NULL)
		snprintf(run->facts.run, sizeof(run->facts.run), "%s", id);
	else if (run->parent.fd < 0)
		facts_number(&run->facts, hash_random_seed());
}

/*
 * The one of make(1), which is known by its descriptors, as long as we have few.  With
 * --key each worker has records that no other can do: one may wait for all of them.
 */
static void
join_jobserver(struct run *run)
{
	const struct run_options *o = run->options;
	char why[JOBSERVER_TEXT];

	if (o->jobserver == JOBSERVER_JOIN && !options_hosts(o) && !o->dry_run &&
	    o->key.kind == KEY_RECORD && !jobserver_join(&run->jobserver, why) &&
	    o->workers > 1)
		warn("jobserver unavailable: %s; going on without", why);
}

/* The one of what is started here, if there is to be one. */
static void
make_jobserver(struct run *run)
{
	const struct run_options *o = run->options;

	if ((o->jobserver == JOBSERVER_FIFO || o->jobserver == JOBSERVER_PIPE) &&
	    !options_hosts(o) &&
	    jobserver_make(&run->jobserver, o->jobserver, o->workers) < 0)
		die(STATUS_BROKEN, errno, "--jobserver: a new one%s",
		    errno == EINVAL ? " below a TMPDIR with a blank" : "");
}

void
run_open_ends(struct run *run)
{
	const struct run_options *o = run->options;
	struct ends ends;

	join_jobserver(run);
	if ((o->serve ? supervisor_at(&run->parent, STDOUT_FILENO)
		      : supervisor_find(&run->parent)) < 0)
		die(STATUS_BROKEN, errno, "cannot begin");
	if (o->serve) {
		run->parent.runs = o->takes;
		run->parent.trace = o->takes_trace;
	}
	run->output.parent = &run->parent;
	run->output.ending = &run->ending;
	source_lists(&run->lists, o, run->parent.fd >= 0);
	if (run->parent.fd >= 0 && !run->parent.framed &&
	    supervisor_never_waits(&run->parent) < 0)
		die(STATUS_BROKEN, errno, "cannot begin");
	/* May wait for a reader, and be interrupted. */
	files_open(o, &ends);
	if (o->input == NULL && o->list == NULL && !o->serve)
		diag_awaits("records");
	output_open(&run->output, &ends);
	notes_open(&run->notes);
	source_open(&run->intake, &run->lists, o, ends.name);
	source_names(&run->intake, o, run->parent.named);
	run->nature.named = run->facts.named = run->intake.named;
	header_open(&run->header, o, &run->intake);
	run->control = (struct control){ .fd = -1, .write_end = -1 };
	diag_before_end(run_end_shared, run);
	record_files_open(&run->record_files, o);
	arguments_open(&run->arguments, o, run->header.names, run->record_files.folder);
	tags_open(&run->tags, o, run->header.names);
}

/* The signals that are heard from now on, and what else stays as it is. */
static void
open_signals(struct run *run)
{
	static const int caught[] = { SIGCHLD, SIGINT, SIGTERM, SIGHUP, SIGUSR1 };
	const struct run_options *o = run->options;

	name_run(run);
	run->polls.signals = sig_open(caught, sizeof(caught) / sizeof(caught[0]));
	if (run->polls.signals < 0)
		die(STATUS_BROKEN, errno, "cannot begin");
	run->output.in_order = o->keep_order && run->parent.fd < 0;
	run->output.gathers = o->key.kind != KEY_RECORD;
	signal(SIGPIPE, SIG_IGN);
	spoken_buffer();
	atexit(errors_close_all);
	sig_last_resort(PHASE_KILL + 1);
}

/* All that has a file, or needs memory. */
static void
open_parts(struct run *run)
{
	const struct run_options *o = run->options;
	const char *why;

	/* One that serves leaves it to the other end, which has other hosts, too. */
	run->halving.on = o->halve && !o->serve;
	if (quarantine_open(&run->quarantine, o->quarantine) < 0)
		die(STATUS_BROKEN, errno, "%s", o->quarantine);
	run->quarantine.escaped =
	    o->list == NULL ? o->separator.on : run->lists.count == 1;
	checkpoint_open(&run->checkpoint);
	results_open(&run->results, run->checkpoint.state == CHECKPOINT_RESUMED);
	stop_begin(&run->stop);
	why = control_open(&run->control, o->control, commands_obey, &run->commands);
	if (why != NULL)
		die(STATUS_BROKEN, 0, "%s: %s", o->control, why);
	admit_open(&run->admit);
	make_jobserver(run);
	oom_open(&run->oom);
	fdio_pipe_size(STDIN_FILENO, INPUT_PIPE);
	blocks_begin(&run->blocks);
	keys_open(&run->keys);
	polite_open(&run->polite);
	report_open(&run->report, o);
	offer_open(&run->offer, o->hidden);
	if (ticker_is_on(&run->report.headway.ticker, run->output.fd)) {
		run->output.before = ticker_give_way;
		run->output.before_context = &run->report.headway.ticker;
	}
	pool_begin(&run->pool, (size_t)o->workers);
	run->pool.tuned = o->tuned && !options_hosts(o);
	if (restarts_open(&run->restarts, &o->restarts) < 0)
		die(STATUS_BROKEN, errno, "cannot begin");
}

/* The places, and their first workers. */
static void
open_places(struct run *run)
{
	if (options_hosts(run->options)) {
		hosts_open(&run->hosts);
		return;
	}
	nature_by_options(&run->nature, run->pool.workers);
	unread_open(&run->unread);
	for (uint64_t i = 0; i < run->options->workers; i++) {
		struct slot *slot = pool_add(&run->pool);

		if (slot == NULL)
			die(STATUS_BROKEN, errno, "cannot begin");
		if (run->nature.kind != WORKER_BLOCK && pool_may_start(&run->pool) &&
		    busy_may_start(&run->busy, slot) && starts_one(&run->starts, slot))
			busy_given(&run->busy, slot);
	}
}

void
run_open(struct run *run)
{
	open_signals(run);
	open_parts(run);
	if (ending_near(&run->ending))
		return;
	if (run->checkpoint.state == CHECKPOINT_OFF ||
	    supply_left(&run->supply)) /* else all was done */
		open_places(run);
}
