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
#include "errors.h"
#include "hold.h"
#include "kin.h"
#include "move.h"
#include "says.h"
#include "window.h"

enum { WORKER_EXIT_TEXT = 80, WORKER_ILL_TEXT = 160 };

enum worker_kind {
	WORKER_UNKNOWN, /* started, and has not shown what it is */
	WORKER_NATIVE, /* has said hello */
	WORKER_PLAIN, /* has begun to read without a hello, or is known to be so */
	WORKER_MAP, /* by its caller's word, one line out is one record done */
	WORKER_BLOCK /* a fresh process for each batch: its exit status acknowledges it */
};

struct worker {
	unsigned number; /* from 1; stays the same across restarts */
	const struct says *says; /* hears what the process says, and what befalls it */
	enum worker_kind kind;
	pid_t pid; /* 0: no process */
	pid_t group; /* of the last one started */
	bool unsure; /* WORKER_UNKNOWN: a supervisor that does not know what it runs */
	bool deaf; /* it has closed its input */
	bool ended; /* the process has, see worker_ended() */
	bool forced; /* by a signal of ours, or is to */
	bool killed; /* the same, and by SIGKILL */
	bool stopped; /* by somebody, and that was said */
	bool unread; /* it could not be read, and was killed for that */
	struct kin kin; /* that is ended with it then */
	bool framed; /* its words and output come as one stream, by ack */
	enum runs runs; /* that it may tell */
	const char *preamble; /* see struct worker_plan; what is left of it */
	size_t preamble_len;
	struct ack joint; /* the rest of records done together: told one by one */
	uint64_t joint_left;
	bool in_body; /* framed: its line was read, and of the output that it counts */
	size_t body_left; /* so many bytes are missing */
	int exit_code, exit_signal; /* one of them, if not 0 */
	struct errors errors; /* its standard error, and what came of it before */
	int in, out, ack; /* our ends, -1 when closed; none ever blocks */
	struct hello hello;
	struct window window;
	struct hold hold; /* output that was read and not passed on */
	uint64_t passed; /* bytes of its output that were passed on, or dropped */
	struct move_eye eye; /* sees its output from byte seen on, see worker_look() */
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
	bool hold_in_memory; /* all output is to be at hold.data, however much it is */
	size_t in_bytes; /* that it will get, if that is known; or 0 */
	enum worker_kind kind; /* if it is known; only WORKER_UNKNOWN may say hello */
	enum runs runs; /* that it may tell, if it says hello, and is not framed */
	/*
	 * It says hello on standard output, and each line there is followed by the
	 * output that it counts; it gets these bytes first, which must stay valid.
	 */
	bool framed;
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
 * Write what the window has for it, as much as it takes now.  0, or -1 with
 * errno EPIPE when it no longer reads; deaf is set then.
 */
int worker_feed(struct worker *worker);

/* Is something left to write? */
static inline bool
worker_hungry(const struct worker *worker)
{
	return worker->in >= 0 && !worker->deaf &&
	    (worker->window.unsent != NULL || worker->preamble_len > 0);
}

/*
 * Ask for a pipe to it of about size bytes.  A new worker's has the least size
 * there is, so that it can be written to only when all was read; or takes all that it
 * will get at once, if in_bytes of its plan says how much that is.
 */
void worker_in_size(struct worker *worker, size_t size);

/* It is a plain one: listen to it no more. */
void worker_mute(struct worker *worker);

/* Take no more of its words, not even those that came. */
void worker_silence(struct worker *worker);

/* End its input. */
void worker_end_input(struct worker *worker);

/* How many bytes of its input it has read; all once we have ended it. */
uint64_t worker_consumed(const struct worker *worker);

enum worker_word {
	WORD_NONE, /* nothing more for now */
	WORD_HELLO, /* worker.hello was set, and kind; it may come again */
	WORD_UNSURE, /* worker.unsure was set: WORD_HELLO or WORD_PLAIN follows */
	WORD_PLAIN, /* it is unsure no more: nothing that it says or has said counts */
	WORD_ACK,
	WORD_END, /* its descriptor is closed: nothing more will come */
	WORD_BAD, /* not a line of the protocol, see worker_bad_line() */
	WORD_WRONG /* a line of it that cannot be true; worker.wrong says why */
};

/* What is wrong with a word of a record that is not in the window. */
extern const char worker_no_record[];

/* And of records done together that it may not do so, as it did not say joint. */
extern const char worker_apart[];

/* Is ack the first of records that are done together, by one that did not say so? */
static inline bool
worker_unsaid(const struct worker *worker, const struct ack *ack)
{
	return ack->more > 0 && ack->more == worker->joint.more && !worker->hello.joint;
}

/*
 * The next of its words, in *out if it is WORD_ACK.  A run comes as a whole, and its
 * counts last until the next word.  There are none for now, too, when
 * as much was read as a pipe can hold, so that one that floods keeps nobody waiting.
 * Of records done together all were looked at when the first of them comes, and of a run.
 */
enum worker_word worker_hear(struct worker *worker, struct ack *out);

/* The line that was WORD_BAD. */
const char *worker_bad_line(const struct worker *worker, size_t *len);

/*
 * Read output that has come into the hold, at most about size bytes.  1 if there
 * was some, 0 if there is none now, -1 with errno, and ENODATA at its end.
 */
int worker_absorb(struct worker *worker, size_t size);

/* How many bytes of its output were taken out of its pipe. */
static inline uint64_t
worker_taken(const struct worker *worker)
{
	return worker->passed + hold_bytes(&worker->hold);
}

/* Can the byte at place at of its output that was not passed on be looked at now? */
static inline bool
worker_sees(const struct worker *worker, uint64_t at)
{
	return at < hold_bytes(&worker->hold) ||
	    worker->passed + at - worker->seen < move_seen(&worker->eye);
}

/* That byte, if it is in memory: worker_look() without the search for it; or -1. */
static inline int
worker_glance(struct worker *worker, uint64_t at)
{
	const struct hold *hold = &worker->hold;
	uint64_t ahead = worker->passed + at - worker->seen;
	int byte;

	if (hold_filed(hold) == 0 && at < hold->end - hold->start)
		return (unsigned char)hold->data[hold->start + at];
	if (at < hold_bytes(hold) || ahead > at + worker->passed)
		return -1;
	byte = move_glance(&worker->eye, (size_t)ahead);
	if (byte >= 0)
		worker->seen += ahead + 1;
	return byte;
}

/*
 * That byte, which it has written: from 0 to 255, or -1 with errno, and ENODATA when it
 * is not there.  at grows from call to call, but for what was passed on meanwhile.  Where
 * much is to come it stays in the pipe, else it is read into the hold.
 */
int worker_look(struct worker *worker, uint64_t at);

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
 * The same at its end: one that has done all that it was given, whose input we have
 * ended, and that exits with 0 by itself, has no output left that no line counts.
 */
const char *worker_ill_end(struct worker *worker, char text[static WORKER_ILL_TEXT]);

/* Add a newline to the hold if it does not end with one; true if it was added. */
bool worker_end_line(struct worker *worker);

/*
 * Are there len bytes of output, in the hold or its pipe?  A line counts what was
 * written before it: one that says more does not become true by waiting.
 */
bool worker_wrote(const struct worker *worker, uint64_t len);

/* Drop len bytes of the hold that were passed on. */
void worker_release(struct worker *worker, uint64_t len);

/*
 * Move the next len bytes of its output, which it has written already, to the
 * descriptor to.  0, or -1 with errno: of writing, EAGAIN when to takes no more now, or
 * ENODATA when they are not there; *len is what is left.
 */
int worker_move(struct worker *worker, int to, size_t *len);

/* Drop the next len bytes of its output, written already.  0, or -1 with errno. */
int worker_skip(struct worker *worker, size_t len);

/*
 * End it by a signal, SIGTERM or SIGKILL, with all that came of it, see kin.h; of
 * one that has ended and was reaped, those that are left in its process group.
 */
void worker_signal(struct worker *worker, int signal);

/*
 * The same for many: this one is to be signalled by kin_signal(), with others; false
 * if there is no process.
 */
bool worker_to_signal(struct worker *worker, int signal);

/*
 * Has the process ended?  If so exit_code and exit_signal tell how.  One that was
 * stopped is named on standard error.
 */
bool worker_ended(struct worker *worker);

/*
 * It has ended: end what it left behind, if we ended it, or it failed.  What a clean
 * end leaves stays.
 */
void worker_end_rest(struct worker *worker);

/* Is somebody left in the process group of one that has ended and was reaped? */
bool worker_group_alive(const struct worker *worker);

/* Wait for a process that has ended, so that nothing is left of it. */
void worker_reap(struct worker *worker);

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
 * Close what is left, reap, and free the hold; the window must be empty.  It may be
 * started again, as long as worker_free() did not free the rest.
 */
void worker_close(struct worker *worker);
void worker_free(struct worker *worker);

#endif
