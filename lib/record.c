/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "bytes.h"
#include "fdio.h"
#include "grow.h"
#include "match.h"
#include "record.h"

/* How much of a too long record is kept to name it by. */
enum { SHOWN = 256 };

/* From so many bytes on, what is offered is written without being copied first. */
enum { OFFER_DIRECT = 16 << 10 };

int
record_open(struct record_reader *in, int fd, size_t limit)
{
	*in = (struct record_reader){ .fd = fd, .limit = limit, .size = RECORD_BUFFER };
	in->buffer = malloc(in->size);
	return in->buffer == NULL ? -1 : 0;
}

void
record_continue(struct record_reader *in, int fd)
{
	in->fd = fd;
	in->eof = false;
}

void
record_close(struct record_reader *in)
{
	free(in->buffer);
	in->buffer = NULL;
}

/* Count used bytes at start as passed. */
static void
pass(struct record_reader *in, size_t used)
{
	in->offset += used;
	in->start += used;
	in->scanned = in->start;
}

static enum record_status
hand_out(struct record_reader *in, struct record *out, size_t len, size_t used)
{
	out->data = in->buffer + in->start;
	out->len = len;
	out->number = in->number++;
	out->offset = in->offset;
	pass(in, used);
	if (in->strip_cr && len > 0 && out->data[len - 1] == '\r')
		out->len--;
	if (out->len <= in->limit)
		return RECORD_OK;
	if (out->len > SHOWN)
		out->len = SHOWN;
	return RECORD_TOO_LONG;
}

/* The too long record ends after another used bytes. */
static enum record_status
end_skip(struct record_reader *in, struct record *out, size_t used)
{
	out->data = in->buffer;
	out->len = in->shown;
	out->number = in->number++;
	out->offset = in->begin;
	pass(in, used);
	in->skipping = false;
	return RECORD_TOO_LONG;
}

/* No newline in what is buffered, and more of it than a record may have. */
static void
begin_skip(struct record_reader *in)
{
	in->begin = in->offset;
	in->shown = in->end - in->start < SHOWN ? in->end - in->start : SHOWN;
	memmove(in->buffer, in->buffer + in->start, in->shown);
	in->skipping = true;
}

enum record_status
record_take(struct record_reader *in, struct record *out)
{
	size_t left = in->end - in->start;
	const char *newline = NULL;

	if (in->scanned < in->end)
		newline = memchr(in->buffer + in->scanned, '\n', in->end - in->scanned);
	if (newline != NULL) {
		size_t len = (size_t)(newline - in->buffer) - in->start;

		return in->skipping ? end_skip(in, out, len + 1)
				    : hand_out(in, out, len, len + 1);
	}
	in->scanned = in->end;
	if (!in->skipping && left > in->limit + in->strip_cr)
		begin_skip(in);
	if (in->eof)
		return in->skipping ? end_skip(in, out, left)
		    : left > 0	    ? hand_out(in, out, left, left)
				    : RECORD_EOF;
	if (in->skipping) {
		in->offset += left;
		in->start = in->end = in->scanned = in->shown;
	}
	return RECORD_NONE;
}

/* Make room to read into: at the front, or in a larger buffer. */
static int
make_room(struct record_reader *in)
{
	/* The longest record, a CR, and what is read at once behind. */
	size_t most =
	    in->limit < SIZE_MAX - RECORD_BUFFER ? in->limit + RECORD_BUFFER : SIZE_MAX;
	char *larger;

	if (in->start == in->end && !in->skipping)
		in->start = in->end = in->scanned = 0;
	if (in->size - in->end >= RECORD_BUFFER / 2)
		return 0;
	if (in->start > 0 && !in->skipping) {
		memmove(in->buffer, in->buffer + in->start, in->end - in->start);
		in->end -= in->start;
		in->scanned -= in->start;
		in->start = 0;
	}
	if (in->size - in->end >= RECORD_BUFFER / 2)
		return 0;
	larger = grow(in->buffer, &in->size, in->end + RECORD_BUFFER / 2, 1, most);
	if (larger == NULL)
		return -1;
	in->buffer = larger;
	return 0;
}

/* Count what read(2) said: n bytes more, the end, or an error. */
static enum record_status
filled(struct record_reader *in, ssize_t n)
{
	if (n < 0)
		return RECORD_ERROR;
	if (n == 0) {
		in->eof = true;
		return RECORD_EOF;
	}
	in->end += (size_t)n;
	return RECORD_OK;
}

