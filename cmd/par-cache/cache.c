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
#include "ends.h"
#include "fifo.h"
#include "identity.h"
#include "miss.h"
#include "move.h"
#include "printable.h"
#include "roles.h"
#include "sig.h"
#include "spawn.h"
#include "stage.h"
#include "stores.h"
#include "worker.h"

enum {
	IN_PIPE = 256 << 10, /* to a command that is known, bytes */
	READ_SIZE = 256 << 10,
	LOOK_EVERY =
	    1000, /* ms between looks whether it has ended, though no signal told */
	PROBE = 4, /* ms between looks at a command that has not said hello */
	KEEP_BYTES = 4 << 20, /* so much is stored at once, */
	KEEP_COUNT = 4096, /* or so many, */
	KEEP_MS = 200 /* or what is so old */
};

struct cache {
	const struct cache_options *options;
	struct identity *identity; /* of the command */
	bool outdated; /* it is another one by now: nothing is stored */
	struct stage stage; /* what is above us */
	struct ends ends; /* the input and the output */
	struct worker worker; /* the command */
	struct misses misses;
	struct store store;
	int signals; /* descriptor */
	uint64_t now; /* clock_ms() */
	uint64_t keep_at; /* when what is done is stored */
	bool greeted; /* who is above us */
	bool input_ended;
	bool trouble; /* the command failed after all records were done */
	struct lookup lookups[STORE_LOOKUPS];
	size_t lookup_count;
	uint64_t hits, computed, failed, kept;
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

static void
answer(struct cache *cache, uint64_t number, const char *output, size_t len)
{
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
	if (batch == NULL || window_add(&cache->worker.window, batch) < 0)
		die(STATUS_BROKEN, ENOMEM, "records");
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
keep(struct cache *cache)
{
	uint64_t refused = cache->store.refused;

	if (cache->misses.done != NULL && still_itself(cache)) {
		store_put(&cache->store, cache->misses.done);
		if (cache->store.why == NULL)
			cache->kept +=
			    cache->misses.done_count - (cache->store.refused - refused);
	}
	misses_stored(&cache->misses);
}

/* One record of the command is finished; output is what it made of it. */
static void
finish(struct cache *cache, uint64_t number, const struct ack *ack, const char *output)
{
	struct miss *miss = misses_numbered(&cache->misses, number);
	struct record rec = { .data = miss->saved.record, .len = miss->saved.len };
	char why[ACK_LINE_MAX];

	snprintf(why, sizeof(why), "%.*s", (int)ack->reason_len,
	    ack->reason_len > 0 ? ack->reason : "");
	for (struct waiter *w = &miss->waiting; w != NULL; w = w->next) {
		rec.number = w->number;
		if (ack->fate == FATE_OK) {
			answer(cache, w->number, output, ack->bytes);
			continue;
		}
		cache->failed++;
		if (ack->fate == FATE_FAIL) {
			begin_output(cache);
			stage_put(&cache->stage, output, ack->bytes);
			stage_fail(&cache->stage, &rec, why);
		} else {
			stage_retry(&cache->stage, &rec, why);
		}
	}
	if (ack->fate != FATE_OK) {
		misses_drop(&cache->misses, number);
		return;
	}
	cache->computed++;
	if (cache->misses.done == NULL)
		cache->keep_at = cache->now + KEEP_MS;
	if (misses_done(&cache->misses, number, output, ack->bytes) < 0)
		die(STATUS_BROKEN, ENOMEM, "records");
}

/*
 * The command breaks the rules, with the record that ack tells of, or at its end: any
 * copy of it would, and a supervisor above us is told so.
 */
static _Noreturn void
refuse(struct cache *cache, const struct ack *ack, const char *what)
{
	struct flight *flight =
	    ack == NULL ? NULL : window_find(&cache->worker.window, ack->index);
	struct batch *record = flight == NULL ? NULL : window_record(flight, ack->index);
	char shown[80], which[100] = "";

	if (record != NULL) {
		printable(shown, sizeof(shown), record->data, record->len - 1);
		snprintf(which, sizeof(which), "record %s: ", shown);
		batch_free(record);
	}
	flush(cache); /* what is not stored yet may be wrong, too */
	die(stage_native(&cache->stage) ? STATUS_NEVER : STATUS_BROKEN, 0, "%s: %s%s",
	    cache->options->command[0], which, what);
}

/* It breaks the protocol: nothing that it says can be relied on. */
static void
distrust(struct cache *cache, const char *what)
{
	warn("%s: %s; killed", cache->options->command[0], what);
	worker_signal(&cache->worker, SIGKILL);
	worker_silence(&cache->worker);
}

/*
 * Have the next bytes of output, which an acknowledgement counts, in the hold.  False if
 * they were not written; ends the program if they cannot be had.
 */
static bool
absorb(struct cache *cache, uint64_t bytes)
{
	struct worker *worker = &cache->worker;

	if (!worker_wrote(worker, bytes))
		return false;
	while (worker->hold.end - worker->hold.start < bytes) {
		int got = worker_absorb(worker, READ_SIZE);

		if (got < 0 && errno != ENODATA)
			die(STATUS_BROKEN, errno, "output of %s",
			    cache->options->command[0]);
		if (got <= 0)
			return false;
	}
	return true;
}

/*
 * What the command is allowed to say of a record: its fate, once.  NULL, or what is
 * wrong with it.
 */
static const char *
take_ack(struct cache *cache, const struct ack *ack)
{
	struct worker *worker = &cache->worker;
	struct flight *flight = window_find(&worker->window, ack->index);
	char text[WORKER_ILL_TEXT];
	const char *wrong;
	uint64_t number;

	if (flight == NULL)
		return worker_no_record;
	if (ack->more > 0)
		die(STATUS_BROKEN, 0,
		    "%s: does several records in one: their output cannot be told apart",
		    cache->options->command[0]);
	if (!absorb(cache, ack->bytes))
		refuse(cache, ack, "its line counts more output than was written");
	wrong = worker_ill(worker, 0, ack, text);
	if (wrong != NULL)
		refuse(cache, ack, wrong);
	number = window_done(&worker->window, flight, ack->index);
	if (number == UINT64_MAX)
		die(STATUS_BROKEN, ENOMEM, "records");
	finish(cache, number, ack, hold_at(&worker->hold));
	worker_release(worker, ack->bytes);
	return NULL;
}

/* It is a plain command, of whose records nobody knows. */
_Noreturn static void
not_native(const struct cache *cache)
{
	die(STATUS_MISUSE, 0, "%s is not a native stage; see --map",
	    cache->options->command[0]);
}

/* Words that are not of the protocol. */
static void
bad_word(struct cache *cache)
{
	char line[200], what[300];
	size_t len;
	const char *bad = worker_bad_line(&cache->worker, &len);

	printable(line, sizeof(line), bad, len);
	snprintf(what, sizeof(what), "not a line of par-stage(7): %s", line);
	if (cache->worker.kind == WORKER_UNKNOWN)
		die(STATUS_BROKEN, 0, "%s: %s", cache->options->command[0], what);
	distrust(cache, what);
}

/* The command's words. */
static void
take_words(struct cache *cache)
{
	struct worker *worker = &cache->worker;
	enum worker_word word;
	struct ack ack;

	while ((word = worker_hear(worker, &ack)) != WORD_NONE && word != WORD_END) {
		const char *wrong = NULL;

		if (word == WORD_HELLO)
			worker_in_size(worker, IN_PIPE);
		else if (word == WORD_PLAIN)
			not_native(cache);
		else if (word == WORD_UNSURE)
			continue;
		else if (word == WORD_BAD)
			bad_word(cache);
		else
			wrong =
			    word == WORD_WRONG ? worker->wrong : take_ack(cache, &ack);
		if (wrong != NULL)
			distrust(cache, wrong);
	}
	window_trim(&worker->window);
}

/*
 * The command breaks the rule of --map: none of its lines can be relied on.  Who is
 * above us is told that it can never work.
 */
static _Noreturn void
refuse_map(struct cache *cache, const char *how)
{
	warn("--map: %s does not write one line for each that it reads: %s",
	    cache->options->command[0], how);
	exit(stage_native(&cache->stage) ? STATUS_NEVER : STATUS_BROKEN);
}

/* Lines of --map: each is all that its record gives. */
static void
take_lines(struct cache *cache)
{
	struct worker *worker = &cache->worker;
	struct hold *hold = &worker->hold;
	const char *newline;

	while (hold->end > hold->start &&
	    (newline = memchr(hold->data + hold->start, '\n', hold->end - hold->start)) !=
		NULL) {
		struct ack ack = { .index = cache->misses.oldest,
			.bytes = (uint64_t)(newline + 1 - hold->data) - hold->start };

		if (misses_numbered(&cache->misses, ack.index) == NULL)
			refuse_map(cache, "a line too many came");
		take_ack(cache, &ack);
	}
	window_trim(&worker->window);
}

static void
take_output(struct cache *cache)
{
	int got = worker_absorb(&cache->worker, READ_SIZE);

	if (got < 0 && errno != ENODATA)
		die(STATUS_BROKEN, errno, "output");
	if (cache->options->map && got > 0)
		take_lines(cache);
}

/* Say hello as soon as it is known for how many records at a time. */
static void
greet(struct cache *cache)
{
	if (cache->greeted || cache->worker.kind == WORKER_UNKNOWN)
		return;
	cache->greeted = true;
	must(cache,
	    stage_greet(&cache->stage,
		&(struct hello){ .jobs = cache->worker.hello.jobs,
		    .ahead = cache->options->map || cache->worker.hello.ahead }));
}

/* It reads before it has said hello: a plain command, of whose records nobody knows. */
static void
probe(struct cache *cache)
{
	struct worker *worker = &cache->worker;

	if (worker->kind != WORKER_UNKNOWN || worker->window.written == 0 ||
	    worker->unsure || worker_consumed(worker) == 0)
		return;
	take_words(cache);
	if (worker->kind == WORKER_UNKNOWN && !worker->unsure)
		not_native(cache);
}

/* End as the command did, so that who is above us finds the record that did it. */
static _Noreturn void
end_alike(struct cache *cache)
{
	struct worker *worker = &cache->worker;

	keep(cache);
	flush(cache);
	if (worker->exit_signal != 0) {
		signal(worker->exit_signal, SIG_DFL);
		raise(worker->exit_signal);
		exit(128 + worker->exit_signal); /* process 1 does not end by that */
	}
	exit(worker->exit_code);
}

/* The command has ended and left records, which nobody above us will send again. */
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

/* The command can never work: what it had is not to blame. */
static _Noreturn void
end_never(struct cache *cache)
{
	uint64_t left = 0;

	for (uint64_t n = cache->misses.oldest; n < cache->misses.next; n++) {
		const struct miss *miss = misses_numbered(&cache->misses, n);

		if (miss == NULL)
			continue;
		for (const struct waiter *w = &miss->waiting; w != NULL; w = w->next)
			left++;
	}
	keep(cache);
	flush(cache);
	warn("%s: %s", cache->options->command[0], diag_never);
	die(STATUS_BROKEN, 0, "%llu records were read and not answered%s",
	    (unsigned long long)left,
	    cache->input_ended ? "" : "; the rest of the input was not read");
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

/* The command has ended: true if that is as it should be. */
static bool
ended_well(struct cache *cache)
{
	struct worker *worker = &cache->worker;
	bool well = worker->exit_code == 0 && worker->exit_signal == 0;
	char how[WORKER_EXIT_TEXT], text[WORKER_ILL_TEXT];
	size_t left;

	worker_errors(worker);
	if (!cache->options->map)
		take_words(cache);
	/* What it wrote waits there now; what it left behind may go on and on. */
	left = worker->out < 0 ? 0 : move_held(worker->out) / READ_SIZE + 1;
	while (cache->options->map && worker->out >= 0 && left-- > 0 &&
	    worker_absorb(worker, READ_SIZE) > 0)
		take_lines(cache);
	if (cache->options->map && well && worker_end_line(worker))
		take_lines(cache);
	look_for_end(cache);
	if (cache->input_ended && misses_waiting(&cache->misses) == 0 &&
	    (cache->options->map || !worker_never(worker, false))) {
		const char *wrong = worker_ill_end(worker, text);

		if (wrong != NULL)
			refuse(cache, NULL, wrong);
		cache->trouble = cache->options->map && !well;
		if (cache->trouble)
			warn("%s %s", cache->options->command[0],
			    worker_exit_text(worker, how));
		return true;
	}
	if (cache->options->map && well && worker->in < 0)
		refuse_map(cache, "lines are missing at its end");
	if (stage_native(&cache->stage))
		end_alike(cache);
	if (worker_never(worker, false))
		end_never(cache);
	worker_exit_text(worker, how);
	fail_rest(cache, how);
	keep(cache);
	flush(cache);
	if (!cache->input_ended)
		die(STATUS_BROKEN, 0, "%s %s before the end of input",
		    cache->options->command[0], how);
	return true;
}

/* May more be read?  Not while the command has enough. */
static bool
may_read(const struct cache *cache)
{
	const struct worker *worker = &cache->worker;
	uint64_t window = worker->hello.window;

	return !cache->input_ended && !worker_hungry(worker) &&
	    (window == 0 || worker->window.records < window) &&
	    (worker->kind != WORKER_UNKNOWN || worker->window.records == 0);
}

/* How long there is nothing to do but wait, ms. */
static int
patience(const struct cache *cache)
{
	const struct worker *worker = &cache->worker;

	if (worker->kind == WORKER_UNKNOWN && !worker->unsure &&
	    worker->window.written > 0)
		return PROBE;
	if (cache->misses.done == NULL)
		return LOOK_EVERY;
	return cache->keep_at <= cache->now ? 0 : (int)(cache->keep_at - cache->now);
}

static bool
is_command(const void *context, pid_t pid)
{
	const struct cache *cache = context;

	return cache->worker.pid == pid;
}

/* All that there is is SIGCHLD. */
static void
take_signals(struct cache *cache)
{
	bool ended = false;

	while (sig_next(cache->signals) != 0)
		ended = true;
	if (ended)
		spawn_reap_others(is_command, cache);
}

/* Wait, and see to what has come; false when the command has ended. */
static bool
turn(struct cache *cache)
{
	struct worker *worker = &cache->worker;
	struct pollfd p[] = {
		{ .fd = may_read(cache) ? cache->stage.in.fd : -1, .events = POLLIN },
		{ .fd = worker_hungry(worker) ? worker->in : -1, .events = POLLOUT },
		{ .fd = worker->ack, .events = POLLIN },
		{ .fd = worker->out, .events = POLLIN },
		{ .fd = cache->signals, .events = POLLIN },
		{ .fd = worker->err, .events = POLLIN },
	};

	flush(cache);
	if (poll(p, sizeof(p) / sizeof(p[0]), patience(cache)) < 0 && errno != EINTR)
		die(STATUS_BROKEN, errno, "poll");
	cache->now = clock_ms();
	take_signals(cache);
	if (p[5].revents != 0)
		worker_errors(worker);
	if (p[2].revents != 0)
		take_words(cache);
	if (p[3].revents != 0)
		take_output(cache);
	probe(cache);
	greet(cache);
	if (p[0].revents != 0) {
		must(cache, stage_fill(&cache->stage));
		take_records(cache);
	}
	worker_feed(worker); /* that it reads no more is noticed when it ends */
	if (cache->input_ended && !worker_hungry(worker))
		worker_end_input(worker);
	if (cache->misses.done != NULL &&
	    (cache->now >= cache->keep_at || cache->misses.done_bytes >= KEEP_BYTES ||
		cache->misses.done_count >= KEEP_COUNT))
		keep(cache);
	return !worker_ended(worker) || !ended_well(cache);
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
	int in;

	if (ends_open(ends, input, options->input != NULL, options->output,
		options->wait_ms) < 0 ||
	    ends_next(ends, &in) < 0)
		die(STATUS_BROKEN, 0, "%s: %s", ends->name, fifo_why(errno));
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
	static const char *const env[] = { NULL };
	const struct cache_options *options = cache->options;
	struct worker_plan plan = { .argv = options->command,
		.env = env,
		.hold_in_memory = true,
		.capture_errors = isatty(STDERR_FILENO),
		.kind = options->map ? WORKER_MAP : WORKER_UNKNOWN };

	check_roles(options);
	identify(cache);
	store_open(&cache->store, &options->store);
	open_stage(cache);
	cache->signals = sig_open(caught, 1);
	if (cache->signals < 0 || misses_open(&cache->misses) < 0)
		die(STATUS_BROKEN, errno, "cannot begin");
	signal(SIGPIPE, SIG_IGN);
	worker_init(&cache->worker, 1, &diag_says);
	if (worker_start(&cache->worker, &plan) < 0)
		die_start(errno, options->command[0]);
	if (options->map)
		worker_in_size(&cache->worker, IN_PIPE);
	cache->now = clock_ms();
}

static void
show(const struct cache *cache)
{
	uint64_t all = cache->hits + cache->computed + cache->failed;

	warn("%llu records: %llu found (%.2f %%), %llu computed, %llu failed; "
	     "%llu stored, %llu did not fit, %llu old ones dropped",
	    (unsigned long long)all, (unsigned long long)cache->hits,
	    all > 0 ? 100 * (double)cache->hits / (double)all : 0.0,
	    (unsigned long long)cache->computed, (unsigned long long)cache->failed,
	    (unsigned long long)cache->kept, (unsigned long long)cache->store.refused,
	    (unsigned long long)cache->store.evicted);
}

enum status
cache_run(const struct cache_options *options)
{
	struct cache *cache = calloc(1, sizeof(*cache));
	struct batch_queue left = { 0 }; /* by a command that died */
	enum status status;

	if (cache == NULL)
		die(STATUS_BROKEN, errno, "cannot begin");
	cache->options = options;
	open_cache(cache);
	greet(cache);
	if (!cache->greeted)
		must(cache,
		    stage_greet(
			&cache->stage, &(struct hello){ .standing = STANDING_UNSURE }));
	while (turn(cache))
		continue;
	keep(cache);
	begin_output(cache);
	if (options->stats)
		show(cache);
	misses_close(&cache->misses);
	store_close(&cache->store);
	identity_free(cache->identity);
	window_take_back(&cache->worker.window, 0, &left);
	batch_clear(&left);
	worker_close(&cache->worker);
	free(cache->worker.lines);
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
