/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cache.h"
#include "clock.h"
#include "computer.h"
#include "ends.h"
#include "fifo.h"
#include "identity.h"
#include "miss.h"
#include "plural.h"
#include "roles.h"
#include "sig.h"
#include "spawn.h"
#include "stage.h"
#include "stores.h"
#include "wrapped.h"

enum {
	LOOK_EVERY =
	    1000, /* ms between looks whether it has ended, though no signal told */
	PROBE = 4, /* ms between looks at a command that has not said hello */
	STORE_BYTES = 4 << 20, /* so much is stored at once, */
	STORE_COUNT = 4096, /* or so many, */
	STORE_MS = 200 /* or what is so old */
};

/* What the parent, if there is one, was told of what is run here. */
enum greeting {
	GREETING_NONE, /* nothing, or that it is not known */
	GREETING_RAW, /* so much, and that output is any bytes */
	GREETING_WHOLE
};

struct cache {
	const struct cache_options *options;
	struct identity *identity; /* of the command */
	bool outdated; /* it is another one by now: nothing is stored */
	struct stage stage; /* what this program is, to its parent */
	struct ends ends; /* the input and the output */
	struct computer computer; /* the command */
	struct misses misses;
	struct store store;
	int signals; /* descriptor */
	uint64_t now; /* clock_ms() */
	uint64_t store_at; /* when what is done is stored */
	enum greeting greeting;
	uint64_t jobs; /* that it told of */
	bool input_ended;
	bool trouble; /* the command failed after all records were done */
	struct lookup lookups[STORE_LOOKUPS];
	size_t lookup_count;
	uint64_t hits, computed, failed, stored;
};

/* What the command is: outputs are stored under it. */
static void
identify(struct cache *cache)
{
	const struct cache_options *options = cache->options;

	cache->identity = identity_new(&(struct identity_plan){ .words = options->command,
	    .as = options->as,
	    .env = options->env,
	    .env_count = options->env_count,
	    .map = options->map });
	if (cache->identity == NULL)
		die(STATUS_BROKEN, errno, "%s", options->command[0]);
}

/* A call of the stage got that: it ends the program if it failed. */
static void
must(const struct cache *cache, int got)
{
	if (got < 0)
		die_of(&cache->stage.trouble);
}

static void
flush(struct cache *cache)
{
	must(cache, stage_flush(&cache->stage));
}

/* The first output comes, or the end: empty an output that is a file. */
static void
begin_output(struct cache *cache)
{
	if (ends_empty(&cache->ends) < 0)
		die_output(errno, cache->ends.out_name);
}

/* Say hello as soon as it is known for how many records at a time, and when that changes.
 */
static void
greet(struct cache *cache)
{
	const struct worker *worker = &cache->computer.worker;

	if (worker->kind == WORKER_UNKNOWN ||
	    (cache->greeting == GREETING_WHOLE && worker->hello.jobs == cache->jobs))
		return;
	cache->greeting = GREETING_WHOLE;
	cache->jobs = worker->hello.jobs;
	must(cache,
	    stage_greet(&cache->stage,
		&(struct hello){ .jobs = worker->hello.jobs,
		    .ahead = cache->options->map || worker->hello.ahead,
		    .raw = worker->hello.raw }));
}

/* An answer is known before the command has said hello, and is not records. */
static void
greet_raw(struct cache *cache)
{
	if (cache->greeting != GREETING_NONE)
		return;
	cache->greeting = GREETING_RAW;
	must(cache,
	    stage_greet(&cache->stage,
		&(struct hello){ .standing = STANDING_UNSURE, .raw = true }));
}

static void
answer(struct cache *cache, uint64_t number, const char *output, size_t len)
{
	if (len > 0 && output[len - 1] != '\n')
		greet_raw(cache);
	begin_output(cache);
	stage_put(&cache->stage, output, len);
	stage_ok(&cache->stage, number);
}

/* Answer what the store or a miss that is done can; the rest moves to the front. */
static size_t
answer_known(struct cache *cache)
{
	size_t left = 0;

	for (size_t i = 0; i < cache->lookup_count; i++) {
		struct lookup *lookup = &cache->lookups[i];
		struct miss *miss = misses_find(&cache->misses, lookup);

		if (miss != NULL && miss->saved.output != NULL) {
			lookup->output = miss->saved.output;
			lookup->output_len = miss->saved.output_len;
		}
		if (lookup->output != NULL) {
			cache->hits++;
			answer(cache, lookup->number, lookup->output, lookup->output_len);
		} else if (miss != NULL) {
			cache->hits++;
			if (miss_join(miss, lookup->number) < 0)
				die(STATUS_BROKEN, ENOMEM, "records");
		} else {
			cache->lookups[left++] = *lookup;
		}
	}
	return left;
}

