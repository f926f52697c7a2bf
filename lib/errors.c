/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bytes.h"
#include "clock.h"
#include "errors.h"
#include "grow.h"
#include "move.h"

enum {
	PIECE = 4 << 10, /* read at once where it is not passed on as it is, bytes */
	ROOM = 64 << 10, /* a longer line is passed on in parts, bytes */
	TURN = 64 << 10, /* read at once, bytes */
	LATE = 200, /* ms until a terminal shows a line that goes on */
	LINE_WAIT = 1000, /* ms that others wait for the end of a line, */
	LINE_MOST = 1 << 20 /* or so many bytes of it */
};

/* Whose line is the last of standard error, and not at its end; or NULL. */
static struct errors *speaker;
static uint64_t speaks_since; /* clock_ms() */
static size_t spoken; /* bytes of that line */

static struct errors *all;

void
errors_init(struct errors *errors, const struct says *says)
{
	*errors = (struct errors){ .says = says, .fd = -1 };
}

static void
unlist(struct errors *errors)
{
	struct errors **at = &all;

	if (!errors->listed)
		return;
	while (*at != errors)
		at = &(*at)->next;
	*at = errors->next;
	errors->listed = false;
}

/* Have room for len bytes, and a newline.  0, or -1 without memory. */
static int
make_room(struct errors *errors, size_t len)
{
	size_t left = errors->end - errors->start, size = left + len + 1;
	char *larger;

	if (errors->start > 0) {
		memmove(errors->data, errors->data + errors->start, left);
		errors->end = left;
		errors->start = 0;
	}
	larger = grow(errors->data, &errors->size, size, 1, BYTES_MOST);
	if (larger == NULL)
		return -1;
	errors->data = larger;
	return 0;
}

int
errors_open(struct errors *errors)
{
	if (make_room(errors, ROOM) < 0)
		return -1;
	errors->last_len = 0; /* that was another process's */
	errors->last_goes_on = false;
	if (!errors->listed) {
		errors->next = all;
		all = errors;
	}
	errors->listed = true;
	return 0;
}

static void
close_pipe(struct errors *errors)
{
	if (errors->fd >= 0)
		close(errors->fd);
	errors->fd = -1;
}

static size_t
bytes(const struct errors *errors)
{
	return errors->end - errors->start;
}

/* How many bytes of it may go now, but for the line of another one. */
static size_t
ripe(const struct errors *errors, uint64_t now)
{
	const struct says *says = errors->says;

	if (errors->whole > 0 || bytes(errors) == 0)
		return errors->whole;
	if (bytes(errors) >= ROOM || (speaker == errors && says->in_line()) ||
	    (says->terminal() && now >= errors->since + LATE))
		return bytes(errors);
	return 0;
}

/* Is it to wait for the end of another one's line? */
static bool
others_line(const struct errors *errors, uint64_t now)
{
	return speaker != NULL && speaker != errors && errors->says->in_line() &&
	    !errors->says->terminal() && spoken < LINE_MOST &&
	    now < speaks_since + LINE_WAIT;
}

/* n bytes were passed on. */
static void
passed(struct errors *errors, size_t n, uint64_t now)
{
	errors->whole = errors->whole > n ? errors->whole - n : 0;
	errors->start += n;
	if (errors->start == errors->end)
		errors->start = errors->end = 0;
	if (!errors->says->in_line()) {
		speaker = NULL;
		return;
	}
	if (speaker != errors) {
		speaker = errors;
		speaks_since = now;
		spoken = 0;
	}
	spoken += n;
}

/* Pass on what may go, as long as standard error takes it. */
static void
pass(struct errors *errors, uint64_t now)
{
	size_t len, n;

	errors->stuck = false;
	while ((len = ripe(errors, now)) > 0 && !others_line(errors, now)) {
		n = errors->says->foreign(
		    errors->data + errors->start, len, speaker != errors);
		errors->stuck = n == 0;
		if (n == 0)
			return;
		passed(errors, n, now);
	}
}

