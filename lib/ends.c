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
#include "fdio.h"
#include "fifo.h"

int
ends_time_left(const struct ends *ends)
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
		left = ends_time_left(ends);
		if (left == 0) {
			errno = ETIME;
			return -1;
		}
		poll(NULL, 0, left > 0 && left < pause ? left : pause);
	}
}

/* Open an input without waiting; errno if that fails. */
static int
open_input(struct ends *ends, size_t at, bool *waits)
{
	struct end *end = &ends->all[at];

	end->fd = fifo_open_read(ends->paths[at], waits);
	if (end->fd < 0)
		return -1;
	end->fifo = *waits && fifo_is(end->fd);
	return 0;
}

static bool
is_standard(const struct ends *ends, size_t at)
{
	return strcmp(ends->paths[at], "-") == 0;
}

/*
 * Open inputs that others may wait for; the rest have their turn later.  False: none of
 * them is there.
 */
static bool
open_ahead(struct ends *ends)
{
	size_t missing = 0;

	for (size_t i = 0; i < ends->count; i++) {
		struct end *end = &ends->all[i];
		bool waits;

		end->fd = -1;
		if (is_standard(ends, i))
			continue;
		if (open_input(ends, i, &waits) < 0) {
			missing += errno == ENOENT;
			continue;
		}
		if (waits)
			continue;
		close(end->fd);
		end->fd = -1;
	}
	return missing < ends->count;
}

bool
ends_open_all(struct ends *ends)
{
	bool waits, any = false;

	for (size_t i = 0; i < ends->count; i++) {
		if (!is_standard(ends, i) && ends->all[i].fd < 0 &&
		    open_input(ends, i, &waits) < 0)
			ends->all[i].error = errno;
		any = any ||
		    (is_standard(ends, i) ? fifo_check_read(STDIN_FILENO) == 0
					  : ends->all[i].error == 0);
	}
	return any;
}

int
ends_empty(struct ends *ends)
{
	if (ends->empty)
		return 0;
	ends->empty = true;
	return fdio_cut(ends->out, 0);
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
		.out_name = named ? output : "standard output",
		.empty = !named };
	ends->name = ends->out_name;
	ends->all = calloc(ends->count, sizeof(*ends->all));
	if (ends->all == NULL)
		return -1;
	fifo_expect_many();
	/* who reads the output need not come for nothing */
	if (!open_ahead(ends) && named) {
		ends->name = ends->paths[0];
		errno = ENOENT;
		return -1;
	}
	return named ? open_output(ends) : 0;
}

/* Wait until the FIFO fd has its first writer. */
static int
await_writer(const struct ends *ends, int fd)
{
	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		int left = ends_time_left(ends), got = poll(&p, 1, left);

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

/* Open one input if it is not. */
static int
begin(struct ends *ends, size_t at)
{
	struct end *end = &ends->all[at];
	bool waits;

	if (is_standard(ends, at)) {
		ends->name = "standard input";
		end->fd = STDIN_FILENO;
		return 0;
	}
	ends->name = ends->paths[at];
	errno = end->error;
	if (end->error != 0)
		return -1;
	return end->fd < 0 ? open_input(ends, at, &waits) : 0;
}

static void
finish(struct end *end)
{
	if (end->fd > STDIN_FILENO)
		close(end->fd);
	end->fd = -1;
}

int
ends_next_now(struct ends *ends, int *fd, bool *awaited)
{
	size_t at = ends->next;

	if (at > 0)
		finish(&ends->all[at - 1]);
	if (at == ends->count)
		return 0;
	ends->next++;
	if (begin(ends, at) < 0)
		return -1;
	*fd = ends->all[at].fd;
	*awaited = ends->all[at].fifo;
	return 1;
}

int
ends_next(struct ends *ends, int *fd)
{
	bool awaited;
	int got = ends_next_now(ends, fd, &awaited);

	if (got > 0 && awaited && await_writer(ends, *fd) < 0)
		return -1;
	return got;
}

void
ends_close(struct ends *ends)
{
	for (size_t i = 0; i < ends->count; i++)
		finish(&ends->all[i]);
	free(ends->all);
}
