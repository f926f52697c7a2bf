/* SPDX-License-Identifier: ISC */
/*
 * depot - a folder with queues: an LMDB file, and a lock under which all of it is read
 * and changed, one step after the other.
 *
 * The lock is the kernel's, of fcntl(2): it ends with whoever has it, and LMDB needs none
 * of its own.  So no step is ever seen half done, and no reader keeps pages from being
 * used again.
 *
 * One that is stopped within a step holds up all the others.  After a while it is killed
 * for that: what it did in the step is undone.
 */
#ifndef PAR_QUEUE_DEPOT_H
#define PAR_QUEUE_DEPOT_H

#include <lmdb.h>

#include "bytes.h"
#include "engine.h"
#include "file_path.h"

struct depot {
	char *path;
	int folder, lock; /* descriptors, or -1 */
	MDB_env *env; /* NULL: not open yet */
	MDB_dbi queues; /* name: what is known of the queue */
	MDB_dbi bodies; /* queue, id: chunk */
	MDB_dbi items; /* queue, kind, and more: where chunks are, see file_queue.h */
	MDB_txn *txn; /* of the step */
	MDB_cursor *cursor; /* of items, in the step */
	uint64_t process; /* we ourselves, once we have something here; or 0 */
	int alive; /* its FIFO, see watch.h; or -1 */
	uint64_t now; /* when the step began, ms since 1970 */
	struct { /* whom the step wakes before it is done: at most two queues */
		const char *queue;
		unsigned kinds;
	} wakes[2];
	char why[FILE_PATH_WHY]; /* it cannot be opened */
};

/* The folder at path, which becomes the depot's.  NULL without memory. */
struct depot *depot_new(char *path);
void depot_free(struct depot *depot);

/* How a step ends: beside these an error number, of errno or LMDB. */
enum {
	DEPOT_DONE = 0,
	DEPOT_SAME = -1, /* nothing has changed */
	DEPOT_TOLD = -2 /* the engine says why it is broken */
};

enum depot_sync {
	DEPOT_SYNC, /* it is on the disk before it is told as done */
	DEPOT_LATER /* a power cut may undo it, and nothing else */
};

/* What happens in a step, which may be begun again after it failed. */
struct depot_step {
	int (*run)(struct engine *engine, void *context);
	void *context;
	enum depot_sync sync;
};

/* Take a step, and wake whom it wakes. */
enum engine_end
depot_take(struct depot *depot, struct engine *engine, const struct depot_step *step);

/* Open it without a step: it is there, and of a version that we know. */
enum engine_end depot_ready(struct depot *depot, struct engine *engine);

/* In a step: wake those that wait for any of these at a queue. */
void depot_wake(struct depot *depot, const char *queue, unsigned kinds);

#endif
