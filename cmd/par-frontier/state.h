/* SPDX-License-Identifier: ISC */
/*
 * state - what a crawl knows, on disk: the URLs seen, and the queue of those that
 * are not finished.
 *
 * It is kept by LMDB, so that memory does not grow with it and a process that is
 * killed leaves it as the last state_commit() did.  Hosts take turns: each that has
 * URLs waiting, and may have more of them in flight, is listed for one.
 *
 * All that fails here ends the program with a diagnostic.
 */
#ifndef PAR_FRONTIER_STATE_H
#define PAR_FRONTIER_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "url.h"

struct state;

/* Its file in the folder. */
extern const char state_file[];

/* The URLs of a host wait in a line of their own; all of level 0 before level 1. */
struct line {
	uint32_t level;
	uint64_t host; /* hash of it */
};

/* A URL in the queue. */
struct entry {
	struct line line;
	uint64_t seq; /* its place there; unique, from 1 */
	uint32_t depth; /* steps from a start */
	const char *url; /* until the state is changed */
	size_t len;
};

/*
 * Open the state in folder, which is made if need be and then nobody else's until
 * state_close(); with NULL it is in a temporary file that nobody sees.  All lines that
 * have something are listed.
 */
struct state *state_open(const char *folder);
void state_close(struct state *state);

/* Is url new?  It is seen then, and put into the queue if that is asked for. */
bool
state_add(struct state *state, const struct url *url, uint32_t depth, uint32_t level);

/* Let it be known as seen, without ever being in the queue. */
void state_know(struct state *state, const struct url *url);

/* Whose turn it is; false if no line is listed. */
bool state_turn(struct state *state, struct line *out);

/*
 * Take the line whose turn it is off the list.  The entry in it that comes after
 * number after; false if there is none.
 */
bool state_take(
    struct state *state, const struct line *line, uint64_t after, struct entry *out);

/* List a line, for a turn after all that have one, if it is not listed. */
void state_list(struct state *state, const struct line *line);

/* An entry is finished. */
void state_remove(struct state *state, const struct line *line, uint64_t seq);

/* How much was written to the output when the state was what it is. */
uint64_t state_output(const struct state *state);

/* Changes since the last commit. */
uint64_t state_changes(const struct state *state);

/* Make the state what it is now, together with so many bytes of output. */
void state_commit(struct state *state, uint64_t output);

#endif
