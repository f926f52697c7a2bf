/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "cpus.h"
#include "cut.h"
#include "fdio.h"
#include "fifo.h"
#include "os.h"
#include "outlet.h"

enum {
	LOOK = 64 << 10, /* bytes read at a time to find a record end */
	STEP = 8 << 20, /* bytes moved at a time */
	PIPE_SIZE = 1 << 20 /* of a FIFO, bytes */
};

/* A part of the input and where it goes. */
struct cut_part {
	struct outlet outlet;
	off_t at, end; /* what is still to be copied */
	bool newline; /* the last record lacks its own */
	bool full; /* the outlet must be waited for */
};

/* Some of the parts, which one thread copies; input and plan are those of all. */
struct cut {
	const struct split_plan *plan;
	const char *in_name;
	int in;
	struct cut_part *all;
	size_t count, left;
	bool alone; /* there is one for all of the input */
	bool failed;
	uint64_t opened_ms;
	struct pollfd *polls;
	enum status status; /* at the end */
	pthread_t thread;
	bool started; /* it has a thread of its own */
};

/* The end of the record that position at is in or, at its start, behind. */
static off_t
record_end(const struct cut *cut, off_t at, off_t size)
{
	char buffer[LOOK];

	if (at == 0)
		return 0;
	for (at--; at < size;) {
		ssize_t n = fdio_read_at(cut->in, buffer, sizeof(buffer), (uint64_t)at);
		const char *newline;

		if (n < 0)
			die(STATUS_BROKEN, errno, "%s", cut->in_name);
		if (n == 0)
			break;
		newline = memchr(buffer, '\n', (size_t)n);
		if (newline != NULL)
			return at + (newline - buffer) + 1;
		at += n;
	}
	return size;
}

/* Find out where the parts end. */
static void
find_parts(struct cut *cut, off_t from, off_t size)
{
	off_t at = from, length = size - from;
	char last = '\n';

	for (size_t i = 0; i < cut->count; i++) {
		struct cut_part *part = &cut->all[i];
		off_t share = length / (off_t)cut->count * (off_t)(i + 1) +
		    length % (off_t)cut->count * (off_t)(i + 1) / (off_t)cut->count;
		off_t end = record_end(cut, from + share, size);

		part->at = at;
		part->end = end < at ? at : end;
		at = part->end;
	}
	if (length > 0 && fdio_read_at(cut->in, &last, 1, (uint64_t)size - 1) < 0)
		die(STATUS_BROKEN, errno, "%s", cut->in_name);
	if (last == '\n')
		return;
	for (size_t i = cut->count; i-- > 0;) {
		if (cut->all[i].end > cut->all[i].at) {
			cut->all[i].newline = true;
			return;
		}
	}
}

static void
open_input(struct cut *cut)
{
	const char *path = cut->plan->input;
	bool standard = strcmp(path, "-") == 0;
	struct stat st;
	off_t from = 0;

	cut->in_name = standard ? "standard input" : path;
	cut->in = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (cut->in < 0 || fstat(cut->in, &st) < 0)
		die(STATUS_BROKEN, errno, "%s", cut->in_name);
	if (!S_ISREG(st.st_mode))
		die(STATUS_BROKEN, 0, "%s: --cut needs a regular file; see -i",
		    cut->in_name);
	if (standard)
		from = lseek(cut->in, 0, SEEK_CUR);
	find_parts(cut, from < 0 || from > st.st_size ? 0 : from, st.st_size);
}

/* Through a buffer, where the kernel cannot move the bytes by itself. */
static ssize_t
copy_through(const struct cut *cut, struct cut_part *part, size_t len)
{
	char buffer[LOOK];
	size_t most = len < sizeof(buffer) ? len : sizeof(buffer);
	ssize_t n = fdio_read_at(cut->in, buffer, most, (uint64_t)part->at);

	if (n < 0)
		die(STATUS_BROKEN, errno, "%s", cut->in_name);
	if (n > 0)
		n = write(part->outlet.fd, buffer, (size_t)n);
	if (n > 0)
		part->at += n;
	return n;
}

/* At most len bytes, and moves part->at on; how many, or -1 with errno. */
static ssize_t
copy_some(const struct cut *cut, struct cut_part *part, size_t len)
{
	ssize_t n = os_copy(cut->in, &part->at, part->outlet.fd, len);

	return n < 0 && errno == ENOTSUP ? copy_through(cut, part, len) : n;
}

/* The part is written, or its reader has left. */
static void
end_part(struct cut *cut, struct cut_part *part)
{
	if (outlet_close(&part->outlet, OUTLET_GONE) < 0)
		die_output(errno, part->outlet.name);
	cut->left--;
}

static void
part_failed(struct cut *cut, struct cut_part *part)
{
	if (errno != EPIPE || (cut->alone && part->outlet.path == NULL))
		die_output(errno, part->outlet.name);
	warn("%s: its reader left, with %lld bytes unwritten", part->outlet.name,
	    (long long)(part->end - part->at));
	cut->failed = true;
	end_part(cut, part);
}

/* Write as much of a part as goes now; others that write there wait for its end. */
static void
advance(struct cut *cut, struct cut_part *part)
{
	ssize_t n = 1;

	part->full = !share_try(&part->outlet.share);
	if (part->full)
		return;

	while (n > 0 && part->at < part->end) {
		off_t left = part->end - part->at;

		n = copy_some(cut, part, left < STEP ? (size_t)left : STEP);
		if (n < 0 && errno == EINTR)
			n = 1;
	}
	if (n > 0 && part->newline) {
		n = write(part->outlet.fd, "\n", 1);
		part->newline = n != 1;
	}
	if (n == 0)
		die(STATUS_BROKEN, 0, "%s: became shorter while it was read",
		    cut->in_name);
	part->full = n < 0 && errno == EAGAIN;
	if (n < 0 && !part->full)
		part_failed(cut, part);
	else if (n > 0)
		end_part(cut, part);
}

