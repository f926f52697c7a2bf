/* SPDX-License-Identifier: ISC */
/*
 * headway - --progress: what each program says of how far it is, in one line, which a
 * ticker shows: how much is done, the rate, the part of the whole, how long the rest may
 * take, how many failed, what else the program has to say, and the last that failed.
 */
#ifndef PAR_HEADWAY_H
#define PAR_HEADWAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "outlook.h"
#include "ticker.h"

enum { HEADWAY_LINE = 512 };

/* How far it is. */
struct headway_facts {
	const char *what; /* is counted: "record" */
	uint64_t done; /* of these */
	uint64_t total; /* of these; 0: not known */
	uint64_t bytes, size; /* of the input, done and in all; size 0: not known */
	uint64_t failed;
	char more[HEADWAY_LINE / 2]; /* what else, as ", 2 workers"; or "" */
};

struct headway {
	struct ticker ticker;
	struct outlook outlook; /* in parts of what the share is of */
	bool begun;
};

/* Stays where it is until headway_end().  on: --progress. */
void headway_open(struct headway *headway, bool on);

/* Are the facts wanted now? */
bool headway_is_due(const struct headway *headway);

/* When they are wanted next, clock_ms(), though nothing happens; UINT64_MAX: never. */
static inline uint64_t
headway_due(const struct headway *headway)
{
	return headway->ticker.next;
}

/* For poll(2): timeout ms, or less if the line is to be brought up to date before. */
int headway_timeout(const struct headway *headway, int timeout);

/* The same of a wait that is not for ever, ms. */
uint64_t headway_wait(const struct headway *headway, uint64_t ms);

/* These are they. */
void headway_tell(struct headway *headway, const struct headway_facts *facts);

/* The line that is shown now, or at the end, if over. */
void headway_text(const struct headway *headway, const struct headway_facts *facts,
    bool over, char text[static HEADWAY_LINE]);

/* So it was in the end: the line stays. */
void headway_end(struct headway *headway, const struct headway_facts *facts);

/* How much of the file fd, from where it is on, there is to be read; 0: nobody knows. */
uint64_t headway_size(int fd);

#endif
