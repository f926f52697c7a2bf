/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "check.h"
#include "host.h"
#include "memory.h"

static char *command[] = { (char[]){ "stage" }, (char[]){ "{}" }, NULL };

/* A host and what it is told, or that there is no memory for it. */
static void
make_one(void)
{
	static const char entry[] = "ssh://me@far:77/3";
	static const struct run_options options = { .command = command,
		.block_records = 4,
		.block_bytes = SIZE_MAX,
		.retries = 2,
		.rsh = "reach -l '%u' %h" };
	const char *why;
	struct host *host = host_new(entry, strlen(entry), &why);

	if (host != NULL) {
		why = host_prepare(
		    host, &options, &(struct header){ 0 }, "run", RUNS_SUMMED);
		check(memory_failed() || host->workers == 3);
		check(memory_failed() || host->command.count == 6);
		check(memory_failed() || host->job_len > 0);
	}
	check_text(why, memory_failed() ? words_no_memory : NULL);
	host_free(host);
}

static void
without_memory(void)
{
	memory_torment(make_one);
}

TESTS("host", { "without memory", without_memory })
