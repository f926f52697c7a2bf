/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "fifo.h"
#include "grow.h"
#include "input.h"

static const char stdin_name[] = "standard input";

/* Descriptors that streams leave: for a regular file, an output, a temporary one. */
enum { SPARE = 4 };

static int
open_one(struct input *input, bool *waits)
{
	if (input->path != NULL)
		return fifo_open_read(input->path, waits);
	*waits = fifo_waits(STDIN_FILENO);
	return STDIN_FILENO;
}

/* Begin to read fd.  Takes it over, also on failure. */
static int
begin(struct inputs *in, struct input *input, int fd)
{
	if (record_open(&input->reader, fd, in->limit) < 0) {
		if (fd != STDIN_FILENO)
			close(fd);
		return -1;
	}
	return 0;
}

/* Let input, open on fd, be waited for. */
static int
add_poll(struct inputs *in, struct input *input, int fd)
{
	if (begin(in, input, fd) < 0)
		return -1;
	input->started = !fifo_is(fd) || input->path == NULL;
	in->polls[in->polls_count] = (struct pollfd){ .fd = fd, .events = POLLIN };
	in->polled[in->polls_count++] = (size_t)(input - in->all);
	return 0;
}

static void
end(struct inputs *in, struct input *input)
{
	if (input->reader.fd != STDIN_FILENO)
		close(input->reader.fd);
	record_close(&input->reader);
	if (input == in->file) {
		in->file = NULL;
	} else {
		size_t last = --in->polls_count, at = in->now_poll;

		/* The last one takes its place, so it has its turn again soon. */
		in->polls[at] = in->polls[last];
		in->polled[at] = in->polled[last];
		if (in->cursor > at)
			in->cursor = at;
	}
	in->now = NULL;
}

/*
 * The writers of a FIFO have left: be there for the next, before the last reader
 * has left in their eyes.  False if input is to end.
 */
static bool
follow(struct inputs *in, struct input *input)
{
	bool waits;
	int fd;

	if (!in->follow || input->path == NULL || !fifo_is(input->reader.fd))
		return false;
	fd = fifo_open_read(input->path, &waits);
	if (fd < 0)
		return false;
	close(input->reader.fd);
	record_continue(&input->reader, fd);
	in->polls[in->now_poll].fd = fd;
	return true;
}

/* Is path anything but a regular file, or one that cannot be? */
static bool
is_stream(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
}

size_t
inputs_streams(const struct inputs *in)
{
	size_t count = 0;

	for (size_t i = 0; i < in->count; i++)
		count += in->all[i].path == NULL ? fifo_waits(STDIN_FILENO)
						 : is_stream(in->all[i].path);
	return count;
}

/* Open what can be waited for; regular files, and errors, have their turn later. */
static int
open_streams(struct inputs *in)
{
	for (size_t i = 0; i < in->count; i++) {
		struct input *input = &in->all[i];
		bool waits = false;
		int fd = open_one(input, &waits);

		if (fd < 0 && errno == EMFILE && is_stream(input->path)) {
			errno = EMFILE;
			return -1;
		}
		if (fd >= 0 && waits) {
			if (add_poll(in, input, fd) < 0)
				return -1;
		} else if (fd > STDIN_FILENO) {
			close(fd);
		}
	}
	return 0;
}

/* Open them while a few descriptors are set aside. */
static int
open_sparing(struct inputs *in)
{
	int spare[SPARE], got, error;

	for (size_t i = 0; i < SPARE; i++)
		spare[i] = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
	got = open_streams(in);
	error = errno;
	for (size_t i = 0; i < SPARE; i++)
		if (spare[i] >= 0)
			close(spare[i]);
	errno = error;
	return got;
}

int
inputs_open(struct inputs *in, char *const *paths, size_t count, size_t limit)
{
	*in = (struct inputs){
		.count = count == 0 ? 1 : count, .limit = limit, .watched = -1
	};
	in->all = calloc(in->count, sizeof(*in->all));
	in->polls = calloc(in->count + 1, sizeof(*in->polls));
	in->polled = calloc(in->count, sizeof(*in->polled));
	if (in->all == NULL || in->polls == NULL || in->polled == NULL)
		return -1;
	for (size_t i = 0; i < in->count; i++) {
		const char *path = count == 0 ? "-" : paths[i];
		bool standard = strcmp(path, "-") == 0;

		in->all[i].path = standard ? NULL : path;
		in->all[i].name = standard ? stdin_name : path;
	}
	fifo_expect_many();
	in->opened_ms = clock_ms();
	in->file_due = true;
	return open_sparing(in);
}

