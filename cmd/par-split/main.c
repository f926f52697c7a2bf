/* SPDX-License-Identifier: ISC */
/*
 * par-split(1) - one stream to many files or FIFOs, by whole records.
 *
 *	main.c       options (this file)
 *	split.[ch]   the input, the outputs, and the loop that joins them
 *	spread.[ch]  which output a record goes to
 *	output.[ch]  one output, written without waiting
 *	unique.[ch]  the records seen before, to be dropped
 */
#include "opt.h"
#include "split.h"

int
main(int argc, char **argv)
{
	struct split_plan plan = { .input = "-", .max_record = RECORD_LIMIT };
	bool round_robin = false;
	const struct opt opts[] = {
		{ 'i', "input", OPT_STRING, &plan.input, "FILE",
		    "read FILE (default standard input)", 0, 0, NULL },
		{ 'r', "round-robin", OPT_FLAG, &round_robin, NULL,
		    "deal records out in turn, one by one", 0, 0, NULL },
		{ 'u', "unique", OPT_FLAG, &plan.unique, NULL,
		    "drop records that came before, and say how many", 0, 0, NULL },
		{ 0, "max-record", OPT_SIZE, &plan.max_record, "SIZE",
		    "fail records longer than SIZE (default 64M)", 1, 1 << 30, NULL },
		{ 0 },
	};
	const struct opt_program program = { .name = "par-split",
		.synopsis = "[-ru] [-i FILE] [--max-record SIZE] FILE ...",
		.about = "Spread the records of standard input over files or FIFOs.",
		.opts = opts };
	int first = opt_parse(&program, argc, argv);

	if (first == argc)
		opt_misuse(&program, "needs a FILE to write");
	plan.mode = round_robin ? SPLIT_ROUND_ROBIN : SPLIT_DEMAND;
	return (int)split_run(&plan, argv + first, (size_t)(argc - first));
}
