/* SPDX-License-Identifier: ISC */
/*
 * plan - what a run is like: the options of par-run, its stage, what goes wrong and how
 * often.  All of it follows from a seed, and each number of it can be made smaller.
 */
#ifndef SIM_PLAN_H
#define SIM_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum stage_kind { STAGE_NATIVE, STAGE_PLAIN, STAGE_MAP, STAGE_BLOCK };

/* All are numbers, so that shrink.c can lower each. */
struct plan {
	uint64_t seed;
	uint64_t kind; /* enum stage_kind */
	uint64_t records, longest; /* bytes of a record, without its newline */
	uint64_t workers;
	uint64_t deaths; /* most of workers that there may be */
	uint64_t mortal; /* one in so many lives is to end early; 0: none */
	uint64_t kills; /* of the supervisor, with checkpoint */
	/* options */
	uint64_t serve; /* enum parent_kind */
	uint64_t keep, log, quarantine, stats, checkpoint, control, key;
	uint64_t retries, timeout; /* ms; 0: no option */
	uint64_t block_records, block_bytes; /* 0: no option */
	uint64_t halve, raw;
	uint64_t before; /* a process for a block reads something first */
	uint64_t arguments; /* records are words of the command */
	uint64_t words_most; /* bytes that a command takes; 0: as many as there are */
	uint64_t words_less; /* so many fewer than the system says */
	uint64_t word_most; /* bytes that one word may have; 0: any */
	uint64_t ahead_records, ahead_bytes; /* that may not be answered; 0: no option */
	uint64_t in_memory; /* bytes of a kind, before files are used; 0: as ever */
	uint64_t restarts; /* 0: no option */
	uint64_t max_record, max_output; /* bytes; 0: no option */
	uint64_t output_file, input_file;
	uint64_t speculate; /* thousandths; 0: no option */
	uint64_t replace, replace_ms; /* records and time of a worker; 0: no limit */
	uint64_t starts, key_starts; /* in a second, of all and of a key; 0: no limit */
	uint64_t stop_failures, stop_success; /* limits at which it ends; 0: none */
	uint64_t stop_now;
	uint64_t jobs_most; /* of all that share a jobserver with it; 0: there is none */
	uint64_t hosts; /* instead of workers here; 0: no option */
	/* the stage */
	uint64_t jobs, window, ahead, hello_ms;
	uint64_t unsure; /* one life in so many does not know at first what it runs */
	uint64_t filter; /* it answers by blocks of output, or when its input ends */
	uint64_t torn; /* one block in so many ends without a newline */
	uint64_t runs; /* neighbours have one line, where that may be */
	uint64_t joint; /* so many are done together; 0: each by itself */
	uint64_t lines; /* most of output for a record */
	uint64_t failing, flaky, deadly; /* one record in so many; 0: none */
	/* what happens */
	uint64_t signals, commands; /* how many */
	uint64_t shortages; /* calls that fail for want of something: one in so many; 0 */
	uint64_t full; /* most bytes that the disk takes before it is full; 0: all */
	uint64_t killer; /* ms between kills of somebody; 0: none */
	uint64_t narrow; /* the pipe of the output has little room */
	uint64_t socket; /* it is none, and has so little; 0: it is a pipe */
	uint64_t slow_reader; /* of the output, ms */
	uint64_t slow_source; /* of the input, ms */
	uint64_t stubborn; /* one stage in so many does not mind SIGTERM; 0: none */
	uint64_t lies; /* one life in so many tells what is not so; 0: none */
	uint64_t frozen; /* one life in so many does nothing any more; 0: none */
	uint64_t hung; /* the first that works on this record, from 1, is; 0: none */
};

extern struct plan plan;

/* The fields of the plan by name, for shrinking and for --set NAME=N. */
struct plan_field {
	const char *name;
	size_t at; /* in struct plan */
	uint64_t least;
};

extern const struct plan_field plan_fields[];
extern const size_t plan_field_count;

/* What that is. */
extern const char plan_before[];

/* Draw all of it. */
void plan_draw(uint64_t seed);

/* Does what is started tell what became of each record? */
bool plan_tells(void);

/* Is a block that fails tried in halves? */
bool plan_halves(void);

/* The number of a field. */
uint64_t *plan_number(size_t field);

enum { PLAN_WORDS = 64 };

/* The command line of par-run for it: how many words, ended by NULL. */
int plan_words(char *words[PLAN_WORDS]);

#endif
