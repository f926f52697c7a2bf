/* SPDX-License-Identifier: ISC */
/*
 * exchange - several frontiers that share a crawl: each has some of the hosts, and leaves
 * the URLs of others in a folder for them.
 *
 * The folder has a file FROM-TO for each two, to which one appends and which the other
 * reads, and a file NUMBER of each with what it has read and written, and whether it has
 * nothing to do.  Who writes again what it cannot know to have written does no harm,
 * since a URL is taken once.
 *
 * When has none anything to do any more?  Each says so after it noted all it read; what
 * makes it work again is nothing but more to read.  So when all have said so, and have
 * read as much as has been written for them by what the others said, then the first one
 * that worked again would have read what somebody wrote later, who worked before it:
 * there is no first one.  It may be seen late, and in parts, so any way to have the files
 * elsewhere will do.
 *
 * All that fails here ends the program with a diagnostic.
 */
#ifndef PAR_FRONTIER_EXCHANGE_H
#define PAR_FRONTIER_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bytes.h"
#include "field.h"
#include "spelling.h"

enum { EXCHANGE_MOST = 256 /* frontiers */ };

/* Which of how many, from 1; 0 of 0: it has all hosts. */
struct exchange_share {
	uint64_t number, count;
};

struct exchange_peer {
	int fd; /* of what is written for it, or -1: for oneself */
	struct bytes unwritten;
};

/* What a frontier says of itself. */
struct exchange_status {
	uint64_t passed; /* steps that all have finished; UINT64_MAX: the crawl */
	bool idle; /* nothing is left of the next one */
	bool waits; /* there is something of later ones */
	uint64_t *written, *read; /* bytes, for and of each; only when idle */
};

struct exchange {
	struct exchange_share share;
	const char *folder;
	struct exchange_peer *peers; /* from 0 */
	struct exchange_status *all, *own; /* what each says; one of them is ours */
	struct bytes block; /* that is read, or a status */
	struct bytes said; /* the last status */
};

/* Read "2/4" into a struct exchange_share; NULL, or why not. */
const char *exchange_parse(void *target, const char *text);

/*
 * Open, as one that has read so many bytes of each; first: nothing was ever noted, and
 * nothing of an older crawl may be there.
 */
void exchange_open(struct exchange *exchange, const struct exchange_share *share,
    const char *folder, const uint64_t *read, bool first);
void exchange_close(struct exchange *exchange);

/* Whose is a URL's host?  From 1. */
uint64_t exchange_owner(const struct exchange_share *share, const struct spelling *url);

/* Leave a URL for a frontier: to be followed at a depth, or only known, which is NULL. */
void exchange_put(struct exchange *exchange, uint64_t number, const struct spelling *url,
    const uint32_t *depth);

/* Write what is left; durable: it is on the disk. */
void exchange_flush(struct exchange *exchange, bool durable);

/*
 * Read some of what others left, and call take() for each record.  False: there was
 * nothing.  own->read is to be noted together with what take() did.
 */
bool exchange_read(struct exchange *exchange,
    void (*take)(void *context, const char *data, size_t len), void *context,
    size_t max_record);

/*
 * Nothing is left to do of step own->passed, all read was noted, and something of later
 * ones waits, or not: say so, and see what others say.  own->passed is more if all have
 * finished it.
 */
void exchange_meet(struct exchange *exchange, bool waits);

/* Has the whole crawl ended? */
static inline bool
exchange_ended(const struct exchange *exchange)
{
	return exchange->own->passed == UINT64_MAX;
}

#endif
