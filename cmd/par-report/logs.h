/* SPDX-License-Identifier: ISC */
/*
 * logs - the files that are read, each of a kind that its first line tells.
 */
#ifndef PAR_REPORT_LOGS_H
#define PAR_REPORT_LOGS_H

#include <stdbool.h>
#include <stddef.h>

#include "ends.h"
#include "other_line.h"
#include "series.h"
#include "summary.h"

struct logs {
	const struct report_plan *plan;
	struct summary *summary;
	struct ends ends;
	struct other_lines other;
	struct series series; /* the caller's to free */
	char **paths; /* of the files: of folders their index */
	size_t count;
	size_t lost; /* files that could not be read, or are no log */
	bool failed; /* lines that say nothing were named */
};

/*
 * Open the files, and the output of the plan, whose descriptor is in ends.out then.
 * Ends the program where that cannot be.
 */
void logs_open(struct logs *logs, const struct report_plan *plan, char *const *files,
    size_t count, struct summary *summary);

/* Read all of them. */
void logs_read(struct logs *logs);

#endif
