/* SPDX-License-Identifier: ISC */
/*
 * spooled - input that cannot be read again, put in a file as it is read, so that a
 * later run has what this one read.  That run gets it from there first; of its own input
 * it gets what is not there: records are told apart by their bytes, and those that are
 * equal by how many there are.
 */
#ifndef PAR_RUN_SPOOLED_H
#define PAR_RUN_SPOOLED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "bytes.h"

struct spooled_known; /* a record of an earlier run, by its hash */

struct spooled {
	int file, in; /* what was read, and where more comes from */
	char end; /* ends a record */
	uint64_t at, size; /* of the file: where reading goes on, and its end, bytes */
	bool open; /* the last record in it has no end yet */
	bool ended; /* so has the input */
	struct spooled_known *known; /* records that may come once more */
	size_t mask, used; /* places for them less one, and those in use */
	uint64_t left; /* so many may */
	struct bytes part; /* a record of the input that is not whole */
};

/*
 * Keep what comes from descriptor in, whose records end so, in the file path, which is
 * locked; fresh: what it has counts no more.  0, or -1 with errno, EBUSY if another
 * process has it.
 */
int spooled_open(struct spooled *spooled, const char *path, int in, char end, bool fresh);

/* What it has counts no more, after all.  0, or -1 with errno. */
int spooled_forget(struct spooled *spooled);

/* Go on at byte at of the file. */
void spooled_seek(struct spooled *spooled, uint64_t at);

/* The descriptor that is ready when there is something to read. */
int spooled_fd(const struct spooled *spooled);

/* As read(2); EAGAIN, too, where all that came is known. */
ssize_t spooled_read(struct spooled *spooled, char *to, size_t size);

void spooled_close(struct spooled *spooled);

#endif
