/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "backoff.h"
#include "bytes.h"
#include "clock.h"
#include "diag.h"
#include "plural.h"
#include "suspects.h"
#include "workload.h"
#include "wrapped.h"

enum {
	MOST_DEATHS = 10, /* in a row, and as many as a record may cost */
	LEAD = 100, /* ms that a chunk may wait here for the stage, */
	LEAD_STEPS = 16, /* or for so many steps of the engine, which then cost little, */
	MOST_LEAD = 5000, /* but no longer */
	LOOK_AGAIN = 500 /* ms between looks at who has use for what waits longer */
};

static struct lease *
lease_of(struct workload *load, const struct batch *batch)
{
	return lease_find(&load->origins->leases, batch->first);
}

/* Are all records that ack tells of, which the stage has, of one chunk? */
static bool
of_one_chunk(const struct workload *load, const struct ack *ack)
{
	struct lease_list *leases = &load->origins->leases;
	const struct window *window = &load->tended.worker.window;
	const struct lease *lease = lease_find(leases, window_number(window, ack->index));

	for (uint64_t i = 1; i <= ack->more; i++)
		if (lease_find(leases, window_number(window, ack->index + i)) != lease)
			return false;
	return true;
}

/* One output for records that are committed apart would be of one of them. */
static bool
may_be_group(void *context, const struct ack *ack)
{
	const struct workload *load = context;

	return !worker_unsaid(&load->tended.worker, ack) || of_one_chunk(load, ack);
}

/* A record is given up: it goes to the dead, and is named.  Takes it. */
static void
give_up(struct workload *load, struct batch *record, const char *why)
{
	warn_record(record->data, record->len - 1, why);
	load->dead++;
	lease_dead(lease_of(load, record), record, record->attempts + 1, why);
	batch_free(record);
}

/* How long to wait before the next attempt, ms. */
static uint64_t
back_off(const struct workload *load, unsigned attempts)
{
	return backoff_wait(
	    &load->options->backoff, attempts + UINT64_C(1), clock_ns() / 1000);
}

/* A record that is not done, as ack says.  Takes it. */
static void
outcome_failed(struct workload *load, struct batch *record, const struct ack *ack)
{
	char why[ACK_LINE_MAX];

	snprintf(why, sizeof(why), "%.*s", (int)ack->reason_len, ack->reason);
	if (ack->outcome == OUTCOME_RETRY && record->attempts < load->options->retries) {
		lease_retry(
		    lease_of(load, record), record, back_off(load, record->attempts));
		batch_free(record);
		return;
	}
	give_up(load, record, why);
}

/* A record is finished, well or not. */
static void
outcome(void *context, uint64_t number, const struct ack *ack, const char *output,
    struct batch *record)
{
	struct workload *load = context;
	struct lease *lease = lease_find(&load->origins->leases, number);

	load->done += ack->outcome == OUTCOME_OK;
	if (ack->outcome == OUTCOME_OK)
		lease_done(lease, output, ack->bytes, load->options->ids);
	else if (ack->outcome == OUTCOME_FAIL) /* passed on all the same: par-stage(7) */
		lease_results(lease, output, ack->bytes, load->options->ids);
	if (record != NULL)
		outcome_failed(load, record, ack);
}

void
workload_init(struct workload *load, const struct queue_options *options,
    char *const *command, struct origins *origins)
{
	*load = (struct workload){ .options = options, .origins = origins };
	tended_init(&load->tended,
	    &(struct tended_plan){ .command = command,
		.soft = options->soft,
		.hard = options->hard,
		.deaths = MOST_DEATHS + options->retries,
		.hearing = {
		    .context = load, .may_group = may_be_group, .told = outcome } });
	load->tended.told = UINT64_MAX;
}

void
workload_start(struct workload *load)
{
	if (tended_start(&load->tended) < 0)
		die_start(errno, load->tended.plan.command[0]);
}

/* For how long records may wait here for the stage, ms. */
static uint64_t
lead(const struct workload *load)
{
	uint64_t ms = LEAD + LEAD_STEPS * load->origins->took;

	return ms < MOST_LEAD ? ms : MOST_LEAD;
}