void
inputs_close(struct inputs *in)
{
	for (size_t i = 0; in->all != NULL && i < in->count; i++)
		inputs_close_of(in, i);
	free(in->all);
	free(in->polls);
	free(in->polled);
}

const char *
inputs_name(const struct inputs *in)
{
	return in->now->name;
}

void
inputs_passed(struct inputs *in, uint64_t records)
{
	record_passed(&in->now->reader, records);
}

/*
 * Open the next regular file.  RECORD_OK, also when it proved to be something
 * to wait for; RECORD_EOF when there is none; RECORD_ERROR.
 */
static enum record_status
next_file(struct inputs *in)
{
	while (in->next_file < in->count) {
		struct input *input = &in->all[in->next_file++];
		bool waits = false;
		int fd;

		if (input->started || input->reader.buffer != NULL)
			continue;
		in->now = input;
		fd = open_one(input, &waits);
		if (fd < 0)
			return RECORD_ERROR;
		if (waits ? add_poll(in, input, fd) < 0 : begin(in, input, fd) < 0)
			return RECORD_ERROR;
		in->now = NULL;
		if (!waits)
			in->file = input;
		return RECORD_OK;
	}
	return RECORD_EOF;
}

/* Was it read into the middle of a record? */
static bool
is_begun(const struct input *input)
{
	return input->reader.buffer != NULL && record_begun(&input->reader) > 0;
}

void
inputs_finish(struct inputs *in)
{
	in->finishing = true;
	for (size_t i = 0; i < in->polls_count; i++)
		in->all[in->polled[i]].reader.slowly = true;
}

/* Give input a turn: one read, and then all the records of its buffer. */
static enum record_status
serve(struct inputs *in, struct input *input)
{
	enum record_status got = record_fill_now(&input->reader);

	if (got == RECORD_NONE)
		return got;
	in->now = input;
	input->started = true;
	return got == RECORD_ERROR ? got : RECORD_OK;
}

static bool
waited_too_long(const struct inputs *in, const struct input *input)
{
	return in->wait_ms > 0 && !input->started &&
	    clock_ms() - in->opened_ms >= in->wait_ms;
}

/* Give the next one its turn; RECORD_NONE when all have had theirs. */
static enum record_status
serve_next(struct inputs *in)
{
	while (in->cursor < in->polls_count) {
		size_t at = in->cursor++;
		struct input *input = &in->all[in->polled[at]];
		enum record_status got;

		in->now_poll = at;
		if (in->finishing && !is_begun(input))
			continue;
		if (in->polls[at].revents == 0) {
			if (!waited_too_long(in, input))
				continue;
			in->now = input;
			errno = ETIME;
			return RECORD_ERROR;
		}
		got = serve(in, input);
		if (got != RECORD_NONE)
			return got;
	}
	if (!in->file_due || in->finishing)
		return RECORD_NONE;
	if (in->file == NULL) {
		enum record_status got = next_file(in);

		if (got != RECORD_OK)
			return got == RECORD_EOF ? RECORD_NONE : got;
	}
	in->file_due = false;
	return in->file == NULL ? RECORD_NONE : serve(in, in->file);
}

/* After an error of in->now: it has ended, but its name stays known. */
static enum record_status
failed(struct inputs *in)
{
	struct input *input = in->now;
	int error = errno;

	if (input->reader.buffer != NULL)
		end(in, input);
	input->started = true;
	in->now = input;
	errno = error;
	return RECORD_ERROR;
}

static bool
any_begun(const struct inputs *in)
{
	for (size_t i = 0; i < in->polls_count; i++)
		if (is_begun(&in->all[in->polled[i]]))
			return true;
	return false;
}

