/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fdio.h"
#include "fifo.h"
#include "output.h"

void
output_init(struct output *out, const char *path, uint64_t now_ms)
{
	bool standard = strcmp(path, "-") == 0;

	*out = (struct output){ .name = standard ? "standard output" : path,
		.path = standard ? NULL : path,
		.fd = -1,
		.portion = 1,
		.closed_ms = now_ms,
		.capacity = OUTPUT_BLOCK };
}

/* It was opened: is it the FIFO that was made?  What a file has goes now. */
static int
take_over(const struct output *out)
{
	struct stat st;

	if (out->path == NULL)
		return 0;
	if (!out->own)
		return fdio_cut(out->fd, 0);
	if (fstat(out->fd, &st) < 0)
		return -1;
	errno = EPERM;
	return S_ISFIFO(st.st_mode) && st.st_uid == geteuid() ? 0 : -1;
}

int
output_try_open(struct output *out, uint64_t now_ms)
{
	if (out->state != OUTPUT_CLOSED || now_ms < out->next_try_ms)
		return 0;
	out->fd = out->path == NULL ? fifo_reopen_write(STDOUT_FILENO)
				    : fifo_open_write(out->path);
	if (out->fd < 0 && errno == ENXIO) {
		out->next_try_ms = now_ms + (uint64_t)fifo_pause(out->tries++);
		return 0;
	}
	if (out->fd < 0 || take_over(out) < 0)
		return -1;
	out->state = OUTPUT_OPEN;
	out->served = true;
	share_open(&out->share, out->fd);
	out->pipe = fifo_is(out->fd);
	if (out->pipe)
		out->capacity = fdio_pipe_size(out->fd, OUTPUT_BLOCK * 2);
	return 0;
}

/* Write len bytes as far as it goes; *done says how far.  -1 with errno. */
static int
write_some(const struct output *out, const char *data, size_t len, size_t *done)
{
	while (*done < len) {
		ssize_t n = write(out->fd, data + *done, len - *done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN || errno == EWOULDBLOCK ? 0 : -1;
		*done += (size_t)n;
	}
	return 0;
}

/* The same, apart from what others write. */
static int
write_apart(struct output *out, const char *data, size_t len, size_t *done)
{
	int got, error;

	*done = 0;
	if (!share_try(&out->share))
		return 0;
	got = write_some(out, data, len, done);
	error = errno;
	if (*done > 0)
		share_wrote(&out->share, data[*done - 1]);
	share_leave(&out->share);
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
make_room(struct output *out, size_t len)
{
	size_t gone = record_start(out->kept, out->start), size = out->size;
	char *larger;

	if (out->size - out->used >= len)
		return 0;
	if (gone > 0) {
		memmove(out->kept, out->kept + gone, out->used - gone);
		out->start -= gone;
		out->used -= gone;
	}
	if (size == 0)
		size = OUTPUT_BLOCK * 2;
	while (size - out->used < len)
		size *= 2;
	larger = realloc(out->kept, size);
	if (larger == NULL)
		return -1;
	out->kept = larger;
	out->size = size;
	return 0;
}

int
output_add(struct output *out, const char *data, size_t len)
{
	if (make_room(out, len) < 0)
		return -1;
	memcpy(out->kept + out->used, data, len);
	out->used += len;
	return 0;
}

int
output_give(struct output *out, const char *data, size_t len)
{
	size_t done = 0, from;
	int error = 0;

	if (!output_keeps(out) && out->state == OUTPUT_OPEN &&
	    write_apart(out, data, len, &done) < 0)
		error = errno;
	if (done < len) {
		bool kept_some = output_keeps(out);

		from = kept_some ? 0 : record_start(data, done);
		if (output_add(out, data + from, len - from) < 0)
			return -1;
		if (!kept_some)
			out->start = done - from;
	}
	errno = error;
	return error == 0 ? 0 : -1;
}

/* Everything kept is written: a buffer grown by a large record is not held on to. */
static void
forget(struct output *out)
{
	out->start = out->used = 0;
	if (out->size > OUTPUT_HIGH * 4) {
		free(out->kept);
		out->kept = NULL;
		out->size = 0;
	}
}

int
output_flush(struct output *out)
{
	size_t done;
	int got;

	if (out->state != OUTPUT_OPEN || !output_keeps(out))
		return 0;
	got = write_apart(out, out->kept + out->start, out->used - out->start, &done);
	out->start += done;
	if (out->start == out->used)
		forget(out);
	return got;
}

const char *
output_unwritten(const struct output *out, size_t *len)
{
	size_t from = output_keeps(out) ? record_start(out->kept, out->start) : out->used;

	*len = out->used - from;
	return *len == 0 ? "" : out->kept + from;
}

void
output_await_another(struct output *out, uint64_t now_ms)
{
	if (output_keeps(out))
		out->start = record_start(out->kept, out->start);
	share_close(&out->share);
	close(out->fd);
	out->fd = -1;
	out->state = OUTPUT_CLOSED;
	out->closed_ms = out->next_try_ms = now_ms;
	out->tries = 0;
	out->portion = 1;
	out->fed = false;
}

int
output_close(struct output *out, enum output_state state)
{
	int fd = out->fd;

	share_close(&out->share);
	free(out->kept);
	out->kept = NULL;
	out->start = out->used = out->size = 0;
	out->fd = -1;
	out->state = state;
	if (fd < 0 || close(fd) == 0 || errno == EINTR)
		return 0;
	return -1;
}