/*
 * The records that nobody knows go to the command, in one block.  One that stands
 * among them twice is sent once.
 */
static void
send_rest(struct cache *cache, size_t count)
{
	struct block *block;
	struct batch *batch;
	uint64_t first = cache->misses.next;
	size_t room = 0, used = 0;

	for (size_t i = 0; i < count; i++)
		room += cache->lookups[i].len + 1;
	block = block_new(room);
	if (block == NULL)
		die(STATUS_BROKEN, ENOMEM, "records");
	for (size_t i = 0; i < count; i++) {
		struct lookup *lookup = &cache->lookups[i];
		struct miss *miss = misses_find(&cache->misses, lookup);

		if (miss == NULL) {
			memcpy(block->data + used, lookup->record, lookup->len);
			lookup->record = block->data + used;
			used += lookup->len;
			block->data[used++] = '\n';
			miss = misses_add(&cache->misses, lookup, block);
		} else if (miss_join(miss, lookup->number) < 0) {
			miss = NULL;
		}
		if (miss == NULL)
			die(STATUS_BROKEN, ENOMEM, "records");
	}
	batch = batch_new(block, block->data, used, first, cache->misses.next - first);
	if (batch == NULL)
		die(STATUS_BROKEN, ENOMEM, "records");
	computer_give(&cache->computer, batch);
	block_drop(block);
}

/* See to the records that were taken. */
static void
look_up(struct cache *cache)
{
	size_t rest;

	for (size_t i = 0; i < cache->lookup_count; i++) {
		cache->lookups[i].output = NULL;
		cache->lookups[i].damaged = false;
	}
	if (!cache->options->refresh)
		store_get(&cache->store, cache->lookups, cache->lookup_count);
	rest = answer_known(cache);
	if (!cache->options->refresh)
		store_rest(&cache->store);
	if (rest > 0)
		send_rest(cache, rest);
	cache->lookup_count = 0;
}

/* Take all records at hand. */
static void
take_records(struct cache *cache)
{
	enum record_status got;
	struct record rec;

	while ((got = stage_take(&cache->stage, &rec)) == RECORD_OK) {
		struct lookup *lookup = &cache->lookups[cache->lookup_count++];

		lookup->record = rec.data;
		lookup->len = rec.len;
		lookup->number = rec.number;
		identity_key(cache->identity, lookup->record, lookup->len, &lookup->key);
		if (cache->lookup_count == STORE_LOOKUPS)
			look_up(cache);
	}
	look_up(cache);
	cache->input_ended = got == RECORD_EOF;
}

/* Is the command still the one under which its outputs are to be stored? */
static bool
still_itself(struct cache *cache)
{
	const char *file = cache->outdated ? NULL : identity_changed(cache->identity);

	if (file != NULL) {
		warn("%s: changed meanwhile; nothing more is stored", file);
		cache->outdated = true;
	}
	return !cache->outdated;
}

/* Store what is done. */
static void
store_done(struct cache *cache)
{
	uint64_t refused = cache->store.refused;

	if (cache->misses.done != NULL && still_itself(cache)) {
		store_put(&cache->store, cache->misses.done);
		if (cache->store.why == NULL)
			cache->stored +=
			    cache->misses.done_count - (cache->store.refused - refused);
	}
	misses_stored(&cache->misses);
}

/* One record of the command is finished; output is what it made of it. */
static void
finish(void *context, uint64_t number, const struct ack *ack, const char *output,
    struct batch *record)
{
	struct cache *cache = context;
	struct miss *miss = misses_numbered(&cache->misses, number);
	struct record rec = { .data = miss->saved.record, .len = miss->saved.len };
	char why[ACK_LINE_MAX];

	greet(cache); /* before anything that follows from what it has said */
	batch_free(record); /* the miss has it, too */
	snprintf(why, sizeof(why), "%.*s", (int)ack->reason_len, ack->reason);
	for (struct waiter *w = &miss->waiting; w != NULL; w = w->next) {
		rec.number = w->number;
		if (ack->outcome == OUTCOME_OK) {
			answer(cache, w->number, output, ack->bytes);
			continue;
		}
		cache->failed++;
		if (ack->outcome == OUTCOME_FAIL) {
			begin_output(cache);
			stage_put(&cache->stage, output, ack->bytes);
			stage_fail(&cache->stage, &rec, why);
		} else {
			stage_retry(&cache->stage, &rec, why);
		}
	}
	if (ack->outcome != OUTCOME_OK) {
		misses_drop(&cache->misses, number);
		return;
	}
	cache->computed++;
	if (cache->misses.done == NULL)
		cache->store_at = cache->now + STORE_MS;
	if (misses_done(&cache->misses, number, output, ack->bytes) < 0)
		die(STATUS_BROKEN, ENOMEM, "records");
}

