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

#ifdef __linux__
#include <sys/sendfile.h>
#endif

#include "chunk.h"
#include "clock.h"
#include "cpus.h"
#include "fdio.h"
#include "fifo.h"

enum {
	LOOK = 64 << 10, /* bytes read at a time to find a record end */
	STEP = 8 << 20, /* bytes moved at a time */
	PIPE_SIZE = 1 << 20 /* of a FIFO, bytes */
};

/* A part of the input and where it goes. */
struct chunk {
	struct output out;
	off_t at, end; /* what is still to be copied */
	bool newline; /* the last record lacks its own */
	bool full; /* out must be waited for */
};

/* Some of them, which one thread copies; input and plan are those of all. */
struct chunks {
	const struct split_plan *plan;
	const char *in_name;
	int in;
	struct chunk *all;
	size_t count, left;
	bool alone; /* there is one for all of the input */
	bool copies_files; /* copy_file_range(2) has not failed */
	bool failed;
	uint64_t opened_ms;
	struct pollfd *polls;
	enum status status; /* at the end */
	pthread_t thread;
	bool started; /* it has a thread of its own */
};

/* The end of the record that position at is in or, at its start, behind. */
static off_t
record_end(const struct chunks *chunks, off_t at, off_t size)
{
	char buffer[LOOK];

	if (at == 0)
		return 0;
	for (at--; at < size;) {
		ssize_t n = pread(chunks->in, buffer, sizeof(buffer), at);
		const char *newline;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			die(STATUS_BROKEN, errno, "%s", chunks->in_name);
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
cut(struct chunks *chunks, off_t from, off_t size)
{
	off_t at = from, length = size - from;
	char last = '\n';

	for (size_t i = 0; i < chunks->count; i++) {
		struct chunk *chunk = &chunks->all[i];
		off_t share = length / (off_t)chunks->count * (off_t)(i + 1) +
		    length % (off_t)chunks->count * (off_t)(i + 1) / (off_t)chunks->count;
		off_t end = record_end(chunks, from + share, size);

		chunk->at = at;
		chunk->end = end < at ? at : end;
		at = chunk->end;
	}
	if (length == 0 || pread(chunks->in, &last, 1, size - 1) != 1 || last == '\n')
		return;
	for (size_t i = chunks->count; i-- > 0;) {
		if (chunks->all[i].end > chunks->all[i].at) {
			chunks->all[i].newline = true;
			return;
		}
	}
}

static void
open_input(struct chunks *chunks)
{
	const char *path = chunks->plan->input;
	bool standard = strcmp(path, "-") == 0;
	struct stat st;
	off_t from = 0;

	chunks->in_name = standard ? "standard input" : path;
	chunks->in = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (chunks->in < 0 || fstat(chunks->in, &st) < 0)
		die(STATUS_BROKEN, errno, "%s", chunks->in_name);
	if (!S_ISREG(st.st_mode))
		die(STATUS_BROKEN, 0, "%s: --chunk needs a regular file",
		    chunks->in_name);
	if (standard)
		from = lseek(chunks->in, 0, SEEK_CUR);
	cut(chunks, from < 0 || from > st.st_size ? 0 : from, st.st_size);
}

/* Through a buffer, where the kernel cannot move the bytes by itself. */
static ssize_t
copy_through(const struct chunks *chunks, struct chunk *chunk, size_t len)
{
	char buffer[LOOK];
	ssize_t n = pread(
	    chunks->in, buffer, len < sizeof(buffer) ? len : sizeof(buffer), chunk->at);

	if (n > 0)
		n = write(chunk->out.fd, buffer, (size_t)n);
	if (n > 0)
		chunk->at += n;
	return n;
}

#ifdef __linux__
/* At most len bytes, and moves chunk->at on; how many, or -1 with errno. */
static ssize_t
copy_some(struct chunks *chunks, struct chunk *chunk, size_t len)
{
	ssize_t n = -1;

	if (chunks->copies_files && !chunk->out.pipe) {
		n = copy_file_range(chunks->in, &chunk->at, chunk->out.fd, NULL, len, 0);
		if (n >= 0 || errno == ENOSPC || errno == EIO || errno == EINTR)
			return n;
		chunks->copies_files = false;
	}
	n = sendfile(chunk->out.fd, chunks->in, &chunk->at, len);
	if (n < 0 && (errno == EINVAL || errno == ENOSYS))
		n = copy_through(chunks, chunk, len);
	return n;
}
#else
static ssize_t
copy_some(struct chunks *chunks, struct chunk *chunk, size_t len)
{
	return copy_through(chunks, chunk, len);
}
#endif

/* The part is written, or its reader has left. */
static void
end_chunk(struct chunks *chunks, struct chunk *chunk)
{
	if (output_close(&chunk->out, OUTPUT_GONE) < 0)
		die_output(errno, chunk->out.name);
	chunks->left--;
}

static void
chunk_failed(struct chunks *chunks, struct chunk *chunk)
{
	if (errno != EPIPE || (chunks->alone && chunk->out.path == NULL))
		die_output(errno, chunk->out.name);
	warn("%s: its reader left, with %lld bytes unwritten", chunk->out.name,
	    (long long)(chunk->end - chunk->at));
	chunks->failed = true;
	end_chunk(chunks, chunk);
}

/* Write as much of a part as goes now; others that write there wait for its end. */
static void
advance(struct chunks *chunks, struct chunk *chunk)
{
	ssize_t n = 1;

	chunk->full = !share_try(&chunk->out.share);
	if (chunk->full)
		return;

	while (n > 0 && chunk->at < chunk->end) {
		size_t left = (size_t)(chunk->end - chunk->at);

		n = copy_some(chunks, chunk, left < STEP ? left : STEP);
		if (n < 0 && errno == EINTR)
			n = 1;
	}
	if (n > 0 && chunk->newline) {
		n = write(chunk->out.fd, "\n", 1);
		chunk->newline = n != 1;
	}
	if (n == 0)
		die(STATUS_BROKEN, 0, "%s: became shorter while it was read",
		    chunks->in_name);
	chunk->full = n < 0 && errno == EAGAIN;
	if (n < 0 && !chunk->full)
		chunk_failed(chunks, chunk);
	else if (n > 0)
		end_chunk(chunks, chunk);
}

/* Open what has a reader now; milliseconds until the next try, or -1. */
static int
open_chunks(struct chunks *chunks)
{
	uint64_t now_ms = clock_ms(), wait_ms = chunks->plan->wait_ms;
	int soonest = -1;

	for (size_t i = 0; i < chunks->count; i++) {
		struct output *out = &chunks->all[i].out;
		int pause;

		if (out->state != OUTPUT_CLOSED)
			continue;
		if (output_try_open(out, now_ms) < 0)
			die(STATUS_BROKEN, errno, "%s", out->name);
		if (out->state == OUTPUT_OPEN) {
			fdio_pipe_size(out->fd, PIPE_SIZE);
			continue;
		}
		if (wait_ms > 0 && now_ms - chunks->opened_ms >= wait_ms) {
			warn("%s: %s", out->name, fifo_why(ETIME));
			chunks->failed = true;
			end_chunk(chunks, &chunks->all[i]);
			continue;
		}
		pause = (int)(out->next_try_ms - now_ms);
		if (soonest < 0 || pause < soonest)
			soonest = pause;
	}
	return soonest;
}

/* Wait until one more part can go on; false when a signal came. */
static bool
wait_for(struct chunks *chunks, int timeout)
{
	struct pollfd *polls = chunks->polls;
	nfds_t n = 1;

	polls[0] = (struct pollfd){ .fd = chunks->plan->signals, .events = POLLIN };
	for (size_t i = 0; i < chunks->count; i++) {
		const struct output *out = &chunks->all[i].out;

		if (!chunks->all[i].full)
			continue;
		if (!out->share.refused)
			polls[n++] = (struct pollfd){ .fd = out->fd, .events = POLLOUT };
		else if (timeout < 0 || timeout > SHARE_PAUSE)
			timeout = SHARE_PAUSE;
	}
	if (poll(polls, n, timeout) < 0 && errno != EINTR)
		die(STATUS_BROKEN, errno, "poll");
	return polls[0].revents == 0;
}

static enum status
copy_all(struct chunks *chunks)
{
	while (chunks->left > 0) {
		int timeout = open_chunks(chunks);

		for (size_t i = 0; i < chunks->count; i++) {
			struct chunk *chunk = &chunks->all[i];

			chunk->full = false;
			if (chunk->out.state == OUTPUT_OPEN)
				advance(chunks, chunk);
		}
		if (chunks->left > 0 && !wait_for(chunks, timeout))
			return STATUS_STOPPED;
	}
	return chunks->failed ? STATUS_FAILED : STATUS_OK;
}

/* A thread. */
static void *
copy_share(void *share)
{
	struct chunks *chunks = share;

	chunks->status = copy_all(chunks);
	return NULL;
}

/* Share chunks number from up to number to out, to be copied by a thread if it can be. */
static void
start_share(struct chunks *share, const struct chunks *chunks, size_t from, size_t to)
{
	*share = *chunks;
	share->all = chunks->all + from;
	share->count = share->left = to - from;
	share->polls = calloc(share->count + 1, sizeof(*share->polls));
	if (share->polls == NULL)
		die(STATUS_BROKEN, errno, "buffers");
	share->started = pthread_create(&share->thread, NULL, copy_share, share) == 0;
}

/*
 * Copy the chunks by as many threads as there are processors: to copy takes time in
 * the kernel, for the page cache, and no two parts have anything in common.
 */
static enum status
copy_side_by_side(const struct chunks *chunks)
{
	size_t threads = cpus_usable(), count = chunks->count;
	struct chunks *shares;
	enum status worst = STATUS_OK;

	if (threads > count)
		threads = count;
	shares = calloc(threads, sizeof(*shares));
	if (shares == NULL)
		die(STATUS_BROKEN, errno, "buffers");
	for (size_t i = 0; i < threads; i++)
		start_share(&shares[i], chunks,
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
chunk_run(const struct split_plan *plan, char *const *paths, size_t count)
{
	struct chunks chunks = { .plan = plan,
		.count = count,
		.alone = count == 1,
		.copies_files = true,
		.opened_ms = clock_ms() };
	enum status status;

	chunks.all = calloc(count, sizeof(*chunks.all));
	if (chunks.all == NULL)
		die(STATUS_BROKEN, errno, "buffers");
	for (size_t i = 0; i < count; i++) {
		output_init(&chunks.all[i].out, paths[i], chunks.opened_ms);
		chunks.all[i].out.own = plan->own;
	}
	signal(SIGPIPE, SIG_IGN);
	fifo_expect_many();
	open_input(&chunks);
	status = copy_side_by_side(&chunks);
	if (status == STATUS_STOPPED)
		warn("stopped by a signal, part of the input was not written");
	free(chunks.all);
	return status;
}
