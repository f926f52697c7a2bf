/* SPDX-License-Identifier: ISC */
/*
 * worker - the supervisor's side of one child: start it, feed it records, take
 * its words and its output, end it.  Nothing here waits; descriptors are for the
 * caller's poll(2).  What becomes of records is the caller's to decide.
 */
#ifndef PAR_WORKER_H
#define PAR_WORKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "ack.h"
#include "buffered.h"
#include "errors.h"
#include "kin.h"
#include "move.h"
#include "oom.h"
#include "says.h"
#include "statuses.h"
#include "window.h"

enum { WORKER_EXIT_TEXT = 80, WORKER_ILL_TEXT = 160, WORKER_BAD_TEXT = 300 };

enum worker_kind {
	WORKER_UNKNOWN, /* started, and has not shown what it is */
	WORKER_NATIVE, /* has said hello */
	WORKER_PLAIN, /* has begun to read without a hello, or is known to be so */
	WORKER_MAP, /* by its caller's word, one line out is one record done */
	WORKER_BLOCK /* a fresh process for each batch: its exit status acknowledges it */
};

/* How it was made to end. */
enum worker_force {
	FORCE_NONE,
	FORCE_SIGNAL, /* by a signal of ours, or is to be */
	FORCE_KILL /* by SIGKILL, or is to be */
};

struct worker {
	unsigned number; /* from 1; stays the same across restarts */
	const struct says *says; /* hears what the process says, and what befalls it */
	enum worker_kind kind;
	pid_t pid; /* 0: no process */
	pid_t group; /* of the last one started */
	bool unsure; /* WORKER_UNKNOWN: a supervisor that does not know what it runs */
	bool stdin_closed; /* it has closed its input */
	bool ended; /* the process has, see worker_ended() */
	enum worker_force force;
	bool stopped; /* by somebody, and that was said */
	bool cut; /* it could not be read, or written to, and was killed for that */
	uint64_t mute_since; /* clock_ms() when it closed its words; 0: it has not */
	struct kin kin; /* that is ended with it then */
	bool parts, keeps; /* see struct worker_plan */
	bool framed; /* its words and output come as one stream, by ack */
	enum runs runs; /* that it may tell */
	bool traced; /* it may tell what is no record, for --trace */
	const char *preamble; /* see struct worker_plan; what is left of it */
	size_t preamble_len;
	uint64_t waits; /* records it was given when it said that it waits; or 0 */
	struct ack group_ack; /* the rest of records done together: told one by one */
	uint64_t group_ack_left;
	bool in_body; /* framed: its line was read, and of the output that it counts */
	size_t body_left; /* so many bytes are missing */
	int exit_code, exit_signal; /* one of them, if not 0; see worker_failed() */
	enum oom oom; /* was that for want of memory?  See worker_blame() */
	const struct statuses *fine; /* see struct worker_plan */
	struct errors errors; /* its standard error, and what came of it before */
	int in, out, ack; /* our ends, -1 when closed; none ever blocks */
	int named; /* our end of what is in if it wants its records named; or -1 */
	int in_look, named_look; /* and its ends, see hold_look(); or -1 */
	const char *run; /* which run they are of; "": none is offered */
	struct hello hello;
	struct window window;
	struct buffered buffered; /* output that was read and not passed on */
	uint64_t passed; /* bytes of its output that were passed on, or dropped */
	struct move_eye eye; /* sees its output from byte seen on, see look_at() */
	uint64_t seen;
	int lost; /* errno: output could not be put aside, see worker_ill(); or 0 */
	char why[WORKER_ILL_TEXT]; /* for a word that says so */
	bool plenty; /* much came when it was looked at last */
	const char *wrong; /* with the last word, if it was WORD_WRONG */
	uint64_t hello_since; /* clock_ms() from when its hellos are counted, */
	unsigned hellos; /* and how many it has said */
	size_t heard; /* bytes of its words since there were none, see worker_hear() */
	char *lines; /* words that came, not yet taken */
	size_t lines_start, lines_end;
	size_t in_room, out_room; /* what the pipes can hold, bytes */
};

