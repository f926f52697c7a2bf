/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "allowance.h"
#include "death.h"
#include "diag.h"
#include "plural.h"

/* Take back what the worker did not finish; how many records these are. */
static uint64_t
requeue(
    struct death *death, struct slot *slot, uint64_t offset, struct batch_queue *queue)
{
	struct worker *worker = &slot->worker;

	if (window_requeue(&worker->window, offset, queue) < 0)
		ending_broken(death->ending, ENOMEM, "records to send again");
	return queue->records;
}

/* Was it told to end, in time? */
static bool
was_terminated(const struct slot *slot)
{
	return slot->place.cause == PLACE_LATE || slot->place.cause == PLACE_STUCK;
}

/* Has it ended with no heed to its input? */
static bool
is_by_itself(const struct death *death, const struct slot *slot)
{
	return slot->worker.in >= 0 || supply_empty(death->starts->supply);
}

/* A plain worker: what it never read goes back, the rest nobody can know. */
static enum place_event
end_of_plain(struct death *death, struct slot *slot, bool crashed, const char *how)
{
	uint64_t given = slot->worker.window.given_records, unread, unknown;
	struct batch_queue queue = { 0 };

	/* With its input ended by us nobody can tell what waited there unread. */
	unread = requeue(death, slot,
	    slot->worker.in < 0 ? slot->worker.window.written
				: worker_consumed(&slot->worker),
	    &queue);
	requeue_all(death->requeue, slot, &queue);
	unknown = given - unread;
	unread_ended(
	    death->starts->unread, !crashed && unknown == 0 && is_by_itself(death, slot));
	errors_let_go(&slot->worker.errors);
	if (!crashed) {
		if (worker_failed(&slot->worker))
			ledger_unknown(death->ledger, unknown); /* ended by us */
		return slot->worker.in < 0 ? PLACE_GONE : PLACE_GONE_EARLY;
	}
	ledger_trouble(death->ledger);
	if (slot->worker.in < 0 && slot->worker.exit_signal == 0)
		warn("worker %u: %s, after %llu record%s", slot->worker.number, how,
		    (unsigned long long)unknown, plural(unknown, "", "s"));
	else
		warn("worker %u: %s; what became of the %llu record%s that it had is "
		     "not known",
		    slot->worker.number, how, (unsigned long long)unknown,
		    plural(unknown, "", "s"));
	return PLACE_GONE;
}

/*
 * A worker that never read anything, or is not what the others are, or whose words could
 * not be read, or a supervisor below that did not know yet what it runs: nothing that it
 * was given is to blame.
 */
static enum place_event
end_of_unknown(struct death *death, struct slot *slot, bool crashed, const char *how)
{
	struct batch_queue queue = { 0 };
	bool told;

	requeue(death, slot, 0, &queue);
	requeue_all(death->requeue, slot, &queue);
	unread_ended(death->starts->unread,
	    !crashed && is_by_itself(death, slot) && !slot->worker.unsure);
	told = !crashed || was_terminated(slot) ||
	    slot->place.cause == PLACE_DISTRUSTED || starts_misfit(death->starts, slot);
	errors_let_go(&slot->worker.errors);
	if (!told)
		warn("worker %u: %s, before it %s", slot->worker.number, how,
		    slot->worker.unsure	   ? "knew what it runs"
			: slot->worker.cut ? "could say what it is"
					   : "read anything");
	return crashed || slot->worker.in < 0 || !nature_may_leave(death->nature)
	    ? PLACE_GONE
	    : PLACE_GONE_EARLY;
}

/* One record took too long: it alone is to blame. */
static void
send_late(struct death *death, struct slot *slot, struct batch_queue *queue)
{
	struct batch_queue others = { 0 };
	struct batch *late;
	char why[80];

	snprintf(why, sizeof(why), "took longer than %g s",
	    (double)death->options->timeout / 1000);
	warn("worker %u: a record %s; %llu record%s sent again", slot->worker.number, why,
	    (unsigned long long)queue->records, plural(queue->records, "", "s"));
	if (allowance_reads_ahead(&slot->worker) && queue->records > 1) {
		requeue_apart(death->requeue, slot, queue, true);
		return;
	}
	late = requeue_pick(death->requeue, queue, slot->deadline.late, &others);
	if (late != NULL)
		requeue_at_once(death->requeue, slot, late, why);
	requeue_all(death->requeue, slot, &others);
}

