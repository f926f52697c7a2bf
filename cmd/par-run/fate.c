/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "backoff.h"
#include "dispatch.h"
#include "fate.h"
#include "hosts.h"
#include "output.h"

/* Before a record is tried again. */
static const struct backoff tries = {
	.first = 100, .longest = 10 * 1000, .spread = true
};

const char fate_unsaid[] = "failed";

/* Tell the supervisor above, if there is one. */
static void
tell(struct run *run, struct slot *slot, const struct ack *ack)
{
	bool full;

	if (run->above.fd < 0)
		return;
	full = ack->fate == FATE_OK && ack->more == 0
	    ? supervisor_tell_ok(&run->above, ack->index, ack->bytes)
	    : supervisor_tell(&run->above, ack);
	if (!full)
		return;
	if (slot != NULL)
		output_settle(run, slot); /* what the lines count goes before them */
	if (supervisor_flush(&run->above) < 0)
		run_output_failed(run, errno);
}

/* Record number is done; nobody is told yet. */
static void
done(struct run *run, struct slot *slot, uint64_t number, size_t bytes)
{
	slot->account.done++;
	run->settled++;
	restarts_progress(&run->restarts);
	output_done(run, slot, number, bytes);
}

/* Tell of the records that its worker did together, the last with so much output. */
static void
tell_joint(struct run *run, struct slot *slot, size_t bytes)
{
	tell(run, slot,
	    &(struct ack){
		.index = slot->joint_first, .more = slot->joint - 1, .bytes = bytes });
	slot->joint = 0;
}

void
fate_done(
    struct run *run, struct slot *slot, uint64_t number, size_t bytes, uint64_t more)
{
	done(run, slot, number, bytes);
	if (number != slot->joint_first + slot->joint)
		fate_told(run, slot);
	if (slot->joint++ == 0)
		slot->joint_first = number;
	if (more == 0)
		tell_joint(run, slot, bytes);
}

void
fate_told(struct run *run, struct slot *slot)
{
	if (slot->joint > 0)
		tell_joint(run, slot, 0);
}

/* A record that is given up. */
struct failure {
	struct record record;
	size_t bytes; /* of output all the same */
	uint64_t attempts;
	bool elsewhere; /* another host may try it */
	bool cut; /* record is only how it begins: it cannot be set aside */
	const char *why;
};

/* Name it, or set it aside, here or above. */
static void
name(struct run *run, struct slot *slot, const struct failure *failure)
{
	const struct record *record = &failure->record;

	run->failed++;
	run->settled++;
	if (slot != NULL)
		slot->account.failed++;
	tell(run, slot,
	    &(struct ack){ .index = record->number,
		.bytes = failure->bytes,
		.fate = failure->elsewhere ? FATE_RETRY : FATE_FAIL,
		.reason = failure->why,
		.reason_len = strlen(failure->why) });
	if (run->above.fd >= 0)
		return;
	if (run->quarantine.fd < 0 || failure->cut)
		warn_record(record->data, record->len, failure->why);
	else if (quarantine_add(&run->quarantine, record, failure->attempts, failure->why,
		     slot == NULL ? "" : slot->worker.last_line,
		     slot == NULL ? 0 : slot->worker.last_len) < 0)
		run_broken(run, errno, run->quarantine.path);
}

/* The one record of batch. */
static struct record
record_of(const struct batch *batch)
{
	return (struct record){
		.data = batch->data, .len = batch->len - 1, .number = batch->first
	};
}

void
fate_failed(struct run *run, struct slot *slot, struct batch *batch, size_t bytes,
    const char *why, size_t why_len)
{
	char text[ACK_LINE_MAX];

	snprintf(text, sizeof(text), "%.*s", (int)why_len, why);
	restarts_progress(&run->restarts);
	output_done(run, slot, batch->first, bytes);
	name(run, slot,
	    &(struct failure){ .record = record_of(batch),
		.bytes = bytes,
		.attempts = batch->attempts + 1,
		.why = why_len > 0 ? text : fate_unsaid });
	batch_free(batch);
}

/* Record number will have no output: the others need not wait for it. */
static void
no_output(struct run *run, uint64_t number)
{
	if (!run->keep_order)
		return;
	if (number == run->order.next)
		run->order.next++;
	else if (order_keep(&run->order, NULL, number, 1, NULL, 0) < 0)
		run_broken(run, ENOMEM, "output in order");
	output_in_turn(run);
}

