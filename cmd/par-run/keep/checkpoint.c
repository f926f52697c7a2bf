/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "anew.h"
#include "checkpoint.h"
#include "clock.h"
#include "diag.h"
#include "field.h"
#include "saved.h"

enum {
	LEAST_PAUSE = 100, /* ms between two times of saving */
	SHARE = 50, /* at most one part in so many of the time is spent on it, */
	SHARE_OF_EFFECTS = 5 /* and where what is done again may do more than to write */
};

/* How far a file is written. */
static uint64_t
written(struct checkpoint *checkpoint, int fd, const char *path)
{
	off_t at = lseek(fd, 0, SEEK_CUR);

	if (at < 0)
		ending_broken(checkpoint->ending, errno, path);
	return (uint64_t)at;
}

/* Add to queue what is in another one, which stays there.  0, or -1 without memory. */
static int
add_copies(struct batch_queue *queue, const struct batch_queue *of)
{
	for (const struct batch *b = of->head; b != NULL; b = b->next) {
		struct batch *copy = batch_slice(b, 0, b->count, 0);

		if (copy == NULL)
			return -1;
		batch_push(queue, copy);
	}
	return 0;
}

/* All that is not finished, of what was given out.  0, or -1 without memory. */
static int
not_done(const struct checkpoint *checkpoint, struct batch_queue *queue)
{
	const struct paced *paced = checkpoint->supply->paced;

	for (size_t i = 0; i < checkpoint->supply->pool->count; i++) {
		const struct slot *slot = checkpoint->supply->pool->slots[i];

		if (slot->doubles.of == NULL &&
		    window_not_done(&slot->worker.window, queue) < 0)
			return -1;
	}
	for (size_t i = 0; i < paced->count; i++)
		if (add_copies(queue, &paced->heap[i]->waiting) < 0)
			return -1;
	return add_copies(queue, &checkpoint->supply->requeued);
}

/* List what is in queue, one by one, as to be done again.  0, or -1 without memory. */
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
			    .len = b->escaped ? field_raw_len(b->data, b->len) : b->len,
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
take_stock(struct checkpoint *checkpoint, struct saved *saved)
{
	const struct resume *resume = &checkpoint->resume;

	*saved = resume->same;
	saved->hash = resume->hash;
	saved->digest = hash_end(&resume->hash);
	/* The hash may be ahead, read before; the offset by a newline that was missing.
	 */
	saved->offset = checkpoint->intake->offset < resume->hash.total
	    ? checkpoint->intake->offset
	    : resume->hash.total;
	saved->next = checkpoint->intake->next;
	saved->skipping = intake_skips(checkpoint->intake);
	if (!resume->streams)
		saved->output =
		    written(checkpoint, checkpoint->output->fd, checkpoint->output->name);
	if (checkpoint->quarantine->fd >= 0)
		saved->quarantine = written(
		    checkpoint, checkpoint->quarantine->fd, checkpoint->quarantine->path);
	/* Those before their turn are done again, and may not fail then. */
	saved->failed =
	    checkpoint->tally->failed - order_failed(&checkpoint->output->order);
}

/* What is to be remembered now; what it owns is the caller's.  0, or -1. */
static int
remember(struct checkpoint *checkpoint, struct saved *saved)
{
	struct batch_queue queue = { 0 };
	int status = not_done(checkpoint, &queue);

	take_stock(checkpoint, saved);
	if (status == 0 && checkpoint->output->in_order)
		go_back(saved, &queue);
	else if (status == 0)
		status = list_again(saved, &queue);
	if (status < 0)
		ending_broken(checkpoint->ending, ENOMEM, "checkpoint");
	else if (checkpoint->tally->finished + queue.records != checkpoint->intake->next)
		status = ending_broken(
		    checkpoint->ending, 0, "checkpoint: records are unaccounted for");
	batch_clear(&queue);
	return ending_near(checkpoint->ending) ? -1 : status;
}

/* What is counted is on the disk before it is.  0, or -1 and the run ends. */
static int
sync_files(struct checkpoint *checkpoint)
{
	const struct outflow *output = checkpoint->output;
	const struct quarantine *aside = checkpoint->quarantine;

	if (resume_spools(&checkpoint->resume) &&
	    fdatasync(checkpoint->resume.spooled.file) < 0)
		return ending_broken(
		    checkpoint->ending, errno, checkpoint->options->checkpoint);
	if (!checkpoint->resume.streams && fdatasync(output->fd) < 0)
		return ending_broken(checkpoint->ending, errno, output->name);
	if (aside->fd >= 0 && fdatasync(aside->fd) < 0)
		return ending_broken(checkpoint->ending, errno, aside->path);
	return 0;
}

