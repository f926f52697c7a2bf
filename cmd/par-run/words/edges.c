/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "edges.h"
#include "field.h"

const char *
edge_read(void *edge, const char *value)
{
	struct edge *read = edge;
	char bytes[2 * EDGE_MOST];
	size_t len = strlen(value);

	if (len == 0)
		return "empty";
	if (len <= sizeof(bytes))
		len = field_unescape(bytes, value, len);
	if (len > EDGE_MOST)
		return "longer than 256 bytes";
	memcpy(read->text, bytes, len);
	read->len = len;
	return NULL;
}

enum verdict { INSIDE, BETWEEN, UNKNOWN };

/* What the newline at place at is: inside of a record, or between two. */
static enum verdict
judge(const struct edges *edges, const struct edge_stream *stream, const char *raw,
    size_t at, bool over)
{
	const struct edge *start = &edges->start, *end = &edges->end;
	size_t rest = stream->len - at - 1, there = rest < start->len ? rest : start->len;

	if (rest == 0 && over)
		return BETWEEN;
	if (end->len > 0 &&
	    (at - stream->begin < end->len ||
		memcmp(raw + at - end->len, end->text, end->len) != 0))
		return rest == 0 ? UNKNOWN : INSIDE;
	if (memcmp(raw + at + 1, start->text, there) != 0)
		return INSIDE;
	if (there == start->len)
		return BETWEEN;
	return over ? INSIDE : UNKNOWN;
}

/* Keep what will be needed. */
static void
compact(const struct edges *edges, struct edge_stream *stream, char *raw)
{
	size_t keep = stream->begin;

	if (stream->from - keep > edges->end.len)
		keep = stream->from - edges->end.len;
	memmove(raw, raw + keep, stream->len - keep);
	stream->begin = 0;
	stream->from -= keep;
	stream->len -= keep;
}

size_t
edges_escape(const struct edges *edges, struct edge_stream *stream, char *dst, char *raw,
    bool over)
{
	size_t at = stream->from;
	char *to = dst;

	while (at < stream->len) {
		const char *newline = memchr(raw + at, '\n', stream->len - at);
		enum verdict verdict;

		at = newline == NULL ? stream->len : (size_t)(newline - raw);
		if (newline == NULL)
			break;
		verdict = judge(edges, stream, raw, at, over);
		if (verdict == UNKNOWN)
			break;
		at++;
		if (verdict == INSIDE)
			continue;
		to += field_escape(to, raw + stream->from, at - 1 - stream->from);
		*to++ = '\n';
		stream->from = stream->begin = at;
	}
	to += field_escape(to, raw + stream->from, at - stream->from);
	stream->from = at;
	compact(edges, stream, raw);
	return (size_t)(to - dst);
}
