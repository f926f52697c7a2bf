/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "clock.h"
#include "resume.h"
#include "run.h"
#include "saved.h"

enum {
	LEAST_PAUSE = 100, /* ms between two times of saving */
	SHARE = 50 /* at most one part in so many of the time is spent on it */
};

/* How far a file is written. */
static uint64_t
written(struct run *run, int fd, const char *path)
{
	off_t at = lseek(fd, 0, SEEK_CUR);

	if (at < 0)
		ending_broken(&run->ending, errno, path);
	return (uint64_t)at;
}

/* All that is not finished, of what was given out.  0, or -1 without memory. */
static int
not_done(const struct run *run, struct batch_queue *queue)
{
	for (size_t i = 0; i < run->slot_count; i++)
		if (window_not_done(&run->slots[i]->worker.window, queue) < 0)
			return -1;
	for (const struct batch *b = run->again.head; b != NULL; b = b->next) {
		struct batch *copy = batch_slice(b, 0, b->count, 0);

		if (copy == NULL)
			return -1;
		batch_push(queue, copy);
	}
	return 0;
}

/* These, one by one, are to be done again.  0, or -1 without memory. */
static int
list_again(struct saved *saved, const struct batch_queue *queue)
{
	size_t count = 0;

	for (const struct batch *b = queue->head; b != NULL; b = b->next)
		count++;
	saved->again = malloc((count + 1) * sizeof(*saved->again));
	if (saved->again == NULL)
		return -1;
	for (const struct batch *b = queue->head; b != NULL; b = b->next)
		saved->again[saved->again_count++] =
		    (struct stretch){ .offset = b->offset,
			    .len = b->len,
			    .first = b->first,
			    .count = b->count };
	return 0;
}

/* With -k all from the first of them on is to be done again. */
static void
go_back(struct saved *saved, const struct batch_queue *queue)
{
	for (const struct batch *b = queue->head; b != NULL; b = b->next) {
		if (b->first >= saved->next)
			continue;
		saved->next = b->first;
		saved->offset = b->offset;
		saved->skipping = false;
	}
}

/* How far it all is, but for what is not finished. */
static void
take_stock(struct run *run, struct saved *saved)
{
	const struct checkpoint *checkpoint = &run->checkpoint;

	*saved = *checkpoint->saved;
	saved->hash = checkpoint->hash;
	saved->digest = hash_end(&checkpoint->hash);
	/* The hash may be ahead, read before; the offset by a newline that was missing.
	 */
	saved->offset = run->intake.offset < checkpoint->hash.total
	    ? run->intake.offset
	    : checkpoint->hash.total;
	saved->next = run->intake.next;
	saved->skipping = run->intake.skipping;
	saved->output = written(run, run->output.fd, run->output.name);
	if (run->quarantine.fd >= 0)
		saved->quarantine =
		    written(run, run->quarantine.fd, run->quarantine.path);
	saved->failed = run->tally.failed - run->quarantine.later.count;
}

/* What is to be remembered now; what it owns is the caller's.  0, or -1. */
static int
remember(struct run *run, struct saved *saved)
{
	struct batch_queue queue = { 0 };
	int status = not_done(run, &queue);

	take_stock(run, saved);
	if (status == 0 && run->output.in_order)
		go_back(saved, &queue);
	else if (status == 0)
		status = list_again(saved, &queue);
	if (status < 0)
		ending_broken(&run->ending, ENOMEM, "checkpoint");
	else if (run->tally.settled + queue.records != run->intake.next)
		status = ending_broken(
		    &run->ending, 0, "checkpoint: records are unaccounted for");
	batch_clear(&queue);
	return ending_near(&run->ending) ? -1 : status;
}

static void
save(struct run *run)
{
	struct checkpoint *checkpoint = &run->checkpoint;
	uint64_t began = clock_ns(), took;
	struct saved saved;
	bool saved_it;
	size_t len;
	char *text;
	int error;

	if (quarantine_in_turn(&run->quarantine) < 0) {
		ending_broken(&run->ending, errno, run->quarantine.path);
		return;
	}
	text = remember(run, &saved) < 0 ? NULL : saved_format(&saved, &len);
	saved_free(&saved);
	if (ending_near(&run->ending)) {
		free(text);
		return;
	}
	saved_it = text != NULL && state_save(&checkpoint->state, text, len) == 0;
	error = errno;
	free(text);
	if (!saved_it && error == EBUSY)
		resume_busy(&run->ending, run->options->checkpoint);
	else if (!saved_it)
		ending_broken(&run->ending, error, run->options->checkpoint);
	took = (clock_ns() - began) / 1000000 * SHARE;
	checkpoint->settled = run->tally.settled;
	checkpoint->next_at = clock_ms() + (took < LEAST_PAUSE ? LEAST_PAUSE : took);
}

void
checkpoint_open(struct run *run)
{
	struct checkpoint *checkpoint = &run->checkpoint;

	if (run->options->checkpoint == NULL)
		return;
	checkpoint->on = true;
	checkpoint->saved = calloc(1, sizeof(*checkpoint->saved));
	if (checkpoint->saved == NULL)
		die(STATUS_BROKEN, ENOMEM, "checkpoint");
	hash_begin(&checkpoint->hash);
	run->intake.hash = &checkpoint->hash;
	if (run->output.in_order)
		run->quarantine.turn = &run->output.order.next;
	resume_describe(run, checkpoint->saved);
	if (resume(run)) {
		checkpoint->settled = run->tally.settled;
		return;
	}
	save(run);
}

uint64_t
checkpoint_due(const struct run *run)
{
	const struct checkpoint *checkpoint = &run->checkpoint;

	if (!checkpoint->on || checkpoint->settled == run->tally.settled)
		return UINT64_MAX;
	return checkpoint->next_at;
}

void
checkpoint_turn(struct run *run)
{
	if (checkpoint_due(run) <= run->times.now)
		save(run);
}

void
checkpoint_end(struct run *run)
{
	if (checkpoint_due(run) != UINT64_MAX && !ending_near(&run->ending))
		save(run);
}

void
checkpoint_close(struct checkpoint *checkpoint)
{
	if (checkpoint->on)
		state_close(&checkpoint->state);
	free(checkpoint->saved);
}

void
checkpoint_refuse(struct run *run)
{
	if (run->tally.settled == 0)
		state_remove(&run->checkpoint.state);
	ending_say(&run->ending, ENDING_MISUSE,
	    "--checkpoint: %s is not a native stage; see --map",
	    run->options->command[0]);
}
