/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "aside.h"
#include "diag.h"
#include "fdio.h"
#include "fifo.h"
#include "output.h"
#include "spool.h"

enum {
	OUTPUT_PIPE = 1 << 20,
	MOST_WAITING = 1 << 20 /* of one worker, bytes, before it has to wait, too */
};

const char output_overdrawn[] = "a worker says that it wrote more than it did";

void
output_begin(struct outflow *output)
{
	if (output->begun || ending_near(output->ending))
		return;
	output->begun = true;
	if (output->named && fdio_cut(output->fd, output->start) < 0)
		ending_output(output->ending, errno, output->name);
}

void
output_open(struct outflow *output, const struct ends *ends)
{
	int to;

	output->fd = ends->out;
	output->name = ends->out_name;
	output->named = !ends->empty;
	output->last = &output->first;
	output->aside_last = &output->aside;
	fdio_pipe_size(output->fd, OUTPUT_PIPE);
	to = output->parent->framed ? fifo_reopen_ours(output->fd)
				    : fifo_reopen_write(output->fd);
	if (to < 0 || (output->parent->framed && frames_open(&output->frames, to) < 0))
		die(STATUS_BROKEN, errno, "%s", output->name);
	output->to = fdio_sink(to);
	if (output->parent->fd < 0)
		share_open(&output->share, output->fd, &diag_says);
}

void
output_close(struct outflow *output)
{
	share_close(&output->share);
	if (close(output->fd) < 0 && errno != EINTR)
		ending_output(output->ending, errno, output->name);
}

/* One that waits is out, or taken out. */
static void
leave_queue(struct outflow *output, struct spout *spout)
{
	struct spout **link = &output->first;

	if (output->midway == spout)
		output->midway = NULL;
	if (!spout->waits)
		return;
	while (*link != spout)
		link = &(*link)->next;
	*link = spout->next;
	if (*link == NULL)
		output->last = link;
	spout->next = NULL;
	spout->waits = false;
}

static void
join_queue(struct outflow *output, struct spout *spout)
{
	if (spout->waits)
		return;
	spout->waits = true;
	*output->last = spout;
	output->last = &spout->next;
}

/* Have the next len bytes of its output, which were written, in the buffer.  0, or -1. */
static int
take_in(struct outflow *output, struct worker *worker, size_t len)
{
	while (buffered_bytes(&worker->buffered) < len) {
		int got = worker_absorb(
		    worker, len - (size_t)buffered_bytes(&worker->buffered));

		if (got <= 0)
			return ending_broken(output->ending,
			    got == 0 || errno == ENODATA ? 0 : errno, output_overdrawn);
	}
	return 0;
}

/* Something went wrong that was written to to, by errno. */
static void
move_failed(struct outflow *output, int to)
{
	if (errno == ENODATA)
		ending_broken(output->ending, 0, output_overdrawn);
	else if (to == output->to.fd)
		ending_output(output->ending, errno, output->name);
	else
		ending_broken(output->ending, errno, spool_what());
}

/* Let out lines and what they count, as frames_move(). */
static int
move_framed(struct outflow *output, struct spout *spout)
{
	struct worker *worker = spout->worker;

	/* What is little goes by a copy, with much else. */
	if (spout->acked <= aside_limits.buffered &&
	    buffered_filed(&worker->buffered) == 0 &&
	    take_in(output, worker, spout->acked) < 0)
		return -1;
	return frames_move(&output->frames, worker, &spout->acked);
}

/* Move output on where lines go elsewhere. */
static int
move_alone(struct outflow *output, struct spout *spout)
{
	if (worker_move(spout->worker, output->to, &spout->acked) == 0)
		return 1;
	return errno == EAGAIN ? 0 : -1;
}

/* All that was acknowledged of it is out. */
static void
emptied(struct outflow *output, struct spout *spout)
{
	leave_queue(output, spout);
	spout->records = 0;
	/* Room in its pipe suffices again, if what it writes is small. */
	if (buffered_bytes(&spout->worker->buffered) == 0)
		output_absorb(spout, false);
}

