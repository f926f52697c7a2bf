/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "diag.h"
#include "ends.h"
#include "fdio.h"
#include "fifo.h"
#include "output.h"
#include "roles.h"

enum {
	OUTPUT_PIPE = 1 << 20,
	MOST_WAITING = 1 << 20 /* of one worker, bytes, before it has to wait, too */
};

static const char temporary_file[] = "temporary file";
const char output_overdrawn[] = "a worker says that it wrote more than it did";

/* The first input of ends takes the place of standard input, when it has a writer. */
static void
take_input(struct ends *ends)
{
	int fd;

	if (ends_next(ends, &fd) < 0)
		die(STATUS_BROKEN, 0, "%s: %s", ends->name, fifo_why(errno));
	if (fifo_check_read(fd) < 0)
		die(STATUS_BROKEN, errno, "%s", ends->name);
	if (fd != STDIN_FILENO && dup2(fd, STDIN_FILENO) < 0)
		die(STATUS_BROKEN, errno, "%s", ends->name);
	ends_close(ends);
}

/* No file may be two of those that are given. */
static void
check_roles(const struct run_options *o)
{
	struct roles roles = { 0 };
	struct trouble trouble = { 0 };

	roles_add(&roles, ROLE_INPUT, "-i", o->input);
	roles_add(&roles, ROLE_OUTPUT, "-o", o->output);
	if (o->quarantine != NULL)
		roles_add(&roles, ROLE_OUTPUT, "-q", o->quarantine);
	if (o->log != NULL)
		roles_add(&roles, ROLE_OUTPUT, "--log", o->log);
	roles_add(&roles, ROLE_REPLACED, "--metrics", o->metrics);
	roles_add(&roles, ROLE_REPLACED, "--checkpoint", o->checkpoint);
	roles_add(&roles, ROLE_SETTINGS, "--hosts", o->host_file);
	if (roles_check(&roles, &trouble) < 0)
		die_of(&trouble);
}

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
output_open(struct outflow *output, const struct run_options *o, const char **in_name)
{
	char *const input[] = { (char *)(uintptr_t)o->input };
	struct ends ends;

	check_roles(o);
	if (ends_open(&ends, input, o->input != NULL, o->output, o->wait_ms) < 0)
		die(STATUS_BROKEN, 0, "%s: %s", ends.name, fifo_why(errno));
	take_input(&ends);
	*in_name = ends.name;
	output->fd = output->to = ends.out;
	output->name = ends.out_name;
	output->named = !ends.empty;
	output->last = &output->first;
	output->aside_last = &output->aside;
	fdio_pipe_size(output->fd, OUTPUT_PIPE);
	if (!output->above->framed)
		output->to = fifo_reopen_write(output->fd);
	if (output->to < 0)
		die(STATUS_BROKEN, errno, "%s", output->name);
	if (output->above->fd < 0)
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

/* Have the next len bytes of its output, which were written, in the hold.  0, or -1. */
static int
take_in(struct outflow *output, struct worker *worker, size_t len)
{
	while (hold_bytes(&worker->hold) < len) {
		int got = worker_absorb(worker, len - (size_t)hold_bytes(&worker->hold));

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
	else if (to == output->to)
		ending_output(output->ending, errno, output->name);
	else
		ending_broken(output->ending, errno, temporary_file);
}

/* The next len bytes of the output of worker go to to, however long that takes. */
static int
move_all(void *worker, int to, size_t len)
{
	struct pollfd p = { .fd = to, .events = POLLOUT };

	while (worker_move(worker, to, &len) < 0) {
		if (errno != EAGAIN)
			return -1;
		poll(&p, 1, -1);
	}
	return 0;
}

/* Let out what was acknowledged as one stream: behind each line what it counts. */
static void
move_framed(struct outflow *output, struct spout *spout)
{
	struct worker *worker = spout->worker;

	if (spout->acked > HOLD_MEMORY || hold_filed(&worker->hold) > 0) {
		if (supervisor_frame_by(output->above, move_all, worker) < 0)
			move_failed(output, output->to);
	} else if (take_in(output, worker, spout->acked) == 0) {
		if (supervisor_frame(output->above, hold_at(&worker->hold)) < 0)
			ending_output(output->ending, errno, output->name);
		worker_release(worker, spout->acked);
	}
	spout->acked = 0;
}

/* All that was acknowledged of it is out. */
static void
emptied(struct outflow *output, struct spout *spout)
{
	leave_queue(output, spout);
	spout->records = 0;
	/* Room in its pipe suffices again, if what it writes is small. */
	if (hold_bytes(&spout->worker->hold) == 0)
		spout->absorbing = false;
}

/* Let out what was acknowledged of it; false if the reader takes no more. */
static bool
move(struct outflow *output, struct spout *spout)
{
	output->midway = spout;
	if (output->above->framed) {
		move_framed(output, spout);
	} else if (worker_move(spout->worker, output->to, &spout->acked) < 0) {
		if (errno == EAGAIN)
			return false;
		move_failed(output, output->to);
		return true;
	}
	emptied(output, spout);
	return true;
}

/* Let out what was taken aside first; false if the reader takes no more. */
static bool
move_aside(struct outflow *output)
{
	struct held *held = output->aside;
	size_t before = output->aside_at;
	int got = order_write(&output->order, held, &output->aside_at, output->to);

	output->aside_bytes -= output->aside_at - before;
	if (got == 0)
		return false;
	if (got < 0)
		ending_output(output->ending, errno, output->name);
	output->aside = held->next;
	if (output->aside == NULL)
		output->aside_last = &output->aside;
	output->aside_at = 0;
	order_free(&output->order, held);
	return true;
}

/* The next that goes out, where nothing is in the middle of it; false: nothing. */
static bool
next(struct outflow *output, bool *taken)
{
	struct held *held;

	if (output->midway != NULL) {
		*taken = move(output, output->midway);
		return true;
	}
	if (output->aside == NULL && output->first != NULL) {
		*taken = move(output, output->first);
		return true;
	}
	if (output->aside == NULL && order_ready(&output->order)) {
		held = order_take(&output->order);
		*output->aside_last = held;
		output->aside_last = &held->next;
		output->aside_bytes += held->len;
	}
	if (output->aside == NULL)
		return false;
	*taken = move_aside(output);
	return true;
}

void
output_go(struct outflow *output)
{
	bool taken = true;

	output->stuck = false;
	if (!output_waits(output) && !order_ready(&output->order))
		return;
	if (!share_try(&output->share)) {
		output->stuck = true;
		return;
	}
	while (taken && !ending_near(output->ending) && next(output, &taken))
		continue;
	output->stuck = !taken;
	if (taken)
		share_leave(&output->share);
}

void
output_wait(struct outflow *output)
{
	struct pollfd p = { .fd = output->to, .events = POLLOUT };

	while (output_waits(output) && !ending_near(output->ending)) {
		poll(&p, 1, output->share.refused ? SHARE_PAUSE : -1);
		output_go(output);
	}
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

/* Is it to be kept in the file, if there are so many bytes of it? */
static bool
too_large(const struct outflow *output, const struct spout *spout, size_t bytes)
{
	return bytes > HOLD_MEMORY || hold_filed(&spout->worker->hold) > 0 ||
	    order_files(&output->order, bytes);
}

int
output_room(struct outflow *output, struct spout *spout, uint64_t number, size_t bytes)
{
	bytes += spout->kept.bytes;
	if (!output->in_order || (number == output->order.next && !output->gathers) ||
	    !too_large(output, spout, bytes))
		return 0;
	return order_reserve(&output->order, bytes);
}

/* Keep output that is too much for memory; its worker has written it.  0, or -1. */
static int
keep_filed(struct outflow *output, struct spout *spout, const struct kept *kept)
{
	size_t left = kept->bytes;
	int fd;

	if (order_keep_filed(&output->order, kept->first, kept->count, left, &fd) < 0)
		return ending_broken(output->ending, errno, temporary_file);
	if (worker_move(spout->worker, fd, &left) == 0)
		return 0;
	move_failed(output, fd);
	return -1;
}

/* The next bytes of its output, which was written, wait for their turn.  0, or -1. */
static int
keep(struct outflow *output, struct spout *spout, const struct kept *kept)
{
	struct worker *worker = spout->worker;

	if (too_large(output, spout, kept->bytes))
		return keep_filed(output, spout, kept);
	if (take_in(output, worker, kept->bytes) < 0)
		return -1;
	if (order_keep(&output->order, &spout->held, kept->first, kept->count,
		hold_at(&worker->hold), kept->bytes) < 0)
		return ending_broken(output->ending, ENOMEM, "output in order");
	worker_release(worker, kept->bytes);
	return 0;
}

/*
 * What was acknowledged of it is taken aside, to go out before all others: what comes
 * behind it in its pipe is needed.
 */
static void
take_aside(struct outflow *output, struct spout *spout)
{
	struct kept all = { .first = 0, .count = spout->records, .bytes = spout->acked };
	bool midway = output->midway == spout;
	struct held *held;

	spout->held = NULL; /* these are no neighbours of what it kept before */
	if (keep(output, spout, &all) < 0)
		return;
	spout->held = NULL;
	held = order_pull(&output->order);
	if (midway || output->aside == NULL) {
		held->next = output->aside;
		output->aside = held;
		if (held->next == NULL)
			output->aside_last = &held->next;
	} else {
		*output->aside_last = held;
		output->aside_last = &held->next;
	}
	output->aside_bytes += held->len;
	spout->acked = 0;
	spout->records = 0;
	leave_queue(output, spout);
}

void
output_settle(struct outflow *output, struct spout *spout)
{
	struct kept kept = spout->kept;

	if (ending_near(output->ending))
		return;
	if (spout->acked > 0)
		join_queue(output, spout);
	else
		emptied(output, spout);
	if (output->above->framed)
		move(output, spout);
	else if (!output->stuck) /* else who waits for the reader goes on */
		output_go(output);
	if (kept.count == 0 || ending_near(output->ending))
		return;
	spout->kept = (struct kept){ 0 };
	if (spout->acked > 0)
		take_aside(output, spout);
	if (keep(output, spout, &kept) == 0 && !output->stuck)
		output_go(output);
}

void
output_clear(struct outflow *output, struct spout *spout)
{
	output_settle(output, spout);
	if (spout->acked > 0 && !ending_near(output->ending))
		take_aside(output, spout);
}

void
output_part(struct outflow *output, struct spout *spout)
{
	output_clear(output, spout);
	leave_queue(output, spout);
	*spout = (struct spout){ .worker = spout->worker };
}

/* May what is done now go out from where it is, behind all that does already? */
static bool
goes_out(const struct outflow *output, const struct spout *spout, uint64_t number)
{
	if (!output->in_order)
		return true;
	return number == output->order.next && !output->gathers &&
	    (output->first == NULL || output->first == spout);
}

/* Records from number on, whose turn it is not, are done. */
static void
done_early(struct outflow *output, struct spout *spout, uint64_t number, uint64_t count,
    size_t bytes)
{
	if (spout->kept.count == 0 || spout->kept.first + spout->kept.count != number) {
		output_settle(output, spout);
		spout->kept.first = number;
	}
	spout->kept.count += count;
	spout->kept.bytes += bytes;
}

void
output_done(struct outflow *output, struct spout *spout, uint64_t number, uint64_t count,
    size_t bytes)
{
	if (!goes_out(output, spout, number)) {
		done_early(output, spout, number, count, bytes);
		return;
	}
	if (spout->kept.count > 0)
		output_settle(output, spout);
	if (output->in_order)
		output->order.next += count;
	spout->acked += bytes;
	spout->records += count;
	if (order_ready(&output->order))
		output_settle(output, spout);
}

void
output_add(struct outflow *output, struct spout *spout, size_t bytes)
{
	spout->acked += bytes;
	output_settle(output, spout);
}

void
output_none(struct outflow *output, uint64_t number)
{
	if (!output->in_order)
		return;
	if (number == output->order.next)
		output->order.next++;
	else if (order_keep(&output->order, NULL, number, 1, NULL, 0) < 0)
		ending_broken(output->ending, ENOMEM, "output in order");
	if (!output->stuck)
		output_go(output);
}

uint64_t
output_undelivered(const struct outflow *output)
{
	uint64_t count = 0;

	for (const struct spout *spout = output->first; spout != NULL;
	     spout = spout->next)
		count += spout->records;
	for (const struct held *held = output->aside; held != NULL; held = held->next)
		count += held->done;
	for (size_t i = 0; i < output->order.count; i++)
		count += output->order.heap[i]->done;
	return count;
}

void
output_drop(struct outflow *output)
{
	while (output->aside != NULL) {
		struct held *held = output->aside;

		output->aside = held->next;
		order_free(&output->order, held);
	}
	order_close(&output->order);
	if (output->to != output->fd)
		close(output->to);
}
