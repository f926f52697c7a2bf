/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bytes.h"
#include "field.h"
#include "intake.h"
#include "num.h"

/* Of a block over a link, bytes. */
#define FRAMED_MOST (UINT64_C(1) << 48)

enum {
	BLOCK_SIZE = 512 << 10,
	LEAST_ROOM = 64 << 10,
	RAW = (LEAST_ROOM - INTAKE_BEHIND) /
	    2 /* read at once where it is escaped then, bytes */
};

int
intake_open(struct intake *intake, int fd, const char *name, size_t limit)
{
	*intake = (struct intake){ .fd = fd, .name = name, .limit = limit };
	intake->block = block_new(BLOCK_SIZE);
	return intake->block == NULL ? -1 : 0;
}

void
intake_close(struct intake *intake)
{
	block_drop(intake->block);
	intake->block = NULL;
	free(intake->raw);
	intake->raw = NULL;
}

int
intake_separate(struct intake *intake, const struct separator *separator)
{
	intake->separator = *separator;
	if (!separator->on)
		return 0;
	intake->raw = malloc(RAW);
	return intake->raw == NULL ? -1 : 0;
}

/* How many bytes of the input len bytes at data are. */
static size_t
raw_len(const struct intake *intake, const char *data, size_t len)
{
	return intake->separator.on ? field_raw_len(data, len) : len;
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
	if (intake->named && intake->framed > 0) {
		intake->framed--;
		intake->origin++;
	}
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
	if (intake->separator.on)
		separator_hash(&intake->separator, intake->hash, from, len, skip);
	else if (len > skip)
		hash_add(intake->hash, from + skip, len - skip);
}

/* Pass over len bytes at cut. */
static void
pass(struct intake *intake, size_t len)
{
	if (intake->hash != NULL)
		hash(intake, len);
	intake->offset += raw_len(intake, intake->block->data + intake->cut, len);
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

	intake->behind = newline == NULL && !intake->end ? BEHIND_SKIPPED : BEHIND_BEGINS;
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
	size_t at = intake->whole, from;

	if (intake_barred(intake))
		intake->behind = BEHIND_BEGINS;
	if (intake->sips && intake->used > at && data[intake->used - 1] != '\n' &&
	    intake->used - at <= intake->limit)
		return; /* as the last time */
	while (intake->used - at > intake->limit) {
		const char *newline = memchr(data + at, '\n', intake->used - at);
		size_t len =
		    newline == NULL ? intake->used - at : (size_t)(newline - (data + at));

		if (len > intake->limit) {
			intake->whole = at;
			intake->open = 0;
			intake->behind = BEHIND_TOO_LONG;
			if (at == intake->cut) {
				refuse(intake, len);
				skip(intake);
			}
			return;
		}
		at += len + 1;
	}
	from = at == intake->whole ? at + intake->open : at;
	if (intake->used > from) {
		const char *last = memrchr(data + from, '\n', intake->used - from);

		if (last != NULL)
			at = (size_t)(last - data) + 1;
	}
	intake->whole = at;
	intake->open = intake->used - at;
}

/* The input has ended: what is left is a record, newline or not. */
static void
finish(struct intake *intake)
{
	intake->end = true;
	intake->added = intake->used > intake->whole && !intake_skips(intake);
	if (intake->added)
		intake->block->data[intake->used++] = '\n';
	intake->behind = BEHIND_BEGINS;
}

/*
 * How much to read.  No more than is needed of a large block: what is behind it would be
 * copied to the next one.
 */
static size_t
most(const struct intake *intake)
{
	size_t room = intake->block->size - intake->used - 1 - INTAKE_BEHIND;
	size_t left = intake->used - intake->cut;

	if (intake->goal <= BLOCK_SIZE / 2 || left >= intake->goal ||
	    room < intake->goal - left)
		return room;
	return intake->goal - left;
}

/* As read(2). */
static ssize_t
read_bytes(struct intake *intake, char *to, size_t size)
{
	ssize_t n;

	if (intake->spooled == NULL)
		return read(intake->fd, to, intake->sips ? 1 : size);
	n = spooled_read(intake->spooled, to, size);
	intake->fd = spooled_fd(intake->spooled);
	return n;
}

/*
 * Read what ends with another byte, or lines that are records together, and escape it at
 * to: as read_some(), of which n was read, but more may be written, and less.
 */
