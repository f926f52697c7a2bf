/* SPDX-License-Identifier: ISC */
#include <errno.h>

#include "known.h"

void
known_above(struct run *run, const struct hello *hello)
{
	if (supervisor_greet(&run->above, hello) < 0)
		ending_output(&run->ending, errno, run->output.name);
}

void
known_not_yet(struct run *run)
{
	if (run->above.fd < 0 || run->kind != WORKER_UNKNOWN)
		return;
	run->ours = (struct hello){ .standing = STANDING_UNSURE };
	known_above(run, &run->ours);
}

/* Does an option need what a plain command is not?  Then the run ends. */
static bool
refuses_plain(struct run *run)
{
	const char *option = run->output.in_order ? "-k"
	    : run->options->serve		  ? "on a host"
	    : run->log.on			  ? "--log"
						  : NULL;

	if (run->checkpoint.on)
		checkpoint_refuse(run);
	else if (option != NULL)
		ending_say(&run->ending, ENDING_MISUSE,
		    "%s: %s is not a native stage; see --map", option,
		    run->options->command[0]);
	return ending_near(&run->ending);
}

void
known_as(struct run *run, enum worker_kind kind, const struct hello *hello)
{
	struct hello ours = { .jobs = hello->jobs * run->workers,
		.ahead = hello->ahead || kind == WORKER_MAP,
		.joint = hello->joint,
		.block = hello->block,
		.raw = hello->raw };

	run->kind = kind;
	if ((kind == WORKER_PLAIN && refuses_plain(run)) || run->above.fd < 0)
		return;
	if (kind == WORKER_PLAIN) {
		/* The one above us is to take our output for that of a plain command. */
		known_above(run, &(struct hello){ .standing = STANDING_PLAIN });
		supervisor_withdraw(&run->above);
		return;
	}
	if (hello->window != 0)
		ours.window = hello->window * run->workers;
	run->ours = ours;
	known_above(run, &ours);
}
