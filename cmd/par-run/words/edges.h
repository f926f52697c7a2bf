/* SPDX-License-Identifier: ISC */
/*
 * edges - records that are runs of lines: a text that begins the first line of each, one
 * that ends the last line of each, or both.
 */
#ifndef PAR_RUN_EDGES_H
#define PAR_RUN_EDGES_H

#include <stdbool.h>
#include <stddef.h>

enum { EDGE_MOST = 256, EDGE_KEPT = 2 * EDGE_MOST + 1 }; /* the longest text, bytes */

struct edge {
	size_t len; /* 0: any */
	char text[EDGE_MOST];
};

struct edges {
	struct edge start, end;
};

/* A stream of lines on its way into records. */
struct edge_stream {
	size_t
	    begin; /* of what is there: where its record begins, or what is known of it */
	size_t from; /* what was not passed on yet */
	size_t len; /* bytes that are there */
};

/* A text, escaped as a field is.  NULL, or why not; for opt.h, context: struct edge. */
const char *edge_read(void *edge, const char *value);

static inline bool
edges_on(const struct edges *edges)
{
	return edges->start.len > 0 || edges->end.len > 0;
}

/*
 * Escape what is known of the lines at raw into dst, which has room for twice as many
 * bytes as were not passed on; newlines that are no end of a record are escaped, too.
 * over: nothing follows.  Returns how many were written.  What is still needed moves to
 * the front of raw: at most EDGE_KEPT bytes.
 */
size_t edges_escape(const struct edges *edges, struct edge_stream *stream, char *dst,
    char *raw, bool over);

#endif