static ssize_t
read_escaped(struct intake *intake, char *to, size_t *put)
{
	const struct edges *edges = &intake->separator.edges;
	struct edge_stream *stream = &intake->stream;
	ssize_t n = intake->raw_end
	    ? 0
	    : read_bytes(intake, intake->raw + stream->len, RAW - stream->len);

	*put = 0;
	if (n < 0)
		return n;
	if (!edges_on(edges)) {
		*put = separator_escape(&intake->separator, to, intake->raw, (size_t)n);
		return n;
	}
	intake->raw_end = n == 0;
	stream->len += (size_t)n;
	*put = edges_escape(edges, stream, to, intake->raw, intake->raw_end);
	return n > 0 ? n : *put > 0;
}

/* One read(2): 0 at the end, -1 with errno, or something else. */
static ssize_t
read_some(struct intake *intake)
{
	char *to = intake->block->data + intake->used;
	bool escapes = intake->separator.on && intake->lists == NULL;
	size_t put = 0;
	ssize_t n = escapes	    ? read_escaped(intake, to, &put)
	    : intake->lists != NULL ? lists_next(intake->lists, to, most(intake))
				    : read_bytes(intake, to, most(intake));

	if (!escapes && n > 0)
		put = (size_t)n;
	intake->used += put;
	return n;
}

int
intake_fill(struct intake *intake)
{
	ssize_t n;

	examine(intake); /* one after a record that was too long may be there */
	if ((intake_ready(intake) && !intake->gathering) || intake_barred(intake) ||
	    intake->refused || intake->end)
		return 0;
	if (make_room(intake) < 0)
		return -1;
	n = read_some(intake);
	if (n < 0)
		return -1;
	if (n == 0)
		finish(intake);
	if (intake_skips(intake))
		skip(intake);
	if (!intake_skips(intake))
		examine(intake);
	return 0;
}

