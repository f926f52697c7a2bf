/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <string.h>

#include "clock.h"
#include "move.h"
#include "spread.h"

enum {
	QUICK_MS = 10, /* a reader done in this time may have twice as much before it, */
	SLOW_MS = 50 /* and one that takes longer than this, half as much */
};

/* The length of the whole records at the start of run that fit in room, or of one. */
static size_t
whole_records(const struct run *run, size_t room)
{
	const char *newline = NULL;

	if (run->len <= room)
		return run->len;
	if (room > 0)
		newline = memrchr(run->data, '\n', room);
	if (newline == NULL)
		newline = memchr(run->data + room, '\n', run->len - room);
	return (size_t)(newline - run->data) + 1;
}

static void
shorten(struct run *run, size_t len)
{
	run->data += len;
	run->len -= len;
}

/* After out has emptied its pipe: how much it may have the next time. */
static void
set_portion(struct output *out, uint64_t now_ms)
{
	uint64_t took = now_ms - out->fed_ms;

	if (took <= QUICK_MS && out->portion < out->capacity)
		out->portion *= 2;
	else if (took > SLOW_MS && out->portion > 1)
		out->portion /= 2;
	out->fed = false;
}

/*
 * How many bytes out should be given now: its portion less what still lies
 * before its reader.  The portion follows the pace of the reader, so that a
 * slow one has little to hoard and a fast one is kept busy with large blocks.
 */
static size_t
appetite(struct output *out, uint64_t now_ms, size_t *held)
{
	if (out->state != OUTPUT_OPEN || output_keeps(out))
		return 0;
	*held = out->pipe ? move_held(out->fd) : 0;
	if (*held == 0 && out->fed)
		set_portion(out, now_ms);
	if (out->portion >= out->capacity)
		return *held < out->capacity ? out->capacity - *held : 1;
	return *held < out->portion ? out->portion - *held : 0;
}

/* The next output with an empty pipe, or else the hungriest; NULL if none. */
static struct output *
choose(struct split *split, size_t *room)
{
	uint64_t now_ms = clock_ms();
	struct output *best = NULL;

	*room = 0;
	for (size_t i = 0; i < split->count; i++) {
		size_t at = split->next + i, held = 0, wants;
		struct output *out;

		if (at >= split->count)
			at -= split->count;
		out = &split->outputs[at];
		wants = appetite(out, now_ms, &held);
		if (wants > *room || (wants > 0 && held == 0)) {
			*room = wants;
			best = out;
			if (held == 0)
				break;
		}
	}
	if (best != NULL) {
		best->fed = true;
		best->fed_ms = now_ms;
		split->next = (size_t)(best - split->outputs + 1) % split->count;
	}
	return best;
}

static void
on_demand(struct split *split, struct run *run)
{
	while (run->len > 0) {
		size_t room, len;
		struct output *out = choose(split, &room);

		if (out == NULL)
			return;
		len = whole_records(run, room);
		if (output_give(out, run->data, len) < 0)
			split_output_failed(split, out);
		shorten(run, len);
	}
}

/*
 * Give a record to the output that a rule chose; false if that has to wait.
 * Outputs that are gone swallow theirs, and it is counted.
 */
static bool
deliver(struct split *split, struct output *out, const char *data, size_t len)
{
	if (out->state == OUTPUT_GONE) {
		split->lost++;
		return true;
	}
	if (out->used - out->start >= OUTPUT_HIGH)
		return false;
	if (output_add(out, data, len) < 0)
		die(STATUS_BROKEN, errno, "%s", out->name);
	if (out->used - out->start >= OUTPUT_BLOCK && output_flush(out) < 0)
		split_output_failed(split, out);
	return true;
}

static void
round_robin(struct split *split, struct run *run)
{
	while (run->len > 0) {
		size_t len = whole_records(run, 0);

		if (!deliver(split, &split->outputs[split->next], run->data, len))
			return;
		split->next = (split->next + 1) % split->count;
		shorten(run, len);
	}
}

void
spread(struct split *split, struct run *run)
{
	switch (split->plan->mode) {
	case SPLIT_DEMAND:
		on_demand(split, run);
		break;
	case SPLIT_ROUND_ROBIN:
		round_robin(split, run);
		break;
	}
}