struct worker_plan {
	char *const *argv;
	const char *const *env; /* NAME=VALUE, ended by NULL */
	bool in_memory; /* all output is to be at buffered.data, however much it is */
	size_t in_bytes; /* that it will get, if that is known; or 0 */
	const struct statuses *fine; /* of an end that is none; or NULL */
	bool no_input; /* it gets nothing: its standard input is /dev/null */
	enum worker_kind kind; /* if it is known; only WORKER_UNKNOWN may say hello */
	enum runs runs; /* that it may tell, if it says hello, and is not framed */
	uint64_t trace; /* and so many bytes of lines for --trace; 0: none */
	/*
	 * Which run its records are of, where they do not say so themselves: what says
	 * hello may want to be told which they are.  "": of none; NULL: it may not.
	 */
	const char *run;
	/*
	 * The worker says hello on standard output, and each line there is followed by
	 * the output that it counts; it gets these bytes first, which must stay valid.
	 */
	bool framed;
	bool parts; /* framed: it may tell of output before its record is done; */
	bool keeps; /* and of what is to be kept apart from that */
	const char *preamble;
	size_t preamble_len;
};

/* A worker with a number and no process. */
void worker_init(struct worker *worker, unsigned number, const struct says *says);

/*
 * Start the process, with fresh pipes and an empty window.  0, or -1 with errno:
 * then the command could not be executed, or there are no descriptors left.
 */
int worker_start(struct worker *worker, const struct worker_plan *plan);

/*
 * Takes the batch over, to be written to it.  0, or -1 without memory, and the batch
 * stays the caller's.
 */
int worker_give(struct worker *worker, struct batch *batch);

/*
 * Write what the window has for it, as much as it takes now.  0, or -1 when it no
 * longer reads, or was killed since it cannot be written to; stdin_closed is set then.
 */
int worker_feed(struct worker *worker);

/* Is something left to write? */
static inline bool
worker_hungry(const struct worker *worker)
{
	return worker->in >= 0 && !worker->stdin_closed &&
	    (worker->window.unsent != NULL || worker->preamble_len > 0);
}

/*
 * Has it said that it does nothing with what it has before it gets more, and got none
 * since?
 */
static inline bool
worker_waits(const struct worker *worker)
{
	return worker->waits > 0 && worker->waits == worker->window.given_records &&
	    worker->window.records > 0 && worker->in >= 0 && !worker_hungry(worker);
}

/*
 * Ask for a pipe to it of about size bytes.  A new worker's has the least size
 * there is, so that it can be written to only when all was read; or takes all that it
 * will get at once, if in_bytes of its plan says how much that is.
 */
void worker_in_size(struct worker *worker, size_t size);

/* The worker is a plain one: listen to it no more. */
void worker_mute(struct worker *worker);

/* Take no more of its words, not even those that came. */
void worker_silence(struct worker *worker);

/* End its input. */
void worker_end_input(struct worker *worker);

/*
 * Has it closed its words a while ago, and goes on?  Of what it still does nobody hears:
 * its input is to be ended.
 */
bool worker_is_mute(const struct worker *worker, uint64_t now);

/* Of what was written to it, how many bytes has it not read?  See move_pending(). */
size_t worker_unread(const struct worker *worker);

/* How many bytes of its input it has read; all once we have ended it. */
uint64_t worker_consumed(const struct worker *worker);

enum worker_word {
	WORD_NONE, /* nothing more for now */
	WORD_HELLO, /* worker.hello was set, and kind; it may come again */
	WORD_UNSURE, /* worker.unsure was set: WORD_HELLO or WORD_PLAIN follows */
	WORD_PLAIN, /* it is unsure no more: nothing that it says or has said counts */
	WORD_ACK,
	WORD_TRACE, /* what it says, for --trace, is the reason in *out */
	WORD_END, /* its descriptor is closed: nothing more will come */
	WORD_BAD, /* not a line of the protocol, see worker_bad_line() */
	WORD_WRONG /* a line of it that cannot be true; worker.wrong says why */
};

