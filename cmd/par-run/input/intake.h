/* SPDX-License-Identifier: ISC */
/*
 * intake - standard input as batches: read into blocks, cut at record ends on
 * demand, never copied again but for what is gathered at the end of a block.
 */
#ifndef PAR_RUN_INTAKE_H
#define PAR_RUN_INTAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "batch.h"
#include "bytes.h"
#include "hash.h"
#include "lists.h"
#include "record.h"
#include "separator.h"
#include "spooled.h"

/* What is behind the whole records that were read? */
enum intake_behind {
	BEHIND_BEGINS, /* nothing, or the beginning of a record */
	BEHIND_TOO_LONG, /* a record that is too long, and is refused when it comes first
			  */
	BEHIND_SKIPPED /* what is left of one that was refused, and is passed over */
};

enum {
	INTAKE_SHOWN = 256, /* what is kept of a refused record, bytes */
	INTAKE_BEHIND = 16 /* bytes that can be read behind those that are there */
};

struct intake {
	int fd;
	const char *name; /* what it is called */
	size_t limit; /* the longest record taken, bytes */
	bool aside; /* so much is in flight that what is read next is no memory */
	struct block *block;
	size_t cut; /* of block: what was handed out */
	size_t whole; /* of block: the end of the last whole record */
	size_t open; /* bytes behind that, of those known to have no newline */
	size_t used; /* of block: the end of what was read */
	uint64_t next; /* number of the next record */
	uint64_t offset; /* in the input, of block[cut], bytes */
	bool end; /* nothing more can be read */
	enum intake_behind behind;
	bool gathering; /* more is read though a record is ready; */
	uint64_t gathered; /* so many are gathered, */
	size_t gathered_len; /* bytes of block from cut on; */
	size_t goal; /* and so many may be needed, or 0 if that is not known */
	uint64_t framed; /* so many records are said to come, */
	size_t framed_len; /* of so many bytes; 0: the next line says */
	uint64_t origin, tried; /* and with these numbers, see struct batch, */
	char run[BATCH_RUN + 1]; /* and of this run; "": it is not said */
	bool named; /* before some records stands which they are: intake_named() */
	size_t last_len; /* bytes of the batch that was cut last */
	bool sips; /* no byte is read beyond what is needed */
	bool added; /* the last record had no newline, and was given one */
	struct separator separator;
	struct lists *lists; /* records come from there, not from fd; or NULL */
	struct spooled *spooled; /* what is read is put there first; or NULL */
	char *raw; /* where it is read then, before it is escaped */
	struct edge_stream stream; /* of lines there */
	bool raw_end; /* nothing more comes there */
	struct hash_stream *hash; /* of what was handed out or passed over; or NULL */
	bool refused; /* see intake_refused() */
	struct record refusal;
	char shown[INTAKE_SHOWN];
};

/* 0, or -1 without memory. */
int intake_open(struct intake *intake, int fd, const char *name, size_t limit);
void intake_close(struct intake *intake);

/* Is what is read next to be no memory, since so much is in flight? */
static inline void
intake_spare(struct intake *intake, bool aside)
{
	intake->aside = aside;
}

/*
 * Records end with another byte, and are escaped.  0, or -1 without memory.  Comes before
 * anything was read.
 */
int intake_separate(struct intake *intake, const struct separator *separator);

/* Records come from these, instead. */
static inline void
intake_lists(struct intake *intake, struct lists *lists)
{
	intake->lists = lists;
}

/*
 * What is read is spooled, and what was spooled is read first: from now on fd is where
 * there is something to read.
 */
static inline void
intake_spool(struct intake *intake, struct spooled *spooled)
{
	intake->spooled = spooled;
	intake->fd = spooled_fd(spooled);
	intake->end = false;
}

/* What is handed out or passed over is added to hash. */
static inline void
intake_hash(struct intake *intake, struct hash_stream *hash)
{
	intake->hash = hash;
}

/*
 * Go on where an earlier run was: at offset, with record number next, maybe inside of one
 * that was refused; end: there is nothing more.
 */
