/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "grow.h"
#include "roster.h"

enum {
	PIECE = 64 << 10, /* read at once, bytes */
	PATIENCE = 5000, /* ms for an answer */
	RUNS_MOST = 1 << 16
};

const char *
roster_open(struct roster *roster)
{
	*roster = (struct roster){ 0 };
	return offers_folder(roster->folder);
}

static void
end_asking(struct watched *run)
{
	if (run->fd >= 0)
		close(run->fd);
	run->fd = -1;
	bytes_clear(&run->answer, 0);
}

static void
forget(struct watched *run)
{
	end_asking(run);
	bytes_free(&run->answer);
	bytes_free(&run->said);
	sight_free(&run->sight);
	free(run);
}

/* A new one, at its place by pid. */
static void
add(struct roster *roster, const char *path, pid_t pid)
{
	struct watched **runs = grow(roster->runs, &roster->room, roster->count + 1,
	    sizeof(struct watched *), RUNS_MOST);
	struct watched *run = runs == NULL ? NULL : calloc(1, sizeof(*run));
	size_t i = roster->count;

	if (runs != NULL)
		roster->runs = runs;
	if (run == NULL) {
		roster->error = ENOMEM;
		return; /* it may be there next time */
	}
	snprintf(run->path, sizeof(run->path), "%s", path);
	run->pid = pid;
	run->fd = -1;
	run->listed = true;
	run->keeps = roster->keeps;
	for (; i > 0 && runs[i - 1]->pid > pid; i--)
		runs[i] = runs[i - 1];
	runs[i] = run;
	roster->count++;
}

static void
found(void *context, const char *path, pid_t pid)
{
	struct roster *roster = context;

	for (size_t i = 0; i < roster->count; i++)
		if (strcmp(roster->runs[i]->path, path) == 0) {
			roster->runs[i]->listed = true;
			return;
		}
	add(roster, path, pid);
}

int
roster_look(struct roster *roster, const struct watched *kept)
{
	size_t count = 0;

	roster->error = 0;
	for (size_t i = 0; i < roster->count; i++)
		roster->runs[i]->listed = false;
	if (offers_each(roster->folder, found, roster) < 0)
		return -1;
	for (size_t i = 0; i < roster->count; i++) {
		struct watched *run = roster->runs[i];

		if (!run->listed)
			run->state = WATCHED_GONE;
		if (run->listed || run == kept)
			roster->runs[count++] = run;
		else
			forget(run);
	}
	roster->count = count;
	return 0;
}

/* There is no answer from it: it gave none in its time (0), or what errno tells of. */
static void
no_answer(struct watched *run, int error)
{
	end_asking(run);
	run->state = WATCHED_SILENT;
	run->why = error == 0 ? "does not answer" : strerror(error);
}

void
roster_ask(struct watched *run)
{
	if (run->fd >= 0 || run->state == WATCHED_GONE)
		return;
	run->fd = offers_connect(run->path);
	run->until = clock_ms() + PATIENCE;
	if (run->fd >= 0)
		return;
	if (errno == ECONNREFUSED || errno == ENOENT)
		run->state = WATCHED_GONE;
	else
		no_answer(run, errno == EAGAIN ? 0 : errno);
}

struct pollfd
roster_poll(const struct watched *run)
{
	return (struct pollfd){ .fd = run->fd, .events = POLLIN };
}

/* How fast it is, since it was seen last; or at first since it began. */
static void
measure(struct watched *run, bool first, uint64_t before)
{
	double finished = run->sight.done + run->sight.failed;
	uint64_t now = clock_ms();

	if (first)
		run->rate = run->sight.seconds > 0 ? finished / run->sight.seconds : 0;
	else if (now > before)
		run->rate = (finished - run->finished) * 1000 / (double)(now - before);
	if (run->rate < 0)
		run->rate = 0;
	run->finished = finished;
	run->seen_at = now;
}

/* All that it says is here. */
static void
understand(struct watched *run)
{
	bool first = run->seen_at == 0;
	struct sight sight = { .raw = run->answer };
	const char *why;

	run->answer = (struct bytes){ 0 };
	bytes_clear(&run->said, 0);
	if (run->keeps && bytes_put(&run->said, sight.raw.data, sight.raw.len) < 0) {
		bytes_free(&sight.raw);
		no_answer(run, ENOMEM);
		return;
	}
	why = sight_read(&sight);
	end_asking(run);
	if (why != NULL) {
		run->state = WATCHED_ODD;
		run->why = why;
		return;
	}
	sight_free(&run->sight);
	run->sight = sight;
	run->state = WATCHED_SEEN;
	measure(run, first, run->seen_at);
}

/* Read a piece.  1 if there was one, 0 at the end, -1 with errno. */
static int
take_piece(struct watched *run)
{
	bool long_one = run->answer.len > SIGHT_MOST;
	char *room = long_one ? NULL : bytes_reserve(&run->answer, PIECE);
	ssize_t n;

	if (room == NULL) {
		errno = long_one ? EMSGSIZE : ENOMEM;
		return -1;
	}
	n = read(run->fd, room, PIECE);
	if (n > 0)
		run->answer.len += (size_t)n;
	return n > 0 ? 1 : (int)n;
}

void
roster_take(struct watched *run)
{
	int got = 1;

	while (run->fd >= 0 && got > 0)
		got = take_piece(run);
	if (run->fd < 0)
		return;
	if (got == 0 && run->answer.len > 0)
		understand(run);
	else if (got < 0 && errno != EAGAIN && errno != EINTR && errno != ECONNRESET)
		no_answer(run, errno);
	else if (got == 0 || errno == ECONNRESET || clock_ms() >= run->until)
		no_answer(run, 0);
}

const char *
roster_why(const struct watched *run)
{
	switch (run->state) {
	case WATCHED_SILENT:
	case WATCHED_ODD:
		return run->why;
	case WATCHED_GONE:
		return "has ended";
	case WATCHED_NEW:
	case WATCHED_SEEN:
		break;
	}
	return NULL;
}

struct watched *
roster_find(const struct roster *roster, pid_t pid)
{
	for (size_t i = 0; i < roster->count; i++)
		if (roster->runs[i]->pid == pid)
			return roster->runs[i];
	return NULL;
}

void
roster_close(struct roster *roster)
{
	for (size_t i = 0; i < roster->count; i++)
		forget(roster->runs[i]);
	free(roster->runs);
	*roster = (struct roster){ 0 };
}