/* How many bytes to read at most. */
static size_t
to_read(const struct record_reader *in)
{
	return in->slowly ? 1 : in->size - in->end;
}

enum record_status
record_fill(struct record_reader *in)
{
	if (in->eof)
		return RECORD_EOF;
	if (make_room(in) < 0)
		return RECORD_ERROR;
	return filled(in, fdio_read(in->fd, in->buffer + in->end, to_read(in)));
}

enum record_status
record_fill_now(struct record_reader *in)
{
	ssize_t n;

	if (in->eof)
		return RECORD_EOF;
	if (make_room(in) < 0)
		return RECORD_ERROR;
	do {
		n = read(in->fd, in->buffer + in->end, to_read(in));
	} while (n < 0 && errno == EINTR);
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return RECORD_NONE;
	return filled(in, n);
}

enum record_status
record_take_run(struct record_reader *in, struct record *out)
{
	size_t left = in->end - in->start, look;
	const char *last = NULL;

	/* There is room: the read that found the end had some. */
	if (in->eof && !in->skipping && left > 0 && in->buffer[in->end - 1] != '\n') {
		in->buffer[in->end++] = '\n';
		left++;
	}
	look = left <= in->limit ? in->end : in->start + in->limit + 1;
	if (!in->skipping && in->scanned < look)
		last = memrchr(in->buffer + in->scanned, '\n', look - in->scanned);
	if (last != NULL) {
		out->data = in->buffer + in->start;
		out->len = (size_t)(last - out->data) + 1;
		out->number = in->number;
		out->offset = in->offset;
		pass(in, out->len);
		return RECORD_OK;
	}
	return record_take(in, out);
}

enum record_status
record_next(struct record_reader *in, struct record *out)
{
	enum record_status got;

	while ((got = record_take(in, out)) == RECORD_NONE)
		if (record_fill(in) == RECORD_ERROR)
			return RECORD_ERROR;
	return got;
}

uint64_t
record_begun(const struct record_reader *in)
{
	return in->end - in->start + (in->skipping ? in->offset - in->begin : 0);
}

int
writer_open(struct record_writer *out, int fd)
{
	*out = (struct record_writer){ .to = fdio_sink(fd), .size = RECORD_BUFFER };
	out->buffer = malloc(out->size);
	return out->buffer == NULL ? -1 : 0;
}

void
writer_share(struct record_writer *out, const struct says *says)
{
	share_open(&out->share, out->to.fd, says);
}

void
writer_close(struct record_writer *out)
{
	share_close(&out->share);
	free(out->buffer);
	out->buffer = NULL;
}

int
writer_flush(struct record_writer *out)
{
	size_t used = out->used;

	out->used = 0;
	if (used == 0)
		return 0;
	share_wait(&out->share);
	if (fdio_write(out->to.fd, out->buffer, used) < 0)
		return -1;
	share_wrote(&out->share, out->buffer[used - 1]);
	share_leave(&out->share);
	return 0;
}

/*
 * Write the buffer and len bytes of data behind it, as far as goes without waiting;
 * how many bytes of data those are, -1 with errno, or *stuck.
 */
static ssize_t
write_now(struct record_writer *out, const char *data, size_t len, bool *stuck)
{
	const struct iovec both[2] = {
		{ .iov_base = out->buffer, .iov_len = out->used },
		{ .iov_base = (void *)(uintptr_t)data, .iov_len = len },
	};
	size_t used = out->used, n;
	ssize_t got = 0;

	if (share_try(&out->share))
		got = fdio_writev_now(out->to, both, len > 0 ? 2 : 1);
	*stuck = got == 0;
	if (got < 0)
		return -1;
	n = (size_t)got;
	if (n > 0)
		share_wrote(
		    &out->share, n > used ? data[n - used - 1] : out->buffer[n - 1]);
	share_leave(&out->share);
	if (n >= used) {
		out->used = 0;
		return (ssize_t)(n - used);
	}
	out->used -= n;
	memmove(out->buffer, out->buffer + n, out->used);
	return 0;
}

