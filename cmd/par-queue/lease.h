/* SPDX-License-Identifier: ISC */
/*
 * lease - a chunk that a worker has taken: what became of each of its records, until all
 * of them can be committed in one step.  Without memory the program ends.
 */
#ifndef PAR_QUEUE_LEASE_H
#define PAR_QUEUE_LEASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "batch.h"
#include "bytes.h"
#include "engine.h"

enum lease_state {
	LEASE_OURS,
	LEASE_LOST, /* it is no longer ours, which was counted */
	LEASE_PARTIAL /* lost, and some of its records were not worked on */
};

struct lease {
	struct lease *next;
	struct engine *engine; /* that it is of */
	struct engine_claim
	    claim; /* lost: the records that are left were counted as such */
	uint64_t first, count; /* numbers of its records, as the stage gets them */
	uint64_t given; /* how many records the engine counts in it */
	uint64_t left; /* not finished */
	unsigned attempts; /* before it was taken */
	uint64_t done;
	struct bytes results; /* of those done */
	struct engine_part *parts; /* of others; their data is the lease's */
	size_t part_count, part_room;
	struct bytes retry, again; /* records to be tried later, and at once */
	uint64_t retry_count, again_count;
	uint64_t wait; /* for those of retry, ms */
	enum lease_state state;
	bool held; /* finished, but the engine had no room for that when last asked */
	bool asked; /* its commit was made, and not answered */
};

/* The leases that a worker has, in the order of their records' numbers. */
struct lease_list {
	struct lease *head, **tail;
	struct lease *found; /* the one last looked up */
};

/*
 * A chunk as it is given, whose first record gets the number first; *batch holds its
 * records.  What is wrong with them is said; then *batch is NULL, the lease has no
 * record, and its commit buries the chunk.
 */
struct lease *lease_new(struct engine *engine, const struct engine_chunk *chunk,
    uint64_t first, struct batch **batch);

void lease_add(struct lease_list *list, struct lease *lease);

/* The lease with that record; it must be there. */
struct lease *lease_find(struct lease_list *list, uint64_t number);

/*
 * A record of it is done, with len bytes of results.  With ids the number of the chunk
 * and a TAB come before each of them, and behind the last a line that has it alone.
 */
void lease_done(struct lease *lease, const char *results, size_t len, bool ids);

/* Results of one that is not done, all the same. */
void lease_results(struct lease *lease, const char *results, size_t len, bool ids);

/* A record that is given up. */
void lease_dead(
    struct lease *lease, const struct batch *record, unsigned attempts, const char *why);

/* Records to be tried again, after wait ms; or as if they had not been taken. */
void lease_retry(struct lease *lease, const struct batch *record, uint64_t wait);
void lease_again(struct lease *lease, const struct batch *records);

/*
 * What became of one that is finished, for the engine; it holds what is the lease's.  May
 * be asked for again.
 */
void lease_commit(struct lease *lease, struct engine_commit *commit);

/* Does it go back as it came, with nothing done? */
bool lease_untouched(const struct engine_commit *commit);

/* Take it off the list, and free it. */
void lease_remove(struct lease_list *list, struct lease *lease);

#endif