/* Let out what was acknowledged of it; false if the reader takes no more. */
static bool
move(struct outflow *output, struct spout *spout)
{
	int got;

	output->midway = spout;
	got = output->parent->framed ? move_framed(output, spout)
				     : move_alone(output, spout);
	if (got < 0)
		move_failed(output, output->to.fd);
	else if (got > 0)
		emptied(output, spout);
	return got != 0;
}

/* Is what is to go before all else out?  Else the reader takes no more. */
static bool
sent(struct outflow *output)
{
	int got = output->parent->framed ? frames_send(&output->frames) : 1;

	if (got < 0)
		ending_output(output->ending, errno, output->name);
	return got != 0;
}

/* Let out what was taken aside first; false if the reader takes no more. */
static bool
move_aside(struct outflow *output)
{
	struct retained *retained = output->aside;
	size_t before = output->aside_at;
	int got;

	if (!sent(output))
		return false;
	got = order_write(&output->order, retained, &output->aside_at, output->to);
	output->aside_bytes -= output->aside_at - before;
	if (got == 0)
		return false;
	if (got < 0) { /* it stays, and is counted as not delivered */
		ending_output(output->ending, errno, output->name);
		return true;
	}
	output->aside = retained->next;
	if (output->aside == NULL)
		output->aside_last = &output->aside;
	output->aside_at = 0;
	order_free(&output->order, retained);
	return true;
}

/* The next that goes out, where nothing is in the middle of it; false: nothing. */
static bool
next(struct outflow *output, bool *taken)
{
	struct retained *retained;

	if (!output_midway(output) && output->between != NULL &&
	    !output->between(output->between_context)) {
		*taken = false;
		return true;
	}
	if (output->midway != NULL) {
		*taken = move(output, output->midway);
		return true;
	}
	if (output->aside == NULL && output->first != NULL) {
		*taken = move(output, output->first);
		return true;
	}
	if (output->aside == NULL && order_ready(&output->order)) {
		retained = order_take(&output->order);
		retained->ticket = ++output->tickets;
		*output->aside_last = retained;
		output->aside_last = &retained->next;
		output->aside_bytes += retained->len;
	}
	if (output->aside == NULL)
		return false;
	*taken = move_aside(output);
	return true;
}

void
output_go(struct outflow *output)
{
	bool taken = !output->stuck || sent(output);

	output->stuck = !taken;
	if (!taken)
		return;
	if (!output_waits(output))
		return;
	if (!share_try(&output->share)) {
		output->stuck = true;
		return;
	}
	if (output->before != NULL)
		output->before(output->before_context);
	while (taken && !ending_near(output->ending) && next(output, &taken))
		continue;
	output->stuck = !taken;
	if (taken)
		share_leave(&output->share);
}

void
output_report(struct outflow *output)
{
	struct supervisor *parent = output->parent;
	int got;

	if (output_waits(output)) /* bytes go before the lines that count them */
		return;
	if (!parent->framed)
		got = supervisor_flush(parent);
	else if (frames_take(&output->frames, parent) < 0)
		got = -1;
	else
		got = frames_let_go(&output->frames);
	if (got < 0)
		ending_output(output->ending, errno, output->name);
	output->stuck = parent->framed && got == 0;
}

uint64_t
output_due(const struct outflow *output)
{
	return output->stuck && output->share.refused ? SHARE_PAUSE : UINT64_MAX;
}

bool
output_full(const struct outflow *output, const struct spout *spout)
{
	return output->stuck && spout->acked >= MOST_WAITING;
}

/* Is it to be retained in the file, if there are so many bytes of it? */
static bool
too_large(const struct outflow *output, const struct spout *spout, size_t bytes)
{
	return bytes > aside_limits.buffered ||
	    buffered_filed(&spout->worker->buffered) > 0 ||
	    order_files(&output->order, bytes);
}