void
fate_refused(struct run *run, const struct record *record, bool cut, const char *why)
{
	no_output(run, record->number);
	if (run->log.on)
		log_add(run, NULL,
		    &(struct log_entry){
			.number = record->number, .why = why, .why_len = strlen(why) });
	run->refused++;
	name(run, NULL, &(struct failure){ .record = *record, .cut = cut, .why = why });
}

/* The record of batch will not be done.  Takes the batch. */
static void
give_up(struct run *run, struct slot *slot, struct batch *batch, const char *why)
{
	no_output(run, batch->first);
	keys_done(&run->keys, batch, 0);
	if (run->log.on)
		log_add(run, slot,
		    &(struct log_entry){ .number = batch->first,
			.given_at = batch->given_at,
			.bytes_in = batch->len,
			.attempts = batch->attempts,
			.why = why,
			.why_len = strlen(why) });
	name(run, slot,
	    &(struct failure){ .record = record_of(batch),
		.attempts = batch->attempts,
		.elsewhere = run->options->serve,
		.why = why });
	batch_free(batch);
}

/* The same, of each record of batch. */
static void
give_up_all(struct run *run, struct slot *slot, struct batch *batch, const char *why)
{
	for (uint64_t i = 0, at = 0; i < batch->count; i++) {
		struct batch *one = batch_slice(batch, i, 1, at);

		if (one == NULL)
			run_broken(run, ENOMEM, "record");
		at += one->len;
		give_up(run, slot, one, why);
	}
	batch_free(batch);
}

/* A worker, that of the place or another, will get it once more. */
static void
send_again(struct run *run, struct slot *slot, struct batch *batch)
{
	slot->account.retries += batch->count;
	batch_push(run_again(run, slot), batch);
}

/* Try it once more after a while, or give it up when that was done often enough. */
static void
again(struct run *run, struct slot *slot, struct batch *batch, uint64_t wait,
    const char *why)
{
	batch->attempts++;
	if (batch->attempts > run->options->retries) {
		give_up_all(run, slot, batch, why);
		return;
	}
	batch->not_before = run->now + wait;
	send_again(run, slot, batch);
}

/* How long to wait before the next attempt, ms. */
static uint64_t
back_off(const struct run *run, unsigned attempts)
{
	return backoff_wait(
	    &tries, attempts + UINT64_C(1), run->now); /* by chance of the clock */
}

void
fate_retry(struct run *run, struct slot *slot, struct batch *batch, const char *why,
    size_t why_len)
{
	char text[ACK_LINE_MAX];

	snprintf(text, sizeof(text), "%.*s", (int)why_len, why);
	again(run, slot, batch, back_off(run, batch->attempts),
	    why_len > 0 ? text : "failed for now");
}

/*
 * A suspect range: each half goes to a worker that has nothing else, until the
 * one record is found that kills it, or none does.
 */
static void
suspect(struct run *run, struct slot *slot, struct batch *batch, const char *why)
{
	uint64_t half = batch->count / 2;
	struct batch *first, *second;

	if (batch->count == 1 || run->options->block_records != 0) {
		batch->alone = true;
		batch->not_before = 0;
		send_again(run, slot, batch);
		return;
	}
	first = batch_slice(batch, 0, half, 0);
	second = first == NULL
	    ? NULL
	    : batch_slice(batch, half, batch->count - half, first->len);
	if (second == NULL)
		run_broken(run, ENOMEM, why);
	first->alone = second->alone = true;
	send_again(run, slot, first);
	send_again(run, slot, second);
	batch_free(batch);
}

/* Take back what the worker did not finish; how many records these are. */
static uint64_t
take_back(struct run *run, struct slot *slot, uint64_t offset, struct batch_queue *queue)
{
	struct worker *worker = &slot->worker;

	if (window_take_back(&worker->window, offset, queue) < 0)
		run_broken(run, ENOMEM, "records to send again");
	return queue->records;
}

/* Records of a worker that died go back as suspects. */
static void
send_suspects(
    struct run *run, struct slot *slot, struct batch_queue *queue, const char *how)
{
	bool one = queue->head != NULL && queue->head->next == NULL;
	struct batch *batch;
	char why[WORKER_EXIT_TEXT + 64];

	snprintf(why, sizeof(why), "worker %s", how);
	while ((batch = batch_pop(queue, UINT64_MAX)) != NULL) {
		if (one && batch->alone &&
		    (batch->count == 1 || run->options->block_records != 0))
			again(run, slot, batch, back_off(run, batch->attempts), why);
		else
			suspect(run, slot, batch, why);
	}
}