/* What is wrong with a word of a record that is not in the window. */
extern const char worker_no_record[];

/* What is wrong with records done together by one that did not say joint. */
extern const char worker_apart[];

/* Has it neither said hello, nor that it does not know yet? */
static inline bool
worker_is_unknown(const struct worker *worker)
{
	return worker->kind == WORKER_UNKNOWN && !worker->unsure && !worker->cut;
}

/*
 * How one that is unknown has shown that it is a plain command: it reads, or writes,
 * before any word.  NULL: it has not.  What it wrote is looked for in the buffer.  It may
 * have said hello meanwhile: its words, taken after that, tell.
 */
const char *worker_shows(const struct worker *worker);

/* Is ack the first of records that are done together, by one that did not say so? */
static inline bool
worker_unsaid(const struct worker *worker, const struct ack *ack)
{
	return ack->more > 0 && ack->more == worker->group_ack.more &&
	    !worker->hello.joint;
}

/*
 * The next of its words, in *out if it is WORD_ACK; a record that is not done has a
 * reason there, said or not.  A run comes as a whole, and its counts last until the next
 * word.  There are none for now, too, when as much was read as a pipe can hold, so that
 * one that floods keeps nobody waiting. Of records done together all were looked at when
 * the first of them comes, and of a run.
 */
enum worker_word worker_hear(struct worker *worker, struct ack *out);

/*
 * The line that was WORD_BAD; and the same in words: true if it is the first line of a
 * newer version.
 */
const char *worker_bad_line(const struct worker *worker, size_t *len);
bool worker_bad_text(const struct worker *worker, char text[static WORKER_BAD_TEXT]);

/*
 * Read output that has come into the buffer, at most about size bytes.  1 if there
 * was some, 0 if there is none now, -1 with errno, and ENODATA at its end.
 */
int worker_absorb(struct worker *worker, size_t size);

/*
 * Is its output counted when it is done, so that it may wait in its pipe, from where the
 * system passes it on?
 */
static inline bool
worker_is_counted(const struct worker *worker)
{
	return worker->kind == WORKER_NATIVE || worker->kind == WORKER_BLOCK;
}

/* How many bytes of its output were taken out of its pipe. */
static inline uint64_t
worker_taken(const struct worker *worker)
{
	return worker->passed + buffered_bytes(&worker->buffered);
}

/* Can the byte at place at of its output that was not passed on be looked at now? */
static inline bool
worker_sees(const struct worker *worker, uint64_t at)
{
	return at < buffered_bytes(&worker->buffered) ||
	    worker->passed + at - worker->seen < move_seen(&worker->eye);
}

/* The byte at place at, if it is in memory: without a search for it; or -1. */
static inline int
worker_glance(struct worker *worker, uint64_t at)
{
	const struct buffered *buffered = &worker->buffered;
	uint64_t ahead = worker->passed + at - worker->seen;
	int byte;

	if (buffered_filed(buffered) == 0 && at < buffered->end - buffered->start)
		return (unsigned char)buffered->data[buffered->start + at];
	if (at < buffered_bytes(buffered) || ahead > at + worker->passed)
		return -1;
	byte = move_glance(&worker->eye, (size_t)ahead);
	if (byte >= 0)
		worker->seen += ahead + 1;
	return byte;
}

/*
 * Look at the next len bytes of its output, which all are in its pipe, and stay there:
 * the last one, or -1 where that cannot be done.  nul: whether a NUL is among them; or
 * NULL.
 */
int worker_scan(struct worker *worker, size_t len, bool *nul);

/* In words, to text: output cannot be put aside, by errno. */
const char *worker_lost_text(int error, char text[static WORKER_ILL_TEXT]);

