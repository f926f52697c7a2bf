/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "diag.h"
#include "fdio.h"
#include "quote.h"
#include "rehearse.h"

/* One command, as a line. */
static void
show(const struct rehearse *rehearse, char *const *words)
{
	struct bytes line = { 0 };

	if (quote_words(&line, words) < 0)
		ending_broken(rehearse->ending, errno, "words of the command");
	else if (fdio_write(STDOUT_FILENO, line.data, line.len) < 0)
		ending_output(rehearse->ending, errno, "standard output");
	bytes_free(&line);
}

/* The words for so many records of block, from one on; false, and why. */
static bool
show_part(const struct rehearse *rehearse, const struct batch *block, uint64_t from,
    uint64_t count, struct template_fault *fault)
{
	struct batch *part = batch_slice(block, from, count, batch_offset(block, from));
	bool filled = part != NULL && arguments_fill(rehearse->arguments, part, 1, fault);

	if (part == NULL || (!filled && fault->record == UINT64_MAX))
		ending_broken(rehearse->ending, ENOMEM, "arguments");
	else if (filled)
		show(rehearse, rehearse->arguments->words);
	batch_free(part);
	return filled;
}

/*
 * The command for the records of a block; what cannot be words is named, and the others
 * go without it.  How many were named.
 */
static uint64_t
show_block(const struct rehearse *rehearse, const struct batch *block)
{
	struct template_fault fault = { 0 }, none;
	uint64_t from = 0, named = 0;

	if (!rehearse->options->arguments) {
		show(rehearse, rehearse->options->command);
		return 0;
	}
	while (from < block->count && !ending_near(rehearse->ending) &&
	    !show_part(rehearse, block, from, block->count - from, &fault)) {
		uint64_t k = from + fault.record;
		size_t at = batch_offset(block, k), end = batch_offset(block, k + 1);

		if (ending_near(rehearse->ending))
			break;
		if (fault.record > 0)
			show_part(rehearse, block, from, fault.record, &none);
		warn_record(block->data + at, end - at - 1, fault.why);
		named++;
		from = k + 1;
	}
	return named;
}

/* Read on, waiting for it; what is too long is named, and counted. */
static uint64_t
read_on(const struct rehearse *rehearse)
{
	struct intake *intake = rehearse->intake;
	struct pollfd wait = { .fd = intake->fd, .events = POLLIN };
	struct record refused;
	uint64_t named = 0;
	int got = intake_fill(intake);

	if (got < 0 && errno == EAGAIN)
		poll(&wait, 1, -1);
	else if (got < 0 && errno != EINTR)
		ending_broken(rehearse->ending, errno, intake->name);
	for (; intake_refused(intake, &refused); named++) {
		warn_record(refused.data, refused.len, "longer than --max-record");
		intake_look(intake);
	}
	return named;
}

enum status
rehearse_all(const struct rehearse *rehearse)
{
	struct intake *intake = rehearse->intake;
	uint64_t named = 0;

	if (rehearse->options->block_records == 0)
		show(rehearse, rehearse->options->command);
	else
		while (!ending_near(rehearse->ending) &&
		    (!intake->end || intake_ready(intake))) {
			struct batch *block;

			if (!intake_ready(intake) ||
			    blocks_next(rehearse->blocks, &block) <= 0) {
				named += read_on(rehearse);
				continue;
			}
			named += show_block(rehearse, block);
			batch_free(block);
		}
	return named > 0 ? STATUS_FAILED : STATUS_OK;
}
