/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "fdio.h"
#include "formats.h"
#include "move.h"
#include "plural.h"
#include "printable.h"
#include "spawn.h"
#include "spool.h"
#include "trouble.h"
#include "worker.h"

enum {
	LINES_SIZE = 128 << 10,
	OUT_PIPE = 1 << 20,
	IN_PIPE = 1 << 20, /* for what is known to come */
	USUAL_PIPE = 64 << 10, /* that the system makes */
	HOLD_STEP = 256 << 10,
	LOOK_STEP = 16 << 10, /* of output, taken into memory to be looked at */
	TURN_WORDS = OUT_PIPE, /* read at once: all that waits when it has ended, bytes */
	SHOWN_LINE = 200, /* bytes of one that is bad */
	MOST_HELLOS = 1000, /* in a second; more are a flood */
	MUTE_AFTER =
	    200 /* ms: one that ends closes all of it, and is seen to end before */
};

const char worker_no_record[] = "acknowledged a record that it does not have";
const char worker_apart[] = "has one line with records that are not its neighbours, "
			    "though the stage did not say joint";

void
worker_init(struct worker *worker, unsigned number, const struct says *says)
{
	*worker = (struct worker){ .number = number,
		.says = says,
		.in = -1,
		.out = -1,
		.ack = -1,
		.named = -1,
		.in_look = -1,
		.named_look = -1,
		.eye = { .in = -1, .out = -1, .nowhere = -1 } };
	errors_init(&worker->errors, says);
}

static void
close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* A pipe with our end non-blocking. */
static int
make_pipe(int *ours, int *theirs, int which_is_ours)
{
	int ends[2];

	if (fdio_pipe(ends) < 0)
		return -1;
	*ours = ends[which_is_ours];
	*theirs = ends[1 - which_is_ours];
	return fcntl(*ours, F_SETFL, O_NONBLOCK) < 0 ? -1 : 0; /* it has no other flag */
}

/* The size of a new pipe to a worker that will get so many bytes, or 0, see above. */
static size_t
in_size(int fd, size_t bytes)
{
	if (bytes == 0)
		return fdio_pipe_size(fd, 1);
	if (bytes <= USUAL_PIPE)
		return USUAL_PIPE;
	return fdio_pipe_size(fd, bytes < IN_PIPE ? bytes : IN_PIPE);
}

/* As it is before a process that does what plan says. */
static void
reset(struct worker *worker, const struct worker_plan *plan)
{
	worker->lines_start = worker->lines_end = 0;
	worker->group_ack_left = 0;
	worker->kind = plan->kind;
	worker->hello = (struct hello){ .jobs = 1 };
	worker->ended = worker->stdin_closed = false;
	worker->force = FORCE_NONE;
	worker->stopped = false;
	worker->exit_code = worker->exit_signal = 0;
	worker->oom = OOM_NOT;
	worker->fine = plan->fine;
	worker->framed = plan->framed;
	worker->parts = plan->parts;
	worker->keeps = plan->keeps;
	worker->runs = plan->runs;
	worker->traced = plan->trace != 0;
	worker->buffered.whole = plan->in_memory || plan->kind == WORKER_PLAIN;
	worker->run = plan->kind == WORKER_UNKNOWN && !plan->framed ? plan->run : NULL;
	worker->preamble = plan->preamble;
	worker->preamble_len = plan->preamble_len;
	worker->in_body = false;
	worker->unsure = false;
	worker->waits = 0;
	worker->heard = 0;
	worker->hellos = 0;
	worker->passed = worker->seen = 0;
	worker->plenty = false;
	worker->cut = false;
	worker->mute_since = 0;
	worker->lost = 0;
	window_init(&worker->window);
}

/* An input without bytes.  What is wrong with that is nothing of the command's. */
static int
open_nothing(const struct worker *worker, int *fd)
{
	*fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (*fd >= 0 || spawn_is_shortage(errno))
		return *fd;
	worker->says->line("/dev/null: %s", strerror(errno));
	errno = EAGAIN;
	return -1;
}

/* The pipes of the worker, with the ends that are not ours for spawned.  0, or -1 with
 * errno. */
static int
make_pipes(
    struct worker *worker, const struct worker_plan *plan, struct spawn_plan *spawned)
{
	int *out = plan->framed ? &worker->ack : &worker->out;
	bool native = plan->kind == WORKER_UNKNOWN && !plan->framed;

