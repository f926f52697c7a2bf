/* SPDX-License-Identifier: ISC */
/*
 * progress - one line on standard error that tells how far it is: kept up to date
 * on a terminal, elsewhere written once, at the end.
 */
#ifndef PAR_FETCH_PROGRESS_H
#define PAR_FETCH_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ticker.h"
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
	struct ticker ticker;
	uint64_t pages, bytes;
	uint64_t kinds[KINDS];
};

void progress_open(struct progress *progress, bool on);

/* The record of transfer was written. */
void progress_count(struct progress *progress, struct transfer *transfer);

/* Bring the line up to date if it is time. */
void progress_show(struct progress *progress, size_t in_flight);

/* The last state of the line, which stays. */
void progress_close(struct progress *progress);

#endif