/* Remember the end of len bytes. */
static void
remember(struct errors *errors, const char *data, size_t len)
{
	while (len > 0) {
		const char *newline = memchr(data, '\n', len);
		size_t take = newline == NULL ? len : (size_t)(newline - data);
		size_t room;

		if (!errors->last_goes_on)
			errors->last_len = 0;
		room = sizeof(errors->last) - errors->last_len;
		memcpy(errors->last + errors->last_len, data, take < room ? take : room);
		errors->last_len += take < room ? take : room;
		errors->last_goes_on = newline == NULL;
		data += take + (newline != NULL);
		len -= take + (newline != NULL);
	}
}

/* len bytes have come at the end. */
static void
came(struct errors *errors, size_t len, uint64_t now)
{
	const char *from = errors->data + errors->end;
	const char *newline = memrchr(from, '\n', len);

	if (bytes(errors) == errors->whole || newline != NULL)
		errors->since = now;
	errors->end += len;
	if (newline != NULL)
		errors->whole = (size_t)(newline + 1 - (errors->data + errors->start));
}

/* Put len bytes there, or buffer them.  0, or -1 without room for that. */
static int
put(struct errors *errors, const char *data, size_t len, uint64_t now)
{
	const char *piece;
	size_t size;

	if (errors->way.together || buffered_bytes(&errors->buffered) > 0)
		return tagged_buffer(&errors->way.tagged, &errors->buffered, data, len);
	while (tagged_next(&errors->way.tagged, &data, &len, &piece, &size)) {
		if (make_room(errors, size) < 0)
			return -1;
		memcpy(errors->data + errors->end, piece, size);
		came(errors, size, now);
	}
	return 0;
}

/* What it says is buffered no more: there is no room for that. */
static void
pass_on_at_once(struct errors *errors)
{
	errors->says->line(
	    "no room to keep what a process says together: %s", strerror(errno));
	errors->way.together = false;
}

/* Deal with len bytes as they were read. */
static void
deal_with(struct errors *errors, const char *data, size_t len, uint64_t now)
{
	remember(errors, data, len);
	if (errors->way.copy != NULL)
		errors->way.copy(errors->way.context, data, len);
	if (put(errors, data, len, now) == 0 || !errors->way.together)
		return;
	pass_on_at_once(errors);
	put(errors, data, len, now);
}

/* Nothing more follows: a line that has no newline gets one. */
static void
end_line(struct errors *errors)
{
	bool goes_on = errors->whole < bytes(errors) ||
	    (speaker == errors && errors->says->in_line() && bytes(errors) == 0);
	struct buffered *buffered = &errors->buffered;
	bool last =
	    buffered_bytes(buffered) == 0; /* else what was buffered goes on with it */

	if (!last && buffered->last != '\n' && buffered_room(buffered, 1) == 0) {
		buffered->data[buffered->end] = '\n';
		buffered_came(buffered, 1);
	}
	if (last && goes_on && make_room(errors, 0) == 0) {
		errors->data[errors->end++] = '\n';
		errors->whole = bytes(errors);
	}
	errors->last_goes_on = false;
}

/* Is what comes neither buffered, nor copied, nor tagged? */
static bool
passes_by(const struct errors *errors)
{
	const struct errors_way *way = &errors->way;

	return !way->together && way->copy == NULL && way->tagged.len == 0 &&
	    buffered_bytes(&errors->buffered) == 0;
}

/* Read at most len bytes, which there is room for; how many, or 0: none now. */
static size_t
take(struct errors *errors, size_t len, uint64_t now)
{
	char piece[PIECE], *to = piece;
	bool by = passes_by(errors);
	ssize_t n;

	if (by)
		to = errors->data + errors->end;
	else if (len > sizeof(piece))
		len = sizeof(piece);
	do {
		n = read(errors->fd, to, len);
	} while (n < 0 && errno == EINTR);
	if (n > 0 && by) {
		remember(errors, to, (size_t)n);
		came(errors, (size_t)n, now);
	} else if (n > 0) {
		deal_with(errors, piece, (size_t)n, now);
	}
	if (n > 0)
		return (size_t)n;
	if (n == 0 || errno != EAGAIN) {
		close_pipe(errors);
		end_line(errors);
	}
	return 0;
}