	if ((plan->no_input ? open_nothing(worker, &spawned->fds[0]) < 0
			    : make_pipe(&worker->in, &spawned->fds[0], 1) < 0) ||
	    make_pipe(out, &spawned->fds[1], 0) < 0 ||
	    (native && make_pipe(&worker->ack, &spawned->stage_fd, 0) < 0) ||
	    (worker->run != NULL &&
		make_pipe(&worker->named, &spawned->named_fd, 1) < 0) ||
	    errors_open(&worker->errors) < 0 ||
	    make_pipe(&worker->errors.fd, &spawned->fds[2], 0) < 0)
		return -1;
	worker->in_room = plan->no_input ? 0 : in_size(worker->in, plan->in_bytes);
	worker->out_room = fdio_pipe_size(*out, OUT_PIPE);
	return 0;
}

/*
 * Where our end of a pipe to the worker does not tell what it has not read, its end does,
 * and is held.  Then we hear only from its death that it reads no longer.
 */
static void
hold_look(int ours, int *theirs, int *look)
{
	if (ours < 0 || *theirs < 0 || move_writer_tells())
		return;
	*look = *theirs;
	*theirs = -1;
}

int
worker_start(struct worker *worker, const struct worker_plan *plan)
{
	char takes[TAKES_MOST];
	struct spawn_plan spawned = { .argv = plan->argv,
		.fds = { -1, -1, -1 },
		.stage_fd = -1,
		.takes = takes_text(takes, plan->runs, plan->trace),
		.env = plan->env };
	int error;

	reset(worker, plan);
	if (worker->lines == NULL)
		worker->lines = malloc(LINES_SIZE);
	worker->pid = worker->lines == NULL || make_pipes(worker, plan, &spawned) < 0
	    ? -1
	    : spawn(&spawned);
	error = errno;
	hold_look(worker->in, &spawned.fds[0], &worker->in_look);
	hold_look(worker->named, &spawned.named_fd, &worker->named_look);
	close_end(&spawned.fds[0]);
	close_end(&spawned.fds[1]);
	close_end(&spawned.fds[2]);
	close_end(&spawned.stage_fd);
	if (spawned.named_fd > 0)
		close(spawned.named_fd);
	if (worker->pid > 0) {
		worker->group = worker->pid;
		return 0;
	}
	worker->pid = 0;
	worker_close(worker);
	errno = error;
	return -1;
}

/* The worker has shown what it is: nothing is written to it by the other pipe. */
static void
offer_no_more(struct worker *worker)
{
	close_end(&worker->named);
	close_end(&worker->named_look);
	worker->run = NULL;
}

/*
 * The worker has said hello, and wants its records named: they come by the other pipe,
 * those that it has, too, of which it has read none.  One whose input has ended gets
 * none.
 */
static void
begin_named(struct worker *worker)
{
	if (worker->in < 0 || worker->named < 0) {
		offer_no_more(worker);
		return;
	}
	close(worker->in);
	close_end(&worker->in_look);
	worker->in = worker->named;
	worker->in_look = worker->named_look;
	worker->named = worker->named_look = -1;
	worker->stdin_closed = false;
	worker->in_room = USUAL_PIPE;
	window_begin_anew(&worker->window, worker->run);
}

int
worker_give(struct worker *worker, struct batch *batch)
{
	if (worker->run != NULL && worker->named < 0)
		batch_lead(batch, worker->run);
	return window_add(&worker->window, batch);
}

/* What is to be written next: how many bytes, and where they are. */
static size_t
next_bytes(const struct worker *worker, const char **data)
{
	*data = worker->preamble;
	return worker->preamble_len > 0 ? worker->preamble_len
					: window_to_send(&worker->window, data);
}

/* n of them were written. */
static void
written(struct worker *worker, size_t n)
{
	if (worker->preamble_len == 0) {
		window_sent(&worker->window, n);
		return;
	}
	worker->preamble += n;
	worker->preamble_len -= n;
}

/* A worker that was cut has failed, though it may have ended well by itself. */
static void
ended_cut(struct worker *worker)
{
	if (!worker->cut || !worker->ended)
		return;
	worker->exit_code = 0;
	worker->exit_signal = SIGKILL;
}

