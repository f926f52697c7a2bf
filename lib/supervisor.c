/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bytes.h"
#include "fdio.h"
#include "fifo.h"
#include "grow.h"
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

/* The descriptor that a word named=FD of words offers; or 0. */
static int
offered(const char *words)
{
	static const char name[] = "named=";
	uint64_t fd;

	for (; words != NULL; words = strchr(words, ',')) {
		words += *words == ',';
		if (strncmp(words, name, sizeof(name) - 1) != 0)
			continue;
		words += sizeof(name) - 1;
		if (num_parse_bytes(words, strcspn(words, ","), 3, INT32_MAX, &fd) == 0 &&
		    fdio_cloexec((int)fd) == 0)
			return (int)fd;
	}
	return 0;
}

/* What PAR_STAGE_TAKES=PID:WORDS says, if PID is ours: it may be that of an ancestor. */
static void
take_offers(struct supervisor *parent)
{
	const char *value = getenv("PAR_STAGE_TAKES"), *colon;
	uint64_t pid;

	colon = value == NULL ? NULL : strchr(value, ':');
	if (colon != NULL &&
	    num_parse_bytes(value, (size_t)(colon - value), 1, INT32_MAX, &pid) == 0 &&
	    pid == (uint64_t)getpid()) {
		parent->runs = runs_parse(colon + 1);
		parent->named = offered(colon + 1);
		parent->trace = takes_trace(colon + 1);
	}
	unsetenv("PAR_STAGE_TAKES");
}

int
supervisor_find(struct supervisor *parent)
{
	*parent = (struct supervisor){ .fd = descriptor() };
	if (parent->fd < 0)
		return 0;
	take_offers(parent);
	parent->lines = malloc(LINES_SIZE);
	parent->size = LINES_SIZE;
	return parent->lines == NULL ? -1 : 0;
}

int
supervisor_at(struct supervisor *parent, int fd)
{
	*parent = (struct supervisor){ .fd = fd, .framed = true };
	parent->lines = malloc(LINES_SIZE);
	parent->size = LINES_SIZE;
	return parent->lines == NULL ? -1 : 0;
}

/* Nothing more comes to the run that grows: its line is ended. */
static void
end_run(struct supervisor *parent)
{
	char *to = parent->lines + parent->used;
	uint64_t last = parent->run_first + parent->run_count - 1;

	if (parent->run_count == 0)
		return;
	if (parent->runs == RUNS_COUNTED) {
		memcpy(to, " ok\n", 4);
		parent->used += 4;
	} else if (parent->run_count == 1) {
		parent->used += ack_format_ok(to, last, parent->run_bytes);
	} else {
		parent->used +=
		    ack_format_run(to, parent->run_first, last, parent->run_bytes);
	}
	parent->run_count = 0;
}

bool
supervisor_full(const struct supervisor *parent)
{
	return parent->used + 2 * ACK_LINE_MAX > LINES_SIZE; /* one, and that of a run */
}

bool
supervisor_report_run(
    struct supervisor *parent, uint64_t first, uint64_t count, uint64_t bytes)
{
	if (parent->run_count == 0 || first != parent->run_first + parent->run_count ||
	    bytes > ACK_BYTES_MOST - parent->run_bytes) {
		end_run(parent);
		parent->run_first = first;
		parent->run_bytes = 0;
	}
	parent->run_count += count;
	parent->run_bytes += bytes;
	return supervisor_full(parent);
}

/* Report one record, with its count. */
static bool
report_counted(struct supervisor *parent, uint64_t index, uint64_t bytes)
{
	char *to = parent->lines + parent->used;

	if (parent->run_count > 0 && index == parent->run_first + parent->run_count &&
	    parent->used - parent->run_at + COUNT_MOST <= ACK_LINE_MAX &&
	    bytes <= ACK_BYTES_MOST - parent->run_bytes) {
		*to++ = ',';
	} else {
		end_run(parent);
		parent->run_at = parent->used;
		parent->run_first = index;
		parent->run_bytes = 0;
		to = num_format(parent->lines + parent->used, index);
		*to++ = ' ';
	}
	to = num_format(to, bytes);
	parent->used = (size_t)(to - parent->lines);
	parent->run_bytes += bytes;
	parent->run_count++;
	return supervisor_full(parent);
}

