/* SPDX-License-Identifier: ISC */
/*
 * input - many inputs read as one, by whole records, none of them starved.
 *
 * FIFOs, terminals and the like are all open from the start and served in turn
 * as they have something; a FIFO that had no writer so far is waited for.
 * Regular files are read one after the other, in between.
 *
 *	for (;;) {
 *		got = inputs_take(&inputs, &run);
 *		if (got == RECORD_NONE) { ... flush ...; inputs_wait(&inputs, -1); }
 *		...
 *	}
 *
 * After inputs_open(), the caller may set watched, follow and wait_ms.
 */
#ifndef PAR_INPUT_H
#define PAR_INPUT_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "record.h"

struct input {
	const char *name; /* for diagnostics; stays the caller's */
	const char *path; /* NULL: standard input */
	struct record_reader reader; /* buffer NULL while closed */
	bool started; /* has been heard of, so that an end is an end */
};

struct inputs {
	struct input *all;
	size_t count;
	size_t limit; /* longest record, bytes */
	struct pollfd *polls; /* of those that are waited for */
	size_t *polled; /* which input polls[i] is */
	size_t polls_count;
	size_t cursor; /* polls before this one have had their turn since the wait */
	size_t next_file; /* inputs before this one are open, or have ended */
	struct input *file; /* the regular file at work, or NULL */
	bool file_due; /* it has not had its turn since the wait */
	struct input *now; /* whose buffer is being handed out, or NULL */
	size_t now_poll; /* its place in polls, if it is not the file */
	int watched; /* another descriptor that ends a wait, or -1 */
	bool follow; /* a FIFO whose writers have left is opened again */
	bool finishing; /* see inputs_finish() */
	uint64_t wait_ms; /* how long a FIFO may be without its first writer; 0: ever */
	uint64_t opened_ms; /* clock_ms() at the start */
};

/*
 * Read the count files that paths name, "-" being standard input; with none,
 * standard input alone.  Opens all but regular files.  paths stays the caller's
 * and must stay as it is.  0, or -1 with errno, to be closed even so: ENOMEM, or EMFILE
 * where only polls_count of inputs_streams() could be opened, with a few descriptors left
 * for what else a filter opens.
 */
int inputs_open(struct inputs *in, char *const *paths, size_t count, size_t limit);
void inputs_close(struct inputs *in);

/* How many of the inputs are no regular files, and have to be open at once. */
size_t inputs_streams(const struct inputs *in);

/*
 * The next run of whole records, as record_take_run() gives them, of any input.
 * RECORD_NONE: nothing is at hand, call inputs_wait().  RECORD_EOF: all have
 * ended.  RECORD_ERROR: the input that inputs_name() tells could not be opened
 * or read, errno says why; the others go on.  ETIME there: no writer came.
 */
enum record_status inputs_take(struct inputs *in, struct record *run);

/* Whose run or error the last inputs_take() gave. */
const char *inputs_name(const struct inputs *in);

/* That run had so many records: for the numbers of those behind it. */
void inputs_passed(struct inputs *in, uint64_t records);

/*
 * Wait until an input has something, at most timeout milliseconds (-1: for
 * ever).  0, or -1 with errno: EINTR when a signal came.
 */
int inputs_wait(struct inputs *in, int timeout);

/*
 * From now on only records that have begun are read to their ends, and no byte beyond:
 * what is in a FIFO behind them is left to its next reader.  Then all have ended.
 */
void inputs_finish(struct inputs *in);

/*
 * For merging: the next record of input number index alone.  RECORD_NONE: call
 * inputs_fill_of(), which opens it if need be, waits and reads; RECORD_OK, also
 * at the end, or RECORD_ERROR.
 */
enum record_status inputs_take_of(struct inputs *in, size_t index, struct record *out);
enum record_status inputs_fill_of(struct inputs *in, size_t index);

/* Open it, if it is not open; 0, or -1 with errno.  And close it: it may be opened anew.
 */
int inputs_open_of(struct inputs *in, size_t index);
void inputs_close_of(struct inputs *in, size_t index);

/* For merging, too: one more, the regular file fd, which it takes over.  0, or -1. */
int inputs_add(struct inputs *in, int fd, const char *name);

#endif
