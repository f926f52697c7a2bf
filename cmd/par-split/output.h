/* SPDX-License-Identifier: ISC */
/*
 * output - one of the files or FIFOs that par-split writes, never waiting.
 *
 * What cannot be written at once is kept, from the start of the first record
 * that is not whole yet, so that nothing is lost when the reader leaves.
 */
#ifndef PAR_SPLIT_OUTPUT_H
#define PAR_SPLIT_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "share.h"

enum {
	OUTPUT_BLOCK = 64 << 10, /* bytes worth a write */
	OUTPUT_HIGH = 256 << 10 /* kept bytes at which no more should be added */
};

enum output_state {
	OUTPUT_CLOSED, /* a FIFO without a reader at the moment */
	OUTPUT_OPEN,
	OUTPUT_GONE /* its reader has left, or never came */
};

struct output {
	const char *name; /* for diagnostics; stays the caller's */
	const char *path; /* NULL: standard output */
	int fd;
	bool own; /* it must be a FIFO of this user's */
	enum output_state state;
	bool pipe; /* move_held() tells what its reader has not taken yet */
	struct share share; /* with others that write to it */
	char *kept; /* whole records; the first may be partly written */
	size_t start, used, size; /* kept[start] to [used] is to be written */
	unsigned tries; /* to open it */
	uint64_t next_try_ms;
	uint64_t closed_ms; /* since when it has no reader */
	bool served; /* it had one */
	size_t capacity; /* of the pipe, bytes */
	size_t portion; /* how much its reader may have before it, bytes */
	uint64_t fed_ms; /* when it was last given something */
	bool fed; /* ever */
};

/* Name what to write: "-" is standard output.  Opens nothing. */
void output_init(struct output *out, const char *path, uint64_t now_ms);

/*
 * Try to open it, when it is time to.  0, also if it has no reader so far; -1
 * with errno.
 */
int output_try_open(struct output *out, uint64_t now_ms);

/* Is there something to be written still? */
static inline bool
output_keeps(const struct output *out)
{
	return out->used > out->start;
}

/*
 * Take whole records: write what goes at once, and keep the rest.  -1 with
 * errno; with EPIPE nothing is lost yet, see output_unwritten().
 */
int output_give(struct output *out, const char *data, size_t len);

/* Take whole records to be written later.  -1 if there is no memory. */
int output_add(struct output *out, const char *data, size_t len);

/* Write what is kept, as much as goes.  -1 with errno. */
int output_flush(struct output *out);

/*
 * What of the kept records has not been written to the end, after an error;
 * valid until the output is closed.
 */
const char *output_unwritten(const struct output *out, size_t *len);

/*
 * The reader of a FIFO has left: close it until there is another, who is given what
 * output_unwritten() tells.
 */
void output_await_another(struct output *out, uint64_t now_ms);

/* Close, and forget what is kept.  -1 with errno of close(2). */
int output_close(struct output *out, enum output_state state);

#endif
