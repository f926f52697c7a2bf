/* SPDX-License-Identifier: ISC */
/*
 * host_link - the host of one place, if its worker is the link to one.
 */
#ifndef PAR_RUN_HOST_LINK_H
#define PAR_RUN_HOST_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "pace.h"

struct host;

struct host_link {
	struct host *host; /* NULL: it is not */
	struct host *next; /* takes its place at the next start; or NULL */
	struct pace pace;
	uint64_t listed; /* the last list of hosts that named it, see struct hosts */
	uint64_t put_back; /* records of a block that the host could not do, so far */
	uint64_t
	    heard_at; /* clock_ms() of its last sign of life, or when none was read */
	uint64_t doubt_at; /* when that was too long ago; 0: it is not */
};

/* The place is that of host, or from the next start on. */
static inline void
host_link_set(struct host_link *link, struct host *host)
{
	link->host = host;
}

static inline void
host_link_next(struct host_link *link, struct host *next)
{
	link->next = next;
}

/* There was a sign of life, or it would not have been seen. */
static inline void
host_link_heard(struct host_link *link, uint64_t now)
{
	link->heard_at = now;
	link->doubt_at = 0;
}

/* There was none for too long: one more look is taken, with what waits read before. */
static inline void
host_link_doubt(struct host_link *link, uint64_t now)
{
	link->doubt_at = now;
}

/* The list of that round names the host of the link. */
static inline void
host_link_listed(struct host_link *link, uint64_t round)
{
	link->listed = round;
}

/* The link is about to be made. */
static inline void
host_link_begin(struct host_link *link)
{
	link->pace = (struct pace){ 0 };
	link->put_back = 0;
}

/* The host could not do one more record of a block of so many: is that all of them? */
static inline bool
host_link_put_back(struct host_link *link, uint64_t records)
{
	if (++link->put_back < records)
		return false;
	link->put_back = 0;
	return true;
}

/* The block that it was putting back is not its any more. */
static inline void
host_link_start_over(struct host_link *link)
{
	link->put_back = 0;
}

#endif
