/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "grow.h"
#include "procs.h"
#include "usage.h"

enum { MOST = 1 << 22 }; /* processes: no system has more */

struct processes {
	struct procs_one *list;
	size_t count, room;
	bool failed; /* there was no memory for one */
};

static int
by_pid(const void *a, const void *b)
{
	const struct procs_one *x = a, *y = b;

	return (x->pid > y->pid) - (x->pid < y->pid);
}

static bool
add(void *context, const struct procs_one *process)
{
	struct processes *all = context;
	struct procs_one *more =
	    grow(all->list, &all->room, all->count + 1, sizeof(*more), MOST);

	all->failed = more == NULL;
	if (more == NULL)
		return false;
	all->list = more;
	more[all->count++] = *process;
	return true;
}

/* All processes that there are, by their numbers.  0, or -1 with errno. */
static int
list(struct processes *all)
{
	if (procs_each(add, all) < 0)
		return -1;
	if (all->count > 0)
		qsort(all->list, all->count, sizeof(*all->list), by_pid);
	if (!all->failed)
		return 0;
	errno = ENOMEM;
	return -1;
}

/* Which of the leaders a process came of: count if of none. */
static size_t
leader_of(const struct processes *all, const struct procs_one *process,
    const pid_t *leaders, size_t count)
{
	for (int up = 0; process != NULL && up < 64; up++) {
		struct procs_one key = { .pid = process->parent };

		for (size_t i = 0; i < count; i++)
			if (leaders[i] != 0 &&
			    (process->pid == leaders[i] || process->group == leaders[i]))
				return i;
		process = bsearch(&key, all->list, all->count, sizeof(key), by_pid);
	}
	return count;
}

int
usage_memory(const pid_t *leaders, uint64_t *bytes, size_t count)
{
	struct processes all = { 0 };
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	int got = list(&all), error = errno;

	memset(bytes, 0, count * sizeof(*bytes));
	for (size_t i = 0; got == 0 && i < all.count; i++) {
		size_t of = leader_of(&all, &all.list[i], leaders, count);

		if (of < count)
			bytes[of] += all.list[i].pages * page;
	}
	free(all.list);
	errno = error;
	return got;
}
