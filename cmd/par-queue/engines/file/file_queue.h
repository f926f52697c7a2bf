/* SPDX-License-Identifier: ISC */
/*
 * file_queue - what a depot has of one queue, within a step.  Errors are numbers of errno
 * or LMDB; numbers in the file are of this machine, those of keys in the order of bytes.
 *
 * A chunk is a body, under an id that is given once, and an item that says where it is:
 * so what moves is an item.  A key of an item is the queue, a kind, and one or two
 * numbers.
 */
#ifndef PAR_QUEUE_FILE_QUEUE_H
#define PAR_QUEUE_FILE_QUEUE_H

#include "depot.h"
#include "watch.h"

enum item_kind {
	ITEM_WAITING = 'a', /* place: id */
	ITEM_DELAYED = 'd', /* when it is due, ms since 1970, place: id */
	ITEM_RUNNING = 'r', /* id: struct file_lease */
	ITEM_RESULTS = 'o', /* id: struct file_count */
	ITEM_DEAD = 'x', /* place: struct file_grave, reason, last line */
	ITEM_WORKER = 'w', /* process: struct file_worker */
	ITEM_PRODUCER = 'p', /* hash of the name: struct file_producer, name */
	ITEM_MARK = 'm' /* 0: the mark, with NUL */
};

/* What is known of a queue: the value in the table of queues. */
struct file_meta {
	uint64_t id; /* in keys */
	uint64_t last; /* id or place that was given */
	uint64_t serial; /* number of a chunk that was given last */
	int64_t accepted, done, dead, dropped, delayed, running, results, late;
	uint64_t chunks; /* of results */
	uint64_t paused, jobs, drain;
	uint64_t lapse; /* no lease ends before that, ms since 1970 */
	uint64_t reader; /* its process, or 0 */
	uint64_t filled; /* when the tokens were counted, ms since 1970 */
	double tokens; /* records that may be given now, with a rate */
	char rate[32];
};

/* In front of the records of a chunk. */
struct file_body {
	uint64_t number, records, attempts, expires;
};

struct file_lease {
	uint64_t process, until, lease; /* ms since 1970; ms */
	uint64_t tries; /* workers that had it */
};

struct file_count {
	uint64_t records;
};

struct file_grave {
	uint64_t id;
	uint32_t why, last; /* bytes that follow */
};

struct file_worker {
	char name[ENGINE_ID_SIZE];
	uint64_t seen, in_flight, committed, late;
};

struct file_producer {
	uint64_t come, until; /* records; ms since 1970 */
};

/* The state of an engine. */
struct file_queue {
	struct depot *depot;
	struct engine *engine;
	const char *name;
	struct watch watch;
	struct bytes given, buried, data, scratch; /* what callers were given last */
	struct bytes graves, grave_data;
	/* In a step: */
	struct file_meta meta;
	int64_t open_before; /* records */
	bool missing;
	char mark[ENGINE_MARK_SIZE];
};

/* An item that was found. */
struct file_item {
	uint64_t first, second; /* numbers of its key */
	MDB_val value;
};

/* Begin to look at the queue: its meta and mark, or missing and all zero. */
int file_look(struct file_queue *queue, const char *name);

/* The same, for what is refused where it is closed. */
int file_enter(struct file_queue *queue, const char *name);

/* Give a queue that is missing an id that no other one has or had. */
int file_make(struct file_queue *queue);

/* The same, and it is made if it is not there. */
int file_need(struct file_queue *queue, const char *name);

/* Write the meta back, and wake those who wait for the last record to end. */
int file_leave(struct file_queue *queue);

/* The queue is there no more, but for what has its id. */
int file_remove(struct file_queue *queue);

/*
 * A queue that is no more, but something of it may be; MDB_NOTFOUND: there is none.  And
 * nothing of it is there any more.
 */
int file_gone(struct file_queue *queue);
int file_forget_gone(struct file_queue *queue);

/* Records accepted that are neither done nor dead. */
int64_t file_open_records(const struct file_meta *meta);

/* The first item of a kind with numbers from these on; MDB_NOTFOUND if there is none. */
int item_find(struct file_queue *queue, enum item_kind kind, uint64_t first,
    uint64_t second, struct file_item *item);
int item_get(struct file_queue *queue, enum item_kind kind, uint64_t first,
    struct file_item *item);
int item_put(struct file_queue *queue, enum item_kind kind, uint64_t first,
    uint64_t second, const void *value, size_t len);
int item_delete(
    struct file_queue *queue, enum item_kind kind, uint64_t first, uint64_t second);

/* Copy the beginning of a value that must have so much; MDB_CORRUPTED if it has not. */
int value_read(const MDB_val *value, void *to, size_t size);

/* A new body, and its id. */
int body_add(struct file_queue *queue, const struct file_body *body, const char *data,
    size_t len, uint64_t *id);

/* Its records are at *data until the next change. */
int body_get(struct file_queue *queue, uint64_t id, struct file_body *body,
    const char **data, size_t *len);
int body_delete(struct file_queue *queue, uint64_t id);

/* Chunks wait: the body is there. */
int file_add(struct file_queue *queue, uint64_t id);
int file_add_at(struct file_queue *queue, uint64_t id, uint64_t records, uint64_t due);

/* A chunk that is in no place is dead. */
int file_bury_texts(struct file_queue *queue, uint64_t id, uint64_t records,
    struct engine_text why, struct engine_text last);
int file_bury(struct file_queue *queue, uint64_t id, uint64_t records, const char *why,
    const char *last, size_t last_len);

/* By what a producer is known here. */
uint64_t file_producer_key(const char *name);

/* How far it has come; nowhere, if it is not known, or was forgotten.  And keep that. */
int file_find_producer(
    struct file_queue *queue, const char *producer, struct file_producer *found);
int file_keep_producer(
    struct file_queue *queue, const char *name, const struct file_producer *producer);

/* Have a FIFO of our own: others see how long we live. */
int file_live(struct file_queue *queue, const char *me);

/* What a worker or reader of that name is as a process. */
uint64_t file_process(const char *me);

/* Wait for these from now on, or no longer: tell the engine. */
int file_await(struct file_queue *queue, unsigned kinds);

/* Take a step at the queue; see depot.h. */
enum engine_end
file_step(struct engine *engine, int (*run)(struct engine *engine, void *context),
    void *context, enum depot_sync sync);

/* When a time of the clock of today comes, by clock_ms(). */
uint64_t file_due(const struct file_queue *queue, uint64_t time);

#endif
