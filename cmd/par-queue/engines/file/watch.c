/* SPDX-License-Identifier: ISC */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine.h"
#include "grow.h"
#include "watch.h"

enum { NAME_ROOM = ENGINE_NAME_MAX + 32 };

static const char *
kind_name(const char *queue, unsigned kind, char name[static NAME_ROOM])
{
	static const char *const kinds[WATCH_KINDS] = { "work", "results", "room",
		"read" };

	snprintf(name, NAME_ROOM, "%s.%s", kinds[kind], queue);
	return name;
}

static const char *
process_name(uint64_t process, char name[static NAME_ROOM])
{
	snprintf(name, NAME_ROOM, "alive.%016" PRIx64, process);
	return name;
}

int
watch_open(struct watch *watch, int folder, const char *queue)
{
	*watch = (struct watch){ .folder = folder, .queue = queue };
	watch->polls =
	    grow(NULL, &watch->polls_room, WATCH_KINDS, sizeof(*watch->polls), SIZE_MAX);
	if (watch->polls == NULL)
		return -1;
	for (size_t i = 0; i < WATCH_KINDS; i++)
		watch->polls[i] = (struct pollfd){ .fd = -1, .events = POLLIN };
	watch->count = WATCH_KINDS;
	return 0;
}

static void
stop(struct pollfd *one)
{
	if (one->fd >= 0)
		close(one->fd);
	one->fd = -1;
}

void
watch_close(struct watch *watch)
{
	for (size_t i = 0; i < watch->count; i++)
		stop(&watch->polls[i]);
	free(watch->polls);
	free(watch->processes);
	*watch = (struct watch){ .folder = -1 };
}

/* Has something happened there? */
static bool
has_fired(const struct pollfd *one)
{
	struct pollfd now = *one;

	return one->fd >= 0 && poll(&now, 1, 0) > 0;
}

/* 0, or -1 with errno. */
static int
begin(const struct watch *watch, unsigned kind, struct pollfd *one)
{
	char name[NAME_ROOM];

	kind_name(watch->queue, kind, name);
	if (mkfifoat(watch->folder, name, 0600) < 0 && errno != EEXIST)
		return -1;
	one->fd = openat(watch->folder, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	return one->fd < 0 ? -1 : 0;
}

int
watch_for(struct watch *watch, unsigned kinds)
{
	for (unsigned i = 0; i < WATCH_KINDS; i++) {
		struct pollfd *one = &watch->polls[i];

		if ((kinds >> i & 1) == 0 || has_fired(one))
			stop(one);
		if ((kinds >> i & 1) != 0 && one->fd < 0 && begin(watch, i, one) < 0)
			return -1;
	}
	return 0;
}

/* Room for one more process; false without memory. */
static bool
make_room(struct watch *watch)
{
	size_t known = watch->count - WATCH_KINDS;
	struct pollfd *polls = grow(
	    watch->polls, &watch->polls_room, watch->count + 1, sizeof(*polls), SIZE_MAX);
	uint64_t *processes;

	if (polls == NULL)
		return false;
	watch->polls = polls;
	processes = grow(watch->processes, &watch->processes_room, known + 1,
	    sizeof(*processes), SIZE_MAX);
	if (processes == NULL)
		return false;
	watch->processes = processes;
	return true;
}

/* Where it is among the processes, or how many there are. */
static size_t
find(const struct watch *watch, uint64_t process)
{
	size_t i = 0, known = watch->count - WATCH_KINDS;

	while (i < known && watch->processes[i] != process)
		i++;
	return i;
}

/* One that is dead is no longer waited for. */
static void
drop(struct watch *watch, size_t at)
{
	size_t last = watch->count - WATCH_KINDS - 1;

	stop(&watch->polls[WATCH_KINDS + at]);
	watch->polls[WATCH_KINDS + at] = watch->polls[WATCH_KINDS + last];
	watch->processes[at] = watch->processes[last];
	watch->count--;
}

bool
watch_alive(struct watch *watch, uint64_t process)
{
	size_t at = find(watch, process);
	char name[NAME_ROOM];
	int fd;

	if (at < watch->count - WATCH_KINDS) {
		if (!has_fired(&watch->polls[WATCH_KINDS + at]))
			return true;
		drop(watch, at);
		return false;
	}
	fd = openat(watch->folder, process_name(process, name),
	    O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return errno != ENXIO && errno != ENOENT;
	if (!make_room(watch)) {
		close(fd);
		return true;
	}
	watch->processes[at] = process;
	/* An end without a reader is broken, whatever was asked for. */
	watch->polls[watch->count++] = (struct pollfd){ .fd = fd };
	return true;
}

/* Wake those that wait for one kind.  0, or -1 with errno. */
static int
wake(int folder, const char *name)
{
	int fd = openat(folder, name, O_WRONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0 && errno != ENXIO)
		return -1;
	unlinkat(folder, name, 0);
	if (fd < 0)
		return 0;
	while (write(fd, "", 1) < 0 && errno == EINTR)
		continue;
	close(fd);
	return 0;
}

int
watch_wake(int folder, const char *queue, unsigned kinds)
{
	char name[NAME_ROOM];

	for (unsigned i = 0; i < WATCH_KINDS; i++)
		if ((kinds >> i & 1) != 0 && wake(folder, kind_name(queue, i, name)) < 0)
			return -1;
	return 0;
}

int
watch_live(int folder, uint64_t process)
{
	char name[NAME_ROOM];

	process_name(process, name);
	if (mkfifoat(folder, name, 0600) < 0)
		return -1;
	return openat(folder, name, O_RDWR | O_NONBLOCK | O_CLOEXEC);
}

void
watch_bury(int folder, uint64_t process)
{
	char name[NAME_ROOM];

	unlinkat(folder, process_name(process, name), 0);
}

void
watch_sweep(int folder)
{
	int again = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *names = again < 0 ? NULL : fdopendir(again);
	const struct dirent *one;

	if (names == NULL) {
		if (again >= 0)
			close(again);
		return;
	}
	while ((one = readdir(names)) != NULL) {
		int fd;

		if (strncmp(one->d_name, "alive.", 6) != 0)
			continue;
		fd = openat(folder, one->d_name, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
		if (fd < 0 && errno == ENXIO)
			unlinkat(folder, one->d_name, 0);
		if (fd >= 0)
			close(fd);
	}
	closedir(names);
}
