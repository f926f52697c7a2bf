/* SPDX-License-Identifier: ISC */
/*
 * climb - finds, by trying, the number of workers that gets most done in a time.
 *
 * Pure: the time, ms of any clock that only goes forward, and what was finished are
 * arguments.
 */
#ifndef PAR_RUN_CLIMB_H
#define PAR_RUN_CLIMB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct climb {
	size_t most; /* that there may be */
	size_t best, trying; /* the number that was best so far, and that there is now */
	double rate; /* of the best, records in a ms; 0: not known */
	bool down; /* fewer are tried next */
	unsigned rest; /* so many measures of the best before others are tried */
	bool settling; /* what is finished now is of the number before, in part */
	uint64_t since, finished; /* when it is measured from, and what was done then */
};

/* Begin with so many workers, at now. */
void climb_begin(struct climb *climb, size_t workers, size_t most, uint64_t now);

/* So many records are finished by now, all together: how many workers are to be there? */
size_t climb_turn(struct climb *climb, uint64_t now, uint64_t finished);

#endif
