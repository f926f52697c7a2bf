/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "intake.h"
#include "num.h"

/* Of a block over a link, bytes. */
#define FRAMED_MOST (UINT64_C(1) << 48)

enum { BLOCK_SIZE = 512 << 10, LEAST_ROOM = 64 << 10 };

int
intake_open(struct intake *intake, int fd, size_t limit)
{
	*intake = (struct intake){ .fd = fd, .limit = limit };
	intake->block = block_new(BLOCK_SIZE);
	return intake->block == NULL ? -1 : 0;
}

void
intake_close(struct intake *intake)
{
	block_drop(intake->block);
	intake->block = NULL;
}

/*
 * Room to read into, and one byte more for a newline that is missing.  The
 * beginning of a record that is not whole yet moves along.
 */
static int
make_room(struct intake *intake)
{
	struct block *block = intake->block;
	size_t left = intake->used - intake->cut;
	size_t size = left > BLOCK_SIZE / 2 ? 2 * left + LEAST_ROOM : BLOCK_SIZE;

	if (block->size - intake->used > LEAST_ROOM)
		return 0;
	if (left <= intake->goal && intake->goal > BLOCK_SIZE / 2)
		size = intake->goal + 2 * LEAST_ROOM;
	if (block->references > 1 || block->size < size ||
	    block->aside != intake->aside) {
		block = intake->aside ? block_aside(size) : block_new(size);
		if (block == NULL)
			return -1;
	}
	memmove(block->data, intake->block->data + intake->cut, left);
	if (block != intake->block)
		block_drop(intake->block);
	intake->block = block;
	intake->whole -= intake->cut;
	intake->cut = 0;
	intake->used = left;
	return 0;
}

/* Remember the record at cut, of which len bytes are there, as refused. */
static void
refuse(struct intake *intake, size_t len)
{
	intake->refusal = (struct record){ .data = intake->shown,
		.len = len < INTAKE_SHOWN ? len : INTAKE_SHOWN,
		.number = intake->next++,
		.offset = intake->offset };
	memcpy(intake->shown, intake->block->data + intake->cut, intake->refusal.len);
	intake->refused = true;
}

/* Add the len bytes at cut to the hash, but for those that it has. */
static void
hash(struct intake *intake, size_t len)
{
	const char *from = intake->block->data + intake->cut;
	uint64_t had = intake->hash->total;
	size_t skip = had > intake->offset ? (size_t)(had - intake->offset) : 0;

	if (intake->added && intake->cut + len == intake->used)
		len--;
	if (len > skip)
		hash_add(intake->hash, from + skip, len - skip);
}

/* Pass over len bytes at cut. */
static void
pass(struct intake *intake, size_t len)
{
	if (intake->hash != NULL)
		hash(intake, len);
	intake->offset += len;
	intake->cut += len;
	intake->gathered = 0;
	intake->gathered_len = 0;
	if (intake->whole < intake->cut)
		intake->whole = intake->cut;
}

/* Pass over what is there of a refused record. */
static void
skip(struct intake *intake)
{
	const char *from = intake->block->data + intake->cut;
	size_t left = intake->used - intake->cut;
	const char *newline = memchr(from, '\n', left);

	intake->skipping = newline == NULL && !intake->end;
	pass(intake, newline == NULL ? left : (size_t)(newline - from) + 1);
}

/*
 * Find the end of the last whole record, or of the last before one that is too
 * long; that one is refused when it comes first.
 */
static void
examine(struct intake *intake)
{
	const char *data = intake->block->data;
	size_t at = intake->whole;

	intake->barred = false;
	while (intake->used - at > intake->limit) {
		const char *newline = memchr(data + at, '\n', intake->used - at);
		size_t len =
		    newline == NULL ? intake->used - at : (size_t)(newline - (data + at));

		if (len > intake->limit) {
			intake->whole = at;
			intake->barred = true;
			if (at == intake->cut) {
				intake->barred = false;
				refuse(intake, len);
				skip(intake);
			}
			return;
		}
		at += len + 1;
	}
	if (intake->used > at) {
		const char *last = memrchr(data + at, '\n', intake->used - at);

		if (last != NULL)
			at = (size_t)(last - data) + 1;
	}
	intake->whole = at;
}

/* The input has ended: what is left is a record, newline or not. */
static void
finish(struct intake *intake)
{
	intake->end = true;
	intake->added = intake->used > intake->whole && !intake->skipping;
	if (intake->added)
		intake->block->data[intake->used++] = '\n';
	intake->skipping = false;
}

/*
 * How much to read.  No more than is needed of a large block: what is behind it would be
 * copied to the next one.
 */
static size_t
most(const struct intake *intake)
{
	size_t room = intake->block->size - intake->used - 1;
	size_t left = intake->used - intake->cut;

	if (intake->goal <= BLOCK_SIZE / 2 || left >= intake->goal ||
	    room < intake->goal - left)
		return room;
	return intake->goal - left;
}

int
intake_fill(struct intake *intake)
{
	ssize_t n;

	examine(intake); /* one after a record that was too long may be there */
	if ((intake_ready(intake) && !intake->gathering) || intake->barred ||
	    intake->refused || intake->end)
		return 0;
	if (make_room(intake) < 0)
		return -1;
	n = read(intake->fd, intake->block->data + intake->used, most(intake));
	if (n < 0)
		return -1;
	intake->used += (size_t)n;
	if (n == 0)
		finish(intake);
	if (intake->skipping)
		skip(intake);
	if (!intake->skipping)
		examine(intake);
	return 0;
}

