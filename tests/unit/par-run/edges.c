/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "chance.h"
#include "check.h"
#include "edges.h"
#include "field.h"

static void
set(struct edge *edge, const char *text)
{
	edge->len = 0;
	if (*text != '\0')
		check(edge_read(edge, text) == NULL);
}

static void
read(void)
{
	struct edge edge = { 0 };
	char text[2 * EDGE_MOST + 3];

	check(edge_read(&edge, ">\\n\\\\") == NULL);
	check_bytes(edge.text, edge.len, ">\n\\", 3);
	check(edge_read(&edge, "") != NULL);
	memset(text, 'a', sizeof(text));
	text[EDGE_MOST] = '\0';
	check(edge_read(&edge, text) == NULL);
	check_is(edge.len, EDGE_MOST);
	text[EDGE_MOST] = 'a';
	text[EDGE_MOST + 1] = '\0';
	check(edge_read(&edge, text) != NULL);
	text[EDGE_MOST + 1] = 'a';
	text[2 * EDGE_MOST + 2] = '\0';
	check(edge_read(&edge, text) != NULL);
}

/* Does text end there, if it is begun at begin? */
static bool
ends(const struct edge *edge, const char *raw, size_t begin, size_t at)
{
	return at - begin >= edge->len &&
	    memcmp(raw + at - edge->len, edge->text, edge->len) == 0;
}

/* The same in the plainest way, of all at once; newlines inside are \n. */
static size_t
plainly(const struct edges *edges, char *to, const char *raw, size_t len)
{
	size_t begin = 0, put = 0;

	for (size_t i = 0; i < len; i++) {
		size_t rest = len - i - 1;
		bool cut = raw[i] == '\n' &&
		    (rest == 0 ||
			(ends(&edges->end, raw, begin, i) && rest >= edges->start.len &&
			    memcmp(raw + i + 1, edges->start.text, edges->start.len) ==
				0));

		put += cut ? 1 : field_escape(to + put, raw + i, 1);
		if (cut)
			to[put - 1] = '\n';
		begin = cut ? i + 1 : begin;
	}
	return put;
}

/* However the input comes, in pieces, it is cut into the same records. */
static void
pieces(void)
{
	static const char *const texts[] = { "", ">", "a", ";", "\\n", "\\na", ">a", "a;",
		"\\n\\n", "\\\\" };
	static char raw[3000], wanted[2 * sizeof(raw)], got[2 * sizeof(raw) + 1];

	for (int step = 0; step < 2000; step++) {
		struct edges edges = { 0 };
		struct edge_stream stream = { 0 };
		size_t len = (size_t)chance_below(chance_one_in(9) ? sizeof(raw) : 30);
		char piece[EDGE_KEPT + 20];
		size_t at = 0, put = 0, most = plainly(&edges, wanted, raw, 0);

		check_at((uint64_t)step);
		set(&edges.start, texts[chance_below(COUNT(texts))]);
		set(&edges.end, texts[chance_below(COUNT(texts))]);
		if (!edges_on(&edges))
			continue;
		chance_bytes_of(raw, len, "a\n>;\n\\", 6);
		most = plainly(&edges, wanted, raw, len);
		while (at < len) {
			size_t more = (size_t)chance_from(1, 20);

			more = more < len - at ? more : len - at;
			check(stream.len <= EDGE_KEPT);
			memcpy(piece + stream.len, raw + at, more);
			stream.len += more;
			at += more;
			put += edges_escape(&edges, &stream, got + put, piece, false);
		}
		put += edges_escape(&edges, &stream, got + put, piece, true);
		check_bytes(got, put, wanted, most);
	}
}

TESTS("edges", { "texts of options", read }, { "records, in pieces", pieces })