/* A pipe failed: what it was told, or says, is not all that it was to be. */
static void
cut(struct worker *worker, const char *what, int error)
{
	worker->says->line(
	    "worker %u: cannot be %s: %s; killed", worker->number, what, strerror(error));
	worker_signal(worker, SIGKILL);
	worker->cut = true;
	ended_cut(worker);
}

int
worker_feed(struct worker *worker)
{
	const char *data;
	size_t len;

	while (worker_hungry(worker) && (len = next_bytes(worker, &data)) > 0) {
		ssize_t n = write(worker->in, data, len);

		if (n >= 0) {
			written(worker, (size_t)n);
			if ((size_t)n < len)
				return 0;
		} else if (errno == EAGAIN) {
			return 0;
		} else if (errno != EINTR) {
			worker->stdin_closed = true;
			if (errno != EPIPE)
				cut(worker, "written to", errno);
			return -1;
		}
	}
	return 0;
}

void
worker_in_size(struct worker *worker, size_t size)
{
	worker->in_room = fdio_pipe_size(worker->in, size);
}

void
worker_mute(struct worker *worker)
{
	worker->kind = WORKER_PLAIN;
	worker->buffered.whole = true;
	offer_no_more(worker);
	close_end(&worker->ack);
}

void
worker_silence(struct worker *worker)
{
	close_end(&worker->ack);
	worker->lines_start = worker->lines_end = 0;
	worker->group_ack_left = 0;
}

void
worker_end_input(struct worker *worker)
{
	close_end(&worker->in);
	close_end(&worker->in_look);
	close_end(&worker->named);
	close_end(&worker->named_look);
}

bool
worker_is_mute(const struct worker *worker, uint64_t now)
{
	return worker->mute_since != 0 && worker->in >= 0 && worker->pid != 0 &&
	    !worker->ended && now - worker->mute_since >= MUTE_AFTER;
}

size_t
worker_unread(const struct worker *worker)
{
	if (worker->in < 0)
		return 0;
	return move_pending(worker->in_look >= 0 ? worker->in_look : worker->in);
}

uint64_t
worker_consumed(const struct worker *worker)
{
	size_t waiting = worker_unread(worker);

	return waiting > worker->window.written ? 0 : worker->window.written - waiting;
}

const char *
worker_shows(const struct worker *worker)
{
	if (!worker_is_unknown(worker))
		return NULL;
	if (buffered_bytes(&worker->buffered) > 0)
		return "writes before it has said anything";
	return worker->window.written > 0 && worker_consumed(worker) > 0
	    ? "reads before it has said anything"
	    : NULL;
}

/* No more can be read there: that is its end, or an error. */
static void
end_reading(struct worker *worker, int *fd, int error)
{
	close_end(fd);
	if (error != 0)
		cut(worker, "read", error);
}

/* Read more lines; 1 if some came, 0 if none did, -1 at their end. */
static int
read_lines(struct worker *worker)
{
	size_t left = worker->lines_end - worker->lines_start;
	ssize_t n;

	if (worker->ack < 0)
		return -1;
	memmove(worker->lines, worker->lines + worker->lines_start, left);
	worker->lines_start = 0;
	worker->lines_end = left;
	if (left >= ACK_LINE_MAX || worker->heard >= TURN_WORDS)
		return 0;
	do {
		n = read(worker->ack, worker->lines + left, LINES_SIZE - left);
	} while (n < 0 && errno == EINTR);
	if (n > 0) {
		worker->lines_end += (size_t)n;
		worker->heard += (size_t)n;
		return 1;
	}
	if (n < 0 && errno == EAGAIN)
		return 0;
	end_reading(worker, &worker->ack, n < 0 ? errno : 0);
	if (n == 0 && worker->kind == WORKER_NATIVE)
		worker->mute_since = clock_ms();
	return -1;
}

static enum worker_word
wrong(struct worker *worker, const char *why)
{
	worker->wrong = why;
	return WORD_WRONG;
}

