/* SPDX-License-Identifier: ISC */
/*
 * parcel - records that one process gets as a whole, with -b, -N or as arguments, and
 * what is said of them beside: by its environment, or over a link.
 */
#ifndef SIM_PARCEL_H
#define SIM_PARCEL_H

#include <stdbool.h>
#include <stdint.h>

struct process;

struct parcel {
	bool known;
	uint64_t first, count; /* numbers of records, from 0 */
	uint64_t tries; /* how often they were tried before */
	char id[48]; /* "": nobody said it */
};

/* The process is about to have these records: may it, and is what was said so? */
void parcel_given(const struct process *process, const struct parcel *parcel);

/* All of them have come. */
void parcel_came(const struct process *process, const struct parcel *parcel,
    unsigned first, unsigned count, uint64_t bytes);

/* The process could not do the records: they were tried once more. */
void parcel_failed(const struct parcel *parcel);

/* Could no process have that record alone, as an argument? */
bool parcel_is_too_long(unsigned record);

#endif
