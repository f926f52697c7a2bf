/* SPDX-License-Identifier: ISC */
/*
 * procs - the processes of this machine, where the system tells of them: Linux does, in
 * /proc.
 */
#ifndef PAR_PROCS_H
#define PAR_PROCS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Its number may be another one's later, but not with the same birth. */
struct procs_one {
	pid_t pid, parent, group;
	uint64_t born; /* clock ticks since the system began */
	uint64_t pages; /* of memory, resident */
};

/* Look at the process pid; false if there is none, or nothing is known of it. */
bool procs_look(pid_t pid, struct procs_one *out);

/* Is it stopped, as by SIGSTOP?  No, where that cannot be told. */
bool procs_stopped(pid_t pid);

/*
 * A descriptor that stands for the process pid, and for no later one of that number; -1
 * where there can be none.  procs_kill() ends it: 0, or -1 with errno.
 */
int procs_hold(pid_t pid);
int procs_kill(int held);

/*
 * Call take(context, process) for each, until it returns false.  0, or -1 with errno:
 * ENOSYS where the system does not tell.
 */
int
procs_each(bool (*take)(void *context, const struct procs_one *process), void *context);

#endif