/* The worker has said hello: that may be repeated, within reason. */
static enum worker_word
take_hello(struct worker *worker)
{
	uint64_t now = clock_ms();

	if (worker->hellos == 0 || now - worker->hello_since >= 1000) {
		worker->hello_since = now;
		worker->hellos = 0;
	}
	if (++worker->hellos > MOST_HELLOS) {
		snprintf(worker->why, sizeof(worker->why),
		    "said hello more than %d times in a second", MOST_HELLOS);
		return wrong(worker, worker->why);
	}
	if (worker->hello.standing == STANDING_NATIVE) {
		if (worker->kind != WORKER_NATIVE && worker->hello.named)
			begin_named(worker);
		else if (worker->kind != WORKER_NATIVE)
			offer_no_more(worker);
		worker->unsure = false;
		worker->kind = WORKER_NATIVE;
		if (worker->hello.waits)
			worker->waits = worker->window.given_records;
		return WORD_HELLO;
	}
	if (worker->hello.standing == STANDING_UNSURE && worker->kind != WORKER_NATIVE) {
		worker->unsure = true;
		return WORD_UNSURE;
	}
	if (worker->hello.standing == STANDING_PLAIN && worker->unsure &&
	    !worker->framed) {
		worker->unsure = false;
		return WORD_PLAIN;
	}
	return wrong(worker, "is not sure any more what it is");
}

/* Is it no run, or one of a form that it may tell? */
static bool
may_report(const struct worker *worker, const struct ack *ack)
{
	if (ack->outcome == OUTCOME_PART)
		return worker->framed && worker->parts;
	if (ack->outcome == OUTCOME_KEPT)
		return worker->framed && worker->keeps;
	return !ack->run || worker->runs == RUNS_SUMMED ||
	    (worker->runs == RUNS_COUNTED && ack->counts != NULL);
}

/*
 * May it tell of these records?  One alone is looked up by who hears of it, unless
 * output comes with the line.
 */
static bool
has_records(struct worker *worker, const struct ack *ack)
{
	return (ack->more == 0 && !worker->framed) ||
	    window_has_all(&worker->window, ack->index, ack->index + ack->more);
}

/* Is the line what it may tell for --trace?  Then out has that. */
static bool
take_trace(const struct worker *worker, const char *line, size_t len, struct ack *out)
{
	size_t word = strlen(ack_trace_word);

	if (!worker->traced || len < word || memcmp(line, ack_trace_word, word) != 0)
		return false;
	*out = (struct ack){ .reason = line + word, .reason_len = len - word };
	return true;
}

/* Take one line of len bytes, which is in the buffer. */
static enum worker_word
take_line(struct worker *worker, size_t len, struct ack *out)
{
	const char *line = worker->lines + worker->lines_start;
	enum worker_word word = WORD_ACK;

	bool known = worker->kind == WORKER_NATIVE || worker->unsure;

	if (!known || (len > 0 && *line == 'p')) {
		if (hello_parse(line, len, &worker->hello) < 0 ||
		    (!known && worker->hello.standing == STANDING_PLAIN))
			return WORD_BAD;
		word = take_hello(worker);
	} else if (take_trace(worker, line, len, out)) {
		word = WORD_TRACE;
	} else if (ack_parse(line, len, out) < 0 || !may_report(worker, out)) {
		return WORD_BAD;
	} else if (!has_records(worker, out)) {
		return wrong(worker, worker_no_record);
	} else if (out->outcome != OUTCOME_OK) {
		ack_reason(out);
	}
	worker->lines_start += len + 1;
	return word;
}

/* Read at most size bytes of fd into the buffer, as worker_absorb(). */
static int
absorb(struct worker *worker, int *fd, size_t size)
{
	struct buffered *buffered = &worker->buffered;
	ssize_t n;

	if (*fd < 0) {
		errno = ENODATA;
		return -1;
	}
	if (size > HOLD_STEP)
		size = HOLD_STEP;
	if (buffered_room(buffered, size) < 0)
		return -1;
	do {
		n = read(*fd, buffered->data + buffered->end, size);
	} while (n < 0 && errno == EINTR);
	if (n > 0) {
		buffered_came(buffered, (size_t)n);
		return 1;
	}
	if (n < 0 && errno == EAGAIN)
		return 0;
	end_reading(worker, fd, n < 0 ? errno : 0);
	errno = ENODATA;
	return -1;
}

int
worker_absorb(struct worker *worker, size_t size)
{
	return absorb(worker, &worker->out, size);
}

/* What was taken of a body goes, and so does the rest: there is no room for it. */
static void
lose_body(struct worker *worker, uint64_t taken)
{
	worker->lost = errno;
	buffered_cut(&worker->buffered, taken);
}

