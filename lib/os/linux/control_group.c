/* SPDX-License-Identifier: ISC */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "control_group.h"
#include "fdio.h"

/* Does the list of controllers name this one? */
static bool
names(const char *list, const char *controller)
{
	size_t len = strlen(controller);

	for (;;) {
		size_t one = strcspn(list, ",");

		if (one == len && memcmp(list, controller, len) == 0)
			return true;
		if (list[one] == '\0')
			return false;
		list += one + 1;
	}
}

/* The path of a line of /proc/self/cgroup, if it is the one; else NULL. */
static const char *
path_of(char *line, int version, const char *controller)
{
	char *list = strchr(line, ':');
	char *path = list == NULL ? NULL : strchr(list + 1, ':');

	if (path == NULL)
		return NULL;
	*path++ = '\0';
	list++;
	path[strcspn(path, "\n")] = '\0';
	return (version == 2 ? *list == '\0' : names(list, controller)) ? path : NULL;
}

int
control_group_find(struct control_group *group, int version, const char *controller)
{
	char line[CONTROL_GROUP_PATH];
	const char *path = NULL;
	FILE *file = fopen("/proc/self/cgroup", "re");
	int len;

	if (file == NULL)
		return -1;
	while (path == NULL && fgets(line, sizeof(line), file) != NULL)
		path = path_of(line, version, controller);
	fclose(file);
	if (path == NULL)
		return -1;
	group->root = (size_t)snprintf(group->folder, sizeof(group->folder), "%s%s",
	    version == 2 ? "/sys/fs/cgroup" : "/sys/fs/cgroup/",
	    version == 2 ? "" : controller);
	len = snprintf(group->folder + group->root, sizeof(group->folder) - group->root,
	    "%s", strcmp(path, "/") == 0 ? "" : path);
	group->len = group->root + (size_t)len;
	return group->len < sizeof(group->folder) ? 0 : -1;
}

int
control_group_read(
    const struct control_group *group, const char *name, char *text, size_t size)
{
	char path[CONTROL_GROUP_PATH + 64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", group->folder, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	n = fdio_read(fd, text, size - 1);
	close(fd);
	text[n < 0 ? 0 : n] = '\0';
	return n < 0 ? -1 : 0;
}

int
control_group_up(struct control_group *group)
{
	if (group->len <= group->root)
		return -1;
	while (group->len > group->root && group->folder[group->len] != '/')
		group->len--;
	group->folder[group->len] = '\0';
	return 0;
}
