/* SPDX-License-Identifier: ISC */
/*
 * par-run(1) - copies of a stage, side by side.
 *
 *	main.c        (this file)
 *	options.[ch]  the command line
 *	loop.[ch]     waits for what happens, and sees to it
 *	collect.[ch]  what workers say and write
 *	dispatch.[ch] records to workers, on demand
 *	silent.[ch]   workers that hold their answers back
 *	ahead.[ch]    how much they may have
 *	fate.[ch]     done, sent again, given up; workers that die
 *	output.[ch]   what was acknowledged, to the output
 *	checkpoint.[ch]  what is done is remembered in a file
 *	resume.[ch]   going on from there
 *	saved.[ch]    what is remembered, as text
 *	state.[ch]    that file: locked, replaced as a whole
 *	run.[ch]      the state of it all; a worker's start, and the bad ends
 *	restarts.[ch] how many workers may die
 *	undone.[ch]   what was read and not delivered
 *	crew.[ch]     more workers, fewer, or new ones
 *	control.[ch]  the FIFO of commands
 *	hosts.[ch]    places on other machines: links, up and down
 *	host.[ch]     one of them: its entry, the command that reaches it
 *	overdue.[ch]  how long a worker may take
 *	pace.[ch]     how much is in flight to it
 *	words.[ch]    such a command as words
 *	job.[ch]      what goes over the link first: what to run there
 *	account.[ch]  what each worker did, as a table
 *	keys.[ch]     --key: which worker a record belongs to
 *	report.[ch]   what is told while it runs:
 *	log.[ch]      what became of each record
 *	metrics.[ch]  numbers for Prometheus
 *	intake.[ch]   standard input as batches of records
 *	order.[ch]    output kept for its turn
 *	quarantine.[ch]  where records that are given up are set aside
 */
#include <unistd.h>

#include "diag.h"
#include "job.h"
#include "loop.h"
#include "options.h"
#include "sig.h"

int
main(int argc, char **argv)
{
	struct run_options options;
	struct job job = { 0 };
	int status;

	sig_begin();
	options_read(&options, argc, argv);
	if (options.command == NULL) { /* it comes over the link */
		job_read(&job);
		optind = 1;
		options_read(&options, job.argc, job.argv);
		if (!options.serve || options.command == NULL)
			die(STATUS_MISUSE, 0, "--serve: not a job");
		options.framed = options.block_records != 0;
	}
	status = (int)loop_run(&options);
	job_free(&job);
	return status;
}