/* As take_body(), of what is lost. */
static int
drop_body(struct worker *worker)
{
	char scrap[4096];

	while (worker->body_left > 0) {
		size_t most =
		    worker->body_left < sizeof(scrap) ? worker->body_left : sizeof(scrap);
		ssize_t n;

		if (worker->heard >= TURN_WORDS)
			return 0;
		n = read(worker->ack, scrap, most);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return 0;
		if (n <= 0) {
			close_end(&worker->ack);
			errno = ENODATA;
			return -1;
		}
		worker->body_left -= (size_t)n;
		worker->heard += (size_t)n;
	}
	return 1;
}

/*
 * Take the output that follows a line of len bytes, which is in the buffer, into
 * that of output.  1 when all is there and *end is set to its end in the buffer, 0 if
 * more is to come, -1 with errno.
 */
static int
take_body(struct worker *worker, size_t len, uint64_t all, size_t *end)
{
	size_t body = worker->lines_start + len + 1, there = worker->lines_end - body;
	int got;

	if (there > worker->body_left)
		there = worker->body_left;
	*end = body + there;
	if (there > 0 && worker->lost == 0 && buffered_room(&worker->buffered, there) < 0)
		lose_body(worker, all - worker->body_left);
	if (there > 0 && worker->lost == 0) {
		memcpy(worker->buffered.data + worker->buffered.end, worker->lines + body,
		    there);
		buffered_came(&worker->buffered, there);
	}
	worker->body_left -= there;
	while (worker->body_left > 0) {
		uint64_t before = buffered_bytes(&worker->buffered);
		size_t came;

		/* All that is in the buffer after the line was taken. */
		worker->lines_end = *end = body;
		if (worker->lost != 0)
			return drop_body(worker);
		if (worker->heard >= TURN_WORDS)
			return 0;
		got = absorb(worker, &worker->ack, worker->body_left);
		if (got < 0 && errno != ENODATA) {
			lose_body(worker, all - worker->body_left);
			continue;
		}
		if (got <= 0)
			return got;
		came = (size_t)(buffered_bytes(&worker->buffered) - before);
		worker->body_left -= came;
		worker->heard += came;
	}
	return 1;
}

/* Take a line of one stream: the output that it counts goes with it. */
static enum worker_word
take_frame(struct worker *worker, size_t len, struct ack *out)
{
	size_t end, start = worker->lines_start;
	enum worker_word word = take_line(worker, len, out);
	int got;

	if (word != WORD_ACK)
		return word;
	worker->lines_start = start;
	if (out->bytes > SIZE_MAX / 2)
		return WORD_BAD;
	if (!worker->in_body) {
		worker->body_left = (size_t)out->bytes;
		worker->lost = 0;
	}
	worker->in_body = true;
	got = take_body(worker, len, out->bytes, &end);
	if (got == 0)
		return WORD_NONE;
	if (got < 0)
		return errno == ENODATA ? WORD_END : WORD_BAD;
	worker->in_body = false;
	worker->lines_start = end;
	if (worker->lost != 0 && out->outcome == OUTCOME_KEPT) {
		out->bytes = 0; /* the caller sees to it */
	} else if (worker->lost != 0 && out->outcome == OUTCOME_PART) {
		worker->says->line("worker %u: %s", worker->number,
		    worker_lost_text(worker->lost, worker->why));
		out->bytes = 0;
	} else if (worker->lost !=
	    0) { /* for want of room here: no fault of the other end */
		worker_lost_text(worker->lost, worker->why);
		out->bytes = 0;
		out->run = false; /* all of them */
		out->counts = NULL;
		out->outcome = OUTCOME_RETRY;
		out->reason = worker->why;
		out->reason_len = strlen(worker->why);
	}
	return WORD_ACK;
}

/* The next word of its own line. */
static enum worker_word
hear_line(struct worker *worker, struct ack *out)
{
	for (;;) {
		size_t left = worker->lines_end - worker->lines_start, len = left;
		const char *newline = NULL;
		int more;

		if (left > 0)
			newline = memchr(worker->lines + worker->lines_start, '\n', left);
		if (newline != NULL)
			len = (size_t)(newline - worker->lines) - worker->lines_start;
		if (len >= ACK_LINE_MAX)
			return WORD_BAD;
		if (newline != NULL)
			return (worker->framed ? take_frame : take_line)(
			    worker, len, out);
		more = read_lines(worker);
		if (more <= 0)
			return more == 0 ? WORD_NONE : WORD_END;
	}
}

