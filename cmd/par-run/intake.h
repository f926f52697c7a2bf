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
#include "hash.h"
#include "record.h"

enum { INTAKE_SHOWN = 256 }; /* what is kept of a refused record, bytes */

struct intake {
	int fd;
	size_t limit; /* the longest record taken, bytes */
	bool aside; /* so much is in flight that what is read next is no memory */
	struct block *block;
	size_t cut; /* of block: what was handed out */
	size_t whole; /* of block: the end of the last whole record */
	size_t used; /* of block: the end of what was read */
	uint64_t next; /* number of the next record */
	uint64_t offset; /* in the input, of block[cut], bytes */
	bool end; /* nothing more can be read */
	bool no_memory; /* why the last batch could not be cut */
	bool barred; /* behind whole is a record that is too long */
	bool gathering; /* more is read though a record is ready; */
	uint64_t gathered; /* so many are gathered, */
	size_t gathered_len; /* bytes of block from cut on; */
	size_t goal; /* and so many may be needed, or 0 if that is not known */
	uint64_t framed; /* so many records are said to come, */
	size_t framed_len; /* of so many bytes; 0: the next line says */
	size_t last_len; /* bytes of the batch that was cut last */
	bool skipping; /* inside a refused record */
	bool added; /* the last record had no newline, and was given one */
	struct hash_stream *hash; /* of what was handed out or passed over; or NULL */
	bool refused; /* see intake_refused() */
	struct record refusal;
	char shown[INTAKE_SHOWN];
};

/* 0, or -1 without memory. */
int intake_open(struct intake *intake, int fd, size_t limit);
void intake_close(struct intake *intake);

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

/* So many of them, len bytes with their newlines, were taken. */
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
 * The next block as the other end of a link says: a line "block COUNT BYTES", and that
 * many records of so many bytes.  Is it at hand?  *why: NULL, or it is no such thing.
 */
bool intake_framed(struct intake *intake, const char **why);

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