/* Records that a worker never looked at go back as they are. */
static void
send_back(struct run *run, struct slot *slot, struct batch_queue *queue)
{
	struct batch *batch;

	while ((batch = batch_pop(queue, UINT64_MAX)) != NULL) {
		batch->not_before = 0;
		send_again(run, slot, batch);
	}
}

/* A plain worker: what it never read goes back, the rest nobody can know. */
static void
end_of_plain(struct run *run, struct slot *slot, bool crashed, const char *how)
{
	uint64_t given = slot->worker.window.given_records, unread, unknown;
	struct batch_queue queue = { 0 };

	/* With its input ended by us nobody can tell what waited there unread. */
	unread = take_back(run, slot,
	    slot->input_ended ? UINT64_MAX : worker_consumed(&slot->worker), &queue);
	send_back(run, slot, &queue);
	unknown = given - unread;
	if (!crashed) {
		slot->retired = slot->retired || !slot->input_ended;
		if (slot->worker.exit_code != 0 || slot->worker.exit_signal != 0)
			run->unknown += unknown; /* ended by us */
		return;
	}
	run->trouble = true;
	if (slot->input_ended && slot->worker.exit_signal == 0)
		warn("worker %u: %s, after %llu records", slot->worker.number, how,
		    (unsigned long long)unknown);
	else
		warn("worker %u: %s; what became of the %llu records that it had is "
		     "not known",
		    slot->worker.number, how, (unsigned long long)unknown);
}

/*
 * A worker that never read anything, or a supervisor below that did not know yet what it
 * runs: nothing that it was given is to blame.
 */
static void
end_of_unknown(struct run *run, struct slot *slot, bool crashed, const char *how)
{
	struct batch_queue queue = { 0 };

	take_back(run, slot, 0, &queue);
	send_back(run, slot, &queue);
	if (crashed && slot->kill_at == 0)
		warn("worker %u: %s, before it %s", slot->worker.number, how,
		    slot->worker.unsure ? "knew what it runs" : "read anything");
	if (!crashed)
		slot->retired =
		    slot->retired || (!slot->input_ended && run->kind != WORKER_NATIVE);
}

/*
 * One record took too long, of those that a worker had which holds answers back.  Was
 * it the oldest, as with one that does not?  Else it is found as what kills workers is.
 */
static void
suspect_late(
    struct run *run, struct slot *slot, struct batch_queue *queue, const char *why)
{
	struct batch *batch = batch_pop(queue, UINT64_MAX), *oldest, *rest;

	oldest = batch_slice(batch, 0, 1, 0);
	rest = oldest == NULL || batch->count == 1
	    ? NULL
	    : batch_slice(batch, 1, batch->count - 1, oldest->len);
	if (oldest == NULL || (batch->count > 1 && rest == NULL))
		run_broken(run, ENOMEM, why);
	suspect(run, slot, oldest, why);
	if (rest != NULL)
		suspect(run, slot, rest, why);
	batch_free(batch);
	while ((batch = batch_pop(queue, UINT64_MAX)) != NULL)
		suspect(run, slot, batch, why);
}

/* The record of that number out of queue, alone; the rest goes to others. */
static struct batch *
pick(struct run *run, struct batch_queue *queue, uint64_t number,
    struct batch_queue *others)
{
	struct batch *batch, *found = NULL;

	while ((batch = batch_pop(queue, UINT64_MAX)) != NULL) {
		struct batch *rest = NULL;

		if (batch->first != number) {
			batch_push(others, batch);
			continue;
		}
		found = batch_slice(batch, 0, 1, 0);
		if (found != NULL && batch->count > 1)
			rest = batch_slice(batch, 1, batch->count - 1, found->len);
		if (found == NULL || (batch->count > 1 && rest == NULL))
			run_broken(run, ENOMEM, "records to send again");
		if (rest != NULL)
			batch_push(others, rest);
		batch_free(batch);
	}
	return found;
}

/* One record took too long: it alone is to blame. */
static void
send_late(struct run *run, struct slot *slot, struct batch_queue *queue)
{
	struct batch_queue others = { 0 };
	struct batch *late;
	char why[80];

	snprintf(why, sizeof(why), "took longer than %g s",
	    (double)run->options->timeout / 1000);
	warn("worker %u: a record %s; %llu records sent again", slot->worker.number, why,
	    (unsigned long long)queue->records);
	if (dispatch_reads_ahead(&slot->worker) && queue->records > 1) {
		suspect_late(run, slot, queue, why);
		return;
	}
	late = pick(run, queue, slot->late, &others);
	if (late != NULL)
		again(run, slot, late, 0, why);
	send_back(run, slot, &others);
}

