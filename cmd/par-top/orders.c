/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "orders.h"

/* Write it to fd, if that is a FIFO of ours. */
static const char *
give(int fd, const char *line)
{
	size_t len = strlen(line);
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) < 0)
		return strerror(errno);
	if (!S_ISFIFO(st.st_mode) || st.st_uid != geteuid())
		return "is no FIFO of this user";
	n = write(fd, line, len);
	if (n == (ssize_t)len)
		return NULL;
	return n < 0 && errno != EAGAIN ? strerror(errno) : "takes nothing now";
}

const char *
orders_give(struct field path, const char *line)
{
	char name[PATH_MAX];
	const char *why;
	int fd;

	if (path.len == 0 || path.len >= sizeof(name) || *path.data != '/' ||
	    memchr(path.data, '\0', path.len) != NULL)
		return "has no such name";
	memcpy(name, path.data, path.len);
	name[path.len] = '\0';
	fd = open(name, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENXIO ? "has no reader" : strerror(errno);
	why = give(fd, line);
	close(fd);
	return why;
}