struct want
workload_room(const struct workload *load)
{
	const struct tended *tended = &load->tended;
	const struct window *window = &tended->worker.window;
	uint64_t have = load->todo.records + load->suspects.records;
	uint64_t may = tended->credit.records, ahead = tended_soon(tended, lead(load));
	size_t bytes = window->bytes;

	for (const struct batch *b = load->todo.head; b != NULL; b = b->next)
		bytes += b->len;
	if (!tended_may_have(tended))
		return (struct want){ 0 };
	if (tended->worker.kind != WORKER_NATIVE)
		return (struct want){ .records = have + window->records == 0,
			.bytes = TENDED_BYTES };
	/* Some at a time: each time costs a step of the engine. */
	if (load->suspects.head != NULL || tended_has_alone(tended) || have > ahead / 2 ||
	    bytes >= TENDED_BYTES || have + window->records >= may + ahead)
		return (struct want){ 0 };
	return (struct want){ .records = may + ahead - have - window->records,
		.bytes = TENDED_BYTES - bytes };
}

/* Drop a batch whose chunk is no longer ours: no use to work on it; false if it is ours.
 */
static bool
skip_lost(struct workload *load, struct batch *batch)
{
	struct lease *lease = lease_of(load, batch);

	if (lease->state == LEASE_OURS)
		return false;
	lease->state = LEASE_PARTIAL;
	lease->left -= batch->count;
	batch_free(batch);
	return true;
}

static void
give(struct workload *load, struct batch *batch)
{
	if (!skip_lost(load, batch) && tended_give(&load->tended, batch) < 0)
		die(STATUS_BROKEN, errno, "window");
}

/* Give suspects to the stage: each alone. */
static void
give_suspect(struct workload *load)
{
	struct batch *batch;

	while (load->suspects.head != NULL && load->tended.worker.window.records == 0) {
		if (suspects_next(&load->suspects, &batch) < 0)
			die(STATUS_BROKEN, errno, "records");
		give(load, batch);
	}
}

/*
 * A stage that makes blocks has one output for each, which must not be of records that
 * are committed apart: nothing of a second chunk while it is not done with the first.
 */
static bool
block_ends(struct workload *load)
{
	const struct worker *worker = &load->tended.worker;

	return worker->hello.joint && worker->window.records > 0 &&
	    load->todo.head != NULL &&
	    lease_of(load, worker->window.head->batch) != lease_of(load, load->todo.head);
}

/* The next batch for the stage; NULL if there is none now. */
static struct batch *
next(struct workload *load)
{
	struct tended *tended = &load->tended;
	const struct window *window = &tended->worker.window;
	uint64_t may = tended->credit.records;
	struct batch *batch;

	if (load->suspects.head != NULL || window->records >= may ||
	    window->bytes >= TENDED_BYTES || block_ends(load) || tended_has_alone(tended))
		return NULL;
	if (batch_cut(&load->todo, may - window->records, &batch) < 0)
		die(STATUS_BROKEN, errno, "records");
	return batch;
}

void
workload_give(struct workload *load)
{
	struct tended *tended = &load->tended;
	struct batch *batch;
	uint64_t most;

	tended->told = origins_jobs(load->origins);
	most = tended_most(tended);
	if (tended->credit.records > most)
		tended->credit.records = most;
	else if (tended->credit.records < tended->credit.least) /* it may again */
		tended->credit.records =
		    tended->credit.least < most ? tended->credit.least : most;
	if (tended_takes(tended)) {
		give_suspect(load);
		while ((batch = next(load)) != NULL)
			give(load, batch);
	}
	tended_feed(tended);
}

void
workload_check_time(struct workload *load)
{
	load->tended.alone_next = load->suspects.head != NULL;
	tended_check_time(&load->tended);
}

/* The program ends before anything was done: what was taken goes back at once. */
static void
hand_back(struct workload *load)
{
	struct batch_queue had = { 0 };

	worker_signal(&load->tended.worker, SIGKILL);
	if (window_requeue(&load->tended.worker.window, 0, &had) == 0)
		batch_join_front(&load->todo, &had);
	workload_give_back(load);
	origins_commit(load->origins, "", 0);
}

