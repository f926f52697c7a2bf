/* SPDX-License-Identifier: ISC */
/*
 * keys - --key: records of one key are with one worker at a time.
 *
 * Keys are hashed to a fixed number of classes, so that memory does not depend on
 * how many there are.  A class belongs to the place that was least loaded when it
 * was first seen.  It goes to another when its worker is gone, with all that waits
 * for it; or, while none of its records is given out or waits, when its place has
 * much to do and another one little.
 */
#ifndef PAR_RUN_KEYS_H
#define PAR_RUN_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "batch.h"
#include "hash.h"

struct run;
struct slot;

/* Keys that hash alike. */
struct key_class {
	uint32_t owner; /* index of the place plus one; 0: nobody's */
	uint32_t records; /* given out or waiting, as far as anybody can know */
};

/* What waits for the worker of one place. */
struct lane {
	struct batch_queue again; /* to be sent again, before the others */
	struct batch_queue fresh; /* never sent */
	struct batch *open; /* the last of fresh, while it may grow; or NULL */
	struct block *block; /* that it is in, or the next one will be; or NULL */
	struct batch_note *note, *note_end; /* of that: where the next record's goes, */
	char *text, *text_end; /* and its bytes; where room for them ends */
};

struct keys {
	struct key_class *classes; /* NULL: no keys */
	struct hash_key hash; /* that makes them */
	bool first; /* they are of the first field */
	size_t bytes, records; /* that wait in all lanes as fresh */
};

/* Read by keys if options say so. */
void keys_open(struct run *run);
void keys_close(struct run *run);

static inline bool
keys_on(const struct keys *keys)
{
	return keys->classes != NULL;
}

/* Is there room for more records to wait in? */
bool keys_room(const struct keys *keys);

/* How many records wait for the worker of slot, fresh or not. */
uint64_t keys_waiting(const struct slot *slot);

/* Where places are empty for a while, what waits there goes to others. */
void keys_settle(struct run *run);

/*
 * The next batch for slot, at most max records, of at most max_bytes together but at
 * least one; NULL if there is none for it now.  Input is spread as far as that takes.
 * neighbours: only records that follow each other in the input.
 */
struct batch *keys_next(
    struct run *run, struct slot *slot, uint64_t max, size_t max_bytes, bool neighbours);

/* Record k of batch is done, or given up. */
void keys_done(struct keys *keys, const struct batch *batch, uint64_t k);

#endif
