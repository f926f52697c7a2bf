/* SPDX-License-Identifier: ISC */
#include "run.h"
#include "clock.h"
#include "diag.h"
#include "rehearse.h"
#include "run_close.h"
#include "run_open.h"
#include "run_wire.h"

/* Show what would be run. */
static enum status
rehearse(struct run *run)
{
	const struct rehearse all = { .options = run->options,
		.arguments = &run->arguments,
		.blocks = &run->blocks,
		.intake = &run->intake,
		.ending = &run->ending };
	enum status status = rehearse_all(&all);

	diag_before_end(NULL, NULL);
	if (ending_near(&run->ending))
		status = stop_say(&run->stop);
	arguments_close(&run->arguments);
	tags_close(&run->tags);
	header_close(&run->header);
	record_files_close(&run->record_files);
	lists_free(&run->lists);
	intake_close(&run->intake);
	return status;
}

enum status
run_to_end(const struct run_options *options)
{
	char text[ENDING_TEXT]; /* which need not be zero */
	struct run run = { .options = options, .ending = { .text = text } };
	enum status status = STATUS_OK;

	run_wire(&run);
	times_look(&run.times, clock_ms());
	run_open_ends(&run);
	if (options->dry_run)
		return rehearse(&run);
	run_open(&run);
	nature_not_yet(&run.nature);
	loop_run(&run.loop);
	if (!ending_near(&run.ending))
		status = run_end_well(&run);
	if (ending_near(&run.ending))
		stop_workers(&run.stop, run.polls.signals);
	notes_end(&run.notes);
	diag_before_end(NULL, NULL);
	run_end_shared(&run);
	if (ending_near(&run.ending))
		status = run_end_ill(&run);
	run_close(&run);
	return status;
}
