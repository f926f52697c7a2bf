/* SPDX-License-Identifier: ISC */
#include <errno.h>

#include "procs.h"

bool
procs_look(pid_t pid, struct procs_one *out)
{
	(void)pid;
	(void)out;
	return false;
}

bool
procs_stopped(pid_t pid)
{
	(void)pid;
	return false;
}

int
procs_hold(pid_t pid)
{
	(void)pid;
	errno = ENOSYS;
	return -1;
}

int
procs_kill(int held)
{
	(void)held;
	errno = ENOSYS;
	return -1;
}

int
procs_each(bool (*take)(void *context, const struct procs_one *process), void *context)
{
	(void)take;
	(void)context;
	errno = ENOSYS;
	return -1;
}
