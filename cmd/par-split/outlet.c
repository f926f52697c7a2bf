/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bytes.h"
#include "diag.h"
#include "fdio.h"
#include "fifo.h"
#include "grow.h"
#include "outlet.h"

void
outlet_init(struct outlet *outlet, const char *path, uint64_t now_ms)
{
	bool standard = strcmp(path, "-") == 0;

	*outlet = (struct outlet){ .name = standard ? "standard output" : path,
		.path = standard ? NULL : path,
		.fd = -1,
		.portion = 1,
		.closed_ms = now_ms,
		.capacity = OUTLET_BLOCK };
}

/* The outlet was opened: is it the FIFO that was made?  What a file has goes now. */
static int
take_over(const struct outlet *outlet)
{
	struct stat st;

	if (outlet->path == NULL)
		return 0;
	if (!outlet->own)
		return fdio_cut(outlet->fd, 0);
	if (fstat(outlet->fd, &st) < 0)
		return -1;
	errno = EPERM;
	return S_ISFIFO(st.st_mode) && st.st_uid == geteuid() ? 0 : -1;
}

int
outlet_try_open(struct outlet *outlet, uint64_t now_ms)
{
	if (outlet->state != OUTLET_CLOSED || now_ms < outlet->next_try_ms)
		return 0;
	outlet->fd = outlet->path == NULL ? fifo_reopen_write(STDOUT_FILENO)
					  : fifo_open_write(outlet->path);
	if (outlet->fd < 0 && errno == ENXIO) {
		outlet->next_try_ms = now_ms + (uint64_t)fifo_pause(outlet->tries++);
		return 0;
	}
	if (outlet->fd < 0 || take_over(outlet) < 0)
		return -1;
	outlet->state = OUTLET_OPEN;
	outlet->served = true;
	share_open(&outlet->share, outlet->fd, &diag_says);
	outlet->socket = fdio_sink(outlet->fd).socket;
	outlet->pipe = fifo_is(outlet->fd);
	if (outlet->pipe)
		outlet->capacity = fdio_pipe_size(outlet->fd, OUTLET_BLOCK * 2);
	return 0;
}

/* Write len bytes as far as it goes; *done says how far.  -1 with errno. */
static int
write_some(const struct outlet *outlet, const char *data, size_t len, size_t *done)
{
	const struct fdio_sink to = { .fd = outlet->fd, .socket = outlet->socket };

	while (*done < len) {
		const struct iovec rest = { .iov_base = (void *)(uintptr_t)(data + *done),
			.iov_len = len - *done };
		ssize_t n = fdio_writev_now(to, &rest, 1);

		if (n <= 0)
			return (int)n;
		*done += (size_t)n;
	}
	return 0;
}

/* Write as write_some() does, apart from what others write there. */
static int
write_apart(struct outlet *outlet, const char *data, size_t len, size_t *done)
{
	int got, error;

	*done = 0;
	if (!share_try(&outlet->share))
		return 0;
	got = write_some(outlet, data, len, done);
	error = errno;
	if (*done > 0)
		share_wrote(&outlet->share, data[*done - 1]);
	share_leave(&outlet->share);
	errno = error;
	return got;
}

/* Where the record begins that position at, in or behind data, is in. */
static size_t
record_start(const char *data, size_t at)
{
	const char *newline = at == 0 ? NULL : memrchr(data, '\n', at);

	return newline == NULL ? 0 : (size_t)(newline - data) + 1;
}

/* Make room for len bytes more, first by dropping what is written. */
static int
make_room(struct outlet *outlet, size_t len)
{
	size_t gone = record_start(outlet->buffer, outlet->start);
	size_t needed = outlet->size == 0 ? OUTLET_BLOCK * 2 : 0;
	char *larger;

	if (outlet->size - outlet->used >= len)
		return 0;
	if (gone > 0) {
		memmove(outlet->buffer, outlet->buffer + gone, outlet->used - gone);
		outlet->start -= gone;
		outlet->used -= gone;
	}
	if (needed < outlet->used + len)
		needed = outlet->used + len;
	larger = grow(outlet->buffer, &outlet->size, needed, 1, BYTES_MOST);
	if (larger == NULL)
		return -1;
	outlet->buffer = larger;
	return 0;
}

int
outlet_add(struct outlet *outlet, const char *data, size_t len)
{
	if (make_room(outlet, len) < 0)
		return -1;
	memcpy(outlet->buffer + outlet->used, data, len);
	outlet->used += len;
	return 0;
}

int
outlet_give(struct outlet *outlet, const char *data, size_t len)
{
	size_t done = 0, from;
	int error = 0;

	if (!outlet_buffers(outlet) && outlet->state == OUTLET_OPEN &&
	    write_apart(outlet, data, len, &done) < 0)
		error = errno;
	if (done < len) {
		bool buffered = outlet_buffers(outlet);

		from = buffered ? 0 : record_start(data, done);
		if (outlet_add(outlet, data + from, len - from) < 0)
			return -1;
		if (!buffered)
			outlet->start = done - from;
	}
	errno = error;
	return error == 0 ? 0 : -1;
}

/* All is written: a buffer grown by a large record is not held on to. */
static void
forget(struct outlet *outlet)
{
	outlet->start = outlet->used = 0;
	if (outlet->size > OUTLET_HIGH * 4) {
		free(outlet->buffer);
		outlet->buffer = NULL;
		outlet->size = 0;
	}
}

int
outlet_flush(struct outlet *outlet)
{
	size_t done;
	int got;

	if (outlet->state != OUTLET_OPEN || !outlet_buffers(outlet))
		return 0;
	got = write_apart(
	    outlet, outlet->buffer + outlet->start, outlet->used - outlet->start, &done);
	outlet->start += done;
	if (outlet->start == outlet->used)
		forget(outlet);
	return got;
}

const char *
outlet_unwritten(const struct outlet *outlet, size_t *len)
{
	size_t from = outlet_buffers(outlet) ? record_start(outlet->buffer, outlet->start)
					     : outlet->used;

	*len = outlet->used - from;
	return *len == 0 ? "" : outlet->buffer + from;
}

void
outlet_await_another(struct outlet *outlet, uint64_t now_ms)
{
	if (outlet_buffers(outlet))
		outlet->start = record_start(outlet->buffer, outlet->start);
	share_close(&outlet->share);
	close(outlet->fd);
	outlet->fd = -1;
	outlet->state = OUTLET_CLOSED;
	outlet->closed_ms = outlet->next_try_ms = now_ms;
	outlet->tries = 0;
	outlet->portion = 1;
	outlet->fed = false;
}

int
outlet_close(struct outlet *outlet, enum outlet_state state)
{
	int fd = outlet->fd;

	share_close(&outlet->share);
	free(outlet->buffer);
	outlet->buffer = NULL;
	outlet->start = outlet->used = outlet->size = 0;
	outlet->fd = -1;
	outlet->state = state;
	if (fd < 0 || close(fd) == 0 || errno == EINTR)
		return 0;
	return -1;
}