/* The command does not work: what it had is not to blame. */
static _Noreturn void
end_unanswered(struct cache *cache, const char *why)
{
	uint64_t left = 0;

	for (uint64_t n = cache->misses.oldest; n < cache->misses.next; n++) {
		const struct miss *miss = misses_numbered(&cache->misses, n);

		if (miss == NULL)
			continue;
		for (const struct waiter *w = &miss->waiting; w != NULL; w = w->next)
			left++;
	}
	store_done(cache);
	flush(cache);
	warn("%s: %s", cache->options->command[0], why);
	die(STATUS_BROKEN, 0, "%llu %s read and not answered%s", (unsigned long long)left,
	    plural(left, "record was", "records were"),
	    cache->input_ended ? "" : "; the rest of the input was not read");
}

/* What to write instead: of a par-run among the words it is that one which is to know. */
static _Noreturn void
die_foreign(const struct computer *computer, enum status status)
{
	char *const *command = computer->command;
	struct bytes words = { 0 };

	if (!wrapped_is(command) || wrapped_words(&words, "--map", command) < 0)
		die(status, 0, "%s is not a native stage; see --map", command[0]);
	die(status, 0, "%s is not a native stage; see --map, below it: %.*s", command[0],
	    (int)words.len, words.data);
}

/*
 * The command is of no use: end, and tell the parent, if any, that any copy of it would
 * do the same.
 */
static void
check_fault(struct cache *cache)
{
	const struct computer *computer = &cache->computer;
	enum status never = stage_native(&cache->stage) ? STATUS_NEVER : STATUS_BROKEN;
	const char *name = computer->command[0];

	switch (computer->fault) {
	case COMPUTER_FINE:
		return;
	case COMPUTER_FOREIGN:
		die_foreign(
		    computer, stage_native(&cache->stage) ? never : STATUS_MISUSE);
	case COMPUTER_BAD:
		die(never, 0, "%s: %s", name, computer->what);
	case COMPUTER_JOINT:
		die(never, 0,
		    "%s: does several records in one: their output cannot be told apart",
		    name);
	case COMPUTER_UNBORN:
		end_unanswered(cache, computer->what);
	case COMPUTER_ILL:
		flush(cache); /* what is not stored yet may be wrong, too */
		die(never, 0, "%s: %s", name, computer->what);
	case COMPUTER_NO_MAP: /* none of its lines can be relied on */
		die(never, 0,
		    "--map: %s does not write one line for each that it reads: %s", name,
		    computer->what);
	case COMPUTER_LOST:
		die(STATUS_BROKEN, computer->error, "%s", computer->what);
	}
}

/* End as the command did, so that the parent finds the record that did it. */
static _Noreturn void
end_alike(struct cache *cache)
{
	struct worker *worker = &cache->computer.worker;

	store_done(cache);
	flush(cache);
	if (worker->exit_signal != 0) {
		signal(worker->exit_signal, SIG_DFL);
		raise(worker->exit_signal);
		exit(128 + worker->exit_signal); /* process 1 does not end by that */
	}
	exit(worker->exit_code);
}

/* The command has ended and left records, which no parent will send again. */
static void
fail_rest(struct cache *cache, const char *why)
{
	for (uint64_t n = cache->misses.oldest; n < cache->misses.next; n++) {
		struct miss *miss = misses_numbered(&cache->misses, n);
		struct record rec = { 0 };

		if (miss == NULL)
			continue;
		rec.data = miss->saved.record;
		rec.len = miss->saved.len;
		for (struct waiter *w = &miss->waiting; w != NULL; w = w->next)
			stage_fail(&cache->stage, &rec, why);
	}
}

/* The command has ended: the end of the input may be there, and not have been read. */
static void
look_for_end(struct cache *cache)
{
	struct pollfd in = { .fd = cache->stage.in.fd, .events = POLLIN };

	if (cache->input_ended || poll(&in, 1, 0) <= 0)
		return;
	must(cache, stage_fill(&cache->stage));
	take_records(cache);
}