static inline void
intake_go_on(
    struct intake *intake, uint64_t offset, uint64_t next, bool skipping, bool end)
{
	intake->offset = offset;
	intake->next = next;
	intake->behind = skipping ? BEHIND_SKIPPED : BEHIND_BEGINS;
	intake->end = end;
}

/* Is it inside of a record that was refused? */
static inline bool
intake_skips(const struct intake *intake)
{
	return intake->behind == BEHIND_SKIPPED;
}

/* Does a record that is too long follow on those that are ready? */
static inline bool
intake_barred(const struct intake *intake)
{
	return intake->behind == BEHIND_TOO_LONG;
}

/* Is there a record to cut? */
static inline bool
intake_ready(const struct intake *intake)
{
	return intake->cut < intake->whole;
}

/* Would intake_fill() read?  While it has enough, input that waits wakes nobody. */
static inline bool
intake_reads(const struct intake *intake)
{
	return (!intake_ready(intake) || intake->gathering) && !intake->end;
}

/*
 * Would intake_fill() find the end?  What is seen without reading: records may be for
 * others who read from the same pipe.
 */
bool intake_over(const struct intake *intake);

/* Bytes that are ready to be cut. */
static inline size_t
intake_bytes(const struct intake *intake)
{
	return intake->whole - intake->cut;
}

/*
 * One read(2), if need be; only when no record is ready.  0, or -1 with errno.
 * EAGAIN: nothing was there after all.
 */
int intake_fill(struct intake *intake);

/*
 * Has a record been refused, too long?  It is told once, in *out; intake_look() then
 * finds what is there behind it.
 */
bool intake_refused(struct intake *intake, struct record *out);
void intake_look(struct intake *intake);

/* The records that are ready, intake_bytes() of them. */
static inline const char *
intake_data(const struct intake *intake)
{
	return intake->block->data + intake->cut;
}

/* So many records, len bytes with their newlines, were taken. */
void intake_pass(struct intake *intake, uint64_t records, size_t len);

/*
 * Are the next max records at hand, or as many as max_bytes have room for, but at least
 * one; or what is left before the end, or before one that is too long?  If not,
 * intake_fill() reads on.
 */
bool intake_gather(struct intake *intake, uint64_t max, size_t max_bytes);

/*
 * The next records: at most max, of at most max_bytes together, but at least one.
 * NULL without memory.
 */
struct batch *intake_cut(struct intake *intake, uint64_t max, size_t max_bytes);

/*
 * Wait for the first records, so many, and take them off the input, which then begins
 * behind them: they are added to header, as far as there are, each with its newline.
 * exactly: of what cannot be read again, and is not lines together, nothing else was read
 * then.  0, or -1 with errno, EMSGSIZE if they are too long.  Comes before anything else
 * was read.
 */
int intake_header(
    struct intake *intake, uint64_t records, bool exactly, struct bytes *header);

/*
 * The next block as the other end of a link says: a line "block COUNT BYTES NUMBER
 * TRIES [RUN]", and that many records of so many bytes; the number of the first there,
 * and how often they were tried.  Is it at hand?  *why: NULL, or it is no such thing.
 */
bool intake_framed(struct intake *intake, const char **why);

/*
 * Records are named: before some of them stands the same line, which may end in the run
 * that they are of.  Is the next one of them at hand, to be cut alone?  *why likewise.
 */
bool intake_named(struct intake *intake, const char **why);
struct batch *intake_cut_named(struct intake *intake);
struct batch *intake_cut_framed(struct intake *intake);

/* What intake_gather() has gathered so far, which is not nothing.  NULL without memory.
 */
struct batch *intake_cut_gathered(struct intake *intake);

/*
 * As intake_cut(), of which max is a multiple of unit: but a multiple of it, after
 * intake_gather() has gathered so many.
 */
struct batch *
intake_cut_units(struct intake *intake, uint64_t unit, uint64_t max, size_t max_bytes);

#endif
