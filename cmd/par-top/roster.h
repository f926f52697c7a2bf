/* SPDX-License-Identifier: ISC */
/*
 * roster - the runs that there are, and what each has said last.  Each is asked by a
 * connection of its own, and none is waited for: the caller polls.
 */
#ifndef PAR_TOP_ROSTER_H
#define PAR_TOP_ROSTER_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "bytes.h"
#include "offers.h"
#include "sight.h"

enum watched_state {
	WATCHED_NEW, /* it has said nothing yet */
	WATCHED_SEEN, /* sight is what it has said */
	WATCHED_SILENT, /* it does not answer; sight is older, or nothing */
	WATCHED_ODD, /* it says what is not understood */
	WATCHED_GONE /* it has ended */
};

struct watched {
	char path[OFFERS_PATH];
	pid_t pid; /* as its name says */
	enum watched_state state;
	bool listed; /* its name was there when it was looked for last */
	int fd; /* of what it is asked by; -1: it is not being asked */
	uint64_t until; /* clock_ms() when it has had its time to answer */
	struct bytes answer; /* so far */
	bool keeps; /* said is to be what it has said, as it was */
	struct bytes said;
	struct sight sight;
	uint64_t seen_at; /* clock_ms() of that */
	double rate; /* records finished a second, lately, */
	double finished; /* and how many it had then */
	const char *why; /* WATCHED_ODD, WATCHED_SILENT */
};

struct roster {
	char folder[OFFERS_PATH];
	struct watched **runs; /* by their process ids */
	size_t count, room;
	bool keeps; /* what they say */
	int error; /* errno of what could not be added when it was looked last; or 0 */
};

/* Watch this user's runs.  NULL, or why there is nothing to watch. */
const char *roster_open(struct roster *roster);

/*
 * Look for runs.  Those that have gone are forgotten, but for kept.  0, or -1 with errno.
 */
int roster_look(struct roster *roster, const struct watched *kept);

/* Ask a run, if it is not being asked. */
void roster_ask(struct watched *run);

/* What to wait for until it has answered, or -1 of fd. */
struct pollfd roster_poll(const struct watched *run);

/* Take what it has said, if it is asked; the time it had may be over. */
void roster_take(struct watched *run);

/* What is said of it instead of what it says; NULL: it has not been asked, or was seen.
 */
const char *roster_why(const struct watched *run);

/* The run of that process; NULL: there is none. */
struct watched *roster_find(const struct roster *roster, pid_t pid);

void roster_close(struct roster *roster);

#endif
