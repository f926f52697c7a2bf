/* SPDX-License-Identifier: ISC */
/*
 * whatif - how long it would have taken with other numbers of workers: each stretch of
 * work, in the order in which they began, goes to whichever of N workers is free first.
 *
 * Up to WHATIF_HELD stretches are in memory, others in temporary files.
 */
#ifndef PAR_REPORT_WHATIF_H
#define PAR_REPORT_WHATIF_H

#include <stddef.h>
#include <stdint.h>

#include "spool.h"

enum {
	WHATIF_HELD = 1 << 21, /* 16 bytes each */
	WHATIF_NUMBERS = 16, /* of workers that are tried */
	WHATIF_MOST = 1 << 14 /* workers */
};

struct whatif_job {
	uint64_t start, took; /* microseconds */
};

struct whatif_answer {
	uint64_t workers;
	uint64_t took; /* microseconds, from the beginning to the last end */
};

struct whatif {
	struct whatif_job *jobs;
	size_t count, room;
	struct spool *spools; /* sorted, WHATIF_HELD in each */
	size_t spools_count, spools_room;
	struct whatif_answer answers[WHATIF_NUMBERS]; /* by number of workers */
	size_t answers_count;
	uint64_t longest, total; /* microseconds */
};

/* All zero is an empty one. */

/* 0, or -1 with errno, as for the next one. */
int whatif_add(struct whatif *whatif, uint64_t start, uint64_t took);

/*
 * Work the answers out: for 1, 2, 4, ... workers, well beyond there, and for there, which
 * is how many there were.
 */
int whatif_answer(struct whatif *whatif, uint64_t there);

void whatif_free(struct whatif *whatif);

#endif