bool
supervisor_report_ok(struct supervisor *parent, uint64_t index, uint64_t bytes)
{
	if (parent->runs == RUNS_SUMMED)
		return supervisor_report_run(parent, index, 1, bytes);
	if (parent->runs == RUNS_COUNTED)
		return report_counted(parent, index, bytes);
	parent->used += ack_format_ok(parent->lines + parent->used, index, bytes);
	return supervisor_full(parent);
}

bool
supervisor_report(struct supervisor *parent, const struct ack *ack)
{
	end_run(parent);
	parent->used += ack_format(parent->lines + parent->used, ack);
	return supervisor_full(parent);
}

bool
supervisor_idle(const struct supervisor *parent)
{
	return parent->fd >= 0 && !parent->stuck && parent->used <= SUPERVISOR_TRACE;
}

void
supervisor_trace(struct supervisor *parent, const char *text, size_t len)
{
	size_t word = strlen(ack_trace_word);
	char *to;

	end_run(parent);
	if (parent->fd < 0 || supervisor_full(parent) || word + len >= ACK_LINE_MAX)
		return;
	to = parent->lines + parent->used;
	memcpy(to, ack_trace_word, word);
	memcpy(to + word, text, len);
	to[word + len] = '\n';
	parent->used += word + len + 1;
}

const char *
supervisor_lines(struct supervisor *parent, size_t *len)
{
	end_run(parent);
	*len = parent->used;
	parent->used = 0;
	return parent->lines;
}

/* Send what it takes now, however little at a time. */
static int
send_some(struct supervisor *parent)
{
	const struct fdio_sink to = { .fd = parent->fd, .socket = parent->socket };
	size_t sent = 0;
	ssize_t n = 1;

	while (n > 0 && sent < parent->used) {
		struct iovec rest = { .iov_base = parent->lines + sent,
			.iov_len = parent->used - sent };

		n = fdio_writev_now(to, &rest, 1);
		sent += n > 0 ? (size_t)n : 0;
	}
	parent->used -= sent;
	memmove(parent->lines, parent->lines + sent, parent->used);
	parent->stuck = parent->used > 0;
	return n < 0 ? -1 : 0;
}

int
supervisor_flush(struct supervisor *parent)
{
	size_t used;

	end_run(parent);
	if (parent->no_wait)
		return send_some(parent);
	used = parent->used;
	parent->used = 0;
	return used == 0 ? 0 : fdio_write(parent->fd, parent->lines, used);
}

int
supervisor_never_waits(struct supervisor *parent)
{
	int fd = fifo_reopen_ours(parent->fd);

	if (fd < 0)
		return -1;
	close(parent->fd);
	parent->fd = fd;
	parent->no_wait = true;
	parent->socket = fdio_sink(fd).socket;
	return 0;
}

int
supervisor_room(struct supervisor *parent)
{
	char *larger =
	    grow(parent->lines, &parent->size, parent->used + LINES_SIZE, 1, BYTES_MOST);

	if (larger == NULL)
		return -1;
	parent->lines = larger;
	return 0;
}

int
supervisor_greet(struct supervisor *parent, const struct hello *hello)
{
	bool follows;

	end_run(parent);
	follows = parent->used > 0; /* lines, whose output may not be out */
	parent->used += hello_format(parent->lines + parent->used, hello);
	if (parent->framed || follows)
		return supervisor_full(parent) ? supervisor_room(parent) : 0;
	return supervisor_flush(parent); /* before any of the input is read */
}

void
supervisor_withdraw(struct supervisor *parent)
{
	if (parent->used > 0) /* the last word is not lost; there is nobody to tell */
		(void)!fdio_write(parent->fd, parent->lines, parent->used);
	close(parent->fd);
	supervisor_leave(parent);
	parent->fd = -1;
}

void
supervisor_leave(struct supervisor *parent)
{
	if (parent->named > 0)
		close(parent->named);
	parent->named = 0;
	free(parent->lines);
	parent->lines = NULL;
}
