/* SPDX-License-Identifier: ISC */
/*
 * restarts - how many workers may die before their supervisor gives in, how long the
 * place of one stays empty, and what follows from a start that failed.
 *
 * A death counts if no record can be blamed for it: not that of a worker which had
 * nothing but suspects, whose tries are limited anyway.
 *
 * The time is an argument, ms of any clock that only goes forward.
 */
#ifndef PAR_RESTARTS_H
#define PAR_RESTARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "says.h"

struct restarts_limit {
	uint64_t most; /* 0 is a limit, too */
	uint64_t within; /* ms; 0: in a row, with nothing finished between */
	bool given; /* if not, it follows from the number of workers */
};

struct restarts {
	struct restarts_limit limit;
	uint64_t row; /* deaths with nothing finished between */
	uint64_t *times; /* within: when the last so many were, in a ring */
	uint64_t count; /* of all that went into it */
	bool over; /* there was one too many within the time */
	bool alone; /* the first one is, until next_at: see restarts_alone() */
	bool ever; /* a worker was started, once at least */
	uint64_t failed; /* starts, in a row */
	uint64_t next_at; /* from when another one is tried; */
	size_t room; /* before that only if fewer than these are there */
	int error; /* errno of the last start that failed; or 0 */
};

/* Read N or N/TIME into a struct restarts_limit; for OPT_CALL. */
const char *restarts_read(void *limit, const char *value);

/* 0, or -1 without memory. */
int restarts_open(struct restarts *restarts, const struct restarts_limit *limit);
void restarts_close(struct restarts *restarts);

/* One more death, at now. */
void restarts_count(struct restarts *restarts, uint64_t now);

/* A record was finished. */
static inline void
restarts_progress(struct restarts *restarts)
{
	restarts->row = 0;
}

/* Are these too many for so many workers? */
bool restarts_over(const struct restarts *restarts, uint64_t workers);

/* How long the place of the last one stays empty, ms: not at all after one alone. */
uint64_t restarts_wait(const struct restarts *restarts);

/* May a worker be started at now, where others are there? */
static inline bool
restarts_may(const struct restarts *restarts, size_t others, uint64_t now)
{
	return now >= restarts->next_at || others < restarts->room;
}

/* The first one is to be alone until then, or until restarts_together(). */
static inline void
restarts_alone(struct restarts *restarts, uint64_t until)
{
	restarts->alone = true;
	restarts->room = 1;
	restarts->next_at = until;
}

/* Is it not known yet until when, with UINT64_MAX there? */
static inline bool
restarts_open_ended(const struct restarts *restarts)
{
	return restarts->alone && restarts->next_at == UINT64_MAX;
}

/* Then it is known now. */
static inline void
restarts_until(struct restarts *restarts, uint64_t until)
{
	if (restarts_open_ended(restarts))
		restarts->next_at = until;
}

/* The first worker has ended, and there is to be none until next_at. */
static inline void
restarts_none(struct restarts *restarts)
{
	restarts->room = 0;
}

/* Others may be there, too. */
static inline void
restarts_together(struct restarts *restarts)
{
	if (restarts->alone)
		restarts->next_at = 0;
}

/* Is it so for the first time? */
static inline bool
restarts_opened(struct restarts *restarts, uint64_t now)
{
	bool opened = restarts->alone && now >= restarts->next_at;

	restarts->alone = restarts->alone && !opened;
	return opened;
}

/* One was started, beside others. */
void restarts_begun(struct restarts *restarts, size_t others);

/* What follows from a start that failed. */
enum restarts_next {
	RESTARTS_NEVER, /* nothing was started before, and that is not so for now */
	RESTARTS_FEWER, /* there is no room for more of them now, and it is no death */
	RESTARTS_DEATH /* it was counted as one: another is tried after a while */
};

/* The start of one beside others has failed at now, with error. */
enum restarts_next
restarts_failed(struct restarts *restarts, int error, size_t others, uint64_t now);

/*
 * A start failed where there is one place, for the command name: said to says, if that
 * was not said before.  0, and it is tried again at next_at; or -1: it never can be
 * started.
 */
int restarts_again(struct restarts *restarts, int error, uint64_t now,
    const struct says *says, const char *name);

#endif
