/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "clock.h"
#include "collect.h"
#include "commands.h"
#include "dispatch.h"
#include "fate.h"
#include "fdio.h"
#include "gate.h"
#include "hosts.h"
#include "known.h"
#include "ledger.h"
#include "loop.h"
#include "output.h"
#include "overdue.h"
#include "pool.h"
#include "report.h"
#include "sig.h"
#include "silent.h"
#include "spawn.h"
#include "starts.h"
#include "stop.h"
#include "undone.h"

enum {
	LOOK_EVERY = 1000, /* ms between looks who has ended, though no signal told */
	STOP_GRACE = 2000, /* ms from telling workers to end to killing them */
	LONG_TURN = 20, /* ms */
	LONGEST_POLL = 60 * 1000, /* ms */
	FIXED_POLLS = 4,
	WORKER_POLLS = 4,
	INPUT_PIPE = 1 << 20,
	MOST_MEMORY = 64 << 20 /* input in flight, bytes; what is more is in files */
};

/* What is waited for, and where it stands in the array of poll(2). */
struct waiting {
	struct pollfd *polls; /* at their places; -1 where there is nothing */
	struct pollfd *asked; /* the same without these */
	size_t count;
	size_t room; /* workers that the array has room for */
};

/* Start what is due: a place whose worker has died, while there is work. */
static void
start_due(struct run *run)
{
	if (run->kind == WORKER_BLOCK) /* started with what it gets */
		return;
	for (size_t i = 0; i < run->slot_count; i++) {
		struct slot *slot = run->slots[i];

		if (slot->place.state != PLACE_EMPTY || slot->start_at > run->times.now ||
		    run->phase >= PHASE_STOP || !starts_may(run) || !gate_has_input(run))
			continue;
		starts_one(run, slot, NULL);
	}
}

/* The worker has ended and nothing more of it will come. */
static void
bury(struct run *run, struct slot *slot)
{
	char how[WORKER_EXIT_TEXT];
	enum place_event gone;

	if (run->reserved == slot)
		run->reserved = NULL;
	output_clear(&run->output, &slot->spout);
	collect_end(run, slot);
	gone = fate_of_worker(run, slot);
	if (slot->worker.kind == WORKER_PLAIN && slot->worker.hold.end > 0 &&
	    slot->worker.exit_signal == 0)
		collect_last(run, slot);
	output_part(&run->output, &slot->spout);
	worker_close(&slot->worker);
	place_event(&slot->place, gone);
	run->living--;
	starts_rest(run, slot);
	worker_exit_text(&slot->worker, how);
	starts_count_deaths(run, how);
	if (slot->host != NULL || !fate_is_permanent(run, &slot->worker) ||
	    (slot->worker.kind != WORKER_NATIVE && !gate_has_input(run)))
		return;
	gate_give_in(run, diag_never);
	run->never = true;
}

/* It has ended; are others of its group left to write its output? */
static bool
is_written_on(struct worker *worker)
{
	if ((worker->kind != WORKER_PLAIN && worker->kind != WORKER_BLOCK) ||
	    worker->out < 0 || worker->killed)
		return false;
	worker_reap(worker); /* the zombie is of the group, too */
	return worker_group_alive(worker);
}

static bool
is_worker(const void *context, pid_t pid)
{
	const struct run *run = context;

	for (size_t i = 0; i < run->slot_count; i++)
		if (run->slots[i]->worker.pid == pid)
			return true;
	return false;
}

/* See who has ended, of all or of those that are known to have and left others. */
static void
look_for_ends(struct run *run, bool all)
{
	if (all)
		run->look_at = run->times.now + LOOK_EVERY;
	for (size_t i = 0; i < run->slot_count; i++) {
		struct slot *slot = run->slots[i];
		struct worker *worker = &slot->worker;

		if (!worker->ended && (worker->pid == 0 || !all))
			continue;
		if (!worker_ended(worker) || !collect_hears(run))
			continue;
		collect_rest(run, slot);
		if (is_written_on(worker))
			continue;
		worker_end_rest(worker);
		worker_reap(worker);
		collect_rest(run, slot);
		bury(run, slot);
	}
	if (all)
		spawn_reap_others(is_worker, run);
}