/* It ended well, has not answered all that it was given, and never will. */
static _Noreturn void
no_map(struct run *run, const struct slot *slot, uint64_t left)
{
	uint64_t had = slot->worker.window.given_records;
	char how[120];

	snprintf(how, sizeof(how), "%llu lines came for %llu records",
	    (unsigned long long)(had - left), (unsigned long long)had);
	run_no_map(run, how);
}

/*
 * There was too much output, or no room for it.  It is that of its only record, or with
 * --map of its oldest; else those that it had are tried apart.
 */
static void
send_burst(struct run *run, struct slot *slot, struct batch_queue *queue)
{
	struct batch_queue others = { 0 };
	struct batch *one;

	if (queue->records > 1 && slot->worker.kind != WORKER_MAP) {
		while ((one = batch_pop(queue, UINT64_MAX)) != NULL)
			suspect(run, slot, one, slot->burst);
		return;
	}
	one = pick(run, queue, slot->late, &others);
	if (one != NULL && slot->burst_final) {
		one->attempts++;
		give_up(run, slot, one, slot->burst);
	} else if (one != NULL) {
		again(run, slot, one, back_off(run, one->attempts), slot->burst);
	}
	send_back(run, slot, &others);
}

/* A native worker: what it has not acknowledged goes back. */
static void
end_of_native(struct run *run, struct slot *slot, bool crashed, const char *how)
{
	struct batch_queue queue = { 0 };
	uint64_t back = take_back(run, slot, 0, &queue);
	bool final = run->given_in || fate_is_permanent(run, &slot->worker);

	if (slot->burst[0] != '\0' && back > 0) {
		send_burst(run, slot, &queue);
		return;
	}
	if (slot->timed_out && back > 0) {
		send_late(run, slot, &queue);
		return;
	}
	if (slot->input_ended && !crashed && run->phase < PHASE_STOP && back > 0) {
		if (slot->worker.kind == WORKER_MAP)
			no_map(run, slot, back);
		/* Sent again as if nothing were wrong they would be for ever. */
		how = "ended without a word of it";
		crashed = true;
	}
	if (!crashed || (slot->kill_at != 0 && back == 0)) { /* or told to end, at last */
		send_back(run, slot, &queue);
		return;
	}
	/* All it had was done, and yet it says that something went wrong. */
	if (slot->input_ended && back == 0 && slot->worker.exit_code != 0)
		run->trouble = true;
	if (!slot->refused) /* else it was said why */
		warn("worker %u: %s; %llu records %s", slot->worker.number, how,
		    (unsigned long long)back, final ? "not finished" : "sent again");
	if (final || worker_consumed(&slot->worker) == 0)
		send_back(run, slot, &queue);
	else
		send_suspects(run, slot, &queue, how);
}

/* A link to a host, which finds out by itself what kills its workers. */
static void
end_of_link(struct run *run, struct slot *slot, bool failed, const char *how)
{
	struct batch_queue queue = { 0 };
	uint64_t back = take_back(run, slot, 0, &queue);

	if (hosts_lost(run, slot, back, failed ? how : NULL))
		send_suspects(run, slot, &queue, how);
	else
		send_back(run, slot, &queue);
	hosts_end(run);
}

/* Tell of each record of a block that is done; its output is said to be the last's. */
static void
log_block(struct run *run, struct slot *slot, const struct batch *batch, size_t bytes)
{
	size_t at = 0;
	uint64_t one;

	for (uint64_t k = 0; k < batch->count; k++) {
		size_t len =
		    record_span(batch->data + at, batch->len - at, 1, SIZE_MAX, &one);

		log_add(run, slot,
		    &(struct log_entry){ .number = batch_number(batch, k),
			.given_at = batch->given_at,
			.bytes_in = len,
			.bytes_out = k + 1 < batch->count ? 0 : bytes,
			.attempts = batch->attempts + 1 });
		at += len;
	}
}

/*
 * Unless it is to be any bytes, the output of a block is records: what is none is told
 * of, once, and gets the newline that it lacks.
 */
static void
make_records(struct run *run, struct slot *slot)
{
	bool added = worker_end_line(&slot->worker);

	if (run->raw_told || (!added && !slot->nul))
		return;
	run->raw_told = true;
	warn("%s: %s; see --raw", run->options->command[0],
	    slot->nul ? "its output holds NUL bytes, and is taken for lines"
		      : "its output does not end in a newline, and is given one");
}

