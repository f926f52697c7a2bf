/* SPDX-License-Identifier: ISC */
/*
 * result_files - where --results puts what the process of one place writes.
 */
#ifndef PAR_RUN_RESULT_FILES_H
#define PAR_RUN_RESULT_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

struct results;

struct result_files {
	struct results *results; /* whose they are; NULL: there are none */
	int out, err; /* files in a folder that has no number yet */
	bool open; /* they are */
	bool used; /* something was written to them */
	/* Of a process on a host, whose link has brought what they are to hold: */
	bool kept; /* it is there, */
	uint64_t number; /* of its first record, from 0 */
	uint64_t status, took; /* of the process, and ms that it took */
};

/* What its process wrote is of records that are tried once more, or is out. */
static inline void
result_files_forget(struct result_files *files)
{
	files->kept = false;
}

/* Close them, if they are open. */
static inline void
result_files_close(struct result_files *files)
{
	if (!files->open)
		return;
	close(files->out);
	close(files->err);
	files->open = false;
}

#endif
