/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "control.h"
#include "diag.h"

enum {
	READ_SIZE = 4096, /* a turn of the loop: a flood does not stop the work */
	LOCK_TRIES = 100,
	LOCK_PAUSE = 10 /* ms */
};

/* Bytes up to the end of a line, or of what there is. */
static void
collect_line(struct control *control, const char *data, size_t len, bool whole)
{
	if (len >= CONTROL_LINE - control->used)
		control->skipping = true;
	if (!control->skipping) {
		memcpy(control->line + control->used, data, len);
		control->used += len;
	}
	if (!whole)
		return;
	if (control->skipping)
		warn("%s: a line longer than a command can be", control->path);
	else
		control->obey(control->context, control->line, control->used);
	control->used = 0;
	control->skipping = false;
}

void
control_take(struct control *control)
{
	char data[READ_SIZE];
	const char *at = data;
	ssize_t n = read(control->fd, data, sizeof(data));

	while (n > 0) {
		const char *newline = memchr(at, '\n', (size_t)n);
		size_t len = newline == NULL ? (size_t)n : (size_t)(newline - at);

		collect_line(control, at, len, newline != NULL);
		len += newline != NULL;
		at += len;
		n -= (ssize_t)len;
	}
}

/*
 * Lock fd, against others that read it.  A child of one that was killed may have the
 * lock until it has become its command.
 */
static bool
lock(int fd)
{
	for (int tries = 0; tries < LOCK_TRIES; tries++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
			return true;
		poll(NULL, 0, LOCK_PAUSE);
	}
	return false;
}

/* Is the file that was opened one to take commands from? */
static const char *
refuse(struct control *control)
{
	struct stat st;

	if (fstat(control->fd, &st) < 0)
		return strerror(errno);
	if (!S_ISFIFO(st.st_mode))
		return "is there, and not a FIFO";
	if (st.st_uid != geteuid())
		return "belongs to somebody else";
	if (!lock(control->fd))
		return "is read by another process";
	control->device = st.st_dev;
	control->inode = st.st_ino;
	return NULL;
}

/* Make it, if it is not there, and open both its ends.  NULL, or what is wrong. */
static const char *
open_ends(struct control *control)
{
	const char *path = control->path, *why;
	struct stat link;

	control->made = mkfifo(path, 0600) == 0;
	if (!control->made && errno != EEXIST)
		return strerror(errno);
	if (lstat(path, &link) == 0 && S_ISLNK(link.st_mode) && link.st_uid != geteuid())
		return "a link that belongs to somebody else";
	control->fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (control->fd < 0)
		return strerror(errno);
	why = refuse(control);
	if (why != NULL)
		return why;
	control->write_end = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	return control->write_end < 0 ? strerror(errno) : NULL;
}

const char *
control_open(struct control *control, const char *path, control_obey *obey, void *context)
{
	const char *why;

	*control = (struct control){
		.path = path, .fd = -1, .write_end = -1, .obey = obey, .context = context
	};
	if (path == NULL)
		return NULL;
	control->line = malloc(CONTROL_LINE);
	why = control->line == NULL ? strerror(ENOMEM) : open_ends(control);
	if (why != NULL)
		control_close(control);
	return why;
}

/* Is what has its name the FIFO that was made?  Yes, where that was a moment ago. */
static bool
is_made(const struct control *control)
{
	struct stat st;

	return control->made &&
	    (control->inode == 0 ||
		(lstat(control->path, &st) == 0 && st.st_dev == control->device &&
		    st.st_ino == control->inode));
}

void
control_close(struct control *control)
{
	if (is_made(control))
		unlink(control->path);
	control->made = false;
	if (control->fd >= 0)
		close(control->fd);
	if (control->write_end >= 0)
		close(control->write_end);
	control->fd = control->write_end = -1;
	free(control->line);
	control->line = NULL;
}
