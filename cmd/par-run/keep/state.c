/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "anew.h"
#include "fdio.h"
#include "hash.h"
#include "state.h"

enum { SUM_LINE = sizeof("sum 0123456789abcdef\n") - 1 };

/* Open and lock path, which may be replaced meanwhile. */
static int
open_locked(const char *path)
{
	for (;;) {
		int fd = open(path, O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
		struct stat opened, named;

		if (fd < 0)
			return -1;
		if (fdio_lock(fd) < 0) {
			int error = errno;

			close(fd);
			errno = error;
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

/* All of it, *len bytes and a NUL; NULL with errno. */
static char *
read_all(int fd, size_t *len)
{
	size_t size, got = 0;
	struct stat st;
	char *text;

	if (fstat(fd, &st) < 0)
		return NULL;
	errno = EBADMSG;
	if (!S_ISREG(st.st_mode))
		return NULL;
	*len = size = (size_t)st.st_size;
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
	text[size] = '\0';
	return text;
}

/* Cut off its last line, the checksum; false if that is wrong. */
static bool
cut_sum(char *text, size_t len)
{
	char sum[SUM_LINE + 1];

	if (len < SUM_LINE)
		return false;
	len -= SUM_LINE;
	format_sum(sum, text, len);
	if (memcmp(sum, text + len, SUM_LINE) != 0)
		return false;
	text[len] = '\0';
	return true;
}

int
state_open(struct state *state, const char *path, char **text)
{
	size_t len;

	*text = NULL;
	*state = (struct state){ .path = path, .fd = open_locked(path) };
	if (state->fd < 0 && errno != ENOENT)
		return -1;
	anew_sweep(path);
	if (state->fd < 0)
		return 0;
	*text = read_all(state->fd, &len);
	if (*text == NULL)
		return -1;
	if (cut_sum(*text, len))
		return 1;
	errno = EBADMSG;
	return -1;
}

int
state_save(struct state *state, const char *text, size_t len, bool sync)
{
	/* If there was none when it was opened, another one may have made it since. */
	unsigned flags = (state->fd < 0 ? ANEW_FIRST : 0) | (sync ? ANEW_SYNC : 0);
	char sum[SUM_LINE + 1];
	struct anew anew;

	if (anew_begin(&anew, state->path) < 0)
		return -1;
	format_sum(sum, text, len);
	if (fdio_write(anew.fd, text, len) < 0 ||
	    fdio_write(anew.fd, sum, SUM_LINE) < 0) {
		anew_drop(&anew);
		return -1;
	}
	if (anew_commit(&anew, flags) < 0) {
		errno = errno == EEXIST ? EBUSY : errno;
		return -1;
	}
	if (state->fd >= 0)
		close(state->fd);
	state->fd = anew.fd;
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
}
