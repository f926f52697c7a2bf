/* SPDX-License-Identifier: ISC */
/*
 * par-run(1) - copies of a stage, side by side.
 * README lists its files, lowest layer first.
 */
#include <unistd.h>

#include "diag.h"
#include "job.h"
#include "options.h"
#include "os.h"
#include "run.h"
#include "sig.h"

enum { KEPT = 32 << 20 /* bytes of memory for what comes */ };

int
main(int argc, char **argv)
{
	struct run_options options;
	struct job job = { 0 };
	int status;

	sig_begin();
	os_reuse(KEPT);
	options_read(&options, argc, argv);
	if (options.command == NULL) { /* it comes over the link */
		job_read(&job);
		optind = 1;
		options_read(&options, job.argc, job.argv);
		if (!options.serve || options.command == NULL)
			die(STATUS_MISUSE, 0, "--serve: not a job");
		options.framed = options.block_records != 0;
		if (options.remote != NULL) {
			options.takes = runs_parse(options.remote);
			options.takes_trace = takes_trace(options.remote);
		}
	}
	status = (int)run_to_end(&options);
	options_free(&options);
	job_free(&job);
	return status;
}
