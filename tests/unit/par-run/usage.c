/* SPDX-License-Identifier: ISC */
/*
 * What this machine does, and what memory processes have, where the system tells.
 */
#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "load.h"
#include "usage.h"

static void
load(void)
{
	double load = -1;

	check(load_now(&load) == 0);
	check(load >= 0);
}

static void
pressure(void)
{
	uint64_t before[LOAD_PRESSURES], after[LOAD_PRESSURES];

	if (load_pressures(before) < 0) /* an older kernel, or none that tells */
		return;
	check(load_pressures(after) == 0);
	for (size_t i = 0; i < LOAD_PRESSURES; i++)
		check(after[i] >= before[i]);
}

static void
none(void)
{
	uint64_t bytes = 7;
	pid_t leader = 0;

	check(usage_memory(&leader, &bytes, 1) <= 0);
	check_is(bytes, 0);
}

enum { SIZE = 16 << 20 };

/* A child with a child of its own, in another group, that has so many bytes, until gate
 * ends. */
static pid_t
child(int ready, const int gate[2])
{
	pid_t pid = fork();
	char byte;

	if (pid != 0)
		return pid;
	close(gate[1]);
	setpgid(0, 0);
	if (fork() == 0) {
		static char bytes[SIZE];

		setpgid(0, 0);
		memset(bytes, 1, sizeof(bytes));
		if (write(ready, bytes, 1) == 1 && read(gate[0], &byte, 1) == 0)
			_exit(0);
		_exit(1);
	}
	wait(NULL);
	_exit(0);
}

static void
memory(void)
{
	uint64_t bytes[3] = { 7, 7, 7 };
	pid_t leaders[3] = { 0 };
	int ready[2], gate[2];
	char byte;

	check(pipe(ready) == 0 && pipe(gate) == 0);
	leaders[1] = child(ready[1], gate);
	close(ready[1]);
	check(read(ready[0], &byte, 1) == 1);
	if (usage_memory(leaders, bytes, 3) == 0)
		check(bytes[1] >= SIZE && bytes[1] < 100 * SIZE);
	else /* a system that does not tell */
		check(errno == ENOSYS && bytes[1] == 0);
	check_is(bytes[0], 0);
	check_is(bytes[2], 0);
	close(ready[0]);
	close(gate[0]);
	close(gate[1]);
	waitpid(leaders[1], NULL, 0);
}

TESTS("usage", { "load", load }, { "pressure", pressure }, { "of nobody", none },
    { "memory", memory })
