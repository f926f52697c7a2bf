/* SPDX-License-Identifier: ISC */
/*
 * quarantine - where records that are given up are set aside, each as a record:
 * the input, how often it was tried, why it was given up, and the last line that
 * its worker wrote to standard error.
 */
#ifndef PAR_RUN_QUARANTINE_H
#define PAR_RUN_QUARANTINE_H

#include <stdbool.h>
#include <stdint.h>

#include "order.h"
#include "record.h"

struct quarantine {
	int fd; /* -1: there is none */
	struct record_writer out; /* of that */
	bool stuck; /* its reader takes no more now, and some of it waits */
	int error; /* it cannot be written on; 0: it can */
	const char *path;
	uint64_t records;
	bool escaped; /* records are already */
	const uint64_t *next; /* records from this one on wait in later; or NULL */
	struct order later;
};

/*
 * Append to path, or create it; a FIFO is waited for.  What a run whose disk was full
 * left without a newline gets one.  0, or -1 with errno.
 */
int quarantine_open(struct quarantine *quarantine, const char *path);

/* Records wait for their turn: number *next is the one whose turn it is. */
static inline void
quarantine_await(struct quarantine *quarantine, const uint64_t *next)
{
	quarantine->next = next;
}

/*
 * Set record aside; it is written before this returns, unless it has to wait for its
 * turn, or for a reader.  last_line is as it was written, last_len bytes.  0, or -1 with
 * errno; nothing is written after that.
 */
int quarantine_add(struct quarantine *quarantine, const struct record *record,
    uint64_t attempts, const char *why, const char *last_line, size_t last_len);

/* Write what waited for its turn, and whose turn it is now or was.  0, or -1. */
int quarantine_in_order(struct quarantine *quarantine);

/* The reader of the quarantine may take more.  0, or -1. */
int quarantine_go(struct quarantine *quarantine);

void quarantine_close(struct quarantine *quarantine);

#endif