int
output_room(struct outflow *output, struct spout *spout, uint64_t number, size_t bytes)
{
	bytes += spout->early.bytes;
	if (!output->in_order || (number == output->order.next && !output->gathers) ||
	    !too_large(output, spout, bytes))
		return 0;
	return order_reserve(&output->order, bytes);
}

/*
 * Retain output that is too much for memory; its worker has written it.  0, or -1.
 * frames: lines go between it; or NULL.
 */
static int
retain_filed(struct outflow *output, struct spout *spout, struct frames *frames,
    const struct extent *extent)
{
	struct worker *worker = spout->worker;
	struct retained *retained;
	size_t left = extent->bytes;
	int fd;

	retained = order_retain_filed(&output->order, extent, &fd);
	if (retained == NULL)
		return ending_broken(output->ending, errno, spool_what());
	if ((frames != NULL
		    ? frames_retain(frames, worker, &output->order, NULL, fd)
		    : worker_move(worker, (struct fdio_sink){ .fd = fd }, &left)) < 0) {
		move_failed(output, fd);
		return -1;
	}
	retained->done = extent->done;
	return 0;
}

/* The next bytes of its output, which was written, wait for their turn.  0, or -1. */
static int
retain(struct outflow *output, struct spout *spout, const struct extent *extent)
{
	struct worker *worker = spout->worker;

	if (too_large(output, spout, extent->bytes))
		return retain_filed(output, spout, NULL, extent);
	if (take_in(output, worker, extent->bytes) < 0)
		return -1;
	if (order_retain(&output->order, &spout->retained, extent,
		buffered_at(&worker->buffered)) < 0)
		return ending_broken(output->ending, ENOMEM, "output in order");
	worker_release(worker, extent->bytes);
	return 0;
}

/* Retain what was acknowledged of it with its lines, which go out as they are. */
static int
retain_framed(struct outflow *output, struct spout *spout, struct frames *frames)
{
	const struct extent all = { .done = spout->records,
		.bytes = spout->acked + frames->lines.len - frames->at };

	if (too_large(output, spout, all.bytes))
		return retain_filed(output, spout, frames, &all);
	if (take_in(output, spout->worker, spout->acked) < 0)
		return -1;
	if (frames_retain(frames, spout->worker, &output->order, &spout->retained, -1) <
	    0)
		return ending_broken(output->ending, ENOMEM, "output over a link");
	spout->retained->done = all.done;
	return 0;
}

/*
 * What was acknowledged of it is taken aside, to go out before all others: what comes
 * behind it in its pipe is needed.  frames: with its lines; or NULL.
 */
static void
take_aside(struct outflow *output, struct spout *spout, struct frames *frames)
{
	struct extent all = { .done = spout->records, .bytes = spout->acked };
	bool midway = output->midway == spout;
	struct retained *retained;
	int got;

	spout->retained = NULL; /* these are no neighbours of what was retained before */
	got = frames != NULL ? retain_framed(output, spout, frames)
			     : retain(output, spout, &all);
	if (got < 0)
		return;
	spout->retained = NULL;
	retained = order_pull(&output->order);
	retained->ticket = ++output->tickets;
	if (midway || output->aside == NULL) {
		retained->next = output->aside;
		output->aside = retained;
		if (retained->next == NULL)
			output->aside_last = &retained->next;
	} else {
		*output->aside_last = retained;
		output->aside_last = &retained->next;
	}
	output->aside_bytes += retained->len;
	spout->acked = 0;
	spout->records = 0;
	leave_queue(output, spout);
}

/* The lines of spout are to go out, with what they count. */
static void
join_framed(struct outflow *output, struct spout *spout)
{
	struct frames *frames = &output->frames, own = { .left = 0 };
	bool others = frames_wait(frames) && !spout->waits;

	if (frames_take(others ? &own : frames, output->parent) < 0)
		ending_broken(output->ending, errno, "records that are told of");
	else if (others && frames_wait(&own))
		take_aside(output, spout, &own);
	else if (frames_wait(frames) && !others)
		join_queue(output, spout);
	bytes_free(&own.lines);
}