/* A filter ended well, has not answered all that it was given, and never will. */
static void
no_map(struct death *death, const struct slot *slot, uint64_t left)
{
	uint64_t had = slot->worker.window.given_records;

	ending_say(death->ending, ENDING_NO_MAP, "%llu line%s came for %llu record%s",
	    (unsigned long long)(had - left), plural(had - left, "", "s"),
	    (unsigned long long)had, plural(had, "", "s"));
}

/*
 * There was too much output, or no room for it.  It is that of its only record, or with
 * --map of its oldest; else those that it had are tried apart.
 */
static void
send_burst(struct death *death, struct slot *slot, struct batch_queue *queue)
{
	struct batch_queue others = { 0 };
	struct batch *one;

	if (queue->records > 1 && slot->worker.kind != WORKER_MAP) {
		requeue_apart(death->requeue, slot, queue, false);
		return;
	}
	one = requeue_pick(death->requeue, queue, slot->deadline.late, &others);
	if (one != NULL && slot->reading.final) {
		one->attempts++;
		requeue_give_up(death->requeue, slot, one, slot->reading.lost);
	} else if (one != NULL) {
		requeue_after(death->requeue, slot, one, slot->reading.lost);
	}
	requeue_all(death->requeue, slot, &others);
}

/*
 * How far the worker has read what it was given, as far as can be known, bytes.  Of a
 * block over a link nobody can know, once any of it was written.
 */
static uint64_t
read_up_to(const struct death *death, const struct worker *worker)
{
	const struct window *window = &worker->window;

	if (death->options->block_records == 0)
		return worker_consumed(worker);
	return window->head == window->unsent && window->unsent_at == 0 ? 0 : UINT64_MAX;
}

/* Take back what the worker did not finish, apart what it has not read of that. */
static void
take_apart(struct death *death, struct slot *slot, struct batch_queue *read,
    struct batch_queue *unread)
{
	struct worker *worker = &slot->worker;

	if (window_take_apart(&worker->window, read_up_to(death, worker), read, unread) <
	    0)
		ending_broken(death->ending, ENOMEM, "records to send again");
}

/* What the end of a native worker says of what it has read, and of all that it left. */
static enum place_verdict
judge(const struct death *death, const struct slot *slot, const struct batch_queue *read,
    uint64_t left)
{
	const struct worker *worker = &slot->worker;
	const struct place_end end = { .reports = true,
		.failed = worker_failed(worker),
		.never = starts_never(death->starts, slot, left),
		.open = worker->in >= 0,
		.read = read->head != NULL,
		.stopped = death->gate->phase >= PHASE_STOP,
		.left = left };

	return place_judge(&slot->place, &end);
}

/*
 * A native worker died, or ended without a word of what it had: of what it has read, one
 * record may be to blame.
 */
static void
end_of_crashed(struct death *death, struct slot *slot, struct batch_queue *read,
    uint64_t back, const char *how)
{
	enum place_verdict verdict = judge(death, slot, read, back);
	bool final = death->gate->hope != HOPE_LEFT || verdict == PLACE_PERMANENT;

	/* All it had was done, and yet it says that something went wrong. */
	if (slot->worker.in < 0 && back == 0 && worker_failed(&slot->worker) &&
	    slot->worker.exit_signal == 0)
		ledger_trouble(death->ledger);
	if (slot->place.cause != PLACE_REFUSED) /* else it was said why */
		warn("worker %u: %s; %llu record%s %s", slot->worker.number, how,
		    (unsigned long long)back, plural(back, "", "s"),
		    final ? "not finished" : "sent again");
	if (!final && verdict == PLACE_BROKEN)
		requeue_suspects(death->requeue, slot, read, how);
}

/* A worker ended well when its input did, and has not told of all records. */
static void
end_of_silent(
    struct death *death, struct slot *slot, struct batch_queue *read, uint64_t back)
{
	if (slot->worker.kind == WORKER_MAP) {
		no_map(death, slot, back);
		return;
	}
	/* Sent again as if nothing were wrong they would be for ever. */
	if (read->head == NULL)
		restarts_count(death->restarts, death->times->now);
	end_of_crashed(death, slot, read, back, "ended without a word of it");
}

