/* SPDX-License-Identifier: ISC */
/*
 * busy - the workers that are busy have tokens of the jobserver, all but one of them:
 * one may always be.  Without a jobserver any of them may be.
 */
#ifndef PAR_RUN_BUSY_H
#define PAR_RUN_BUSY_H

#include "jobserver.h"
#include "nature.h"
#include "pool.h"

/* Are there tokens that others do not use? */
enum busy_tokens {
	TOKENS_MAYBE,
	TOKENS_NONE, /* a moment ago there was none */
	TOKENS_LACKING /* nor since, when one was wanted */
};

struct busy {
	struct jobserver *jobserver;
	const struct nature *nature;
	struct pool *pool;
	size_t count; /* workers that are */
	enum busy_tokens tokens;
};

/* May the worker of slot be given something?  Takes a token if it needs one more. */
bool busy_may(struct busy *busy, const struct slot *slot);

/* May one be started without records?  Not before the first has shown what it is. */
bool busy_may_start(struct busy *busy, const struct slot *slot);

/* Is it of no use to try to start one, before something happens? */
bool busy_bar(const struct busy *busy);

/* The worker was started, or given something. */
void busy_given(struct busy *busy, struct slot *slot);

/* See who is busy still; dry: there was no token when it was waited for one. */
void busy_look(struct busy *busy, bool dry);

/* See it when all was given out, and give back tokens that are not needed any more. */
void busy_give_back(struct busy *busy);

/* The descriptor to be read when one is free, if one is wanted; or -1. */
static inline int
busy_awaited(const struct busy *busy)
{
	return busy->jobserver->on && busy->tokens == TOKENS_LACKING
	    ? busy->jobserver->from
	    : -1;
}

#endif
