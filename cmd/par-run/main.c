/* SPDX-License-Identifier: ISC */
/*
 * par-run(1) - copies of a stage, side by side.
 *
 *	main.c        (this file)
 *	options.[ch]  the command line
 *	loop.[ch]     waits for what happens, and sees to it
 *	collect.[ch]  what workers say and write
 *	dispatch.[ch] records to workers, on demand
 *	fate.[ch]     done, sent again, given up; workers that die
 *	output.[ch]   what was acknowledged, to the output
 *	checkpoint.[ch]  what is done is remembered in a file
 *	resume.[ch]   going on from there
 *	saved.[ch]    what is remembered, as text
 *	state.[ch]    that file: locked, replaced as a whole
 *	run.[ch]      the state of it all; a worker's start, and the bad ends
 *	crew.[ch]     more workers, fewer, or new ones
 *	control.[ch]  the FIFO of commands
 *	account.[ch]  what each worker did, as a table
 *	keys.[ch]     --key: which worker a record belongs to
 *	intake.[ch]   standard input as batches of records
 *	order.[ch]    output kept for its turn
 *	quarantine.[ch]  where records that are given up are set aside
 */
#include "loop.h"
#include "options.h"

int
main(int argc, char **argv)
{
	struct run_options options;

	options_read(&options, argc, argv);
	return (int)loop_run(&options);
}