bool
intake_over(const struct intake *intake)
{
	struct pollfd at = { .fd = intake->fd, .events = POLLIN };
	struct stat st;
	char byte;

	if (!intake_reads(intake))
		return false;
	if (intake->lists != NULL) /* they are for nobody else */
		return true;
	if (fstat(intake->fd, &st) < 0)
		return false;
	if (S_ISREG(st.st_mode))
		return lseek(intake->fd, 0, SEEK_CUR) >= st.st_size;
	if (poll(&at, 1, 0) != 1)
		return false;
	if ((at.revents & POLLIN) != 0 && S_ISSOCK(st.st_mode))
		return recv(intake->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
	return (at.revents & (POLLIN | POLLHUP)) == POLLHUP;
}

void
intake_look(struct intake *intake)
{
	if (!intake_skips(intake))
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
	    ((intake->end || intake_barred(intake)) && intake_ready(intake));
	intake->goal = max_bytes != SIZE_MAX ? max_bytes
	    : max > 1			     ? intake->last_len + intake->last_len / 8
					     : 0;
	intake->gathering = !full;
	return full;
}

/* The number at *text, and pass over it and the byte behind it, which must be end. */
static bool
take_number(const char **text, const char *to, char end, uint64_t least, uint64_t *number)
{
	const char *behind = memchr(*text, end, (size_t)(to - *text));
	bool taken = behind != NULL &&
	    num_parse_bytes(
		*text, (size_t)(behind - *text), least, FRAMED_MOST, number) == 0;

	*text = taken ? behind + 1 : *text;
	return taken;
}

/* The run that ends a line, and pass over it. */
static bool
take_run(struct intake *intake, const char **text, const char *to)
{
	const char *end = memchr(*text, '\n', (size_t)(to - *text));
	size_t len = end == NULL ? 0 : (size_t)(end - *text);

	if (len == 0 || len > BATCH_RUN || memchr(*text, '\0', len) != NULL)
		return false;
	memcpy(intake->run, *text, len);
	intake->run[len] = '\0';
	*text = end + 1;
	return true;
}

/* What follows the number of a line: how often they were tried, and maybe the run. */
static bool
take_tries(struct intake *intake, const char **text, const char *to)
{
	return take_number(text, to, '\n', 0, &intake->tried) ||
	    (take_number(text, to, ' ', 0, &intake->tried) && take_run(intake, text, to));
}

/* Read the line before a block, which is whole; false if it is none. */
static bool
read_frame(struct intake *intake)
{
	static const char word[] = "block ";
	const char *line = intake->block->data + intake->cut, *at = line;
	const char *end = line + (intake->whole - intake->cut);
	size_t skip = sizeof(word) - 1;
	uint64_t bytes;

	if ((size_t)(end - line) <= skip || memcmp(line, word, skip) != 0)
		return false;
	at += skip;
	intake->origin =
	    intake->next; /* in version 1 there are no more numbers than two */
	intake->tried = 0;
	intake->run[0] = '\0';
	if (!take_number(&at, end, ' ', 1, &intake->framed) ||
	    (!take_number(&at, end, '\n', intake->framed, &bytes) &&
		(!take_number(&at, end, ' ', intake->framed, &bytes) ||
		    !take_number(&at, end, ' ', 0, &intake->origin) ||
		    !take_tries(intake, &at, end))))
		return false;
	intake->framed_len = (size_t)bytes;
	pass(intake, (size_t)(at - line));
	if (intake->named) /* it is none of the input */
		intake->offset -= (size_t)(at - line);
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
	intake->gathering = intake->framed_len == 0 || there < intake->framed_len ||
	    intake_barred(intake);
	if (intake->gathering && (intake->end || intake_barred(intake)) && there > 0)
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
	if (batch == NULL)
		return NULL;
	batch->offset = intake->offset;
	batch->escaped = intake->separator.on;
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

/* What the line before it said of it. */
static void
name(const struct intake *intake, struct batch *batch)
{
	batch->origin = intake->origin;
	batch->tried = (unsigned)intake->tried;
	memcpy(batch->run, intake->run, sizeof(batch->run));
}

struct batch *
intake_cut_framed(struct intake *intake)
{
	struct batch *batch = intake_cut_gathered(intake);

	if (batch == NULL)
		return NULL;
	name(intake, batch);
	return batch;
}

bool
intake_named(struct intake *intake, const char **why)
{
	*why = NULL;
	if (intake->framed == 0 && intake_ready(intake) && !read_frame(intake)) {
		intake->framed = 0;
		*why = "records are not named, as was agreed with the one above";
	}
	return *why == NULL && intake->framed > 0 && intake_ready(intake);
}

struct batch *
intake_cut_named(struct intake *intake)
{
	uint64_t count;
	size_t len = span(intake, 1, SIZE_MAX, &count);
	struct batch *batch = cut(intake, 1, len);

	if (batch == NULL)
		return NULL;
	name(intake, batch);
	intake->framed--;
	intake->origin++;
	return batch;
}

/* Wait until something of a first record was read.  0, or -1 with errno. */
static int
await_record(struct intake *intake)
{
	while (!intake_ready(intake) && !intake->end) {
		if (intake_fill(intake) == 0)
			continue;
		if (errno == EAGAIN)
			poll(&(struct pollfd){ .fd = intake->fd, .events = POLLIN }, 1,
			    -1);
		else if (errno != EINTR)
			return -1;
	}
	if (!intake->refused)
		return 0;
	errno = EMSGSIZE;
	return -1;
}

/* Put so many records, as far as there are, into header.  0, or -1 with errno. */
static int
take_header(struct intake *intake, uint64_t records, struct bytes *header)
{
	uint64_t count;
	size_t len;

	for (; records > 0; records--) {
		if (await_record(intake) < 0)
			return -1;
		if (!intake_ready(intake))
			return 0;
		len = span(intake, 1, SIZE_MAX, &count);
		if (bytes_put(header, intake_data(intake), len) < 0)
			return -1;
		intake_pass(intake, 1, len);
	}
	return 0;
}

int
intake_header(struct intake *intake, uint64_t records, bool exactly, struct bytes *header)
{
	off_t base = lseek(intake->fd, 0, SEEK_CUR);
	int taken;

	intake->sips = exactly && base < 0;
	taken = take_header(intake, records, header);
	intake->sips = false;
	if (taken < 0 || header->len == 0)
		return taken;
	base = base < 0
	    ? base
	    : lseek(intake->fd, base + (off_t)(intake->offset - intake->added), SEEK_SET);
	if (base >= 0) { /* a file is as if it began there */
		intake->cut = intake->whole = intake->open = intake->used = 0;
		intake->end = false;
	}
	intake->added = false;
	intake->next = intake->offset = 0;
	return 0;
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
