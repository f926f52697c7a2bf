/* SPDX-License-Identifier: ISC */
/*
 * summary - what all lines together say: counted as they come, in bounded memory.
 */
#ifndef PAR_REPORT_SUMMARY_H
#define PAR_REPORT_SUMMARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gantt.h"
#include "listed.h"
#include "log_line.h"
#include "quantiles.h"
#include "report_plan.h"
#include "table.h"
#include "timeline.h"
#include "whatif.h"

enum {
	SUMMARY_TRIES = 16, /* so often, or more */
	SUMMARY_STATUSES = 1000,
	SUMMARY_WORKERS = 2000 /* that are told apart; others are one */
};

/* A worker, or a host with all that ran there. */
struct of_worker {
	size_t file; /* which log it is of */
	char *name; /* for people; NULL: all that are too many */
	uint64_t records, failed, in, out; /* bytes */
	uint64_t work; /* microseconds of its stretches */
	uint64_t begun, ended; /* of the first and the last one */
	struct gantt_rows rows; /* what it had at once */
	struct quantiles times; /* of its records */
};

/* Lines in a row that are one stretch of work: a worker told of them together. */
struct open_stretch {
	bool open;
	size_t worker;
	struct stretch_of is;
};

struct summary {
	const struct report_plan *plan;
	size_t files; /* logs that are read */
	size_t file; /* the one at work */
	uint64_t records, failed, in, out;
	uint64_t nobody; /* records that no worker got */
	uint64_t timed; /* records of which it is known when they began */
	uint64_t pages; /* of par-fetch, */
	uint64_t statuses[SUMMARY_STATUSES]; /* by status of HTTP */
	uint64_t tries[SUMMARY_TRIES + 1]; /* records; [0]: not known */
	uint64_t begun, ended; /* microseconds since 1970; if there are timed ones */
	uint64_t stretches, together; /* of work; records in those of several */
	struct quantiles times; /* of records */
	struct of_worker *workers;
	size_t workers_count, workers_room;
	struct table names; /* of workers; the state is an index */
	struct open_stretch now;
	struct timeline timeline;
	struct gantt gantt;
	struct whatif whatif;
	struct slowest slowest;
	struct failures failures;
};

/* All of these end the program where there is no memory. */

void summary_open(struct summary *summary, const struct report_plan *plan);

/* Another log begins, and these are its lines; joblog: each is a process. */
void summary_file(struct summary *summary);
void summary_line(struct summary *summary, const struct log_line *line, bool joblog);

/* There are no more. */
void summary_end(struct summary *summary);

/* How many records were worked on at once, at most: the sum of all workers. */
size_t summary_places(const struct summary *summary);

/* From the beginning to the end, microseconds. */
static inline uint64_t
summary_took(const struct summary *summary)
{
	return summary->timed == 0 ? 0 : summary->ended - summary->begun;
}

void summary_close(struct summary *summary);

#endif
