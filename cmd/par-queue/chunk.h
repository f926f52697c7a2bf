/* SPDX-License-Identifier: ISC */
/*
 * chunk - records that a worker has taken from a queue as one entry: what became of
 * each, until all of them can be committed in one step.
 */
#ifndef PAR_QUEUE_CHUNK_H
#define PAR_QUEUE_CHUNK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "batch.h"
#include "queue.h"

struct chunk {
	struct chunk *next;
	struct queue *queue;
	char id[QUEUE_ID_MAX]; /* the server's name for it */
	char serial[QUEUE_ID_MAX]; /* the number it was accepted under */
	char expires[QUEUE_ID_MAX];
	uint64_t first, count; /* numbers of its records, as the stage gets them */
	uint64_t given; /* how many records the server counts in it */
	uint64_t left; /* not finished */
	unsigned attempts; /* before it was taken */
	uint64_t done;
	struct bytes results; /* of those done */
	struct command parts; /* words for commit.lua about others */
	struct bytes retry, again; /* records to be tried later, and at once */
	uint64_t retry_count, again_count;
	uint64_t wait; /* for those of retry, ms */
	bool lost; /* it is no longer ours */
	bool torn; /* lost, and some of its records were not worked on */
};

/* Those that a worker has, in the order of their records' numbers. */
struct chunk_list {
	struct chunk *head, **tail;
	struct chunk *found; /* the one last looked up */
	size_t bytes; /* of records and results */
};

/*
 * What take.lua gives: so many replies for each chunk, so many for each that died, and
 * their shape; see reply.h.
 */
enum { GIVEN = 7, BURIED = 3 };
#define GIVEN_SHAPE "[{tnn##bn}]"
#define TAKEN_SHAPE "[" GIVEN_SHAPE "[{bnb}]]"

/*
 * A chunk as it is given, whose first record gets the number first; *batch holds its
 * records.  What is wrong with them is said; then *batch is NULL, the chunk has no
 * record, and its commit buries it.
 */
struct chunk *chunk_new(
    struct queue *queue, redisReply *const *given, uint64_t first, struct batch **batch);

/* Name an entry that the server says is dead, by its first record. */
void chunk_buried(const struct queue *queue, redisReply *const *buried);

void chunk_add(struct chunk_list *list, struct chunk *chunk);

/* The chunk with that record; it must be there. */
struct chunk *chunk_find(struct chunk_list *list, uint64_t number);

/* A record of it is done, with len bytes of results. */
void chunk_done(struct chunk *chunk, const void *results, size_t len);

/* A record, len bytes with its newline, that is given up. */
void chunk_dead(
    struct chunk *chunk, const struct batch *record, unsigned attempts, const char *why);

/* Records to be tried again, after wait ms; or as if they had not been taken. */
void chunk_retry(struct chunk *chunk, const struct batch *record, uint64_t wait);
void chunk_again(struct chunk *chunk, const struct batch *records);

/* The whole of a chunk that is finished, for the server; last: the stage's last line. */
void chunk_commit(struct chunk *chunk, struct command *command, const char *next,
    const char *last, size_t last_len);

/* Take it off the list, and free it. */
void chunk_remove(struct chunk_list *list, struct chunk *chunk);

#endif
