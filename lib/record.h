/* SPDX-License-Identifier: ISC */
/*
 * record - the records of par-record(5): runs of bytes ended by one newline.
 *
 * A reader owns one buffer and hands out views into it; a writer owns one
 * buffer and sends it on when it is full.  No copy and no allocation for a
 * record.  Descriptors stay the caller's to close.
 */
#ifndef PAR_RECORD_H
#define PAR_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "fdio.h"
#include "share.h"

enum {
	RECORD_LIMIT = 64 << 20, /* the longest record taken, unless told, bytes */
	RECORD_BUFFER = 256 << 10 /* what readers and writers move at once, bytes */
};

struct record {
	const char *data; /* without its newline; NUL is a byte like any other */
	size_t len; /* bytes */
	uint64_t number; /* place in the stream, from 0 */
	uint64_t offset; /* of its first byte in the stream, bytes */
};

enum record_status {
	RECORD_OK,
	RECORD_EOF,
	RECORD_NONE, /* record_take() only: no whole record at hand */
	RECORD_TOO_LONG, /* skipped: over the limit; data is how it begins */
	RECORD_ERROR /* errno tells; final */
};

struct record_reader {
	int fd;
	char *buffer;
	size_t size, start, end; /* buffer[start] to [end] is not yet handed out */
	size_t scanned; /* no newline before this */
	size_t limit;
	uint64_t number; /* of the next record */
	uint64_t offset; /* in the stream, of buffer[start] */
	uint64_t begin; /* while skipping: where the too long record began */
	size_t shown; /* while skipping: how much of it stays in front */
	bool skipping; /* inside a too long record */
	bool strip_cr; /* caller may set: CRLF ends a record too */
	bool slowly; /* caller may set: read no byte beyond the record at work */
	bool eof;
};

/* Read records of at most limit bytes from fd.  0, or -1 if there is no memory. */
int record_open(struct record_reader *in, int fd, size_t limit);

/* At the end of its input: go on with another, fd, counting records and bytes on. */
void record_continue(struct record_reader *in, int fd);

/* Free what the reader owns. */
void record_close(struct record_reader *in);

/*
 * The next record, waited for; valid until the next call of record_next() or
 * record_fill().  A last record with no newline counts.
 */
enum record_status record_next(struct record_reader *in, struct record *out);

/* The next record of what was read already: RECORD_NONE where record_next() would read.
 */
enum record_status record_take(struct record_reader *in, struct record *out);

/*
 * One read(2), for event loops: call it when record_take() said RECORD_NONE and
 * fd is readable.  RECORD_OK, also when nothing had arrived after all,
 * RECORD_EOF or RECORD_ERROR.  At the end call record_take() once more.
 */
enum record_status record_fill(struct record_reader *in);

/* One read(2) of a non-blocking fd: RECORD_NONE, without waiting, if nothing is there. */
enum record_status record_fill_now(struct record_reader *in);

/*
 * All the whole records that record_take() would give, as one run: out->len
 * bytes that end in a newline, added if the last had none; strip_cr is not minded.
 * Its number is that of its first record if the caller has told record_passed() of
 * each run before.  RECORD_TOO_LONG stands for one record alone.
 */
enum record_status record_take_run(struct record_reader *in, struct record *out);

/* The last run had so many records. */
static inline void
record_passed(struct record_reader *in, uint64_t records)
{
	in->number += records;
}

/*
 * How many bytes of data the first records take up, newlines included: at most
 * max records of at most max_bytes bytes together, but at least one if there is
 * one.  data, len bytes, ends with a newline.  *count is set to their number.
 */
size_t record_span(
    const char *data, size_t len, uint64_t max, size_t max_bytes, uint64_t *count);

/*
 * Where the first records at data end, newlines included, of those that end in the len
 * bytes there: at most max, for which ends has room, and which is 64 or more; all, or at
 * least max - 63.  How many.
 */
size_t record_ends(const char *data, size_t len, uint32_t *ends, size_t max);

/* How many bytes of a record that is not whole were read; 0: none. */
uint64_t record_begun(const struct record_reader *in);

struct record_writer {
	struct fdio_sink to;
	char *buffer;
	size_t size, used;
	uint64_t total; /* bytes put so far, written or not */
	struct share share; /* see writer_share() */
};

/* Write to fd.  0, or -1 if there is no memory. */
int writer_open(struct record_writer *out, int fd);

/*
 * Others may write to fd, too: from now on records are kept apart from theirs, see
 * share.h; says hears of trouble with that.  While others write, calls that do not wait
 * write nothing and set out->share.refused.
 */
void writer_share(struct record_writer *out, const struct says *says);

/* Free what the writer owns, flushed or not. */
void writer_close(struct record_writer *out);

/* Add len bytes.  0, or -1 with errno of write(2). */
int writer_put(struct record_writer *out, const void *data, size_t len);

/*
 * Room for len bytes to be filled in place and counted by writer_commit(), or
 * NULL with errno.  May flush, and may grow the buffer: len should be bounded.
 */
char *writer_reserve(struct record_writer *out, size_t len);

/*
 * Room for len bytes, for which nothing is sent: the buffer grows.  For those who send by
 * writer_flush_now(), and take in no more while something is left of that.
 */
char *writer_room(struct record_writer *out, size_t len);

/* Send what is buffered.  0, or -1 with errno; what was sent is gone from it. */
int writer_flush(struct record_writer *out);

/*
 * For a non-blocking fd: add as much of len bytes as can be had without waiting.
 * Returns how many those are, or -1 with errno of write(2).
 */
ssize_t writer_offer(struct record_writer *out, const void *data, size_t len);

/* Send what can be sent without waiting, else as writer_flush(): out->used is left. */
int writer_flush_now(struct record_writer *out);

static inline void
writer_commit(struct record_writer *out, size_t len)
{
	out->used += len;
	out->total += len;
}

#endif
