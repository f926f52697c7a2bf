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
	uint64_t keep, log, quarantine, stats, checkpoint, control, key, serve;
	uint64_t retries, timeout; /* ms; 0: no option */
	uint64_t block_records, block_bytes; /* 0: no option */
	uint64_t restarts; /* 0: no option */
	uint64_t output_file, input_file;
	uint64_t hosts; /* instead of workers here; 0: no option */
	/* the stage */
	uint64_t jobs, window, ahead, joint, hello_ms;
	uint64_t lines; /* most of output for a record */
	uint64_t failing, flaky, deadly; /* one record in so many; 0: none */
	/* what happens */
	uint64_t signals, commands; /* how many */
	uint64_t shortages; /* calls that fail for want of something: one in so many; 0 */
	uint64_t killer; /* ms between kills of somebody; 0: none */
	uint64_t slow_reader; /* of the output, ms */
	uint64_t slow_source; /* of the input, ms */
	uint64_t stubborn; /* one stage in so many does not mind SIGTERM; 0: none */
	uint64_t frozen; /* one life in so many does nothing any more; 0: none */
};

extern struct plan plan;

/* Its fields by name, for shrinking and for --set NAME=N. */
struct plan_field {
	const char *name;
	size_t at; /* in struct plan */
	uint64_t least;
};

extern const struct plan_field plan_fields[];
extern const size_t plan_field_count;

/* Draw all of it. */
void plan_draw(uint64_t seed);

/* The number of a field. */
uint64_t *plan_number(size_t field);

enum { PLAN_WORDS = 64 };

/* The command line of par-run for it: how many words, ended by NULL. */
int plan_words(char *words[PLAN_WORDS]);

#endif
