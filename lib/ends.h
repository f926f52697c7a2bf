/* SPDX-License-Identifier: ISC */
/*
 * ends - the FILE operands and -o FILE of a filter, opened without a deadlock.
 *
 * Whichever way round others open the far ends of FIFOs, ours are there for
 * them: those to read from the start, the one to write as soon as it has a
 * reader.  Only then does a filter begin.
 */
#ifndef PAR_ENDS_H
#define PAR_ENDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct end {
	int fd; /* or -1 */
	int error; /* why it could not be opened ahead, or 0 */
	bool fifo;
};

struct ends {
	char *const *paths;
	size_t count, next;
	struct end *all; /* of inputs */
	uint64_t wait_ms, opened_ms;
	const char *name; /* of the input at work, or of what failed */
	int out;
	const char *out_name;
	bool empty; /* out is a file that ends_empty() has emptied, or need not */
};

/*
 * Open the count inputs that paths name, none standing for standard input, and
 * output, NULL standing for standard output; "-" stands for either, too.  paths
 * and output stay the caller's and must stay as they are.  With wait_ms, a FIFO
 * whose other end is not there in that time is an error, ETIME.  0, or -1 with
 * errno if ends->name, the output, could not be opened, or there is no memory.
 *
 * An output that is a file keeps what it has until ends_empty().
 */
int ends_open(struct ends *ends, char *const *paths, size_t count, const char *output,
    uint64_t wait_ms);

/*
 * Open regular files, too, for those who may not do so later.  One that cannot be
 * opened is an error when its turn comes.  False if none can be read.
 */
bool ends_open_all(struct ends *ends);

/*
 * The next input, in the order given: 1 and *fd, to be read and not closed, 0
 * after the last, or -1 with errno if ends->name could not be opened; the others
 * go on.
 */
int ends_next(struct ends *ends, int *fd);

/*
 * The next input, as ends_next(), but the first writer of a FIFO is not waited for: with
 * *awaited, poll(2) tells when it is there, and read(2) must not be called before.
 */
int ends_next_now(struct ends *ends, int *fd, bool *awaited);

/*
 * All that can be known of the command line is good, and the output is about to be
 * written: empty it, once.  0, or -1 with errno.
 */
int ends_empty(struct ends *ends);

/* How long to wait for the other end of a FIFO still, milliseconds; -1: for ever. */
int ends_time_left(const struct ends *ends);

/* Close the inputs; the output stays the caller's to close. */
void ends_close(struct ends *ends);

#endif
