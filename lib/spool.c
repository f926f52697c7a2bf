/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fdio.h"
#include "os.h"
#include "spool.h"

enum { BUFFER = 32 << 10, COPY = 64 << 10 };

const char *
spool_folder(void)
{
	const char *folder = getenv("TMPDIR");

	return folder != NULL && *folder != '\0' ? folder : "/tmp";
}

const char *
spool_what(void)
{
	return "temporary file, see TMPDIR";
}

int
spool_file(void)
{
	char path[4096];
	int fd, len;

	fd = os_nameless(spool_folder());
	if (fd >= 0)
		return fd;
	len = snprintf(path, sizeof(path), "%s/par.XXXXXX", spool_folder());
	if ((size_t)len >= sizeof(path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	fd = mkstemp(path);
	if (fd >= 0) {
		unlink(path);
		fdio_cloexec(fd);
	}
	return fd;
}

int
spool_copy(int fd, uint64_t offset, uint64_t *len, struct fdio_sink to)
{
	char buffer[COPY];
	size_t most = *len < sizeof(buffer) ? (size_t)*len : sizeof(buffer);
	ssize_t n;

	n = fdio_read_at(fd, buffer, most, offset);
	if (n == 0)
		errno = ENODATA; /* somebody has cut it */
	if (n <= 0)
		return -1;
	n = fdio_writev_now(
	    to, &(struct iovec){ .iov_base = buffer, .iov_len = (size_t)n }, 1);
	*len = n < 0 ? 0 : (uint64_t)n;
	return n < 0 ? -1 : 0;
}

static int
flush(struct spool *spool)
{
	size_t used = spool->used;

	if (spool->fd_plus_one == 0)
		spool->fd_plus_one = spool_file() + 1;
	if (spool->fd_plus_one == 0)
		return -1;
	spool->used = 0;
	return fdio_write(spool->fd_plus_one - 1, spool->buffer, used);
}

int
spool_put(struct spool *spool, const void *data, size_t len)
{
	const char *from = data;

	if (spool->buffer == NULL)
		spool->buffer = malloc(BUFFER);
	if (spool->buffer == NULL)
		return -1;
	spool->bytes += len;
	while (len > BUFFER - spool->used) {
		size_t fits = BUFFER - spool->used;

		memcpy(spool->buffer + spool->used, from, fits);
		spool->used = BUFFER;
		from += fits;
		len -= fits;
		if (flush(spool) < 0)
			return -1;
	}
	memcpy(spool->buffer + spool->used, from, len);
	spool->used += len;
	return 0;
}

int
spool_rewind(struct spool *spool)
{
	spool->at = 0;
	if (spool->fd_plus_one == 0)
		return 0;
	if (flush(spool) < 0)
		return -1;
	return lseek(spool->fd_plus_one - 1, 0, SEEK_SET) < 0 ? -1 : 0;
}

int
spool_get(struct spool *spool, void *data, size_t len)
{
	char *to = data;

	while (len > 0) {
		size_t fits = spool->used - spool->at;

		if (fits > len)
			fits = len;
		if (fits > 0) {
			memcpy(to, spool->buffer + spool->at, fits);
			spool->at += fits;
			to += fits;
			len -= fits;
		} else {
			ssize_t n = spool->fd_plus_one == 0
			    ? 0
			    : fdio_read(spool->fd_plus_one - 1, spool->buffer, BUFFER);

			if (n <= 0)
				return (int)n;
			spool->used = (size_t)n;
			spool->at = 0;
		}
	}
	return 1;
}

void
spool_close(struct spool *spool)
{
	if (spool->fd_plus_one > 0)
		close(spool->fd_plus_one - 1);
	free(spool->buffer);
	*spool = (struct spool){ 0 };
}
