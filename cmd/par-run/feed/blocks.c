/* SPDX-License-Identifier: ISC */
#include <errno.h>

#include "blocks.h"

void
blocks_begin(struct blocks *blocks)
{
	blocks->first = blocks->intake->next;
}

void
blocks_turn(struct blocks *blocks)
{
	blocks->due = UINT64_MAX;
}

/* What was cut, as blocks_next(); NULL: there was no memory. */
static int
taken(const struct blocks *blocks, const struct batch *batch)
{
	return batch == NULL ? ending_broken(blocks->ending, ENOMEM, blocks->intake->name)
			     : 1;
}

/* How many bytes of records one process may have, if it gets as many as there may be. */
static size_t
most(const struct blocks *blocks)
{
	const struct run_options *o = blocks->options;
	size_t words = blocks->arguments->most;

	return o->arguments && o->block_records > 1 && words < o->block_bytes
	    ? words
	    : (size_t)o->block_bytes;
}

/* Cut what is gathered, or of words for a process as many as the system takes. */
static struct batch *
cut(const struct blocks *blocks)
{
	struct intake *intake = blocks->intake;
	uint64_t fit = intake->gathered;

	if (blocks->options->arguments)
		fit = arguments_fit(blocks->arguments, intake_data(intake),
		    intake->gathered, intake->gathered_len);
	return fit == intake->gathered ? intake_cut_gathered(intake)
				       : intake_cut(intake, fit, SIZE_MAX);
}

/* Of the N records of the next block so many were refused, or are 0 before a new one. */
static uint64_t
records_behind(const struct blocks *blocks)
{
	uint64_t behind = blocks->intake->next - blocks->first;
	bool counted = blocks->options->block_bytes == SIZE_MAX;

	return counted && behind < blocks->options->block_records ? behind : 0;
}

bool
blocks_read_on(const struct blocks *blocks)
{
	const struct run_options *o = blocks->options;

	return !o->framed && !blocks->intake->named &&
	    !intake_gather(
		blocks->intake, o->block_records - records_behind(blocks), most(blocks));
}

int
blocks_next(struct blocks *blocks, struct batch **batch)
{
	const struct run_options *o = blocks->options;
	struct intake *intake = blocks->intake;
	uint64_t behind = records_behind(blocks);
	const char *why;

	if (intake->named) {
		if (intake_named(intake, &why)) {
			*batch = intake_cut_named(intake);
			return taken(blocks, *batch);
		}
		return why == NULL ? 0 : ending_broken(blocks->ending, 0, why);
	}
	if (o->framed) {
		if (intake_framed(intake, &why)) {
			*batch = intake_cut_framed(intake);
			return taken(blocks, *batch);
		}
		return why == NULL ? 0 : ending_broken(blocks->ending, 0, why);
	}
	if (!intake_gather(intake, o->block_records - behind, most(blocks))) {
		if (blocks->since == 0)
			blocks->since = blocks->times->now;
		if (o->block_wait == UINT64_MAX)
			return 0;
		blocks->due = blocks->since + o->block_wait;
		if (blocks->times->now < blocks->due)
			return 0;
	}
	blocks->since = 0;
	if (behind == 0)
		blocks->first = intake->next;
	*batch = cut(blocks);
	if (!intake_barred(intake))
		blocks->first = intake->next;
	return taken(blocks, *batch);
}