/* The next of records that are done together; the output is that of the last. */
static void
take_of_group(struct worker *worker, struct ack *out)
{
	*out = worker->group_ack;
	out->more = --worker->group_ack_left;
	worker->group_ack.index++;
	if (out->more > 0)
		out->bytes = 0;
}

enum worker_word
worker_hear(struct worker *worker, struct ack *out)
{
	if (worker->group_ack_left == 0) {
		enum worker_word word = hear_line(worker, out);

		if (word == WORD_NONE)
			worker->heard = 0;
		if (word != WORD_ACK || out->more == 0 || out->run)
			return word;
		worker->group_ack = *out;
		worker->group_ack_left = out->more + 1;
	}
	take_of_group(worker, out);
	return WORD_ACK;
}

const char *
worker_bad_line(const struct worker *worker, size_t *len)
{
	const char *line = worker->lines + worker->lines_start;
	size_t left = worker->lines_end - worker->lines_start;
	const char *newline = memchr(line, '\n', left);

	*len = newline == NULL ? left : (size_t)(newline - line);
	return line;
}

bool
worker_bad_text(const struct worker *worker, char text[static WORKER_BAD_TEXT])
{
	char shown[SHOWN_LINE];
	size_t len;
	const char *line = worker_bad_line(worker, &len);

	if (formats_newer(text, ack_format_name, FORMAT_STAGE, line, len) != NULL)
		return true;
	printable(shown, sizeof(shown), line, len);
	snprintf(text, WORKER_BAD_TEXT, "not a line of par-stage(7): %s", shown);
	return false;
}

/* The byte at that place of the pipe; -1 where it cannot be seen there. */
static int
look_piped(struct worker *worker, uint64_t at)
{
	uint64_t buffered = buffered_bytes(&worker->buffered);

	if (!worker_sees(worker, at)) {
		if ((!worker->plenty && at - buffered < LOOK_STEP) || worker->out < 0 ||
		    move_see(&worker->eye, worker->out) < 0)
			return -1;
		worker->seen = worker->passed + buffered;
		worker->plenty = worker->eye.left >= LOOK_STEP;
		if (!worker_sees(worker, at))
			return -1;
	}
	at -= worker->seen - worker->passed;
	worker->seen += at + 1;
	return move_look(&worker->eye, (size_t)at);
}

/*
 * The byte at place at, which the worker has written: from 0 to 255, or -1 with errno,
 * and ENODATA when it is not there.  at grows from call to call, but for what was passed
 * on meanwhile.  Where much is to come it stays in the pipe, else it is read into the
 * buffer.
 */
static int
look_at(struct worker *worker, uint64_t at)
{
	struct buffered *buffered = &worker->buffered;
	int byte = at < buffered_bytes(buffered) ? -1 : look_piped(worker, at);

	if (byte < 0 && !worker_wrote(worker, at + 1)) {
		errno = ENODATA;
		return -1;
	}
	while (byte < 0 && buffered_bytes(buffered) <= at) {
		uint64_t before = buffered_bytes(buffered);
		int got = worker_absorb(worker, LOOK_STEP);

		if (got == 0)
			errno = ENODATA;
		if (got <= 0)
			return -1;
		worker->plenty = buffered_bytes(buffered) - before == LOOK_STEP;
	}
	return byte < 0 ? buffered_look(buffered, at) : byte;
}

int
worker_scan(struct worker *worker, size_t len, bool *nul)
{
	struct move_eye *eye = &worker->eye;
	int last = -1;

	if (len > 0 && buffered_bytes(&worker->buffered) == 0 && worker->out >= 0 &&
	    move_see(eye, worker->out) == 0 && move_seen(eye) >= len)
		last = nul == NULL ? move_look(eye, len - 1) : move_scan(eye, len, nul);
	move_eye_close(eye);
	return last;
}

const char *
worker_lost_text(int error, char text[static WORKER_ILL_TEXT])
{
	snprintf(text, WORKER_ILL_TEXT, "no room to put its output aside in %.80s: %s",
	    spool_folder(), strerror(error));
	return text;
}

