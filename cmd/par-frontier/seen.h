/* SPDX-License-Identifier: ISC */
/*
 * seen - a set of keys of pages that is larger than memory: the last ones in a table,
 * the others on shelves, in files.
 *
 * A table that is full becomes a shelf.  FAN shelves of a size are merged into one, some
 * keys whenever one is added, so that nobody waits for it, there are few shelves, and a
 * key is written anew as often as there are sizes.  What is full grows with all there is,
 * so that sizes, and with them the work for a key, stay as many however large that gets.
 * A key that is new is looked for in the filters of all shelves, and seldom elsewhere.
 *
 * Files are for the caller to note, with the keys that are on none yet, all at once: what
 * was noted last is there, whenever the process ends.
 *
 * What fails returns -1 with errno, EBADMSG for a file that is damaged.
 */
#ifndef PAR_FRONTIER_SEEN_H
#define PAR_FRONTIER_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bytes.h"
#include "hash.h"
#include "shelf.h"

enum {
	SEEN_FAN = 4,
	SEEN_PART = 64, /* of the keys, that part is in memory, or */
	SEEN_LEAST = 1 << 17, /* that many, and */
	SEEN_MOST = 1 << 22 /* no more */
};

/* A file as it is noted. */
struct seen_file {
	uint64_t number, count; /* of keys */
};

struct seen {
	int folder; /* of the files; -1: they have no names */
	size_t most; /* keys in the table, a power of two */
	struct hash_wide *table; /* all zero: nothing there */
	size_t room, count; /* a power of two; of keys */
	unsigned shift; /* of a key's first word: its place there, or nearly */
	uint64_t shelved_count; /* keys on shelves */
	struct bytes fresh; /* those of them that were not noted */
	struct shelf *shelves;
	size_t shelf_count, shelf_room;
	uint64_t last; /* number of a file */
	bool changed; /* other files than were noted */
	bool shelved; /* keys that were noted as being on no file are on one */
	uint64_t *gone; /* numbers of files that are of no use when that is noted */
	size_t gone_count, gone_room;
	struct shelf_writer *merge; /* what becomes of some shelves, or NULL */
	size_t from[SEEN_FAN]; /* their places */
	uint64_t at[SEEN_FAN]; /* their next keys */
	uint64_t owed; /* keys that are to be merged */
};

/*
 * An empty one, with so many keys, a power of two, in memory while they are not a part of
 * all that is larger; files that folder, which stays the
 * caller's, has and that are none of these, count of them, are removed.  If one cannot be
 * opened last is its number.
 */
int seen_open(struct seen *seen, int folder, size_t least, const struct seen_file *files,
    size_t count);
void seen_close(struct seen *seen);

/* Add a key: 1, or 0 if it is there. */
int seen_add(struct seen *seen, const struct hash_wide *key);

/* Add one that was noted as being on no file. */
int seen_recall(struct seen *seen, const struct hash_wide *key);

/* Is it there?  1 or 0. */
int seen_has(const struct seen *seen, const struct hash_wide *key);

/* The file of shelf number i. */
struct seen_file seen_file(const struct seen *seen, size_t i);

/* All files, and all that is fresh, are noted. */
void seen_noted(struct seen *seen);

#endif