enum record_status
inputs_take(struct inputs *in, struct record *run)
{
	for (;;) {
		enum record_status got;

		if (in->now != NULL && in->now->reader.buffer != NULL) {
			got = record_take_run(&in->now->reader, run);
			if (got == RECORD_OK || got == RECORD_TOO_LONG)
				return got;
			if (got == RECORD_EOF && !follow(in, in->now))
				end(in, in->now);
		}
		in->now = NULL;
		got = serve_next(in);
		if (got == RECORD_ERROR)
			return failed(in);
		if (got == RECORD_NONE)
			break;
	}
	if (in->finishing)
		return any_begun(in) ? RECORD_NONE : RECORD_EOF;
	if (in->polls_count == 0 && in->file == NULL && in->next_file == in->count)
		return RECORD_EOF;
	return RECORD_NONE;
}

/* The timeout that remains when FIFOs without a writer are given up in time. */
static int
bound(const struct inputs *in, int timeout)
{
	uint64_t now, due = in->opened_ms + in->wait_ms;
	bool any = false;

	if (in->wait_ms == 0)
		return timeout;
	for (size_t i = 0; i < in->polls_count && !any; i++)
		any = !in->all[in->polled[i]].started;
	if (!any)
		return timeout;
	now = clock_ms();
	due = due > now ? due - now : 0;
	if (timeout >= 0 && (uint64_t)timeout < due)
		return timeout;
	return due > INT_MAX ? INT_MAX : (int)due;
}

int
inputs_wait(struct inputs *in, int timeout)
{
	bool files = !in->finishing && (in->file != NULL || in->next_file < in->count);

	in->cursor = 0;
	in->file_due = files;
	if (in->polls_count == 0)
		return 0;
	for (size_t i = 0; i < in->polls_count; i++) {
		const struct input *input = &in->all[in->polled[i]];

		in->polls[i].revents = 0;
		if (in->finishing && !is_begun(input))
			in->polls[i].fd = -1;
	}
	in->polls[in->polls_count] =
	    (struct pollfd){ .fd = in->watched, .events = POLLIN };
	if (poll(in->polls, (nfds_t)in->polls_count + 1, files ? 0 : bound(in, timeout)) <
	    0)
		return -1;
	return 0;
}

enum record_status
inputs_take_of(struct inputs *in, size_t index, struct record *out)
{
	struct input *input = &in->all[index];

	in->now = input;
	if (input->reader.buffer == NULL)
		return RECORD_NONE;
	return record_take(&input->reader, out);
}

/* Wait until a FIFO has its first writer. */
static int
await_start(struct inputs *in, struct input *input)
{
	while (!input->started) {
		struct pollfd p = { .fd = input->reader.fd, .events = POLLIN };

		if (poll(&p, 1, bound(in, -1)) < 0 && errno != EINTR)
			return -1;
		input->started = p.revents != 0;
		if (waited_too_long(in, input)) {
			errno = ETIME;
			return -1;
		}
	}
	return 0;
}

int
inputs_open_of(struct inputs *in, size_t index)
{
	struct input *input = &in->all[index];
	bool waits = false;
	int fd;

	in->now = input;
	if (input->reader.buffer != NULL)
		return 0;
	fd = open_one(input, &waits);
	if (fd < 0 || begin(in, input, fd) < 0)
		return -1;
	input->started = true;
	return 0;
}

void
inputs_close_of(struct inputs *in, size_t index)
{
	struct input *input = &in->all[index];

	if (input->reader.buffer == NULL)
		return;
	if (input->reader.fd != STDIN_FILENO)
		close(input->reader.fd);
	record_close(&input->reader);
}

int
inputs_add(struct inputs *in, int fd, const char *name)
{
	size_t room = in->count;
	struct input *all = grow(in->all, &room, in->count + 1, sizeof(*all), SIZE_MAX);
	struct input input = { .name = name, .started = true };

	in->now = NULL;
	if (all == NULL) {
		close(fd);
		return -1;
	}
	in->all = all;
	if (begin(in, &input, fd) < 0)
		return -1;
	all[in->count++] = input;
	return 0;
}

enum record_status
inputs_fill_of(struct inputs *in, size_t index)
{
	struct input *input = &in->all[index];

	if (inputs_open_of(in, index) < 0 || await_start(in, input) < 0)
		return RECORD_ERROR;
	return record_fill(&input->reader) == RECORD_ERROR ? RECORD_ERROR : RECORD_OK;
}
