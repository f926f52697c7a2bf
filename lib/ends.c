/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "ends.h"
#include "fifo.h"

/* How long there is left to wait, in milliseconds, or -1 for ever. */
static int
time_left(const struct ends *ends)
{
	uint64_t past = clock_ms() - ends->opened_ms, left;

	if (ends->wait_ms == 0)
		return -1;
	left = past < ends->wait_ms ? ends->wait_ms - past : 0;
	return left < INT_MAX ? (int)left : INT_MAX;
}

/* Open the output as soon as it has a reader. */
static int
open_output(struct ends *ends)
{
	for (unsigned tries = 0;; tries++) {
		int pause = fifo_pause(tries), left;

		ends->out = fifo_open_write(ends->out_name);
		if (ends->out >= 0 || errno != ENXIO)
			return ends->out < 0 ? -1 : 0;
		left = time_left(ends);
		if (left == 0) {
			errno = ETIME;
			return -1;
		}
		poll(NULL, 0, left > 0 && left < pause ? left : pause);
	}
}

/* Open inputs that others may wait for; the rest have their turn later. */
static void
open_ahead(struct ends *ends)
{
	for (size_t i = 0; i < ends->count; i++) {
		bool waits = false;

		ends->fds[i] = -1;
		if (strcmp(ends->paths[i], "-") == 0)
			continue;
		ends->fds[i] = fifo_open_read(ends->paths[i], &waits);
		if (ends->fds[i] >= 0 && !waits) {
			close(ends->fds[i]);
			ends->fds[i] = -1;
		}
	}
}

int
ends_open(struct ends *ends, char *const *paths, size_t count, const char *output,
    uint64_t wait_ms)
{
	static char dash[] = "-";
	static char *const standard[] = { dash, NULL };
	bool named = output != NULL && strcmp(output, "-") != 0;

	*ends = (struct ends){ .paths = count == 0 ? standard : paths,
		.count = count == 0 ? 1 : count,
		.wait_ms = wait_ms,
		.opened_ms = clock_ms(),
		.out = STDOUT_FILENO,
		.out_name = named ? output : "standard output" };
	ends->name = ends->out_name;
	ends->fds = calloc(ends->count, sizeof(*ends->fds));
	if (ends->fds == NULL)
		return -1;
	fifo_expect_many();
	open_ahead(ends);
	return named ? open_output(ends) : 0;
}

/* Wait until the FIFO fd has its first writer. */
static int
await_writer(const struct ends *ends, int fd)
{
	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		int left = time_left(ends), got = poll(&p, 1, left);

		if (got > 0)
			return 0;
		if (got == 0) {
			errno = ETIME;
			return -1;
		}
		if (errno != EINTR)
			return -1;
	}
}

/* Open one input if it is not, and wait until it can be read. */
static int
begin(struct ends *ends, size_t at)
{
	bool waits = true;

	if (strcmp(ends->paths[at], "-") == 0) {
		ends->name = "standard input";
		ends->fds[at] = STDIN_FILENO;
		return 0;
	}
	ends->name = ends->paths[at];
	if (ends->fds[at] < 0)
		ends->fds[at] = fifo_open_read(ends->paths[at], &waits);
	if (ends->fds[at] < 0)
		return -1;
	return waits && fifo_is(ends->fds[at]) ? await_writer(ends, ends->fds[at]) : 0;
}

static void
end(struct ends *ends, size_t at)
{
	if (ends->fds[at] > STDIN_FILENO)
		close(ends->fds[at]);
	ends->fds[at] = -1;
}

int
ends_next(struct ends *ends, int *fd)
{
	size_t at = ends->next;

	if (at > 0)
		end(ends, at - 1);
	if (at == ends->count)
		return 0;
	ends->next++;
	if (begin(ends, at) < 0)
		return -1;
	*fd = ends->fds[at];
	return 1;
}

void
ends_close(struct ends *ends)
{
	for (size_t i = 0; i < ends->count; i++)
		end(ends, i);
	free(ends->fds);
}
