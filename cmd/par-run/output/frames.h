/* SPDX-License-Identifier: ISC */
/*
 * frames - lines that tell of records, each with the output behind it that it counts, as
 * one stream: what goes over a link.  Of one worker at a time there are lines here whose
 * output is not out.  Nothing waits for the reader.
 */
#ifndef PAR_RUN_FRAMES_H
#define PAR_RUN_FRAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "bytes.h"
#include "order.h"
#include "record.h"
#include "supervisor.h"
#include "worker.h"

struct frames {
	struct record_writer out; /* goes first */
	struct bytes lines; /* from byte at on these are to go, */
	size_t at;
	size_t left; /* behind so many bytes of the output of the one before them */
};

/* Frames go to fd, which does not block.  0, or -1 without memory. */
int frames_open(struct frames *frames, int fd);

void frames_close(struct frames *frames);

/* Take the lines that parent is to get, behind those there are.  0, or -1 likewise. */
int frames_take(struct frames *frames, struct supervisor *parent);

/* Has one begun, or a line not? */
static inline bool
frames_wait(const struct frames *frames)
{
	return frames->left > 0 || frames->at < frames->lines.len;
}

/*
 * Let them go, with the output of worker, of which *bytes are counted by lines: 1 if all
 * did, 0 if the reader takes no more now, or -1 with errno as of worker_move().
 */
int frames_move(struct frames *frames, struct worker *worker, size_t *bytes);

/* Let those go that count nothing: none is left. */
int frames_let_go(struct frames *frames);

/* Send what is to go first: the same. */
int frames_send(struct frames *frames);

/*
 * Retain them all in order instead, with the output of worker: in memory, where all that
 * is counted is in its buffer; else in a file, fd, whose room is order's already.  *run
 * is as in order_retain().  0, or -1 with errno.
 */
int frames_retain(struct frames *frames, struct worker *worker, struct order *order,
    struct retained **run, int fd);

#endif
