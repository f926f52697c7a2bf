/* SPDX-License-Identifier: ISC */
/*
 * record_files - files with the records of one process each, for {@}: in a folder that
 * is the user's own, named as the worker's number, with an ending or none, from the start
 * of the process to its end.
 *
 * The folder goes with what is in it however this program ends, also by SIGKILL: a
 * process of its own waits for that.
 */
#ifndef PAR_RUN_RECORD_FILES_H
#define PAR_RUN_RECORD_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "batch.h"
#include "bytes.h"
#include "field.h"
#include "header.h"
#include "options.h"

struct record_files {
	bool on; /* the folder is there */
	char *folder; /* its name; or a pattern of it, where there is none to be */
	int fd; /* of it */
	int leash; /* when nobody has this open it is taken away */
	struct field ending; /* of their names */
	size_t count; /* that are there */
	uint64_t bytes; /* in them, as they were written */
	uint64_t *sizes; /* of each worker's, and one more; 0: it has none */
	size_t room; /* for so many */
	struct bytes text; /* of the file that was made last */
};

/*
 * Make the folder, if processes are to get files here.  Ends the program if it cannot be.
 */
void record_files_open(struct record_files *files, const struct run_options *options);

/*
 * Make that of a worker, with header and records as they were in the input.  0, or -1
 * with errno.
 */
int record_files_put(struct record_files *files, const struct run_options *options,
    const struct header *header, const struct batch *records, unsigned worker);

/* The process of that worker has ended: its file goes. */
void record_files_drop(struct record_files *files, unsigned worker);

void record_files_close(struct record_files *files);

#endif
