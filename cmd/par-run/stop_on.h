/* SPDX-License-Identifier: ISC */
/*
 * stop_on - how many records may fail, or are to be done, before the run stops early.
 *
 * Pure: what was counted is an argument.
 */
#ifndef PAR_RUN_STOP_ON_H
#define PAR_RUN_STOP_ON_H

#include <stdbool.h>
#include <stdint.h>

enum {
	STOP_ON_PERCENT = 1000, /* parts of one percent */
	STOP_ON_LEAST = 20, /* finished records that a percentage is of, at least */
	STOP_ON_TEXT = 120 /* room for words about a limit, bytes */
};

/* All zero: there is none. */
struct stop_on {
	uint64_t failures; /* stop when so many records were given up; 0: never, or */
	uint64_t share; /* such a part of those finished, see STOP_ON_PERCENT; 0: never */
	uint64_t least; /* but not before so many are; or */
	uint64_t success; /* when so many are done; 0: never */
	bool now; /* end what runs, too */
};

static inline bool
stop_on_any(const struct stop_on *stop_on)
{
	return stop_on->failures != 0 || stop_on->share != 0 || stop_on->success != 0;
}

/*
 * Read failures=N, failures=P%, failures=P%/N, success=N and now, with commas between
 * them, into a struct stop_on; for OPT_CALL.
 */
const char *stop_on_read(void *stop_on, const char *value);

enum stop_on_limit { STOP_ON_NONE, STOP_ON_FAILURES, STOP_ON_SUCCESS };

/*
 * Which limit is met where so many records were done, and so many given up?  text: it,
 * and what was counted, in words.
 */
enum stop_on_limit stop_on_met(const struct stop_on *stop_on, uint64_t done,
    uint64_t failed, char text[static STOP_ON_TEXT]);

#endif
