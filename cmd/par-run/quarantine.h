/* SPDX-License-Identifier: ISC */
/*
 * quarantine - where records that are given up are set aside, each as a record:
 * the input, how often it was tried, why it was given up, and the last line that
 * its worker wrote to standard error.
 */
#ifndef PAR_RUN_QUARANTINE_H
#define PAR_RUN_QUARANTINE_H

#include <stdint.h>

#include "order.h"
#include "record.h"

struct quarantine {
	int fd; /* -1: there is none */
	const char *path;
	uint64_t records;
	const uint64_t *turn; /* records from this one on wait in later; or NULL */
	struct order later;
};

/* Append to path, or create it; a FIFO is waited for.  0, or -1 with errno. */
int quarantine_open(struct quarantine *quarantine, const char *path);

/*
 * Set record aside; it is written before this returns, unless it has to wait for its
 * turn.  last_line is as it was
 * written, last_len bytes.  0, or -1 with errno.
 */
int quarantine_add(struct quarantine *quarantine, const struct record *record,
    uint64_t attempts, const char *why, const char *last_line, size_t last_len);

/* Write what waited for its turn, and whose turn it is now or was.  As above. */
int quarantine_in_turn(struct quarantine *quarantine);

void quarantine_close(struct quarantine *quarantine);

#endif