void
intake_look(struct intake *intake)
{
	if (!intake->skipping)
		examine(intake);
}

bool
intake_refused(struct intake *intake, struct record *out)
{
	bool refused = intake->refused;

	intake->refused = false;
	*out = intake->refusal;
	return refused;
}

/* Add whole records to what is gathered; true if another one has no room in it. */
static bool
gather(struct intake *intake, uint64_t max, size_t max_bytes)
{
	size_t at = intake->cut + intake->gathered_len;
	size_t room = max_bytes - intake->gathered_len, len;
	uint64_t count;

	if (intake->gathered >= max || at == intake->whole)
		return false;
	len = record_span(intake->block->data + at, intake->whole - at,
	    max - intake->gathered, room, &count);
	if (intake->gathered > 0 && len > room)
		return true;
	intake->gathered += count;
	intake->gathered_len += len;
	return at + len < intake->whole;
}

bool
intake_gather(struct intake *intake, uint64_t max, size_t max_bytes)
{
	bool full;

	if (intake->gathered_len > max_bytes) /* one record is longer */
		return true;
	full = gather(intake, max, max_bytes) || intake->gathered >= max ||
	    (intake->gathered > 0 && intake->used - intake->cut >= max_bytes) ||
	    ((intake->end || intake->barred) && intake_ready(intake));
	intake->goal = max_bytes != SIZE_MAX ? max_bytes
	    : max > 1			     ? intake->last_len + intake->last_len / 8
					     : 0;
	intake->gathering = !full;
	return full;
}

/* Read the line before a block, which is whole; false if it is none. */
static bool
read_frame(struct intake *intake)
{
	static const char word[] = "block ";
	const char *line = intake->block->data + intake->cut;
	const char *end = memchr(line, '\n', intake->whole - intake->cut), *space;
	size_t skip = sizeof(word) - 1;
	uint64_t bytes;

	if ((size_t)(end - line) <= skip || memcmp(line, word, skip) != 0)
		return false;
	space = memchr(line + skip, ' ', (size_t)(end - line) - skip);
	if (space == NULL ||
	    num_parse_bytes(line + skip, (size_t)(space - line) - skip, 1, FRAMED_MOST,
		&intake->framed) < 0 ||
	    num_parse_bytes(space + 1, (size_t)(end - space) - 1, intake->framed,
		FRAMED_MOST, &bytes) < 0)
		return false;
	intake->framed_len = (size_t)bytes;
	pass(intake, (size_t)(end - line) + 1);
	return true;
}

bool
intake_framed(struct intake *intake, const char **why)
{
	size_t there;
	uint64_t count;

	*why = NULL;
	if (intake->framed_len == 0 && intake_ready(intake) && !read_frame(intake))
		*why = "not a block";
	there = intake->used - intake->cut;
	intake->goal = intake->framed_len;
	intake->gathering =
	    intake->framed_len == 0 || there < intake->framed_len || intake->barred;
	if (intake->gathering && (intake->end || intake->barred) && there > 0)
		*why = "a block is cut short";
	if (*why != NULL || intake->gathering)
		return false;
	intake->gathered_len = record_span(intake->block->data + intake->cut,
	    intake->framed_len, intake->framed, SIZE_MAX, &count);
	intake->gathered = count;
	if (count != intake->framed || intake->gathered_len != intake->framed_len)
		*why = "not a block";
	intake->framed_len = 0;
	return *why == NULL;
}

/* Cut the next count records, len bytes. */
static struct batch *
cut(struct intake *intake, uint64_t count, size_t len)
{
	const char *from = intake->block->data + intake->cut;
	struct batch *batch;

	batch = batch_new(intake->block, from, len, intake->next, count);
	intake->no_memory = batch == NULL;
	if (batch == NULL)
		return NULL;
	batch->offset = intake->offset;
	intake->last_len = len;
	intake->next += count;
	pass(intake, len);
	return batch;
}

/* How many bytes the next records take, of whole ones; their number in *count. */
static size_t
span(const struct intake *intake, uint64_t max, size_t max_bytes, uint64_t *count)
{
	return record_span(intake->block->data + intake->cut, intake->whole - intake->cut,
	    max, max_bytes, count);
}

struct batch *
intake_cut(struct intake *intake, uint64_t max, size_t max_bytes)
{
	uint64_t count;
	size_t len = span(intake, max, max_bytes, &count);

	return cut(intake, count, len);
}

struct batch *
intake_cut_gathered(struct intake *intake)
{
	return cut(intake, intake->gathered, intake->gathered_len);
}

struct batch *
intake_cut_units(struct intake *intake, uint64_t unit, uint64_t max, size_t max_bytes)
{
	uint64_t count;
	size_t len = span(intake, max, max_bytes, &count);

	if (count < unit)
		len = span(intake, unit, SIZE_MAX, &count);
	else if (count % unit != 0)
		len = span(intake, count - count % unit, SIZE_MAX, &count);
	return cut(intake, count, len);
}

void
intake_pass(struct intake *intake, uint64_t records, size_t len)
{
	intake->next += records;
	pass(intake, len);
}
