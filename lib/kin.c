/* SPDX-License-Identifier: ISC */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fdio.h"
#include "grow.h"
#include "kin.h"

enum { MOST = 1 << 22 }; /* processes: no system has more */

/* A process: its number may be another one's later, but not with the same birth. */
struct member {
	pid_t pid, parent;
	unsigned long long born; /* clock ticks since the system began */
};

/* Add to kin; without memory it is not known, and what it leaves is left. */
static void
add(struct kin *kin, const struct member *member)
{
	struct member *members =
	    grow(kin->members, &kin->room, kin->count + 1, sizeof(*members), MOST);

	if (members == NULL)
		return;
	kin->members = members;
	members[kin->count++] = *member;
}

#ifdef __linux__

/* The fields of /proc/PID/stat behind the name, see proc_pid_stat(5). */
enum { PARENT = 2, BORN = 20 };

static bool
whole_number(const char *text, unsigned long long *out)
{
	char *end;

	errno = 0;
	*out = strtoull(text, &end, 10);
	return end != text && errno == 0;
}

/* The number that is field n of text, counted from 1. */
static bool
field(const char *text, int n, unsigned long long *out)
{
	while (n-- > 0 && text != NULL)
		text = strchr(text + 1, ' ');
	return text != NULL && whole_number(text, out);
}

/* What the system knows of the process of that number; false if there is none. */
static bool
find(const char *number, struct member *member)
{
	char path[64], line[1024];
	const char *rest;
	unsigned long long pid, parent;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%.20s/stat", number);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = fdio_read(fd, line, sizeof(line) - 1);
	close(fd);
	line[n > 0 ? n : 0] = '\0';
	rest = strrchr(line, ')'); /* before it stands a name, of any bytes */
	if (rest == NULL || !field(rest, PARENT, &parent) ||
	    !field(rest, BORN, &member->born) || !whole_number(number, &pid))
		return false;
	member->pid = (pid_t)pid;
	member->parent = (pid_t)parent;
	return true;
}

/* All processes that there are. */
static void
list(struct kin *all)
{
	struct dirent *entry;
	struct member member;
	DIR *proc = opendir("/proc");

	if (proc == NULL)
		return;
	for (entry = readdir(proc); entry != NULL; entry = readdir(proc))
		if (isdigit((unsigned char)entry->d_name[0]) &&
		    find(entry->d_name, &member))
			add(all, &member);
	closedir(proc);
}

#else

static bool
find(const char *number, struct member *member)
{
	(void)number;
	(void)member;
	return false;
}

static void
list(struct kin *all)
{
	(void)all;
}

#endif

static bool
is_there(const struct member *member)
{
	struct member now;
	char number[24];

	snprintf(number, sizeof(number), "%ld", (long)member->pid);
	return find(number, &now) && now.born == member->born;
}

static bool
is_known(const struct kin *kin, const struct member *member)
{
	for (size_t i = 0; i < kin->count; i++)
		if (kin->members[i].pid == member->pid &&
		    kin->members[i].born == member->born)
			return true;
	return false;
}

/* Is the parent of member a leader, or of its kin? */
static bool
belongs(const struct kin *kin, const pid_t *leaders, size_t count,
    const struct member *member)
{
	for (size_t i = 0; i < count; i++)
		if (leaders[i] == member->parent)
			return true;
	for (size_t i = 0; i < kin->count; i++)
		if (kin->members[i].pid == member->parent &&
		    kin->members[i].born <= member->born)
			return true;
	return false;
}

/* Remember who descends from the leaders, and from those that did before. */
static void
look(struct kin *kin, const pid_t *leaders, size_t count)
{
	struct kin all = { 0 };
	size_t before;

	list(&all);
	do {
		before = kin->count;
		for (size_t i = 0; i < all.count; i++)
			if (belongs(kin, leaders, count, &all.members[i]) &&
			    !is_known(kin, &all.members[i]))
				add(kin, &all.members[i]);
	} while (kin->count > before);
	kin_free(&all);
}

static void
signal_members(const struct kin *kin, int number)
{
	for (size_t i = 0; i < kin->count; i++)
		if (is_there(&kin->members[i]))
			kill(kin->members[i].pid, number);
}

/* First all are stopped, so that none starts others while we look who there is. */
static void
hold_still(struct kin *kin, const pid_t *leaders, size_t count)
{
	size_t before;

	for (size_t i = 0; i < count; i++)
		kill(leaders[i], SIGSTOP);
	look(kin, leaders, count);
	do {
		before = kin->count;
		signal_members(kin, SIGSTOP);
		look(kin, leaders, count);
	} while (kin->count > before);
}

void
kin_signal(struct kin *kin, const pid_t *leaders, size_t count, int number)
{
	if (number == SIGKILL)
		hold_still(kin, leaders, count);
	else
		look(kin, leaders, count);
	for (size_t i = 0; i < count; i++) {
		kill(-leaders[i], number);
		if (getpgid(leaders[i]) != leaders[i])
			kill(leaders[i], number);
	}
	if (number == SIGKILL)
		signal_members(kin, SIGKILL);
}

void
kin_free(struct kin *kin)
{
	free(kin->members);
	*kin = (struct kin){ 0 };
}