/* A native worker: what it has not acknowledged goes back. */
static void
end_of_native(struct death *death, struct slot *slot, bool crashed, const char *how)
{
	struct batch_queue read = { 0 }, unread = { 0 };
	uint64_t back;

	take_apart(death, slot, &read, &unread);
	back = read.records + unread.records;
	if (slot->place.cause == PLACE_LATE) /* so is one that reads nothing */
		batch_join(&read, &unread);
	if (slot->place.cause == PLACE_BURST && read.head != NULL)
		send_burst(death, slot, &read);
	else if (slot->place.cause == PLACE_LATE && back > 0)
		send_late(death, slot, &read);
	else if (slot->worker.in < 0 && !crashed && slot->place.cause != PLACE_BEATEN &&
	    death->gate->phase < PHASE_STOP && back > 0)
		end_of_silent(death, slot, &read, back);
	else if (crashed &&
	    !(was_terminated(slot) && back == 0)) /* or told to end, at last */
		end_of_crashed(death, slot, &read, back, how);
	requeue_all(death->requeue, slot, &read);
	requeue_all(death->requeue, slot, &unread);
}

/* A link to a host, which finds out by itself what kills its workers. */
static void
end_of_link(struct death *death, struct slot *slot, bool failed, const char *how)
{
	struct batch_queue read = { 0 }, unread = { 0 };
	uint64_t back, first;

	take_apart(death, slot, &read, &unread);
	back = read.records + unread.records;
	first = read.head != NULL ? read.head->first
	    : unread.head != NULL ? unread.head->first
				  : 0;
	if (hosts_lost(death->hosts, slot, back, first, failed ? how : NULL))
		requeue_cut(death->requeue, slot, &read, &death->hosts->cut, how);
	requeue_all(death->requeue, slot, &read);
	requeue_all(death->requeue, slot, &unread);
	hosts_end(death->hosts);
}

/* Had it nothing but suspects, and has it read of them? */
static bool
died_of_suspects(const struct worker *worker)
{
	const struct flight *head = worker->window.head;

	return head != NULL && head->batch->alone && !worker->unsure &&
	    worker_consumed(worker) > head->at;
}

enum place_event
death_outcome(struct death *death, struct slot *slot)
{
	struct worker *worker = &slot->worker;
	bool failed = worker_failed(worker);
	enum place_cause cause = slot->place.cause;
	/* One that is distrusted may have ended well before it could be killed. */
	bool crashed = (failed || was_terminated(slot) || cause == PLACE_DISTRUSTED) &&
	    cause != PLACE_BEATEN && death->gate->phase < PHASE_STOP;
	enum place_event gone = PLACE_GONE;
	char how[WORKER_EXIT_TEXT];
	struct batch_queue before;

	errors_end(&worker->errors);
	worker_exit_text(worker, how);
	if (failed && worker->exit_signal == 0 && worker->exit_code == 1)
		ledger_one(death->ledger);
	account_ended(&slot->account, failed ? how : NULL);
	if (slot->link.host != NULL || death->nature->kind != WORKER_BLOCK)
		speculate_ended(death->speculate, slot);
	if (slot->link.host != NULL) {
		end_of_link(death, slot, failed, how);
		return gone;
	}
	if (death->nature->kind == WORKER_BLOCK) {
		block_end(death->block_end, slot, failed, how);
		return gone;
	}
	before = lane_put_aside(&slot->lane);
	if (cause != PLACE_LATE && cause != PLACE_BURST && !died_of_suspects(worker) &&
	    (crashed || worker->in >= 0))
		restarts_count(death->restarts, death->times->now);
	if (worker->kind == WORKER_NATIVE || worker->kind == WORKER_MAP)
		end_of_native(death, slot, crashed, how);
	else if (worker->kind == WORKER_UNKNOWN &&
	    (worker->unsure || worker->cut || cause == PLACE_DISTRUSTED ||
		worker_consumed(worker) == 0))
		gone = end_of_unknown(death, slot, crashed, how);
	else
		gone = end_of_plain(death, slot, crashed, how);
	lane_put_back(&slot->lane, &before);
	return gone;
}