/* Each signal goes one step further. */
static void
go_further(struct run *run)
{
	if (run->phase == PHASE_KILL)
		return;
	run->phase++;
	if (run->phase == PHASE_STOP) {
		stop_signal(run, SIGTERM);
		run->kill_at = run->times.now + STOP_GRACE;
	} else if (run->phase == PHASE_KILL) {
		stop_signal(run, SIGKILL);
	}
}

static void
take_signals(struct run *run)
{
	bool ended = false;
	int number;

	while ((number = sig_next(run->signals)) != 0)
		if (number == SIGCHLD)
			ended = true;
		else if (number == SIGUSR1)
			account_show(&run->accounts);
		else
			go_further(run);
	look_for_ends(run, ended || run->times.now >= run->look_at);
}

/* Read input once. */
static void
take_input(struct run *run)
{
	struct record refused;
	char why[160];

	run->short_since = 0;
	run->short_told = false;
	run->intake.aside = dispatch_in_flight(run) > MOST_MEMORY;
	if (intake_fill(&run->intake) < 0 && errno != EAGAIN && errno != EINTR) {
		ending_broken(&run->ending, errno, run->in_name);
		return;
	}
	while (intake_refused(&run->intake, &refused)) {
		snprintf(why, sizeof(why),
		    "record %llu at byte %llu is longer than %llu bytes",
		    (unsigned long long)refused.number + 1,
		    (unsigned long long)refused.offset,
		    (unsigned long long)run->options->max_record);
		ledger_refused(run, &refused, true, why);
		intake_look(&run->intake);
	}
}

/*
 * End the input of workers once there is no more, and of those that are to go.
 * Whatever they do not finish goes to a worker that is started for it.
 */
static void
end_inputs(struct run *run)
{
	bool more = gate_has_input(run);

	for (size_t i = 0; i < run->slot_count; i++) {
		struct slot *slot = run->slots[i];
		struct worker *worker = &slot->worker;

		if (!place_may(&slot->place, PLACE_HEAR) || worker->in < 0 ||
		    worker->ended || slot->place.state == PLACE_DYING ||
		    (more && place_may(&slot->place, PLACE_GIVE)))
			continue;
		if (slot->host != NULL)
			hosts_forgo(run, slot);
		if (worker_hungry(worker))
			continue;
		/* Has it a record, it is still to show what it is. */
		if (worker->kind == WORKER_UNKNOWN && worker->window.records > 0)
			continue;
		pool_end_input(run, slot);
	}
}

/* Add a descriptor to what is waited for; -1 keeps the place. */
static void
await(struct waiting *waiting, int fd, short events)
{
	waiting->polls[waiting->count++] = (struct pollfd){ .fd = fd, .events = events };
}

/*
 * poll(2), which takes no more places than descriptors may be open, those with none
 * among them.
 */
static int
wait_for(struct waiting *waiting, int timeout)
{
	nfds_t asked = 0;
	int found;

	for (size_t i = 0; i < waiting->count; i++)
		if (waiting->polls[i].fd >= 0)
			waiting->asked[asked++] = waiting->polls[i];
	found = poll(waiting->asked, asked, timeout);
	asked = 0;
	for (size_t i = 0; i < waiting->count && found > 0; i++)
		if (waiting->polls[i].fd >= 0)
			waiting->polls[i].revents = waiting->asked[asked++].revents;
	return found;
}

/* What is waited for of one worker: room, words, output. */
static void
await_worker(const struct run *run, const struct slot *slot, struct waiting *waiting)
{
	const struct worker *worker = &slot->worker;
	bool room = worker_hungry(worker) ||
	    (worker->kind == WORKER_PLAIN && !worker->deaf && !slot->writable &&
		!slot->draining);
	bool output = (worker->kind != WORKER_NATIVE || slot->spout.absorbing) &&
	    !output_full(&run->output, &slot->spout) && collect_hears(run);

	await(waiting, room ? worker->in : -1, POLLOUT);
	await(waiting, collect_hears(run) ? worker->ack : -1, POLLIN);
	await(waiting, output ? worker->out : -1, POLLIN);
	waiting->polls[waiting->count++] = errors_poll(&worker->errors);
}

