/* SPDX-License-Identifier: ISC */
/*
 * par-run(1) - copies of a stage, side by side.
 *
 *	main.c        options (this file)
 *	loop.[ch]     waits for what happens, and sees to it
 *	collect.[ch]  what workers say and write
 *	dispatch.[ch] records to workers, on demand
 *	fate.[ch]     done, sent again, given up; workers that die
 *	output.[ch]   what was acknowledged, to standard output
 *	run.[ch]      the state of it all; a worker's start, and the bad ends
 *	account.[ch]  what each worker did, as a table
 *	intake.[ch]   standard input as batches of records
 *	order.[ch]    output kept for its turn
 *	quarantine.[ch]  where records that are given up are set aside
 */
#include "cpus.h"
#include "loop.h"
#include "opt.h"

int
main(int argc, char **argv)
{
	struct run_options options = {
		.workers = 0, .retries = 2, .max_record = RECORD_LIMIT
	};
	const struct opt opts[] = {
		{ 'b', "block", OPT_SIZE, &options.block_bytes, "SIZE",
		    "a process of its own for each block of at most SIZE bytes", 1, 0,
		    NULL },
		{ 'k', "keep-order", OPT_FLAG, &options.keep_order, NULL,
		    "output in the order of the input", 0, 0, NULL },
		{ 0, "map", OPT_FLAG, &options.map, NULL,
		    "COMMAND writes one line for each that it reads, in order", 0, 0,
		    NULL },
		{ 's', "stats", OPT_FLAG, &options.stats, NULL,
		    "show at the end what each worker did", 0, 0, NULL },
		{ 't', "timeout", OPT_DURATION, &options.timeout, "TIME",
		    "try a record again that takes longer than TIME", 1, 0, NULL },
		{ 0, "max-record", OPT_SIZE, &options.max_record, "SIZE",
		    "fail records longer than SIZE (default 64M)", 1, 1 << 30, NULL },
		{ 'n', "workers", OPT_NUMBER, &options.workers, "N",
		    "run N copies of COMMAND (default: usable processors)", 1, 4096,
		    NULL },
		{ 'N', "records", OPT_NUMBER, &options.block_records, "N",
		    "a process of its own for each block of N records", 1, 0, NULL },
		{ 'q', "quarantine", OPT_STRING, &options.quarantine, "FILE",
		    "set records aside in FILE instead of naming them", 0, 0, NULL },
		{ 'r', "retries", OPT_NUMBER, &options.retries, "N",
		    "give a record up after N more tries (default 2)", 0, 1000000, NULL },
		{ 0 },
	};
	const struct opt_program program = { .name = "par-run",
		.synopsis = "[-ks] [-b SIZE] [-N N] [-n N] [-q FILE] [-r N] [-t TIME] "
			    "[--map] [--max-record SIZE] "
			    "COMMAND [ARG...]",
		.about = "Run copies of COMMAND side by side: the records of standard "
			 "input are spread\nover them, their output records are merged "
			 "to standard output.",
		.opts = opts,
		.command = true };
	int first = opt_parse(&program, argc, argv);

	if (first == argc)
		opt_misuse(&program, "a command is needed");
	if (options.map && (options.block_records != 0 || options.block_bytes != 0))
		opt_misuse(&program, "--map does not go with -b or -N");
	if (options.block_bytes != 0 && options.block_records == 0)
		options.block_records = UINT64_MAX;
	if (options.block_records != 0 && options.block_bytes == 0)
		options.block_bytes = SIZE_MAX;
	options.command = argv + first;
	if (options.workers == 0)
		options.workers = cpus_usable();
	return (int)loop_run(&options);
}