void
output_flush(struct outflow *output, struct spout *spout)
{
	if (ending_near(output->ending))
		return;
	if (output->parent->framed)
		join_framed(output, spout);
	else if (spout->acked > 0)
		join_queue(output, spout);
	if (!spout->waits)
		emptied(output, spout);
	if (!output->stuck) /* else who waits for the reader goes on */
		output_go(output);
	if (spout->early.count == 0 || ending_near(output->ending))
		return;
	if (spout->waits)
		take_aside(output, spout, NULL);
	/* Where that fails all is still its own: it is counted as not delivered. */
	if (ending_near(output->ending) || retain(output, spout, &spout->early) < 0)
		return;
	spout->early = (struct extent){ 0 };
	if (!output->stuck)
		output_go(output);
}

void
output_clear(struct outflow *output, struct spout *spout)
{
	output_flush(output, spout);
	if (spout->waits && !ending_near(output->ending))
		take_aside(
		    output, spout, output->parent->framed ? &output->frames : NULL);
}

void
output_part(struct outflow *output, struct spout *spout)
{
	output_clear(output, spout);
	if (ending_near(output->ending)) /* what it has is still to be counted */
		return;
	leave_queue(output, spout);
	*spout = (struct spout){ .worker = spout->worker };
}

bool
output_is_next(const struct outflow *output, const struct spout *spout, uint64_t number)
{
	if (!output->in_order)
		return true;
	return number == output->order.next && !output->gathers &&
	    (output->first == NULL || output->first == spout);
}

/* The next bytes of spout are these, whose turn it is not. */
static void
take_early(struct outflow *output, struct spout *spout, const struct extent *next)
{
	struct extent *early = &spout->early;

	if (early->count == 0 || early->first + early->count != next->first) {
		output_flush(output, spout);
		early->first = next->first;
	}
	early->count += next->count;
	early->done += next->done;
	early->bytes += next->bytes;
}

/* The next bytes of spout are these. */
static void
take(struct outflow *output, struct spout *spout, const struct extent *next)
{
	if (!output_is_next(output, spout, next->first)) {
		take_early(output, spout, next);
		return;
	}
	if (spout->early.count > 0)
		output_flush(output, spout);
	if (output->in_order)
		output->order.next += next->count;
	spout->acked += next->bytes;
	spout->records += next->done;
	if (order_ready(&output->order))
		output_flush(output, spout);
}

void
output_done(struct outflow *output, struct spout *spout, uint64_t number, uint64_t count,
    size_t bytes)
{
	take(output, spout,
	    &(struct extent){
		.first = number, .count = count, .done = count, .bytes = bytes });
}

void
output_failed(struct outflow *output, struct spout *spout, uint64_t number, size_t bytes)
{
	take(output, spout,
	    &(struct extent){ .first = number, .count = 1, .bytes = bytes });
}

void
output_add(struct outflow *output, struct spout *spout, size_t bytes)
{
	spout->acked += bytes;
	output_flush(output, spout);
}

void
output_none(struct outflow *output, uint64_t number)
{
	if (!output->in_order)
		return;
	if (number == output->order.next)
		output->order.next++;
	else if (order_retain(&output->order, NULL,
		     &(struct extent){ .first = number, .count = 1 }, NULL) < 0)
		ending_broken(output->ending, ENOMEM, "output in order");
	if (!output->stuck)
		output_go(output);
}

uint64_t
output_undelivered(const struct outflow *output)
{
	uint64_t count = order_done(&output->order);

	for (const struct retained *retained = output->aside; retained != NULL;
	     retained = retained->next)
		count += retained->done;
	return count;
}

void
output_drop(struct outflow *output)
{
	while (output->aside != NULL) {
		struct retained *retained = output->aside;

		output->aside = retained->next;
		order_free(&output->order, retained);
	}
	order_close(&output->order);
	frames_close(&output->frames);
	if (output->to.fd != output->fd)
		close(output->to.fd);
}
