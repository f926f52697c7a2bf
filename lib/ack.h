/* SPDX-License-Identifier: ISC */
/*
 * ack - the lines of par-stage(7): what a native stage tells its supervisor.
 *
 *	par-stage 1 window=64 jobs=16    once, first; also "ahead", "joint", ...
 *	par-stage 1 unsure               a supervisor that does not know what it runs
 *	17 231 ok                        INDEX BYTES STATUS [REASON]
 *	18-25 990 ok                     eight records, done together
 *	26..33 990 ok                    eight records, each by itself: their bytes in all
 *	34 8,0,12 ok                     three records, each by itself: the bytes of each
 *	trace TEXT                       what is no record: for a picture of the run
 */
#ifndef PAR_ACK_H
#define PAR_ACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How the first line begins: a version follows it. */
extern const char ack_format_name[];

enum {
	ACK_LINE_MAX = 4096, /* longest line either side sends, newline included */
	TAKES_MOST = 48, /* what takes_text() makes */
	ACK_OK_MAX = 72, /* longest line that ack_format_ok() and ack_format_run() make */
	HELLO_MOST = 1 << 30 /* window and jobs beyond it are taken for it */
};

/* More output than that no record has: sums of it do not overflow. */
#define ACK_BYTES_MOST (UINT64_C(1) << 48)

/* What one that says hello is. */
enum standing {
	STANDING_NATIVE,
	STANDING_UNSURE, /* a supervisor whose own stage has not shown what it is */
	STANDING_PLAIN /* a supervisor whose own stage has turned out to be a plain one */
};

/* A stage's first line. */
struct hello {
	enum standing standing;
	uint64_t window; /* most records it wants in flight; 0: the supervisor chooses */
	uint64_t jobs; /* how many it works on at the same time */
	bool ahead; /* it may want more records before it answers those it has */
	bool joint; /* it may do neighbours together, with one output */
	uint64_t block; /* so many together, if it can have them; 0: it does not say */
	bool waits; /* it does nothing with what it has before it gets more */
	bool raw; /* its output is any bytes, not records */
	bool named; /* it reads where it was offered to, and is told which records */
	uint64_t
	    beat; /* it says hello again after so long, ms; 0: only when it changes */
};

enum outcome {
	OUTCOME_OK,
	OUTCOME_RETRY,
	OUTCOME_FAIL,
	/* It goes on; over links that ask for it, see struct worker_plan. */
	OUTCOME_PART, /* this is output of it already */
	OUTCOME_KEPT /* this is what its process wrote, to be kept apart */
};

/* How neighbours that were done one by one may be told of in one line, as a run. */
enum runs {
	RUNS_NONE, /* not at all */
	RUNS_COUNTED, /* with the bytes of each */
	RUNS_SUMMED /* the same, or with all their bytes */
};

/* As PAR_STAGE_TAKES says it: to text, NULL for RUNS_NONE, and from it. */
const char *runs_word(enum runs runs);
enum runs runs_parse(const char *words);

/* What a line begins with that is for --trace, and no more of ours. */
extern const char ack_trace_word[];

/*
 * All that a supervisor takes, as PAR_STAGE_TAKES says it; NULL: nothing.  trace: so many
 * bytes of lines for that; 0: none.
 */
const char *takes_text(char text[static TAKES_MOST], enum runs runs, uint64_t trace);
uint64_t takes_trace(const char *words);

struct ack {
	uint64_t index; /* of those sent to this stage, from 0 */
	uint64_t more; /* so many after it are done with it; 0 unless OUTCOME_OK */
	bool run; /* each of these by itself */
	uint64_t bytes; /* of its standard output; of a run those of all */
	const char *counts; /* of a run: those of each, into the line; or NULL */
	enum outcome outcome;
	const char *reason; /* into the line; reason_len 0 if there is none */
	size_t reason_len;
};

/* Give ack, of a record that is not done, a reason if none was said. */
void ack_reason(struct ack *ack);

/* Each parses a line of len bytes, without its newline; 0, or -1 if it is not one. */
int hello_parse(const char *line, size_t len, struct hello *out);
int ack_parse(const char *line, size_t len, struct ack *out);

/* The bytes of the first so many records of those whose counts begin there; passes them.
 */
uint64_t ack_count(const char **counts, uint64_t records);

/* Each writes a line with its newline at dst; returns its length. */
size_t hello_format(char dst[static ACK_LINE_MAX], const struct hello *hello);
size_t ack_format_ok(char dst[static ACK_OK_MAX], uint64_t index, uint64_t bytes);
size_t ack_format_run(
    char dst[static ACK_OK_MAX], uint64_t first, uint64_t last, uint64_t bytes);
size_t ack_format(char dst[static ACK_LINE_MAX], const struct ack *ack);

#endif
