/* SPDX-License-Identifier: ISC */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fdio.h"
#include "procs.h"

/* The fields of /proc/PID/stat behind the name, see proc_pid_stat(5). */
enum { PARENT = 2, GROUP = 3, BORN = 20, RESIDENT = 22 };

/* The number that is field n of text, counted from 1. */
static bool
field(const char *text, int n, uint64_t *out)
{
	char *end;

	while (n-- > 0 && text != NULL)
		text = strchr(text + 1, ' ');
	if (text == NULL)
		return false;
	errno = 0;
	*out = strtoull(text, &end, 10);
	return end != text && errno == 0;
}

/* The part of its line that is behind its name, in line; NULL: there is none. */
static const char *
read_line(pid_t pid, char *line, size_t size)
{
	char path[64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	n = fdio_read(fd, line, size - 1);
	close(fd);
	line[n > 0 ? n : 0] = '\0';
	return strrchr(line, ')'); /* the name may be any bytes */
}

bool
procs_look(pid_t pid, struct procs_one *out)
{
	char line[1024];
	const char *rest = read_line(pid, line, sizeof(line));
	uint64_t parent, group;

	if (rest == NULL || !field(rest, PARENT, &parent) ||
	    !field(rest, GROUP, &group) || !field(rest, BORN, &out->born) ||
	    !field(rest, RESIDENT, &out->pages))
		return false;
	out->pid = pid;
	out->parent = (pid_t)parent;
	out->group = (pid_t)group;
	return true;
}

bool
procs_stopped(pid_t pid)
{
	char line[1024];
	const char *rest = read_line(pid, line, sizeof(line));

	return rest != NULL && rest[1] == ' ' && (rest[2] == 'T' || rest[2] == 't');
}

int
procs_hold(pid_t pid)
{
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

int
procs_kill(int held)
{
	return (int)syscall(SYS_pidfd_send_signal, held, SIGKILL, NULL, 0);
}

int
procs_each(bool (*take)(void *context, const struct procs_one *process), void *context)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	bool goes_on = true;
	int error;

	if (proc == NULL)
		return -1;
	for (errno = 0; goes_on && (entry = readdir(proc)) != NULL; errno = 0) {
		struct procs_one process;

		if (isdigit((unsigned char)*entry->d_name) &&
		    procs_look((pid_t)strtol(entry->d_name, NULL, 10), &process))
			goes_on = take(context, &process);
	}
	error = errno;
	closedir(proc);
	errno = error;
	return error == 0 ? 0 : -1;
}
