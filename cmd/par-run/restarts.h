/* SPDX-License-Identifier: ISC */
/*
 * restarts - how many workers may die before the run gives in.
 *
 * A death counts if no record can be blamed for it: not that of a worker which had
 * nothing but suspects, whose tries are limited anyway.
 */
#ifndef PAR_RUN_RESTARTS_H
#define PAR_RUN_RESTARTS_H

#include <stdbool.h>
#include <stdint.h>

struct restarts_limit {
	uint64_t most; /* 0 is a limit, too */
	uint64_t within; /* ms; 0: in a row, with nothing finished between */
	bool given; /* if not, it follows from the number of workers */
};

struct restarts {
	struct restarts_limit limit;
	uint64_t row; /* deaths with nothing finished between */
	uint64_t *times; /* within: clock_ms() of the last so many, in a ring */
	uint64_t count; /* of all that went into it */
	bool over; /* there was one too many within the time */
};

/* Read N or N/TIME into a struct restarts_limit; for OPT_CALL. */
const char *restarts_read(void *limit, const char *value);

/* 0, or -1 without memory. */
int restarts_open(struct restarts *restarts, const struct restarts_limit *limit);
void restarts_close(struct restarts *restarts);

/* One more, at now. */
void restarts_count(struct restarts *restarts, uint64_t now);

/* A record was finished. */
static inline void
restarts_progress(struct restarts *restarts)
{
	restarts->row = 0;
}

/* Are these too many for so many workers? */
bool restarts_over(const struct restarts *restarts, uint64_t workers);

#endif
