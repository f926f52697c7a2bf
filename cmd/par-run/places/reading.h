/* SPDX-License-Identifier: ISC */
/*
 * reading - what was read of one worker's output and words so far, and why no more of it
 * can be taken.
 */
#ifndef PAR_RUN_READING_H
#define PAR_RUN_READING_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "worker.h"

struct reading {
	uint64_t told; /* the record that it told of last */
	uint64_t lines; /* --map: written, and so many records are done */
	bool nul; /* its output has a NUL; looked for where that matters */
	size_t piped; /* bytes that are all its output, and in its pipe; 0: it was read */
	size_t waiting; /* bytes that were there when it was looked at last */
	bool large; /* the output of the one before was more than a pipe holds */
	bool discarding; /* plain: the rest of a too long output record */
	char lost[WORKER_ILL_TEXT]; /* why its output could not be taken; or "" */
	bool final; /* it is no use to try again */
};

/* A worker was started. */
static inline void
reading_begin(struct reading *reading)
{
	*reading = (struct reading){ .told = reading->told, .large = reading->large };
}

/* Does the rest of a too long output record go nowhere? */
static inline void
reading_discard(struct reading *reading, bool discarding)
{
	reading->discarding = discarding;
}

/* The worker told of record number. */
static inline void
reading_told(struct reading *reading, uint64_t number)
{
	reading->told = number;
}

/* --map: a line more is of a record that is done. */
static inline void
reading_line(struct reading *reading)
{
	reading->lines++;
}

/* Some output was looked at: is there a NUL? */
static inline void
reading_nul(struct reading *reading, bool nul)
{
	reading->nul = nul;
}

/* All its output is so many bytes in its pipe, and goes out from there; 0: it does not.
 */
static inline void
reading_piped(struct reading *reading, size_t bytes)
{
	reading->piped = bytes;
}

/* So many bytes of output are there now; how many were when it was looked at last. */
static inline size_t
reading_waiting(struct reading *reading, size_t bytes)
{
	size_t before = reading->waiting;

	reading->waiting = bytes;
	return before;
}

/* The output was so many bytes, and its pipe holds room. */
static inline void
reading_size(struct reading *reading, size_t bytes, size_t room)
{
	reading->large = bytes > room;
}

/* The output could not be taken: why, and if final it is no use to try again. */
static inline void
reading_lost(struct reading *reading, const char *why, bool final)
{
	snprintf(reading->lost, sizeof(reading->lost), "%s", why);
	reading->final = final;
}

#endif
