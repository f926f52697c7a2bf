/* SPDX-License-Identifier: ISC */
/*
 * par-gather(1) - many streams to one, by whole records; groups and counts.
 *
 *	main.c       options; passing records on as they are (this file)
 *	plan.h       what the command line asks
 *	gather.[ch]  the inputs, the output, and naming what fails
 *	group.[ch]   keys with their values and counts
 */
#include <errno.h>
#include <unistd.h>

#include "diag.h"
#include "gather.h"
#include "group.h"
#include "opt.h"
#include "plan.h"

static void
pass_on(struct gather *gather)
{
	struct record run;

	while (gather_next(gather, &run))
		gather_put(gather, run.data, run.len);
}

/* Do it, to a standard output that is heard out; the exit status. */
static enum status
run(const struct plan *plan, char *const *files, size_t count, size_t max_record)
{
	struct gather gather = { .failed = false };

	if (inputs_open(&gather.in, files, count, max_record) < 0 ||
	    writer_open(&gather.out, STDOUT_FILENO) < 0)
		die(STATUS_BROKEN, errno, "buffers");
	if (plan_groups(plan))
		group_run(&gather, plan);
	else
		pass_on(&gather);
	gather_flush(&gather);
	inputs_close(&gather.in);
	writer_close(&gather.out);
	if (close(STDOUT_FILENO) < 0 && errno != EINTR)
		die_output(errno, "standard output");
	return gather.failed ? STATUS_FAILED : STATUS_OK;
}

int
main(int argc, char **argv)
{
	struct plan plan = { .key = 1 };
	uint64_t max_record = RECORD_LIMIT;
	const struct opt opts[] = {
		{ 'c', "count", OPT_FLAG, &plan.count, NULL,
		    "count the records of each key, or with -g its values", 0, 0, NULL },
		{ 'g', "group", OPT_FLAG, &plan.group, NULL,
		    "one record for each key, with all its values", 0, 0, NULL },
		{ 'k', "key", OPT_NUMBER, &plan.key, "FIELD",
		    "the field that is the key (default 1); 0 is all of the record", 0,
		    1 << 30, NULL },
		{ 0, "max-record", OPT_SIZE, &max_record, "SIZE",
		    "fail records longer than SIZE (default 64M)", 1, 1 << 30, NULL },
		{ 0 },
	};
	const struct opt_program program = { .name = "par-gather",
		.synopsis = "[-cg] [-k FIELD] [--max-record SIZE] [FILE ...]",
		.about = "Gather the records of many files, FIFOs or standard input into "
			 "one stream.",
		.opts = opts };
	int first = opt_parse(&program, argc, argv);

	return (int)run(&plan, argv + first, (size_t)(argc - first), max_record);
}