/* What was buffered and not taken is passed on now, piece by piece. */
static void
let_go(struct errors *errors)
{
	struct buffered *buffered = &errors->buffered;
	char *to;
	ssize_t n;

	if (buffered_bytes(buffered) == 0 || bytes(errors) > 0 ||
	    make_room(errors, ROOM) < 0)
		return;
	to = errors->data + errors->end;
	n = buffered_take(buffered, to, ROOM);
	if (n > 0)
		came(errors, (size_t)n, clock_ms());
	else
		buffered_free(buffered);
}

/* Is what was buffered to go before what comes now? */
static bool
goes_first(const struct errors *errors)
{
	return !errors->way.together && buffered_bytes(&errors->buffered) > 0;
}

void
errors_let_go(struct errors *errors)
{
	errors->way.together = false;
	let_go(errors);
	pass(errors, clock_ms());
}

void
errors_take(struct errors *errors)
{
	uint64_t now = clock_ms();
	size_t seen = 0, n = 1;

	if (errors->way.until != 0 && now >= errors->way.until)
		errors->way.together = false;
	if (!errors->way.together)
		let_go(errors);
	pass(errors, now);
	while (n > 0 && !goes_first(errors) && errors->fd >= 0 && seen < TURN &&
	    bytes(errors) < ROOM && make_room(errors, ROOM - bytes(errors)) == 0) {
		n = take(errors, ROOM - bytes(errors), now);
		seen += n;
		pass(errors, now);
	}
}

void
errors_end(struct errors *errors)
{
	uint64_t now = clock_ms();
	size_t left = errors->fd < 0 ? 0 : move_pending(errors->fd), n = 1;

	/* Whatever else is there is of somebody whom it left behind. */
	while (n > 0 && left > 0 && errors->fd >= 0) {
		n = left < ROOM ? left : ROOM;
		n = make_room(errors, n) < 0 ? 0 : take(errors, n, now);
		left -= n;
	}
	close_pipe(errors);
	end_line(errors);
	pass(errors, now);
}

struct pollfd
errors_poll(const struct errors *errors)
{
	if (errors->stuck)
		return (struct pollfd){ .fd = STDERR_FILENO, .events = POLLOUT };
	return (struct pollfd){ .fd = bytes(errors) < ROOM ? errors->fd : -1,
		.events = POLLIN };
}

uint64_t
errors_due(const struct errors *errors)
{
	if (!errors_wait(errors) || errors->stuck)
		return UINT64_MAX;
	if (bytes(errors) == 0)
		return errors->way.together ? errors->way.until : 0;
	if (errors->whole > 0 || bytes(errors) >= ROOM)
		return speaks_since + LINE_WAIT;
	return errors->says->terminal() ? errors->since + LATE : UINT64_MAX;
}

void
errors_pass_on(struct errors *errors)
{
	if (speaker != errors) /* it waits for nobody any more */
		speaker = NULL;
	let_go(errors);
	while (errors_wait(errors)) {
		pass(errors, clock_ms());
		if (errors->stuck && !errors->says->wait())
			break;
		let_go(errors);
	}
}

void
errors_close(struct errors *errors)
{
	errors_end(errors);
	errors_pass_on(errors);
	if (speaker == errors)
		speaker = NULL;
	unlist(errors);
	buffered_free(&errors->buffered);
	free(errors->data);
	errors->data = NULL;
	errors->start = errors->end = errors->size = errors->whole = 0;
}

void
errors_close_all(void)
{
	while (all != NULL)
		errors_close(all);
}