/* Open what has a reader now; milliseconds until the next try, or -1. */
static int
open_parts(struct cut *cut)
{
	uint64_t now_ms = clock_ms(), wait_ms = cut->plan->wait_ms;
	int soonest = -1;

	for (size_t i = 0; i < cut->count; i++) {
		struct outlet *outlet = &cut->all[i].outlet;
		int pause;

		if (outlet->state != OUTLET_CLOSED)
			continue;
		if (outlet_try_open(outlet, now_ms) < 0)
			die(STATUS_BROKEN, errno, "%s", outlet->name);
		if (outlet->state == OUTLET_OPEN) {
			fdio_pipe_size(outlet->fd, PIPE_SIZE);
			continue;
		}
		if (wait_ms > 0 && now_ms - cut->opened_ms >= wait_ms) {
			warn("%s: %s", outlet->name, fifo_why(ETIME));
			cut->failed = true;
			end_part(cut, &cut->all[i]);
			continue;
		}
		pause = (int)(outlet->next_try_ms - now_ms);
		if (soonest < 0 || pause < soonest)
			soonest = pause;
	}
	return soonest;
}

/* Wait until one more part can go on; false when a signal came. */
static bool
wait_for(struct cut *cut, int timeout)
{
	struct pollfd *polls = cut->polls;
	nfds_t n = 1;

	polls[0] = (struct pollfd){ .fd = cut->plan->signals, .events = POLLIN };
	for (size_t i = 0; i < cut->count; i++) {
		const struct outlet *outlet = &cut->all[i].outlet;

		if (!cut->all[i].full)
			continue;
		if (!outlet->share.refused)
			polls[n++] =
			    (struct pollfd){ .fd = outlet->fd, .events = POLLOUT };
		else if (timeout < 0 || timeout > SHARE_PAUSE)
			timeout = SHARE_PAUSE;
	}
	if (poll(polls, n, timeout) < 0 && errno != EINTR)
		die(STATUS_BROKEN, errno, "poll");
	return polls[0].revents == 0;
}

static enum status
copy_all(struct cut *cut)
{
	while (cut->left > 0) {
		int timeout = open_parts(cut);

		for (size_t i = 0; i < cut->count; i++) {
			struct cut_part *part = &cut->all[i];

			part->full = false;
			if (part->outlet.state == OUTLET_OPEN)
				advance(cut, part);
		}
		if (cut->left > 0 && !wait_for(cut, timeout))
			return STATUS_STOPPED;
	}
	return cut->failed ? STATUS_FAILED : STATUS_OK;
}

/* A thread. */
static void *
copy_share(void *share)
{
	struct cut *cut = share;

	cut->status = copy_all(cut);
	return NULL;
}

/* Share parts number from up to number to out, to be copied by a thread if it can be. */
static void
start_share(struct cut *share, const struct cut *cut, size_t from, size_t to)
{
	*share = *cut;
	share->all = cut->all + from;
	share->count = share->left = to - from;
	share->polls = calloc(share->count + 1, sizeof(*share->polls));
	if (share->polls == NULL)
		die(STATUS_BROKEN, errno, "buffers");
	share->started = pthread_create(&share->thread, NULL, copy_share, share) == 0;
}

/*
 * Copy the parts by as many threads as there are processors: to copy takes time in
 * the kernel, for the page cache, and no two parts have anything in common.
 */
static enum status
copy_side_by_side(const struct cut *cut)
{
	size_t threads = cpus_usable(), count = cut->count;
	struct cut *shares;
	enum status worst = STATUS_OK;

	if (threads > count)
		threads = count;
	shares = calloc(threads, sizeof(*shares));
	if (shares == NULL)
		die(STATUS_BROKEN, errno, "buffers");
	for (size_t i = 0; i < threads; i++)
		start_share(&shares[i], cut,
		    count / threads * i + count % threads * i / threads,
		    count / threads * (i + 1) + count % threads * (i + 1) / threads);
	for (size_t i = 0; i < threads; i++) {
		if (!shares[i].started || pthread_join(shares[i].thread, NULL) != 0)
			copy_share(&shares[i]);
		if (shares[i].status > worst)
			worst = shares[i].status;
		free(shares[i].polls);
	}
	free(shares);
	return worst;
}

enum status
cut_run(const struct split_plan *plan, char *const *paths, size_t count)
{
	struct cut cut = {
		.plan = plan, .count = count, .alone = count == 1, .opened_ms = clock_ms()
	};
	enum status status;

	cut.all = calloc(count, sizeof(*cut.all));
	if (cut.all == NULL)
		die(STATUS_BROKEN, errno, "buffers");
	for (size_t i = 0; i < count; i++) {
		outlet_init(&cut.all[i].outlet, paths[i], cut.opened_ms);
		cut.all[i].outlet.own = plan->own;
	}
	signal(SIGPIPE, SIG_IGN);
	fifo_expect_many();
	open_input(&cut);
	cut.left = count;
	open_parts(&cut); /* one that cannot be ends us before another is written to */
	status = copy_side_by_side(&cut);
	if (status == STATUS_STOPPED)
		warn("stopped early: part of the input was not written");
	free(cut.all);
	return status;
}
