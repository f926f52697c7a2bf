/* SPDX-License-Identifier: ISC */
/*
 * frontier - what a crawl knows, on disk: the URLs seen, and the queue of those that
 * are not finished.
 *
 * It is kept by LMDB, so that memory does not grow with it and a process that is
 * killed leaves it as the last frontier_commit() did.  Hosts take turns: each that has
 * URLs waiting, and may have more of them in flight, is listed for one.
 *
 * All that fails here ends the program with a diagnostic.
 */
#ifndef PAR_FRONTIER_FRONTIER_H
#define PAR_FRONTIER_FRONTIER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spelling.h"

struct frontier;

/* The name of its file in the folder. */
extern const char frontier_file[];

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
 * frontier_close(); with NULL it is in a temporary file that nobody sees.  All lines that
 * have something are listed.
 */
struct frontier *frontier_open(const char *folder);
void frontier_close(struct frontier *frontier);

/* Is url new?  It is seen then, and put into the queue if that is asked for. */
bool frontier_add(struct frontier *frontier, const struct spelling *url, uint32_t depth,
    uint32_t level);

/* Is url known as seen? */
bool frontier_is_seen(struct frontier *frontier, const struct spelling *url);

/* How often frontier_count_more() was called with a text. */
uint64_t frontier_count(struct frontier *frontier, const char *text, size_t len);
void frontier_count_more(struct frontier *frontier, const char *text, size_t len);

/* Let it be known as seen, without ever being in the queue.  Was it new? */
bool frontier_know(struct frontier *frontier, const struct spelling *url);

/* Is anything in the queue, what was taken and not removed included? */
bool frontier_waits(struct frontier *frontier);

/* The line listed first; false if none is. */
bool frontier_next(struct frontier *frontier, struct line *out);

/*
 * Take that line off the list.  The entry in it that comes after
 * number after; false if there is none.
 */
bool frontier_take(struct frontier *frontier, const struct line *line, uint64_t after,
    struct entry *out);

/* List a line, behind all that are, if it is not listed. */
void frontier_list(struct frontier *frontier, const struct line *line);

/* An entry is finished. */
void frontier_remove(struct frontier *frontier, const struct line *line, uint64_t seq);

/* How much was written to the output when the state was what it is. */
uint64_t frontier_output(const struct frontier *frontier);

/* What was kept by frontier_keep() under a name; NULL: nothing, or of another length. */
const void *frontier_kept(struct frontier *frontier, const char *name, size_t len);
void frontier_keep(struct frontier *frontier, const char *name, void *data, size_t len);

/* Changes since the last commit. */
uint64_t frontier_changes(const struct frontier *frontier);

/* Make the state what it is now, together with so many bytes of output. */
void frontier_commit(struct frontier *frontier, uint64_t output);

#endif