const char *
worker_ill(struct worker *worker, uint64_t before, const struct ack *ack,
    char text[static WORKER_ILL_TEXT])
{
	int last;

	worker->lost = 0;
	if (ack->bytes == 0 || ack->outcome == OUTCOME_RETRY)
		return NULL;
	if (before + ack->bytes > SIZE_MAX / 2 && /* of a machine of 32 bits */
	    worker_wrote(worker, before + ack->bytes))
		return worker_lost_text(worker->lost = EFBIG, text);
	last = look_at(worker, before + ack->bytes - 1);
	if (last == '\n' || (last >= 0 && worker->hello.raw))
		return NULL;
	if (last >= 0)
		snprintf(text, WORKER_ILL_TEXT,
		    "the output that its line counts, %llu byte%s, does not end in a "
		    "newline",
		    (unsigned long long)ack->bytes, plural(ack->bytes, "", "s"));
	else if (errno == ENODATA)
		snprintf(text, WORKER_ILL_TEXT,
		    "its line counts %llu byte%s of output, more than were written",
		    (unsigned long long)ack->bytes, plural(ack->bytes, "", "s"));
	else
		worker_lost_text(worker->lost = errno, text);
	return text;
}

const char *
worker_ill_end(struct worker *worker, char text[static WORKER_ILL_TEXT])
{
	const struct buffered *buffered = &worker->buffered;
	char shown[60];

	if (worker->kind != WORKER_NATIVE || worker->framed || worker->in >= 0 ||
	    worker_failed(worker) ||
	    (worker->window.records > 0 && !window_has_gap(&worker->window)))
		return NULL;
	worker_absorb(worker, LOOK_STEP);
	if (buffered_bytes(buffered) == 0)
		return NULL;
	printable(shown, sizeof(shown), buffered->data + buffered->start,
	    buffered->end - buffered->start);
	snprintf(text, WORKER_ILL_TEXT,
	    "output that no line counts was left at its end: %s", shown);
	return text;
}

bool
worker_end_line(struct worker *worker)
{
	struct buffered *buffered = &worker->buffered;

	if (buffered_bytes(buffered) == 0 || buffered->last == '\n' ||
	    buffered_room(buffered, 1) < 0)
		return false;
	buffered->data[buffered->end] = '\n';
	buffered_came(buffered, 1);
	return true;
}

bool
worker_wrote(const struct worker *worker, uint64_t len)
{
	uint64_t buffered = buffered_bytes(&worker->buffered);

	if (len <= buffered)
		return true;
	/* It may have made its pipe larger than we did. */
	return worker->out >= 0 &&
	    (len - buffered <= worker->out_room ||
		len - buffered <= move_pending(worker->out));
}

void
worker_release(struct worker *worker, uint64_t len)
{
	buffered_drop(&worker->buffered, len);
	worker->passed += len;
}

/*
 * Move some of the next len bytes of its output, which it has written: how many, 0 when
 * to takes none now, or -1 with errno.
 */
static ssize_t
move_next(struct worker *worker, struct fdio_sink to, size_t len)
{
	uint64_t buffered = buffered_bytes(&worker->buffered);
	ssize_t n = 0;
	int got;

	if (buffered == 0 && len >= MOVE_FROM && worker->out >= 0)
		n = move_some(worker->out, to, len);
	if (n < 0 && errno == EAGAIN)
		return 0;
	if (n != 0)
		return n;
	if (buffered == 0) {
		got = worker_absorb(worker, len);
		if (got == 0)
			errno = ENODATA;
		if (got <= 0)
			return -1;
		buffered = buffered_bytes(&worker->buffered);
	}
	return buffered_move(
	    &worker->buffered, to, buffered < len ? (size_t)buffered : len);
}

int
worker_move(struct worker *worker, struct fdio_sink to, size_t *len)
{
	if (!worker_wrote(worker, *len)) {
		errno = ENODATA;
		return -1;
	}
	while (*len > 0) {
		ssize_t n = move_next(worker, to, *len);

		if (n == 0)
			errno = EAGAIN;
		if (n <= 0)
			return -1;
		*len -= (size_t)n;
		worker->passed += (uint64_t)n;
	}
	return 0;
}

int
worker_skip(struct worker *worker, size_t len)
{
	if (!worker_wrote(worker, len)) {
		errno = ENODATA;
		return -1;
	}
	for (;;) {
		uint64_t buffered = buffered_bytes(&worker->buffered);
		int got;

		if (buffered > len)
			buffered = len;
		worker_release(worker, buffered);
		len -= (size_t)buffered;
		if (len == 0)
			return 0;
		got = worker_absorb(worker, len);
		if (got == 0)
			errno = ENODATA;
		if (got <= 0)
			return -1;
	}
}