/* Force the names of these files to the disk, too, which may be new. */
static void
sync_names(const struct checkpoint *checkpoint)
{
	if (!checkpoint->resume.streams)
		anew_sync_name(checkpoint->output->name);
	if (resume_spools(&checkpoint->resume)) /* it is in the folder of this one */
		anew_sync_name(checkpoint->options->checkpoint);
	if (checkpoint->quarantine->fd >= 0)
		anew_sync_name(checkpoint->quarantine->path);
}

/*
 * ms until the next time, if this one took so many ns.  A process with arguments is there
 * for what it does, and starting it costs more than this: nearly each that has ended is
 * counted before the next one begins.
 */
static uint64_t
pause_after(const struct checkpoint *checkpoint, uint64_t took)
{
	const struct run_options *o = checkpoint->options;
	uint64_t pause = took / 1000000 * SHARE;

	if (o->arguments && !o->sync)
		return took * SHARE_OF_EFFECTS / 1000000;
	return pause < LEAST_PAUSE ? LEAST_PAUSE : pause;
}

static void
save(struct checkpoint *checkpoint)
{
	uint64_t began = clock_ns();
	struct saved saved;
	bool saved_it;
	size_t len;
	char *text;
	int error;

	if (quarantine_in_order(checkpoint->quarantine) < 0) {
		ending_broken(checkpoint->ending, errno, checkpoint->quarantine->path);
		return;
	}
	if (checkpoint->options->sync && sync_files(checkpoint) < 0)
		return;
	text = remember(checkpoint, &saved) < 0 ? NULL : saved_format(&saved, &len);
	saved_free(&saved);
	if (ending_near(checkpoint->ending)) {
		free(text);
		return;
	}
	saved_it = text != NULL &&
	    state_save(&checkpoint->resume.state, text, len, checkpoint->options->sync) ==
		0;
	error = errno;
	free(text);
	if (!saved_it && error == EBUSY)
		resume_busy(checkpoint->ending, checkpoint->options->checkpoint);
	else if (!saved_it)
		ending_broken(checkpoint->ending, error, checkpoint->options->checkpoint);
	checkpoint->finished = checkpoint->tally->finished;
	checkpoint->next_at = clock_ms() + pause_after(checkpoint, clock_ns() - began);
}

void
checkpoint_open(struct checkpoint *checkpoint)
{
	if (checkpoint->options->checkpoint == NULL)
		return;
	checkpoint->state = CHECKPOINT_NEW;
	intake_hash(checkpoint->intake, &checkpoint->resume.hash);
	if (checkpoint->output->in_order)
		quarantine_await(checkpoint->quarantine, &checkpoint->output->order.next);
	if (resume_begin(&checkpoint->resume)) {
		checkpoint->state = CHECKPOINT_RESUMED;
		checkpoint->finished = checkpoint->tally->finished;
		if (!checkpoint->options->sync)
			return;
	}
	/* What an earlier run has left may not be on the disk: now it is. */
	if (checkpoint->options->sync)
		sync_names(checkpoint);
	save(checkpoint);
}

uint64_t
checkpoint_due(const struct checkpoint *checkpoint)
{
	if (checkpoint->state == CHECKPOINT_OFF ||
	    checkpoint->finished == checkpoint->tally->finished)
		return UINT64_MAX;
	/* What is finished and not written yet would be lost with this process. */
	return output_waits(checkpoint->output) ? UINT64_MAX : checkpoint->next_at;
}

bool
checkpoint_is_late(const struct checkpoint *checkpoint)
{
	return checkpoint->state != CHECKPOINT_OFF &&
	    checkpoint->finished != checkpoint->tally->finished &&
	    output_waits(checkpoint->output) &&
	    checkpoint->times->now >= checkpoint->next_at + LEAST_PAUSE;
}

void
checkpoint_turn(struct checkpoint *checkpoint)
{
	if (checkpoint_due(checkpoint) <= checkpoint->times->now)
		save(checkpoint);
}

void
checkpoint_end(struct checkpoint *checkpoint)
{
	if (checkpoint_due(checkpoint) != UINT64_MAX && !ending_near(checkpoint->ending))
		save(checkpoint);
}

void
checkpoint_close(struct checkpoint *checkpoint)
{
	if (checkpoint->state == CHECKPOINT_OFF)
		return;
	if (checkpoint->ending->kind == ENDING_MISUSE && checkpoint->tally->finished == 0)
		state_remove(&checkpoint->resume.state);
	state_close(&checkpoint->resume.state);
	resume_end(&checkpoint->resume);
}
