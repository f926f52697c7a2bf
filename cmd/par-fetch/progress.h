/* SPDX-License-Identifier: ISC */
/*
 * progress - what is counted of pages and failures for --progress.
 */
#ifndef PAR_FETCH_PROGRESS_H
#define PAR_FETCH_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "headway.h"
#include "transfer.h"

/* What went wrong, by kind; what is 4xx or 5xx is no failure for itself. */
enum failure_kind {
	KIND_REFUSED, /* no URL, or not to be asked for */
	KIND_NAME,
	KIND_CONNECTION,
	KIND_TIME,
	KIND_LIMIT, /* too long, too many redirects */
	KIND_OTHER,
	KIND_4XX,
	KIND_5XX,
	KINDS
};

struct progress {
	struct headway headway;
	uint64_t size; /* of the input, bytes; 0: nobody knows */
	uint64_t passed; /* of it, with what was counted */
	uint64_t pages, bytes;
	uint64_t kinds[KINDS];
};

/* fd: of the input, from which nothing was read yet. */
void progress_open(struct progress *progress, bool on, int fd);

/* The record of transfer was written. */
void progress_count(struct progress *progress, struct transfer *transfer);

/* Bring the line up to date if it is time. */
void progress_show(struct progress *progress, size_t in_flight);

/* The last state of the line, which stays. */
void progress_close(struct progress *progress);

#endif
