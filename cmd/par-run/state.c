/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fdio.h"
#include "hash.h"
#include "state.h"

enum { SUM_LINE = sizeof("sum 0123456789abcdef\n") - 1 };

/*
 * Open and lock path, which may be replaced meanwhile.  The lock is one of fcntl(2),
 * so that no child has it, and it ends with this process at the latest.
 */
static int
open_locked(const char *path, int flags)
{
	for (;;) {
		struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
		int fd =
		    open(path, O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | flags, 0666);
		struct stat opened, named;

		if (fd < 0)
			return -1;
		if (fcntl(fd, F_SETLK, &lock) < 0) {
			close(fd);
			errno = errno == EACCES || errno == EAGAIN ? EBUSY : errno;
			return -1;
		}
		if (fstat(fd, &opened) == 0 && stat(path, &named) == 0 &&
		    opened.st_dev == named.st_dev && opened.st_ino == named.st_ino)
			return fd;
		close(fd);
	}
}

static void
format_sum(char line[static SUM_LINE + 1], const char *text, size_t len)
{
	snprintf(line, SUM_LINE + 1, "sum %016" PRIx64 "\n", hash_bytes(text, len, 0));
}

/* Read all of it, and cut off its last line, the checksum. */
static char *
read_checked(int fd)
{
	char sum[SUM_LINE + 1], *text;
	size_t size, got = 0;
	struct stat st;

	if (fstat(fd, &st) < 0)
		return NULL;
	errno = EBADMSG;
	if (!S_ISREG(st.st_mode) || st.st_size < SUM_LINE)
		return NULL;
	size = (size_t)st.st_size;
	text = malloc(size + 1);
	while (text != NULL && got < size) {
		ssize_t n = fdio_read(fd, text + got, size - got);

		if (n <= 0)
			break;
		got += (size_t)n;
	}
	if (text == NULL || got < size) {
		free(text);
		return NULL;
	}
	size -= SUM_LINE;
	format_sum(sum, text, size);
	if (memcmp(sum, text + size, SUM_LINE) != 0) {
		free(text);
		errno = EBADMSG;
		return NULL;
	}
	text[size] = '\0';
	return text;
}

int
state_open(struct state *state, const char *path, char **text)
{
	size_t size = strlen(path) + sizeof(".new");

	*state = (struct state){ .path = path, .beside = malloc(size), .fd = -1 };
	if (state->beside == NULL)
		return -1;
	snprintf(state->beside, size, "%s.new", path);
	state->fd = open_locked(path, 0);
	if (state->fd < 0)
		return errno == ENOENT ? 0 : -1;
	*text = read_checked(state->fd);
	return *text == NULL ? -1 : 1;
}

int
state_save(struct state *state, const char *text, size_t len)
{
	char sum[SUM_LINE + 1];
	int fd = open_locked(state->beside, O_CREAT);

	if (fd < 0)
		return -1;
	/* Did another one make the file since we found none? */
	if (state->fd < 0 && access(state->path, F_OK) == 0) {
		close(fd);
		errno = EBUSY;
		return -1;
	}
	format_sum(sum, text, len);
	if (ftruncate(fd, 0) < 0 || fdio_write(fd, text, len) < 0 ||
	    fdio_write(fd, sum, SUM_LINE) < 0 || rename(state->beside, state->path) < 0) {
		int error = errno;

		unlink(state->beside); /* make no full disk fuller */
		close(fd);
		errno = error;
		return -1;
	}
	if (state->fd >= 0)
		close(state->fd);
	state->fd = fd;
	return 0;
}

void
state_remove(struct state *state)
{
	unlink(state->path);
}

void
state_close(struct state *state)
{
	if (state->fd >= 0)
		close(state->fd);
	state->fd = -1;
	free(state->beside);
	state->beside = NULL;
}