/* The command has ended, and what it had is done: is all as it should be? */
static void
check_end(struct cache *cache)
{
	const struct worker *worker = &cache->computer.worker;
	char how[WORKER_EXIT_TEXT];

	computer_check_end(&cache->computer);
	check_fault(cache);
	cache->trouble = worker->exit_code != 0;
	if (cache->trouble || worker->exit_signal != 0)
		warn("%s %s", cache->options->command[0], worker_exit_text(worker, how));
}

/*
 * The command has ended and left records: is it of any use?  A parent that
 * starts us again need not hear that one has died before it said hello.
 */
static void
check_left(struct cache *cache, bool never)
{
	struct computer *computer = &cache->computer;
	bool bad = worker_failed(&computer->worker);

	computer_check_lines(computer);
	computer_check_end(computer);
	if (!bad || (!stage_native(&cache->stage) && !never))
		computer_check_start(computer);
	check_fault(cache);
}

/* The command has ended.  Does not return if that is the end of all. */
static void
end_of_command(struct cache *cache)
{
	const struct worker *worker = &cache->computer.worker;
	enum place_verdict verdict;
	char how[WORKER_EXIT_TEXT];

	computer_drain(&cache->computer);
	check_fault(cache);
	look_for_end(cache);
	verdict = computer_judge(
	    &cache->computer, misses_waiting(&cache->misses), !cache->input_ended);
	if (verdict == PLACE_DONE && cache->input_ended) {
		check_end(cache);
		return;
	}
	check_left(cache, verdict == PLACE_PERMANENT);
	if (stage_native(&cache->stage))
		end_alike(cache);
	if (verdict == PLACE_PERMANENT)
		end_unanswered(cache, diag_never);
	worker_exit_text(worker, how);
	fail_rest(cache, how);
	store_done(cache);
	flush(cache);
	if (!cache->input_ended)
		die(STATUS_BROKEN, 0, "%s %s before the end of input",
		    cache->options->command[0], how);
}

/* How long there is nothing to do but wait, ms. */
static int
poll_timeout(const struct cache *cache)
{
	uint64_t due = cache->now + LOOK_EVERY;
	uint64_t errors = errors_due(&cache->computer.worker.errors);

	if (cache->computer.place.state == PLACE_EMPTY)
		due = cache->computer.start_at;
	else if (computer_is_probed(&cache->computer))
		due = cache->now + PROBE;
	else if (cache->misses.done != NULL)
		due = cache->store_at;
	if (errors < due)
		due = errors;
	return due <= cache->now ? 0 : (int)(due - cache->now);
}

static bool
is_command(const void *context, pid_t pid)
{
	const struct cache *cache = context;

	return cache->computer.worker.pid == pid;
}

/* Take signals; the only one caught is SIGCHLD. */
static void
take_signals(struct cache *cache)
{
	bool ended = false;

	while (sig_next(cache->signals) != 0)
		ended = true;
	if (ended)
		spawn_reap_others(is_command, cache);
}

/* Start the command, if it is not there. */
static void
start(struct cache *cache)
{
	if (computer_start(&cache->computer, cache->now) < 0)
		die_start(errno, cache->options->command[0]);
}

/* Wait, and see to what has come; false when the command has ended. */
static bool
turn(struct cache *cache)
{
	struct computer *computer = &cache->computer;
	struct worker *worker = &computer->worker;
	bool reads = !cache->input_ended && computer_takes(computer);
	struct pollfd p[] = {
		{ .fd = reads ? cache->stage.in.fd : -1, .events = POLLIN },
		{ .fd = worker_hungry(worker) ? worker->in : -1, .events = POLLOUT },
		{ .fd = worker->ack, .events = POLLIN },
		{ .fd = worker->out, .events = POLLIN },
		{ .fd = cache->signals, .events = POLLIN },
		errors_poll(&worker->errors),
	};

	flush(cache);
	if (poll(p, sizeof(p) / sizeof(p[0]), poll_timeout(cache)) < 0 && errno != EINTR)
		die(STATUS_BROKEN, errno, "poll");
	cache->now = clock_ms();
	take_signals(cache);
	start(cache);
	errors_take(&worker->errors);
	if (p[3].revents != 0)
		computer_read(computer);
	if (p[2].revents != 0 || worker_is_unknown(worker))
		computer_hear(computer);
	check_fault(cache);
	greet(cache);
	if (p[0].revents != 0) {
		must(cache, stage_fill(&cache->stage));
		take_records(cache);
	}
	computer_feed(computer, cache->input_ended, cache->now);
	check_fault(cache);
	if (cache->misses.done != NULL &&
	    (cache->now >= cache->store_at || cache->misses.done_bytes >= STORE_BYTES ||
		cache->misses.done_count >= STORE_COUNT))
		store_done(cache);
	if (!computer_ended(computer))
		return true;
	end_of_command(cache);
	return false;
}

