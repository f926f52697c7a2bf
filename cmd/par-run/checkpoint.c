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
		run_broken(run, errno, path);
	return (uint64_t)at;
}

/* All that is not finished, of what was given out. */
static struct batch_queue
not_done(struct run *run)
{
	struct batch_queue queue = { 0 };

	for (size_t i = 0; i < run->slot_count; i++)
		if (window_not_done(&run->slots[i]->worker.window, &queue) < 0)
			run_broken(run, ENOMEM, "checkpoint");
	for (const struct batch *b = run->again.head; b != NULL; b = b->next) {
		struct batch *copy = batch_slice(b, 0, b->count, 0);

		if (copy == NULL)
			run_broken(run, ENOMEM, "checkpoint");
		batch_push(&queue, copy);
	}
	return queue;
}

/* These, one by one, are to be done again. */
static void
list_again(struct run *run, struct saved *saved, const struct batch_queue *queue)
{
	size_t count = 0;

	for (const struct batch *b = queue->head; b != NULL; b = b->next)
		count++;
	saved->again = malloc((count + 1) * sizeof(*saved->again));
	if (saved->again == NULL)
		run_broken(run, ENOMEM, "checkpoint");
	for (const struct batch *b = queue->head; b != NULL; b = b->next)
		saved->again[saved->again_count++] =
		    (struct stretch){ .offset = b->offset,
			    .len = b->len,
			    .first = b->first,
			    .count = b->count };
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

/* What is to be remembered now; what it owns is the caller's. */
static struct saved
remember(struct run *run)
{
	struct checkpoint *checkpoint = &run->checkpoint;
	struct saved saved = *checkpoint->saved;
	struct batch_queue queue = not_done(run);

	if (run->settled + queue.records != run->intake.next)
		run_broken(run, 0, "checkpoint: records are unaccounted for");
	saved.hash = checkpoint->hash;
	saved.digest = hash_end(&checkpoint->hash);
	/* The hash may be ahead, read before; the offset by a newline that was missing.
	 */
	saved.offset = run->intake.offset < checkpoint->hash.total
	    ? run->intake.offset
	    : checkpoint->hash.total;
	saved.next = run->intake.next;
	saved.skipping = run->intake.skipping;
	saved.output = written(run, run->out, run->out_name);
	if (run->quarantine.fd >= 0)
		saved.quarantine = written(run, run->quarantine.fd, run->quarantine.path);
	saved.failed = run->failed - run->quarantine.later.count;
	if (run->keep_order)
		go_back(&saved, &queue);
	else
		list_again(run, &saved, &queue);
	batch_clear(&queue);
	return saved;
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

	if (quarantine_in_turn(&run->quarantine) < 0)
		run_broken(run, errno, run->quarantine.path);
	saved = remember(run);
	text = saved_format(&saved, &len);
	saved_free(&saved);
	saved_it = text != NULL && state_save(&checkpoint->state, text, len) == 0;
	error = errno;
	free(text);
	if (!saved_it && error == EBUSY)
		resume_busy(run->options->checkpoint);
	if (!saved_it)
		run_broken(run, error, run->options->checkpoint);
	took = (clock_ns() - began) / 1000000 * SHARE;
	checkpoint->settled = run->settled;
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
		run_broken(run, ENOMEM, "checkpoint");
	hash_begin(&checkpoint->hash);
	run->intake.hash = &checkpoint->hash;
	if (run->keep_order)
		run->quarantine.turn = &run->order.next;
	resume_describe(run, checkpoint->saved);
	if (resume(run)) {
		checkpoint->settled = run->settled;
		return;
	}
	save(run);
}

uint64_t
checkpoint_due(const struct run *run)
{
	const struct checkpoint *checkpoint = &run->checkpoint;

	if (!checkpoint->on || checkpoint->settled == run->settled)
		return UINT64_MAX;
	return checkpoint->next_at;
}

void
checkpoint_turn(struct run *run)
{
	if (checkpoint_due(run) <= run->now)
		save(run);
}

void
checkpoint_close(struct run *run)
{
	struct checkpoint *checkpoint = &run->checkpoint;

	if (!checkpoint->on)
		return;
	if (checkpoint->settled != run->settled)
		save(run);
	state_close(&checkpoint->state);
	free(checkpoint->saved);
}

void
checkpoint_refuse(struct run *run)
{
	run_abandon(run);
	if (run->settled == 0)
		state_remove(&run->checkpoint.state);
	die(STATUS_MISUSE, 0, "--checkpoint: %s is not a native stage; see --map",
	    run->options->command[0]);
}
