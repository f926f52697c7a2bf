/* SPDX-License-Identifier: ISC */
/*
 * robots - the robots.txt of each server: asked for once, while the requests that
 * need it are parked, and remembered for a day.
 *
 * By RFC 9309 a server without one (4xx) allows everything, and one that cannot
 * tell (5xx, 429, no answer) nothing.
 */
#ifndef PAR_FETCH_ROBOTS_H
#define PAR_FETCH_ROBOTS_H

#include <stddef.h>
#include <stdint.h>

#include "request.h"
#include "rules.h"

/* What is known of the robots.txt of a server. */
enum robots_state {
	ROBOTS_AWAITED, /* it has been asked for */
	ROBOTS_KNOWN,
	ROBOTS_FAILED /* that it cannot be had */
};

/* Of one server. */
struct robots_entry {
	char *origin; /* http://host:port */
	struct robots_entry *next; /* that was made after it */
	enum robots_state state;
	struct rules rules;
	uint64_t expires; /* clock_ms() */
	struct request *parked, **parked_tail;
};

struct robots {
	void *tree; /* of entries, by origin */
	struct robots_entry *oldest, **newest;
	size_t count;
	char *token; /* our name */
};

enum robots_word {
	ROBOTS_GO, /* the request may be made */
	ROBOTS_NO, /* it may not: its refusal says why */
	ROBOTS_PARKED, /* it is here until the robots.txt has come */
	ROBOTS_ASK /* so it is, and the robots.txt is to be asked for */
};

/* agent: the whole name that we go by; its first word is our token. */
void robots_open(struct robots *robots, const char *agent);
void robots_close(struct robots *robots);

/* *entry is set for ROBOTS_ASK. */
enum robots_word robots_check(struct robots *robots, struct request *request,
    uint64_t now, struct robots_entry **entry);

/* A request for the robots.txt of entry. */
struct request *robots_request(struct robots_entry *entry, const char *protocols);

/* The answer has come: its status, 0 if there was none. */
void robots_answer(struct robots *robots, struct robots_entry *entry, long status,
    const char *text, size_t len);

/* One of the requests that are parked, then the caller's; NULL if there are none. */
struct request *robots_unpark(struct robots_entry *entry);

#endif
