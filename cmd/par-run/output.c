/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "ends.h"
#include "fdio.h"
#include "fifo.h"
#include "output.h"
#include "roles.h"

enum {
	OUTPUT_PIPE = 1 << 20,
	GATHERED = 64 << 10 /* of output kept for its turn, written at once, bytes */
};

static const char temporary_file[] = "temporary file";
const char output_overdrawn[] = "a worker says that it wrote more than it did";

/* The first input of ends takes the place of standard input, when it has a writer. */
static void
take_input(struct run *run, struct ends *ends)
{
	int fd;

	if (ends_next(ends, &fd) < 0)
		die(STATUS_BROKEN, 0, "%s: %s", ends->name, fifo_why(errno));
	if (fifo_check_read(fd) < 0)
		die(STATUS_BROKEN, errno, "%s", ends->name);
	if (fd != STDIN_FILENO && dup2(fd, STDIN_FILENO) < 0)
		die(STATUS_BROKEN, errno, "%s", ends->name);
	run->in_name = ends->name;
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
output_begin(struct run *run)
{
	if (run->out_begun || ending_near(&run->ending))
		return;
	run->out_begun = true;
	if (run->out_named && fdio_cut(run->out, run->out_start) < 0)
		ending_output(&run->ending, errno, run->out_name);
	log_begin(run);
}

void
output_open(struct run *run)
{
	const struct run_options *o = run->options;
	char *const input[] = { (char *)(uintptr_t)o->input };
	struct ends ends;

	check_roles(o);
	if (ends_open(&ends, input, o->input != NULL, o->output, o->wait_ms) < 0)
		die(STATUS_BROKEN, 0, "%s: %s", ends.name, fifo_why(errno));
	take_input(run, &ends);
	run->out = ends.out;
	run->out_name = ends.out_name;
	run->out_named = !ends.empty;
	fdio_pipe_size(run->out, OUTPUT_PIPE);
	if (run->above.fd < 0)
		share_open(&run->share, run->out, &diag_says);
}

void
output_close(struct run *run)
{
	share_close(&run->share);
	if (close(run->out) < 0 && errno != EINTR)
		ending_output(&run->ending, errno, run->out_name);
}

void
output_write(struct run *run, const char *data, size_t len)
{
	if (ending_near(&run->ending))
		return;
	share_wait(&run->share);
	if (fdio_write(run->out, data, len) < 0)
		ending_output(&run->ending, errno, run->out_name);
	share_leave(&run->share);
}

/*
 * Have the next len bytes of the worker's output, which it has written, in the hold.  0,
 * or -1 and the run ends.
 */
static int
take_in(struct run *run, struct slot *slot, size_t len)
{
	struct hold *hold = &slot->worker.hold;

	while (hold->end - hold->start < len) {
		int got = worker_absorb(&slot->worker, len - (hold->end - hold->start));

		if (got <= 0)
			return ending_broken(&run->ending,
			    got == 0 || errno == ENODATA ? 0 : errno, output_overdrawn);
	}
	return 0;
}

/* The next len bytes of the worker's output, which it has written, go to to. */
static int
move_some(void *slot, int to, size_t len)
{
	struct worker *worker = &((struct slot *)slot)->worker;

	while (len > 0)
		if (worker_move(worker, to, &len) < 0 && errno != EINTR)
			return -1;
	return 0;
}

/* That went wrong, by errno. */
static void
move_failed(struct run *run, int to)
{
	if (errno == ENODATA)
		ending_broken(&run->ending, 0, output_overdrawn);
	else if (to == run->out)
		ending_output(&run->ending, errno, run->out_name);
	else
		ending_broken(&run->ending, errno, temporary_file);
}

/* Move output that was acknowledged as one stream: behind each line what it counts. */
static void
move_framed(struct run *run, struct slot *slot)
{
	struct hold *hold = &slot->worker.hold;

	if (slot->acked > HOLD_MEMORY || hold_filed(hold) > 0) {
		if (supervisor_frame_by(&run->above, move_some, slot) < 0)
			move_failed(run, run->out);
	} else if (take_in(run, slot, slot->acked) == 0) {
		if (supervisor_frame(&run->above, hold_at(hold)) < 0)
			ending_output(&run->ending, errno, run->out_name);
		worker_release(&slot->worker, slot->acked);
	}
	slot->acked = 0;
	if (hold_bytes(hold) == 0)
		slot->absorbing = false;
}

/* Move output that was acknowledged in its turn. */
static void
move(struct run *run, struct slot *slot)
{
	size_t left = slot->acked;

	if (run->above.framed) {
		move_framed(run, slot);
		return;
	}
	slot->acked = 0;
	if (left > 0)
		share_wait(&run->share);
	if (move_some(slot, run->out, left) < 0)
		move_failed(run, run->out);
	share_leave(&run->share);
	/* Room in its pipe suffices again, if what it writes is small. */
	if (hold_bytes(&slot->worker.hold) == 0)
		slot->absorbing = false;
}

/* Keep output that is too much for memory. */
static void
keep_filed(struct run *run, struct slot *slot, const struct kept *kept)
{
	int fd;

	if (order_keep_filed(&run->order, kept->first, kept->count, kept->bytes, &fd) < 0)
		ending_broken(&run->ending, errno, temporary_file);
	else if (move_some(slot, fd, kept->bytes) < 0)
		move_failed(run, fd);
}

/* Is it to be kept in the file, if there are so many bytes of it? */
static bool
too_large(const struct run *run, const struct slot *slot, size_t bytes)
{
	return bytes > HOLD_MEMORY || hold_filed(&slot->worker.hold) > 0 ||
	    order_files(&run->order, bytes);
}

int
output_room(struct run *run, struct slot *slot, uint64_t number, size_t bytes)
{
	bytes += slot->kept.bytes;
	if (!run->keep_order || (number == run->order.next && !keys_on(&run->keys)) ||
	    !too_large(run, slot, bytes))
		return 0;
	return order_reserve(&run->order, bytes);
}

/* Keep output that was acknowledged before its turn. */
static void
keep(struct run *run, struct slot *slot)
{
	struct hold *hold = &slot->worker.hold;
	struct kept kept = slot->kept;

	slot->kept = (struct kept){ 0 };
	if (too_large(run, slot, kept.bytes)) {
		keep_filed(run, slot, &kept);
		return;
	}
	if (take_in(run, slot, kept.bytes) < 0)
		return;
	if (order_keep(&run->order, &slot->held, kept.first, kept.count, hold_at(hold),
		kept.bytes) < 0)
		ending_broken(&run->ending, ENOMEM, "output in order");
	worker_release(&slot->worker, kept.bytes);
}

/* Move or keep what was acknowledged. */
static void
settle(struct run *run, struct slot *slot)
{
	if (!ending_near(&run->ending))
		move(run, slot);
	if (slot->kept.count > 0 && !ending_near(&run->ending))
		keep(run, slot);
}

void
output_settle(struct run *run, struct slot *slot)
{
	settle(run, slot);
	output_in_turn(run);
}

static void
write_held(struct run *run, const struct held *held)
{
	share_wait(&run->share);
	if (order_write(&run->order, held, run->out) < 0)
		ending_output(&run->ending, errno, run->out_name);
	share_leave(&run->share);
}

void
output_in_turn(struct run *run)
{
	char gathered[GATHERED];
	size_t used = 0;

	while (order_ready(&run->order) && !ending_near(&run->ending)) {
		struct held *held = order_take(&run->order);
		bool large = held->filed || held->len > sizeof(gathered) / 4;

		if (used > 0 && (large || held->len > sizeof(gathered) - used)) {
			output_write(run, gathered, used);
			used = 0;
		}
		if (large) {
			write_held(run, held);
		} else if (held->len > 0) {
			memcpy(gathered + used, held->data, held->len);
			used += held->len;
		}
		order_free(&run->order, held);
	}
	if (used > 0)
		output_write(run, gathered, used);
}

/* Record number, whose turn it is not, is done. */
static void
done_early(struct run *run, struct slot *slot, uint64_t number, size_t bytes)
{
	struct kept *kept = &slot->kept;

	if (kept->count == 0 || kept->first + kept->count != number) {
		settle(run, slot);
		kept->first = number;
	}
	kept->count++;
	kept->bytes += bytes;
}

void
output_done(struct run *run, struct slot *slot, uint64_t number, size_t bytes)
{
	slot->account.bytes_out += bytes;
	if (run->keep_order) {
		/* By keys neighbours are rarely with one worker: gather their output. */
		if (number != run->order.next || keys_on(&run->keys)) {
			done_early(run, slot, number, bytes);
			return;
		}
		if (slot->kept.count > 0)
			output_settle(run, slot);
		run->order.next++;
	}
	slot->acked += bytes;
	if (order_ready(&run->order))
		output_settle(run, slot);
}