ssize_t
writer_offer(struct record_writer *out, const void *data, size_t len)
{
	const char *at = data;
	size_t left = len;

	while (left >= OFFER_DIRECT || left > out->size - out->used) {
		bool stuck;
		ssize_t taken = write_now(out, at, left, &stuck);

		if (taken < 0)
			return -1;
		if (stuck)
			break;
		at += taken;
		left -= (size_t)taken;
		out->total += (size_t)taken;
	}
	if (left > 0 && left < OFFER_DIRECT && left <= out->size - out->used) {
		memcpy(out->buffer + out->used, at, left);
		writer_commit(out, left);
		left = 0;
	}
	return (ssize_t)(len - left);
}

int
writer_flush_now(struct record_writer *out)
{
	bool stuck = false;

	while (out->used > 0 && !stuck)
		if (write_now(out, out->buffer, 0, &stuck) < 0)
			return -1;
	return 0;
}

char *
writer_reserve(struct record_writer *out, size_t len)
{
	if (out->size - out->used >= len)
		return out->buffer + out->used;
	if (writer_flush(out) < 0)
		return NULL;
	if (len > out->size) { /* not by grow(): there is nothing to copy, and it stays */
		char *larger = malloc(len);

		if (larger == NULL)
			return NULL;
		free(out->buffer);
		out->buffer = larger;
		out->size = len;
	}
	return out->buffer;
}

char *
writer_room(struct record_writer *out, size_t len)
{
	char *larger = out->buffer;

	if (out->size - out->used < len)
		larger = grow(out->buffer, &out->size, out->used + len, 1, BYTES_MOST);
	if (larger == NULL)
		return NULL;
	out->buffer = larger;
	return larger + out->used;
}

int
writer_put(struct record_writer *out, const void *data, size_t len)
{
	if (len > out->size - out->used) {
		struct iovec both[2] = {
			{ .iov_base = out->buffer, .iov_len = out->used },
			{ .iov_base = (void *)(uintptr_t)data, .iov_len = len },
		};

		if (out->used + len >= out->size) {
			out->used = 0;
			out->total += len;
			share_wait(&out->share);
			if (fdio_writev(out->to.fd, both, 2) < 0)
				return -1;
			share_wrote(&out->share, ((const char *)data)[len - 1]);
			share_leave(&out->share);
			return 0;
		}
	}
	memcpy(out->buffer + out->used, data, len);
	out->used += len;
	out->total += len;
	return 0;
}

/* How many newlines are in the 64 bytes at data. */
static unsigned
newlines_in_64(const char *data)
{
#ifdef __SSE2__
	const __m128i newline = _mm_set1_epi8('\n');
	__m128i sum = _mm_setzero_si128();

	for (int i = 0; i < 64; i += 16)
		sum = _mm_sub_epi8(sum,
		    _mm_cmpeq_epi8(_mm_loadu_si128((const void *)(data + i)), newline));
	sum = _mm_sad_epu8(sum, _mm_setzero_si128());
	return (unsigned)(_mm_cvtsi128_si32(sum) +
	    _mm_cvtsi128_si32(_mm_unpackhi_epi64(sum, sum)));
#else
	unsigned count = 0;

	for (int i = 0; i < 64; i++)
		count += data[i] == '\n';
	return count;
#endif
}

size_t
record_span(const char *data, size_t len, uint64_t max, size_t max_bytes, uint64_t *count)
{
	size_t at = 0, end = 0; /* end: of the last record that is counted */
	uint64_t seen = 0;

	for (; at + 64 <= len && at + 64 <= max_bytes; at += 64) {
		unsigned more = newlines_in_64(data + at);

		if (seen + more > max)
			break;
		seen += more;
	}
	if (seen > 0)
		end = (size_t)((const char *)memrchr(data, '\n', at) - data) + 1;
	while (seen < max && end < len) {
		const char *newline = memchr(data + at, '\n', len - at);
		size_t next = (size_t)(newline - data) + 1;

		if (seen > 0 && next > max_bytes)
			break;
		at = end = next;
		seen++;
	}
	*count = seen;
	return end;
}

size_t
record_ends(const char *data, size_t len, uint32_t *ends, size_t max)
{
	size_t count = 0, at = 0;

	for (; len - at >= 64 && max - count >= 64; at += 64) {
		uint64_t found = match(data + at, '\n');

		for (; found != 0; found &= found - 1)
			ends[count++] =
			    (uint32_t)(at + (size_t)__builtin_ctzll(found)) + 1;
	}
	if (len - at >= 64)
		return count;
	for (; at < len && count < max; at++)
		if (data[at] == '\n')
			ends[count++] = (uint32_t)at + 1;
	return count;
}
