/* SPDX-License-Identifier: ISC */
/*
 * link - what a host is told beside records: what it is to run, and which block is next.
 */
#ifndef SIM_LINK_H
#define SIM_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parcel.h"

struct stage_model;

struct link {
	char job[1024]; /* words, each ended by a NUL */
	size_t job_len, job_left; /* bytes that came, and that are to come */
	bool has_job;
	unsigned may; /* workers that it may be told to have there, a bit each */
	struct parcel next; /* the block that comes */
	uint64_t records, bytes; /* that are to come of it */
	size_t first; /* of tasks: its first one */
};

/* The process is a link: to what host, by the words of its command? */
void link_begin(struct stage_model *stage, char *const *argv);

/* Is that byte no part of a line?  Takes it. */
bool link_byte(struct stage_model *stage, char byte);

/* Is the line that came no record?  Takes it. */
bool link_line(struct stage_model *stage);

/* A record came: is its block whole now? */
void link_record(struct stage_model *stage);

#endif