/*
 * The rule of par-stage(7) for the output that ack counts, which follows on the first
 * before bytes that were not passed on: it was written, and ends in a newline unless it
 * is dropped, or raw.  NULL, or how it breaks that, written to text;
 * with lost set it was no fault of the worker's: there is no room to put it aside.
 */
const char *worker_ill(struct worker *worker, uint64_t before, const struct ack *ack,
    char text[static WORKER_ILL_TEXT]);

/*
 * What is wrong at the end of a worker: one whose input we have ended, and that exits
 * with 0 by itself, has no output left that no line counts, if it has done all that it
 * was given, or more than what came before a record that it is silent about: else that
 * may be the begin of that.
 */
const char *worker_ill_end(struct worker *worker, char text[static WORKER_ILL_TEXT]);

/* Add a newline to the buffer if it does not end with one; true if it was added. */
bool worker_end_line(struct worker *worker);

/*
 * Are there len bytes of output, in the buffer or its pipe?  A line counts what was
 * written before it: one that says more does not become true by waiting.
 */
bool worker_wrote(const struct worker *worker, uint64_t len);

/* Drop the first len bytes of buffered output, which were passed on. */
void worker_release(struct worker *worker, uint64_t len);

/*
 * Move the next len bytes of its output, which it has written already, to the
 * descriptor to.  0, or -1 with errno: of writing, EAGAIN when to takes no more now, or
 * ENODATA when they are not there; *len is what is left.
 */
int worker_move(struct worker *worker, struct fdio_sink to, size_t *len);

/* Drop the next len bytes of its output, written already.  0, or -1 with errno. */
int worker_skip(struct worker *worker, size_t len);

/*
 * End it by a signal, SIGTERM or SIGKILL, with all that came of it, see kin.h; of
 * one that has ended and was reaped, those that are left in its process group.
 */
void worker_signal(struct worker *worker, int signal);

/*
 * Where many are signalled: this one is to be signalled by kin_signal(), with others;
 * false if there is no process.
 */
bool worker_to_signal(struct worker *worker, int signal);

/*
 * Has the process ended?  If so exit_code and exit_signal tell how.  One that was
 * stopped is named on standard error.
 */
bool worker_ended(struct worker *worker);

/* The worker has ended: by a signal, or with a status that is not fine? */
static inline bool
worker_failed(const struct worker *worker)
{
	return worker->exit_signal != 0 ||
	    !statuses_fine(worker->fine, worker->exit_code);
}

/*
 * The worker has ended: end what it left behind, if we ended it, or it failed.  What a
 * clean end leaves stays.
 */
void worker_end_rest(struct worker *worker);

/* Is somebody left in the process group of one that has ended and was reaped? */
bool worker_group_alive(const struct worker *worker);

/* Wait for a process that has ended, so that nothing is left of it. */
void worker_reap(struct worker *worker);

/*
 * The worker has ended: if SIGKILL was the end, and not by us, or it says that it was
 * that of a child, was that for want of memory?  Once for each end.
 */
void worker_blame(struct worker *worker, struct oom_counts *counts);

/* How it ended, in words, written to text. */
const char *
worker_exit_text(const struct worker *worker, char text[static WORKER_EXIT_TEXT]);

/*
 * Has it ended saying that neither it nor another copy can ever work?  That is what
 * STATUS_NEVER means; but where a process does a block, by timeout(1), env(1) or
 * docker(1), say, which use this status, too, only before any block was finished.
 */
bool worker_never(const struct worker *worker, bool block_finished);

/* Close our ends of its pipes, but for its standard error: it is on its own. */
void worker_hang_up(struct worker *worker);

/*
 * Close what is left, reap, and free the buffer; the window must be empty.  It may be
 * started again, as long as worker_free() did not free the rest.
 */
void worker_close(struct worker *worker);
void worker_free(struct worker *worker);

#endif
