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
#include "ending.h"
#include "gate.h"
#include "hash.h"
#include "intake.h"
#include "ledger.h"
#include "options.h"
#include "pool.h"
#include "sheaf.h"
#include "times.h"

struct keys {
	const struct key *by;
	const struct times *times;
	const struct pool *pool;
	const struct gate *gate;
	struct intake *intake;
	struct ledger *ledger;
	struct ending *ending;
	struct key_classes *classes; /* NULL: no keys */
	struct hash_key hash; /* that makes them */
	bool first; /* they are of the first field */
	bool untold; /* nobody tells what is done: that there are records is counted */
	size_t bytes; /* that wait in all lanes as fresh */
	uint64_t records;
};

/* Read by them if the options say so; what stands before classes is set. */
void keys_open(struct keys *keys);
void keys_close(struct keys *keys);

static inline bool
keys_on(const struct keys *keys)
{
	return keys->classes != NULL;
}

/* Is there room for more records to wait in? */
bool keys_room(const struct keys *keys);

/* Where places are empty for a while, what waits there goes to others. */
void keys_rehome(struct keys *keys);

/*
 * The next batch for slot, in *batch: at most max records, of at most max_bytes together
 * but at least one.  1, or 0 if there is none for it now, or -1 without memory, and the
 * run ends.  Input is spread as far as that takes.
 * neighbours: only records that follow each other in the input.
 */
int keys_next(struct keys *keys, struct slot *slot, uint64_t max, size_t max_bytes,
    bool neighbours, struct batch **batch);

/* Record k of batch is done, or given up. */
void keys_done(struct keys *keys, const struct batch *batch, uint64_t k);

#endif