/* The stage is of no use to us. */
static void
check_fault(struct workload *load)
{
	const struct tended *tended = &load->tended;
	const char *name = tended->plan.command[0];
	struct bytes map = { 0 }, each = { 0 };

	switch (tended->fault) {
	case TENDED_FINE:
		return;
	case TENDED_FOREIGN:
		hand_back(load);
		if (wrapped_words(&map, "--map", tended->plan.command) < 0 ||
		    wrapped_words(&each, "-N 1", tended->plan.command) < 0)
			die(STATUS_BROKEN, ENOMEM, "%s", name);
		die(STATUS_MISUSE, 0,
		    "%s: %s: not a native stage; wrap it: %.*s, if it writes one line "
		    "for each that it reads, or %.*s, for a process each",
		    name, tended->what, (int)map.len, map.data, (int)each.len, each.data);
	case TENDED_USELESS:
		hand_back(load);
		die(STATUS_BROKEN, 0, "%s: %s", name, tended->what);
	case TENDED_LOST:
		die(STATUS_BROKEN, tended->error, "%s", tended->what);
	}
}

void
workload_hear(struct workload *load)
{
	tended_hear(&load->tended);
	check_fault(load);
}

/* A record that the stage had alone is to blame, and tried again or given up.  Takes it.
 */
static void
blame(struct workload *load, struct batch *record, const char *why)
{
	if (record->attempts >= load->options->retries) {
		give_up(load, record, why);
		restarts_progress(&load->tended.restarts);
		return;
	}
	record->attempts++;
	batch_push_front(&load->suspects, record);
}

/*
 * Records that the stage had begun to read, of all that were left, when it ended badly
 * are suspects.
 */
static void
requeue_suspects(struct workload *load, struct batch_queue *had, uint64_t left)
{
	struct batch_queue suspects = { 0 };
	char why[TENDED_WHY];

	tended_reason(&load->tended, why);
	warn("%s: %s; %llu record%s sent again", load->tended.plan.command[0], why,
	    (unsigned long long)left, plural(left, "", "s"));
	if (suspects_guilty(had, SUSPECTS_SINGLY)) {
		blame(load, batch_pop(had, UINT64_MAX), why);
		return;
	}
	suspects_add(&suspects, had, SUSPECTS_SINGLY);
	batch_join_front(&load->suspects, &suspects);
}

void
workload_look(struct workload *load)
{
	struct batch_queue had = { 0 }, unread = { 0 };
	enum place_verdict verdict;
	bool ended = tended_look(&load->tended, &had, &unread, &verdict);
	uint64_t left = had.records + unread.records;

	check_fault(load);
	batch_join_front(&load->todo, &unread);
	if (ended && verdict == PLACE_BROKEN)
		requeue_suspects(load, &had, left);
	else
		batch_join_front(&load->todo, &had);
}

/* Records of queue to the chunks that they are of. */
static void
back(struct workload *load, struct batch_queue *queue)
{
	struct batch *batch;

	while ((batch = batch_pop(queue, UINT64_MAX)) != NULL) {
		lease_again(lease_of(load, batch), batch);
		batch_free(batch);
	}
}

void
workload_give_back(struct workload *load)
{
	back(load, &load->suspects);
	back(load, &load->todo);
}

uint64_t
workload_share_due(const struct workload *load)
{
	uint64_t due = load->tended.progress + lead(load);

	if (load->todo.head == NULL)
		return UINT64_MAX;
	return due > load->look_at ? due : load->look_at;
}

/* Is it a chunk of which nothing was begun? */
static bool
is_whole(const struct batch *batch, const struct lease *lease)
{
	return batch->count == lease->count && lease->left == lease->count &&
	    lease->state == LEASE_OURS;
}

void
workload_share(struct workload *load)
{
	struct batch_queue all = load->todo, rest = { 0 };
	const struct engine *asked = NULL;
	struct batch *batch;
	bool wanted = false;

	if (load->tended.now < workload_share_due(load))
		return;
	load->look_at = load->tended.now + LOOK_AGAIN;
	load->todo = (struct batch_queue){ 0 };
	while ((batch = batch_pop(&all, UINT64_MAX)) != NULL) {
		struct lease *lease = lease_of(load, batch);

		if (is_whole(batch, lease) && asked != lease->engine) {
			wanted = origins_short(load->origins, lease);
			asked = lease->engine;
		}
		if (is_whole(batch, lease) && wanted) {
			lease_again(lease, batch);
			batch_free(batch);
		} else {
			batch_push(&rest, batch);
		}
	}
	batch_join(&load->todo, &rest);
}

void
workload_close(struct workload *load)
{
	tended_close(&load->tended);
}
