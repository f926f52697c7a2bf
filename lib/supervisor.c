/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fdio.h"
#include "num.h"
#include "supervisor.h"

enum {
	LINES_SIZE = 64 << 10,
	COUNT_MOST = 24 /* bytes of one more count in a line, and its end */
};

/* The descriptor that PAR_STAGE=FD:PID names, if PID is ours; else -1. */
static int
descriptor(void)
{
	const char *value = getenv("PAR_STAGE"), *colon;
	uint64_t fd, pid;

	if (value == NULL)
		return -1;
	colon = strchr(value, ':');
	if (colon == NULL ||
	    num_parse_bytes(value, (size_t)(colon - value), 3, INT32_MAX, &fd) < 0 ||
	    num_parse(colon + 1, 1, INT32_MAX, &pid) < 0 || pid != (uint64_t)getpid())
		return -1;
	unsetenv("PAR_STAGE");
	return fdio_cloexec((int)fd) < 0 ? -1 : (int)fd;
}

/* What PAR_STAGE_TAKES=PID:WORDS says, if PID is ours: it may be left from one above. */
static enum runs
taken(void)
{
	const char *value = getenv("PAR_STAGE_TAKES"), *colon;
	enum runs runs = RUNS_NONE;
	uint64_t pid;

	colon = value == NULL ? NULL : strchr(value, ':');
	if (colon != NULL &&
	    num_parse_bytes(value, (size_t)(colon - value), 1, INT32_MAX, &pid) == 0 &&
	    pid == (uint64_t)getpid())
		runs = runs_parse(colon + 1);
	unsetenv("PAR_STAGE_TAKES");
	return runs;
}

int
supervisor_find(struct supervisor *above)
{
	*above = (struct supervisor){ .fd = descriptor() };
	if (above->fd < 0)
		return 0;
	above->runs = taken();
	above->lines = malloc(LINES_SIZE);
	return above->lines == NULL ? -1 : 0;
}

int
supervisor_at(struct supervisor *above, int fd)
{
	*above = (struct supervisor){ .fd = fd, .framed = true };
	above->lines = malloc(LINES_SIZE);
	return above->lines == NULL ? -1 : writer_open(&above->frames, fd);
}

/* Nothing more comes to the run that grows: its line is ended. */
static void
end_run(struct supervisor *above)
{
	char *to = above->lines + above->used;
	uint64_t last = above->run_first + above->run_count - 1;

	if (above->run_count == 0)
		return;
	if (above->runs == RUNS_COUNTED) {
		memcpy(to, " ok\n", 4);
		above->used += 4;
	} else if (above->run_count == 1) {
		above->used += ack_format_ok(to, last, above->run_bytes);
	} else {
		above->used +=
		    ack_format_run(to, above->run_first, last, above->run_bytes);
	}
	above->run_count = 0;
}

int
supervisor_greet(struct supervisor *above, const struct hello *hello)
{
	end_run(above);
	above->used += hello_format(above->lines + above->used, hello);
	return supervisor_flush(above);
}

bool
supervisor_full(const struct supervisor *above)
{
	return above->used + 2 * ACK_LINE_MAX > LINES_SIZE; /* one, and that of a run */
}

bool
supervisor_tell_run(
    struct supervisor *above, uint64_t first, uint64_t count, uint64_t bytes)
{
	if (above->run_count == 0 || first != above->run_first + above->run_count ||
	    bytes > ACK_BYTES_MOST - above->run_bytes) {
		end_run(above);
		above->run_first = first;
		above->run_bytes = 0;
	}
	above->run_count += count;
	above->run_bytes += bytes;
	return supervisor_full(above);
}

/* The same of one record, with its count. */
static bool
tell_counted(struct supervisor *above, uint64_t index, uint64_t bytes)
{
	char *to = above->lines + above->used;

	if (above->run_count > 0 && index == above->run_first + above->run_count &&
	    above->used - above->run_at + COUNT_MOST <= ACK_LINE_MAX &&
	    bytes <= ACK_BYTES_MOST - above->run_bytes) {
		*to++ = ',';
	} else {
		end_run(above);
		above->run_at = above->used;
		above->run_first = index;
		above->run_bytes = 0;
		to = num_format(above->lines + above->used, index);
		*to++ = ' ';
	}
	to = num_format(to, bytes);
	above->used = (size_t)(to - above->lines);
	above->run_bytes += bytes;
	above->run_count++;
	return supervisor_full(above);
}

bool
supervisor_tell_ok(struct supervisor *above, uint64_t index, uint64_t bytes)
{
	if (above->runs == RUNS_SUMMED)
		return supervisor_tell_run(above, index, 1, bytes);
	if (above->runs == RUNS_COUNTED)
		return tell_counted(above, index, bytes);
	above->used += ack_format_ok(above->lines + above->used, index, bytes);
	return supervisor_full(above);
}

bool
supervisor_tell(struct supervisor *above, const struct ack *ack)
{
	end_run(above);
	above->used += ack_format(above->lines + above->used, ack);
	return supervisor_full(above);
}

/* The first of the lines up to end goes out; *bytes is what it counts.  0, or -1. */
static int
frame_line(struct supervisor *above, const char **line, const char *end, size_t *bytes)
{
	size_t len = (size_t)((char *)memchr(*line, '\n', (size_t)(end - *line)) - *line);
	struct ack ack;

	if (ack_parse(*line, len, &ack) < 0)
		ack.bytes = 0; /* the first line */
	*bytes = (size_t)ack.bytes;
	if (writer_put(&above->frames, *line, len + 1) < 0)
		return -1;
	*line += len + 1;
	return 0;
}

int
supervisor_frame(struct supervisor *above, const char *output)
{
	const char *line = above->lines, *end = line + above->used;
	size_t bytes;

	above->used = 0;
	while (line < end) {
		if (frame_line(above, &line, end, &bytes) < 0 ||
		    writer_put(&above->frames, output, bytes) < 0)
			return -1;
		output += bytes;
	}
	return 0;
}

int
supervisor_frame_by(
    struct supervisor *above, int (*move)(void *arg, int to, size_t len), void *arg)
{
	const char *line = above->lines, *end = line + above->used;
	size_t bytes;

	above->used = 0;
	while (line < end) {
		if (frame_line(above, &line, end, &bytes) < 0)
			return -1;
		if (bytes > 0 &&
		    (writer_flush(&above->frames) < 0 || move(arg, above->fd, bytes) < 0))
			return -1;
	}
	return 0;
}

int
supervisor_flush(struct supervisor *above)
{
	size_t used;

	if (above->framed)
		return supervisor_frame(above, "") < 0 ? -1
						       : writer_flush(&above->frames);
	end_run(above);
	used = above->used;
	above->used = 0;
	return used == 0 ? 0 : fdio_write(above->fd, above->lines, used);
}

void
supervisor_withdraw(struct supervisor *above)
{
	close(above->fd);
	supervisor_leave(above);
	above->fd = -1;
}

void
supervisor_leave(struct supervisor *above)
{
	if (above->framed)
		writer_close(&above->frames);
	free(above->lines);
	above->lines = NULL;
}
