/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <string.h>

#include "ack.h"
#include "fdio.h"
#include "frames.h"

enum { LITTLE = 16 << 10 /* bytes of output: they are copied behind their line */ };

int
frames_open(struct frames *frames, int fd)
{
	return writer_open(&frames->out, fd);
}

void
frames_close(struct frames *frames)
{
	writer_close(&frames->out);
	bytes_free(&frames->lines);
}

int
frames_take(struct frames *frames, struct supervisor *parent)
{
	size_t len;
	const char *lines = supervisor_lines(parent, &len);

	if (frames->at == frames->lines.len)
		frames->at = frames->lines.len = 0;
	return bytes_put(&frames->lines, lines, len);
}

int
frames_send(struct frames *frames)
{
	if (writer_flush_now(&frames->out) < 0)
		return -1;
	return frames->out.used == 0;
}

/* The next line, of so many bytes, is to go now: what it counts is left then. */
static const char *
next_line(struct frames *frames, size_t *len)
{
	const char *line = frames->lines.data + frames->at;
	const char *end = memchr(line, '\n', frames->lines.len - frames->at);
	struct ack ack;

	*len = (size_t)(end - line) + 1;
	frames->at += *len;
	/* A line that is no acknowledgement tells what we are. */
	frames->left = ack_parse(line, *len - 1, &ack) < 0 ? 0 : (size_t)ack.bytes;
	return line;
}

/* The next line, and where its output is in memory, at *from, that too if it is little.
 */
static int
put_line(struct frames *frames, const char **from)
{
	size_t len, little = 0;
	const char *line = next_line(frames, &len);
	char *to;

	if (from != NULL && frames->left <= LITTLE)
		little = frames->left;
	to = writer_room(&frames->out, len + little);
	if (to == NULL)
		return -1;
	memcpy(to, line, len);
	if (little > 0) {
		memcpy(to + len, *from, little);
		*from += little;
		frames->left = 0;
	}
	writer_commit(&frames->out, len + little);
	return 1;
}

/* Output that is behind its line, from memory at *from: as frames_send(). */
static int
copy_output(struct frames *frames, const char **from)
{
	ssize_t taken = writer_offer(&frames->out, *from, frames->left);

	if (taken < 0)
		return -1;
	*from += taken;
	frames->left -= (size_t)taken;
	return frames->left == 0;
}

/* Move output from where it is; *bytes are left of all that is counted. */
static int
move_output(struct frames *frames, struct worker *worker, size_t *bytes)
{
	size_t before = frames->left;
	int got = frames_send(frames);

	if (got <= 0)
		return got;
	got = worker_move(worker, frames->out.to, &frames->left);
	*bytes -= before - frames->left;
	return got == 0 ? 1 : errno == EAGAIN ? 0 : -1;
}

int
frames_move(struct frames *frames, struct worker *worker, size_t *bytes)
{
	const struct buffered *buffered = &worker->buffered;
	bool here = buffered_filed(buffered) == 0 && buffered_bytes(buffered) >= *bytes;
	const char *begin = buffered_at(buffered), *from = begin;
	int got = 1;

	while (got > 0 && frames_wait(frames)) {
		if (frames->left > 0)
			got = here ? copy_output(frames, &from)
				   : move_output(frames, worker, bytes);
		else if (frames->out.used + ACK_LINE_MAX + LITTLE > RECORD_BUFFER)
			got = frames_send(frames);
		else
			got = put_line(frames, here ? &from : NULL);
	}
	worker_release(worker, (uint64_t)(from - begin));
	*bytes -= (size_t)(from - begin);
	return got;
}

int
frames_let_go(struct frames *frames)
{
	while (frames_wait(frames))
		if (put_line(frames, NULL) < 0)
			return -1;
	return frames_send(frames);
}

/* The next bytes of output go there.  0, or -1 with errno. */
static int
retain_output(struct frames *frames, struct worker *worker, struct order *order,
    struct retained **run, int fd)
{
	size_t len = frames->left;

	if (fd >= 0)
		return worker_move(worker, (struct fdio_sink){ .fd = fd }, &frames->left);
	frames->left = 0;
	if (order_retain(order, run, &(struct extent){ .bytes = len },
		buffered_at(&worker->buffered)) < 0)
		return -1;
	worker_release(worker, len);
	return 0;
}

int
frames_retain(struct frames *frames, struct worker *worker, struct order *order,
    struct retained **run, int fd)
{
	size_t len;

	while (frames_wait(frames)) {
		const char *line;

		if (frames->left > 0 && retain_output(frames, worker, order, run, fd) < 0)
			return -1;
		if (!frames_wait(frames))
			break;
		line = next_line(frames, &len);
		if ((fd >= 0 ? fdio_write(fd, line, len)
			     : order_retain(order, run, &(struct extent){ .bytes = len },
				   line)) < 0)
			return -1;
	}
	return 0;
}
