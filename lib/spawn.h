/* SPDX-License-Identifier: ISC */
/*
 * spawn - start a command with the descriptors and variables of a plan.
 */
#ifndef PAR_SPAWN_H
#define PAR_SPAWN_H

#include <sys/types.h>

struct spawn_plan {
	char *const *argv; /* searched on PATH; no shell in between */
	int fds[3]; /* what becomes 0, 1 and 2; -1: ours */
	int stage_fd; /* left open and named by PAR_STAGE; -1: none */
	const char *const *env; /* NAME=VALUE to add, ended by NULL */
};

/*
 * Start it, in a process group of its own, with the signals as our parent gave them to
 * us, see sig.h; on Linux it is killed when this process dies, so that a killed
 * supervisor leaves nobody.  The descriptors of the plan stay the caller's to close, and
 * must be close-on-exec. Returns the process id once the command runs, or -1 with errno:
 * also when the command could not be executed.
 */
pid_t spawn(const struct spawn_plan *plan);

#endif