bool
worker_to_signal(struct worker *worker, int signal)
{
	if (worker->pid == 0 && !worker->ended)
		worker->force = FORCE_NONE;
	else if (signal == SIGKILL)
		worker->force = FORCE_KILL;
	else if (worker->force == FORCE_NONE)
		worker->force = FORCE_SIGNAL;
	if (worker->pid == 0 && worker->ended)
		kill(-worker->group, signal);
	return worker->pid > 0;
}

void
worker_signal(struct worker *worker, int signal)
{
	size_t leaders = worker_to_signal(worker, signal) ? 1 : 0;

	if (leaders + worker->kin.count > 0)
		kin_signal(&worker->kin, &worker->pid, leaders, signal);
	if (worker->stopped && signal != SIGKILL) { /* else it cannot end by that */
		worker->stopped = false;
		kill(-worker->pid, SIGCONT);
	}
}

/* The worker was stopped, by signal, or goes on. */
static void
say_stopped(struct worker *worker, int signal)
{
	char name[32], text[SPAWN_TEXT];

	if (worker->force == FORCE_KILL || worker->stopped == (signal != 0))
		return;
	worker->stopped = signal != 0;
	snprintf(name, sizeof(name), "worker %u", worker->number);
	worker->says->line("%s", spawn_stopped_text(name, worker->pid, signal, text));
}

bool
worker_ended(struct worker *worker)
{
	int code, signal;

	while (worker->pid != 0 && !worker->ended) {
		switch (spawn_look(worker->pid, &code, &signal)) {
		case SPAWN_NO_NEWS:
			return false;
		case SPAWN_ENDED:
			worker->ended = true;
			worker->exit_code = code;
			worker->exit_signal = signal;
			ended_cut(worker);
			break;
		case SPAWN_STOPPED:
			say_stopped(worker, signal);
			break;
		case SPAWN_GOES_ON:
			say_stopped(worker, 0);
			break;
		}
	}
	return worker->ended;
}

void
worker_end_rest(struct worker *worker)
{
	if (worker->kin.count > 0)
		worker_signal(worker, SIGKILL);
	else if (worker->force != FORCE_NONE || worker_failed(worker))
		kill(worker->pid > 0 ? -worker->pid : -worker->group, SIGKILL);
}

void
worker_reap(struct worker *worker)
{
	if (worker->pid == 0)
		return;
	while (waitpid(worker->pid, NULL, 0) < 0 && errno == EINTR)
		;
	worker->pid = 0;
}

bool
worker_group_alive(const struct worker *worker)
{
	return worker->group > 0 && kill(-worker->group, 0) == 0;
}

void
worker_blame(struct worker *worker, struct oom_counts *counts)
{
	if (worker->force != FORCE_NONE)
		return;
	if (worker->exit_signal == SIGKILL)
		worker->oom = oom_look(counts);
	else if (worker->exit_code == 128 + SIGKILL && oom_look(counts) == OOM_SURE)
		worker->oom = OOM_SURE;
}

const char *
worker_exit_text(const struct worker *worker, char text[static WORKER_EXIT_TEXT])
{
	if (worker->exit_signal != 0)
		snprintf(text, WORKER_EXIT_TEXT, "killed by signal %d (%s)%s",
		    worker->exit_signal, strsignal(worker->exit_signal),
		    oom_text(worker->oom));
	else
		snprintf(text, WORKER_EXIT_TEXT, "exited with status %d%s",
		    worker->exit_code, oom_text(worker->oom));
	return text;
}

bool
worker_never(const struct worker *worker, bool block_finished)
{
	return worker->exit_code == STATUS_NEVER && worker_failed(worker) &&
	    !block_finished;
}

void
worker_hang_up(struct worker *worker)
{
	worker_end_input(worker);
	close_end(&worker->out);
	close_end(&worker->ack);
	move_eye_close(&worker->eye);
}

void
worker_close(struct worker *worker)
{
	worker_hang_up(worker);
	errors_end(&worker->errors);
	buffered_free(&worker->buffered);
	kin_free(&worker->kin);
	worker_reap(worker);
	worker->ended = false;
}

void
worker_free(struct worker *worker)
{
	errors_close(&worker->errors);
	free(worker->lines);
	worker->lines = NULL;
}
