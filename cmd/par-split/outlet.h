/* SPDX-License-Identifier: ISC */
/*
 * outlet - one of the files or FIFOs that par-split writes, never waiting.
 *
 * What cannot be written at once is buffered, from the start of the first record that
 * is not written whole, so that nothing is lost when the reader leaves.
 */
#ifndef PAR_SPLIT_OUTLET_H
#define PAR_SPLIT_OUTLET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "share.h"

enum {
	OUTLET_BLOCK = 64 << 10, /* bytes worth a write */
	OUTLET_HIGH = 256 << 10 /* buffered bytes at which no more should be added */
};

enum outlet_state {
	OUTLET_CLOSED, /* a FIFO without a reader at the moment */
	OUTLET_OPEN,
	OUTLET_GONE /* its reader has left, or never came */
};

struct outlet {
	const char *name; /* for diagnostics; stays the caller's */
	const char *path; /* NULL: standard output */
	int fd;
	bool own; /* it must be a FIFO of this user's */
	enum outlet_state state;
	bool socket; /* fd is one */
	bool pipe; /* move_pending() tells what its reader has not read yet */
	struct share share; /* with others that write to it */
	char *buffer; /* whole records; the first may be partly written */
	size_t start, used, size; /* buffer[start] to [used] is to be written */
	unsigned tries; /* to open it */
	uint64_t next_try_ms;
	uint64_t closed_ms; /* since when it has no reader */
	bool served; /* it has had a reader */
	size_t capacity; /* of the pipe, bytes */
	size_t portion; /* how much its reader may have before it, bytes */
	uint64_t fed_ms; /* when it was last given something */
	bool fed; /* ever */
};

/* Name what to write: "-" is standard output.  Opens nothing. */
void outlet_init(struct outlet *outlet, const char *path, uint64_t now_ms);

/*
 * Try to open it, when it is time to.  0, also if it has no reader so far; -1
 * with errno.
 */
int outlet_try_open(struct outlet *outlet, uint64_t now_ms);

/* Is there something to be written still? */
static inline bool
outlet_buffers(const struct outlet *outlet)
{
	return outlet->used > outlet->start;
}

/*
 * Take whole records: write what goes at once, and buffer the rest.  -1 with
 * errno; with EPIPE nothing is lost yet, see outlet_unwritten().
 */
int outlet_give(struct outlet *outlet, const char *data, size_t len);

/* Take whole records to be written later.  -1 if there is no memory. */
int outlet_add(struct outlet *outlet, const char *data, size_t len);

/* Write what is buffered, as much as goes.  -1 with errno. */
int outlet_flush(struct outlet *outlet);

/*
 * Which of the buffered records have not been written whole, after an error; valid
 * until the outlet is closed.
 */
const char *outlet_unwritten(const struct outlet *outlet, size_t *len);

/*
 * The reader of a FIFO has left: close it until there is another, who is given what
 * outlet_unwritten() tells.
 */
void outlet_await_another(struct outlet *outlet, uint64_t now_ms);

/* Close, and forget what is buffered.  -1 with errno of close(2). */
int outlet_close(struct outlet *outlet, enum outlet_state state);

#endif