/* No file may be two of those that are given. */
static void
check_roles(const struct cache_options *options)
{
	struct roles roles = { 0 };
	struct trouble trouble = { 0 };

	roles_add(&roles, ROLE_INPUT, "-i", options->input);
	roles_add(&roles, ROLE_OUTPUT, "-o", options->output);
	roles_add(&roles, ROLE_SETTINGS, "--password-file", options->store.password_file);
	store_roles(&roles, &options->store);
	if (roles_check(&roles, &trouble) < 0)
		die_of(&trouble);
}

/* Open the input and the output, and begin as a stage. */
static void
open_stage(struct cache *cache)
{
	const struct cache_options *options = cache->options;
	char *const input[] = { (char *)(uintptr_t)options->input };
	struct ends *ends = &cache->ends;
	int in = -1;

	if (ends_open(ends, input, options->input != NULL, options->output,
		options->wait_ms) < 0 ||
	    ends_next(ends, &in) < 0)
		die(STATUS_BROKEN, 0, "%s: %s", ends->name, fifo_why(errno));
	if (options->input == NULL)
		diag_awaits("records");
	must(cache,
	    stage_open(&cache->stage,
		&(struct stage_plan){ .in = in,
		    .in_name = ends->name,
		    .out = ends->out,
		    .out_name = ends->out_name,
		    .max_record = options->max_record,
		    .later = true,
		    .says = &diag_says }));
}

static void
open_cache(struct cache *cache)
{
	static const int caught[] = { SIGCHLD };
	const struct cache_options *options = cache->options;
	const struct computer_plan plan = { .command = options->command,
		.map = options->map,
		.context = cache,
		.told = finish };

	check_roles(options);
	identify(cache);
	store_open(&cache->store, &options->store);
	open_stage(cache);
	cache->signals = sig_open(caught, 1);
	if (cache->signals < 0 || misses_open(&cache->misses) < 0)
		die(STATUS_BROKEN, errno, "cannot begin");
	signal(SIGPIPE, SIG_IGN);
	cache->now = clock_ms();
	computer_init(&cache->computer, &plan);
	start(cache);
}

static void
show(const struct cache *cache)
{
	uint64_t all = cache->hits + cache->computed + cache->failed;

	warn("%llu record%s: %llu found (%.2f %%), %llu computed, %llu failed; "
	     "%llu stored, %llu did not fit, %llu old one%s dropped",
	    (unsigned long long)all, plural(all, "", "s"),
	    (unsigned long long)cache->hits,
	    all > 0 ? 100 * (double)cache->hits / (double)all : 0.0,
	    (unsigned long long)cache->computed, (unsigned long long)cache->failed,
	    (unsigned long long)cache->stored, (unsigned long long)cache->store.refused,
	    (unsigned long long)cache->store.evicted,
	    plural(cache->store.evicted, "", "s"));
}

enum status
cache_run(const struct cache_options *options)
{
	struct cache *cache = calloc(1, sizeof(*cache));
	enum status status;

	if (cache == NULL)
		die(STATUS_BROKEN, errno, "cannot begin");
	cache->options = options;
	atexit(errors_close_all);
	open_cache(cache);
	greet(cache);
	if (cache->greeting != GREETING_WHOLE)
		must(cache,
		    stage_greet(
			&cache->stage, &(struct hello){ .standing = STANDING_UNSURE }));
	while (turn(cache))
		continue;
	store_done(cache);
	begin_output(cache);
	if (options->stats)
		show(cache);
	misses_close(&cache->misses);
	store_close(&cache->store);
	identity_free(cache->identity);
	computer_close(&cache->computer);
	close(cache->signals);
	must(cache, stage_close(&cache->stage, &status));
	ends_close(&cache->ends);
	if (cache->trouble && status == STATUS_OK)
		status = STATUS_FAILED;
	free(cache);
	return status;
}

enum status
cache_show(const struct cache_options *options)
{
	struct store store;
	struct store_size size;

	store_open(&store, &options->store);
	store_size(&store, &size);
	printf("store\t%s\nentries\t%llu\nbytes\t%llu\n", store.name,
	    (unsigned long long)size.entries, (unsigned long long)size.bytes);
	if (size.limit > 0)
		printf("limit\t%llu\n", (unsigned long long)size.limit);
	store_close(&store);
	if (fflush(stdout) != 0)
		die_output(errno, "standard output");
	return STATUS_OK;
}