/* When this worker is to be looked at again, ms; UINT64_MAX if it need not be. */
static uint64_t
check_due(const struct run *run, const struct slot *slot)
{
	const struct worker *worker = &slot->worker;
	bool absent = slot->place.state == PLACE_EMPTY && run->phase < PHASE_STOP &&
	    gate_has_input(run);

	if (absent && !starts_may(run))
		return run->starts.next_at;
	if (absent && run->kind != WORKER_BLOCK)
		return slot->start_at;
	if (worker->ended)
		return run->times.now + 20;
	if (worker->pid == 0)
		return UINT64_MAX;
	if ((worker->kind == WORKER_UNKNOWN && !worker->unsure &&
		worker->window.written > 0) ||
	    ((worker->kind == WORKER_NATIVE || worker->kind == WORKER_MAP) &&
		worker->window.records > 0 &&
		(!slot->spout.absorbing || worker->hello.ahead)) ||
	    slot->draining)
		return slot->check_at;
	return UINT64_MAX;
}

static uint64_t
sooner(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* When something of this place is due, clock_ms(); UINT64_MAX if nothing is. */
static uint64_t
slot_due(const struct run *run, const struct slot *slot)
{
	uint64_t again = batch_due(&slot->lane.again);
	uint64_t due = sooner(check_due(run, slot), overdue_at(run, slot));

	due = sooner(due, errors_due(&slot->worker.errors));
	/* What is ready waits for a worker, not for time. */
	return again > run->times.now ? sooner(due, again) : due;
}

/* The same of all that is no place's own. */
static uint64_t
others_due(const struct run *run)
{
	uint64_t again = batch_due(&run->again), pause = output_due(&run->output);
	uint64_t due = sooner(checkpoint_due(run), report_due(&run->report));

	due = sooner(due, sooner(run->block_due, dispatch_short(run)));
	due = sooner(due, hosts_due(run));
	if (again > run->times.now)
		due = sooner(due, again);
	if (pause != UINT64_MAX)
		due = sooner(due, run->times.now + pause);
	if (run->living > 0)
		due = sooner(due, run->look_at);
	return run->phase == PHASE_STOP ? sooner(due, run->kill_at) : due;
}

/* How long poll(2) may wait, ms. */
static int
poll_timeout(const struct run *run)
{
	uint64_t due = others_due(run), now = run->times.now;

	if (run->given_in && run->living == 0)
		return 0;
	for (size_t i = 0; i < run->slot_count; i++)
		due = sooner(due, slot_due(run, run->slots[i]));
	if (due == UINT64_MAX)
		return -1;
	return due <= now ? 0 : (int)sooner(due - now, LONGEST_POLL);
}

/* What has happened at the worker of a slot; p: its four of poll(2). */
static void
attend(struct run *run, struct slot *slot, const struct pollfd *p)
{
	if (p[1].revents != 0)
		collect_words(run, slot);
	if (p[2].revents != 0)
		collect_output(run, slot);
	if (p[0].revents != 0 && slot->worker.in >= 0)
		dispatch_writable(run, slot);
	if (run->times.now >= slot->check_at && slot->worker.pid != 0)
		collect_check(run, slot);
	overdue_check(run, slot);
}

/*
 * Pass on what workers have written to standard error.  The time that this takes is not
 * our reader's, see struct run: one that floods it is late all the same.
 */
static void
pass_errors(struct run *run, const struct waiting *waiting)
{
	for (size_t i = 0; i < run->slot_count; i++)
		if (waiting->polls[FIXED_POLLS + WORKER_POLLS * i + 3].revents != 0 ||
		    errors_wait(&run->slots[i]->worker.errors))
			errors_take(&run->slots[i]->worker.errors);
}

/* Room for what is waited for of all workers.  0, or -1 and the run ends. */
static int
make_room(struct run *run, struct waiting *waiting)
{
	size_t count = FIXED_POLLS + WORKER_POLLS * run->slot_count;

	if (waiting->polls != NULL && waiting->room >= run->slot_count)
		return 0;
	free(waiting->polls);
	free(waiting->asked);
	waiting->polls = calloc(count, sizeof(struct pollfd));
	waiting->asked = calloc(count, sizeof(struct pollfd));
	if (waiting->polls == NULL || waiting->asked == NULL)
		return ending_broken(&run->ending, errno, "cannot wait");
	waiting->room = run->slot_count;
	return 0;
}

/* Who is above us may wait for us to answer, while we wait for more. */
static void
tell_short(struct run *run)
{
	struct hello hello = run->ours;

	if (run->times.now < dispatch_short(run))
		return;
	hello.waits = true;
	run->short_told = true;
	known_above(run, &hello);
}

/* Give out what there is, and see to who else has to know.  Is more input wanted? */
static bool
give_out(struct run *run)
{
	bool wanted = dispatch(run);

	/* What is too long comes first now. */
	while (wanted && run->intake.barred && !intake_ready(&run->intake) &&
	    !ending_near(&run->ending)) {
		take_input(run);
		wanted = dispatch(run);
	}
	if (run->started && run->kind != WORKER_UNKNOWN)
		output_begin(&run->output);
	pool_turn(run);
	hosts_turn(run);
	tell_short(run);
	end_inputs(run);
	ledger_flush(run);
	return wanted;
}

/* Wait for what may happen next.  0, or -1 and the run ends. */
static int
wait_for_all(struct run *run, struct waiting *waiting, bool wanted)
{
	if (make_room(run, waiting) < 0)
		return -1;
	waiting->count = 0;
	await(waiting, run->signals, POLLIN);
	/* Its reader leaves: POLLERR. */
	await(waiting, run->output.to,
	    run->output.stuck && !run->output.share.refused ? POLLOUT : 0);
	await(
	    waiting, wanted && intake_reads(&run->intake) ? run->intake.fd : -1, POLLIN);
	await(waiting, run->control.fd, POLLIN);
	for (size_t i = 0; i < run->slot_count; i++)
		await_worker(run, run->slots[i], waiting);
	if (wait_for(waiting, poll_timeout(run)) < 0 && errno != EINTR)
		return ending_broken(&run->ending, errno, "poll");
	if (run->output.stuck) /* no worker's fault */
		run->times.blocked += clock_ms() - run->times.now;
	run->times.now = clock_ms();
	return 0;
}

/* The reader may take more; then what workers said meanwhile is heard. */
static void
let_out(struct run *run)
{
	output_go(&run->output);
	for (size_t i = 0; i < run->slot_count && collect_hears(run); i++)
		if (run->slots[i]->worker.pid != 0)
			collect_words(run, run->slots[i]);
}

/* See to what has happened. */
static void
take_part(struct run *run, const struct waiting *waiting)
{
	uint64_t took;

	pass_errors(run, waiting);
	if ((waiting->polls[1].revents & (POLLERR | POLLNVAL | POLLHUP)) != 0)
		ending_output(&run->ending, EPIPE, run->output.name);
	if (run->output.stuck)
		let_out(run);
	for (size_t i = 0; i < run->slot_count && !ending_near(&run->ending); i++)
		attend(
		    run, run->slots[i], &waiting->polls[FIXED_POLLS + WORKER_POLLS * i]);
	if (ending_near(&run->ending))
		return;
	take_signals(run);
	if (waiting->polls[2].revents != 0)
		take_input(run);
	if (waiting->polls[3].revents != 0)
		control_take(&run->control);
	if (run->phase == PHASE_STOP && run->times.now >= run->kill_at)
		go_further(run);
	start_due(run);
	if (ending_near(&run->ending))
		return;
	checkpoint_turn(run);
	report_turn(&run->report);
	/*
	 * What took long now was writing to somebody who does not read.  Short turns
	 * count as work, however many there are because somebody floods.
	 */
	took = clock_ms() - run->times.now;
	if (took >= LONG_TURN)
		run->times.blocked += took;
}

/* One turn: give out, wait, and see to what has come. */
static void
turn(struct run *run, struct waiting *waiting)
{
	bool wanted = give_out(run);

	if (!ending_near(&run->ending) && wait_for_all(run, waiting, wanted) == 0)
		take_part(run, waiting);
}

/* Is there nothing left to wait for? */
static bool
finished(const struct run *run)
{
	bool startable = false;

	for (size_t i = 0; i < run->slot_count; i++) {
		const struct slot *slot = run->slots[i];

		if (place_may(&slot->place, PLACE_HEAR))
			return false;
		startable = startable || place_may(&slot->place, PLACE_COUNT);
	}
	if (run->phase >= PHASE_STOP)
		return true;
	return !output_waits(&run->output) && (!startable || !gate_has_input(run));
}

/* How many records processes for blocks of them can take at once, each. */
static uint64_t
block_jobs(const struct run_options *options)
{
	return options->block_records < HELLO_MOST ? options->block_records : HELLO_MOST;
}

/* The kind of the command, where the options tell it. */
static void
know_kind(struct run *run)
{
	if (run->options->map)
		known_as(run, WORKER_MAP, &(struct hello){ .jobs = 1 });
	if (run->options->block_records != 0)
		known_as(run, WORKER_BLOCK,
		    &(struct hello){ .jobs = block_jobs(run->options),
			.joint = run->options->block_records > 1,
			.raw = run->options->raw,
			.block = !run->options->framed &&
				run->options->block_bytes == SIZE_MAX &&
				run->options->block_records > 1
			    ? block_jobs(run->options)
			    : 0 });
}

/* Wire up what tells of the run. */
static void
open_report(struct run *run)
{
	run->log.times = &run->times;
	run->log.ending = &run->ending;
	run->metrics = (struct metrics){ .accounts = &run->accounts,
		.tally = &run->tally,
		.intake = &run->intake,
		.times = &run->times };
	run->report = (struct report){ .log = &run->log,
		.metrics = &run->metrics,
		.output = &run->output,
		.intake = &run->intake,
		.accounts = &run->accounts,
		.tally = &run->tally,
		.waiting = &run->keys.bytes };
	report_open(&run->report, run->options);
}

static void
open_run(struct run *run)
{
	static const int caught[] = { SIGCHLD, SIGINT, SIGTERM, SIGHUP, SIGUSR1 };
	const char *why;

	run->times.now = clock_ms();
	if ((run->options->serve ? supervisor_at(&run->above, STDOUT_FILENO)
				 : supervisor_find(&run->above)) < 0)
		die(STATUS_BROKEN, errno, "cannot begin");
	run->output.above = &run->above;
	run->output.ending = &run->ending;
	/* May wait for a reader, and be interrupted. */
	output_open(&run->output, run->options, &run->in_name);
	run->signals = sig_open(caught, sizeof(caught) / sizeof(caught[0]));
	if (run->signals < 0 ||
	    intake_open(&run->intake, STDIN_FILENO, run->options->max_record) < 0)
		die(STATUS_BROKEN, errno, "cannot begin");
	run->output.in_order = run->options->keep_order && run->above.fd < 0;
	/* One that serves leaves it to the other end, which has other hosts, too. */
	run->halving.on = run->options->halve && !run->options->serve;
	run->output.gathers = run->options->key.kind != KEY_RECORD;
	signal(SIGPIPE, SIG_IGN);
	atexit(errors_close_all);
	sig_last_resort(PHASE_KILL + 1);
	if (quarantine_open(&run->quarantine, run->options->quarantine) < 0)
		die(STATUS_BROKEN, errno, "%s", run->options->quarantine);
	checkpoint_open(run);
	why = control_open(&run->control, run->options->control, commands_obey, run);
	if (why != NULL)
		die(STATUS_BROKEN, 0, "%s: %s", run->options->control, why);
	fdio_pipe_size(STDIN_FILENO, INPUT_PIPE);
	run->block_first = run->intake.next;
	keys_open(run);
	open_report(run);
	run->workers = run->options->workers;
	if (restarts_open(&run->restarts, &run->options->restarts) < 0)
		die(STATUS_BROKEN, errno, "cannot begin");
	if (ending_near(&run->ending))
		return;
	if (run->checkpoint.on && !gate_has_input(run)) /* all was done before */
		return;
	if (hosts_used(run->options)) {
		hosts_open(run);
		return;
	}
	know_kind(run);
	for (uint64_t i = 0; i < run->options->workers; i++) {
		struct slot *slot = pool_add(run);

		if (slot == NULL)
			die(STATUS_BROKEN, errno, "cannot begin");
		if (run->kind != WORKER_BLOCK && starts_may(run))
			starts_one(run, slot, NULL);
	}
}

/* Say what was left undone, and make it a status. */
static enum status
sum_up(const struct run *run)
{
	bool undone;

	if (run->quarantine.records > 0)
		warn("%llu records set aside in %s",
		    (unsigned long long)run->quarantine.records, run->quarantine.path);

	undone = run->phase != PHASE_RUN && undone_say(run);
	if (run->given_in)
		return run->never && run->above.fd >= 0 ? STATUS_NEVER : STATUS_BROKEN;
	if (undone)
		return STATUS_STOPPED;
	return run->trouble || (run->tally.failed > 0 && run->above.fd < 0)
	    ? STATUS_FAILED
	    : STATUS_OK;
}

/* All is done that will be: what is kept for its turn, and told at last. */
static enum status
end_well(struct run *run)
{
	enum status status;

	if (run->phase >= PHASE_STOP) /* what those that were told to end left behind */
		kin_signal(&run->kin, NULL, 0, SIGKILL);
	ledger_flush(run);
	if (!run->given_in && run->phase == PHASE_RUN) /* there was no input */
		output_begin(&run->output);
	checkpoint_end(run);
	if (!ending_near(&run->ending))
		report_end(&run->report);
	if (ending_near(&run->ending))
		return STATUS_BROKEN;
	status = sum_up(run);
	if (run->options->stats)
		account_show(&run->accounts);
	output_close(&run->output);
	return status;
}

/* Give back what all has taken. */
static void
close_run(struct run *run, struct waiting *waiting)
{
	checkpoint_close(&run->checkpoint);
	report_close(&run->report);
	output_drop(&run->output); /* it knows slots */
	keys_close(run);
	for (size_t i = 0; i < run->slot_count; i++) {
		struct slot *slot = run->slots[i];

		window_take_back(&slot->worker.window, 0, &run->again);
		worker_close(&slot->worker);
		worker_free(&slot->worker);
		host_free(slot->host);
		host_free(slot->next_host);
		free(slot);
	}
	free(run->slots);
	kin_free(&run->kin);
	free(waiting->polls);
	free(waiting->asked);
	batch_clear(&run->again);
	quarantine_close(&run->quarantine);
	restarts_close(&run->restarts);
	intake_close(&run->intake);
	supervisor_leave(&run->above);
	close(run->signals);
}

enum status
loop_run(const struct run_options *options)
{
	struct run run = { .options = options };
	struct waiting waiting = { 0 };
	enum status status = STATUS_OK;

	open_run(&run);
	known_not_yet(&run);
	while (!ending_near(&run.ending) && !finished(&run))
		turn(&run, &waiting);
	if (!ending_near(&run.ending))
		status = end_well(&run);
	if (ending_near(&run.ending))
		stop_workers(&run);
	control_close(&run.control);
	if (ending_near(&run.ending))
		status = stop_say(&run);
	close_run(&run, &waiting);
	return status;
}