/* The block is done: its output is that of its last record. */
static void
block_done(struct run *run, struct slot *slot, const struct batch *batch)
{
	size_t bytes;

	if (!run->options->raw)
		make_records(run, slot);
	bytes = hold_bytes(&slot->worker.hold);
	if (run->log.on)
		log_block(run, slot, batch, bytes);
	for (uint64_t i = 0; i < batch->count; i++)
		done(run, slot, batch->first + i, i + 1 < batch->count ? 0 : bytes);
	/* In one line: it is heard of all of them or of none. */
	tell(run, slot,
	    &(struct ack){
		.index = batch->first, .more = batch->count - 1, .bytes = bytes });
	output_settle(run, slot);
}

/* The block was not done: try it again, or give each of its records up. */
static void
block_failed(struct run *run, struct slot *slot, struct batch *batch, const char *why)
{
	worker_release(&slot->worker, hold_bytes(&slot->worker.hold));
	batch->attempts++;
	if (batch->attempts <= run->options->retries && !slot->burst_final) {
		slot->account.restarts++;
		batch->not_before = run->now + back_off(run, batch->attempts - 1);
		send_again(run, slot, batch);
		return;
	}
	give_up_all(run, slot, batch, why);
}

/* A process for a block has ended: its exit status says whether that is done. */
static void
end_of_block(struct run *run, struct slot *slot, bool failed, const char *how)
{
	struct batch_queue queue = { 0 };
	struct batch *batch;
	bool burst = slot->burst[0] != '\0';
	char why[WORKER_ILL_TEXT];

	take_back(run, slot, 0, &queue);
	batch = batch_pop(&queue, UINT64_MAX);
	snprintf(why, sizeof(why), "%s", burst ? slot->burst : how);
	if (slot->timed_out && !burst)
		snprintf(why, sizeof(why), "took longer than %g s",
		    (double)run->options->timeout / 1000);
	if (!failed && !burst &&
	    output_room(run, slot, batch->first,
		(size_t)hold_bytes(&slot->worker.hold) + 1) < 0) {
		worker_lost_text(errno, why);
		failed = true;
	}
	/* One that we told to end may have cut its output short, whatever it says. */
	if (!failed && !burst && !slot->timed_out && run->phase < PHASE_STOP) {
		block_done(run, slot, batch);
		batch_free(batch);
	} else if (run->phase >= PHASE_STOP || fate_is_permanent(run, &slot->worker)) {
		send_again(run, slot, batch);
	} else {
		block_failed(run, slot, batch, why);
	}
}

bool
fate_is_permanent(const struct run *run, const struct worker *worker)
{
	bool any = run->kind == WORKER_BLOCK && run->settled > run->refused;

	return worker_never(worker, any) && run->phase < PHASE_STOP;
}

/* Had it nothing but suspects, and has it read of them? */
static bool
died_of_suspects(const struct worker *worker)
{
	return worker->window.head != NULL && worker->window.head->batch->alone &&
	    !worker->unsure && worker_consumed(worker) > 0;
}

void
fate_of_worker(struct run *run, struct slot *slot)
{
	struct worker *worker = &slot->worker;
	bool failed = worker->exit_code != 0 || worker->exit_signal != 0;
	bool crashed = (failed || slot->kill_at != 0) && run->phase < PHASE_STOP;
	char how[WORKER_EXIT_TEXT];

	struct batch_queue before = slot->lane.again;

	account_idle(slot);
	worker_errors(worker);
	worker_exit_text(worker, how);
	if (slot->host != NULL) {
		end_of_link(run, slot, failed, how);
		return;
	}
	if (run->kind == WORKER_BLOCK) {
		end_of_block(run, slot, failed, how);
		return;
	}
	slot->lane.again = (struct batch_queue){ 0 };
	if (!slot->timed_out && slot->burst[0] == '\0' && !died_of_suspects(worker) &&
	    (crashed || !slot->input_ended))
		restarts_count(&run->restarts, run->now);
	if (worker->kind == WORKER_NATIVE || worker->kind == WORKER_MAP)
		end_of_native(run, slot, crashed, how);
	else if (worker->kind == WORKER_UNKNOWN &&
	    (worker->unsure || worker_consumed(worker) == 0))
		end_of_unknown(run, slot, crashed, how);
	else
		end_of_plain(run, slot, crashed, how);
	batch_join(&slot->lane.again, &before);
}
