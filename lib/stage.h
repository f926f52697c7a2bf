/* SPDX-License-Identifier: ISC */
/*
 * stage - the native side of par-stage(7), and the shape of every tool that is
 * one: records in, records out, and a word on what became of each.
 *
 *	stage_open(&stage, &plan);
 *	while (stage_next(&stage, &rec) == RECORD_OK) {
 *		... stage_put(&stage, ...) ...
 *		stage_ok(&stage, rec.number);
 *	}
 *	if (stage_close(&stage, &status) < 0)
 *		die_of(&stage.trouble);
 *
 * Under a supervisor (PAR_STAGE=FD:PID names this process) the words go to FD;
 * run by hand, a failed record is named on standard error and the others cost
 * one comparison.  All that fails here is final, since a stage without its input,
 * output or supervisor has nothing left to do: stage->trouble keeps why, each call
 * from then on does nothing and says so again, and stage_close() at the latest has it
 * known.  Run by hand, a stage shares an output that is a pipe or FIFO with other
 * writers, by share.h.
 */
#ifndef PAR_STAGE_H
#define PAR_STAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ends.h"
#include "record.h"
#include "says.h"
#include "supervisor.h"
#include "trouble.h"

/* Who hears, by a function of theirs, of a record that failed where nobody is above. */
struct stage_ear {
	void (*failed)(void *whose, const struct record *rec, const char *why);
	void *whose;
};

struct stage {
	struct record_reader in;
	struct record_writer out;
	struct supervisor parent;
	uint64_t mark; /* out.total when the last record was finished */
	uint64_t told; /* out.total when lines were last sent */
	bool no_wait; /* see struct stage_plan */
	const char *records; /* see struct stage_plan */
	bool lost; /* an input failed, and was named */
	bool failed; /* some record failed, and nobody but us has said so */
	const char *in_name, *out_name; /* for diagnostics */
	const struct says *says;
	struct stage_ear ear; /* see struct stage_plan */
	struct trouble trouble; /* why nothing goes on */
};

struct stage_plan {
	int in, out; /* descriptors, normally 0 and 1 */
	const char *in_name, *out_name; /* NULL: "standard input", "standard output" */
	size_t max_record; /* bytes */
	struct hello hello; /* what to ask of the supervisor */
	bool no_wait; /* out does not block: never wait for it but at the end */
	bool later; /* hello is not known yet: stage_greet() will tell it */
	const char *records; /* what they are, if FILE operands may be some by mistake */
	const struct says *says; /* hears of records and inputs that failed */
	struct stage_ear
	    ear; /* if set, of records in its place; longer ones have no option */
};

/* What returns an int is 0, or -1 and stage->trouble, unless it says more. */
int stage_open(struct stage *stage, const struct stage_plan *plan);

/* Say hello to the supervisor, if there is one; no record comes before. */
int stage_greet(struct stage *stage, const struct hello *hello);

/*
 * For a plan whose in is -1: go on with the next input of ends, waited for.  One
 * that cannot be opened is named, and the others go on.  False after the last, and
 * in trouble.  The first that can be opened is when an output that is a file is emptied.
 */
bool stage_next_input(struct stage *stage, struct ends *ends);

/* Go on with the next input, without waiting for it: see ends_next_now(). */
bool stage_next_input_now(struct stage *stage, struct ends *ends, bool *awaited);

/* The input at work, of ends, failed with error: name it. */
void stage_input_failed(struct stage *stage, const struct ends *ends, int error);

/* Is there a supervisor that wants to know? */
static inline bool
stage_native(const struct stage *stage)
{
	return stage->parent.fd >= 0;
}

/*
 * The next record; what is finished is sent on before waiting for more input.
 * A record that is too long is failed here and passed over.  RECORD_OK, RECORD_EOF or,
 * in trouble, RECORD_ERROR.
 */
enum record_status stage_next(struct stage *stage, struct record *out);

/*
 * For event loops: stage_take() never reads (RECORD_NONE), stage_fill() is one
 * read(2).  The caller sends what is finished by stage_flush() before it waits.
 */
enum record_status stage_take(struct stage *stage, struct record *out);
int stage_fill(struct stage *stage);

/*
 * Add to the output of the record at work on.  The output of one record must
 * be put in one go, and then finished, before that of another is begun.
 */
void stage_put(struct stage *stage, const void *data, size_t len);

/*
 * Add to the output without waiting, for event loops whose plan says no_wait: returns
 * how many bytes were taken.  Fewer than len: call again with the rest when the
 * descriptor stage->out.to.fd can be written to, or after a SHARE_PAUSE if
 * stage->out.share.refused.  -1 in trouble.
 */
ssize_t stage_offer(struct stage *stage, const void *data, size_t len);

/* Send what can be sent without waiting: 1, or 0 if something is left, or -1. */
int stage_flush_now(struct stage *stage);

/* Room for len bytes of output, to be counted by writer_commit(&stage->out, n); NULL. */
char *stage_reserve(struct stage *stage, size_t len);

/* See stage_ok(). */
void stage_report_ok(struct stage *stage, uint64_t number);

/* Record number (record.number of it) is done; its output is what was put last. */
static inline void
stage_ok(struct stage *stage, uint64_t number)
{
	if (stage->parent.fd >= 0)
		stage_report_ok(stage, number);
	else
		stage->mark = stage->out.total;
}

/*
 * Record rec failed for good, or (retry) for now; what was put for it counts as
 * its output all the same, and is dropped by the supervisor if it is a retry.
 * Only rec->number is used under a supervisor, which then names the record.
 */
void stage_fail(struct stage *stage, const struct record *rec, const char *why);
void stage_retry(struct stage *stage, const struct record *rec, const char *why);

/* Send output, then the words that count it.  Before a long computation, too. */
int stage_flush(struct stage *stage);

/* Send everything, and free; *status is the program's. */
int stage_close(struct stage *stage, enum status *status);

#endif
