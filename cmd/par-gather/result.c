/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "result.h"

struct candidate {
	struct result result;
	char *line;
};

/* The best of the lines so far, and as many others that wait for a sorting. */
struct best {
	uint64_t most;
	size_t count, room;
	struct candidate *candidates;
};

static void
check(bool good)
{
	if (!good)
		die(STATUS_BROKEN, errno, "%s", spool_folder());
}

static _Noreturn void
no_memory(void)
{
	die(STATUS_BROKEN, ENOMEM, "results");
}

struct best *
best_open(uint64_t most)
{
	struct best *best = calloc(1, sizeof(*best));

	if (best == NULL)
		no_memory();
	best->most = most;
	return best;
}

static int
by_rank(const void *left, const void *right)
{
	const struct candidate *a = left, *b = right;
	int order = number_compare(&b->result.rank, &a->result.rank);

	if (order != 0)
		return order;
	return (a->result.seq > b->result.seq) - (a->result.seq < b->result.seq);
}

/* Keep only the best. */
static void
cut(struct best *best)
{
	if (best->count > 0)
		qsort(best->candidates, best->count, sizeof(*best->candidates), by_rank);
	while (best->count > best->most)
		free(best->candidates[--best->count].line);
}

static void
best_put(struct best *best, const struct result *result, const char *line)
{
	char *copy = malloc(result->len);

	if (best->count == best->room && best->count >= 2 * best->most)
		cut(best);
	if (best->count == best->room) {
		best->room = best->room == 0 ? 64 : best->room * 2;
		best->candidates =
		    realloc(best->candidates, best->room * sizeof(*best->candidates));
	}
	if (copy == NULL || best->candidates == NULL)
		no_memory();
	memcpy(copy, line, result->len);
	best->candidates[best->count++] =
	    (struct candidate){ .result = *result, .line = copy };
}

void
best_close(struct best *best, struct gather *gather)
{
	cut(best);
	for (size_t i = 0; i < best->count; i++) {
		gather_put(
		    gather, best->candidates[i].line, best->candidates[i].result.len);
		free(best->candidates[i].line);
	}
	free(best->candidates);
	free(best);
}

void
result_put(struct result_sink *sink, const struct result *result, const char *line)
{
	if (sink->spool != NULL)
		check(spool_put(sink->spool, result, sizeof(*result)) == 0 &&
		    spool_put(sink->spool, line, result->len) == 0);
	else if (sink->best != NULL)
		best_put(sink->best, result, line);
	else
		gather_put(sink->gather, line, result->len);
}

/* One of the spools being merged: its next line is described, not yet read. */
struct source {
	struct spool *spool;
	struct result next;
};

/* Move heap[at] down to where it belongs; the least seq is at the top. */
static void
sift(struct source *heap, size_t count, size_t at)
{
	for (;;) {
		size_t least = at, child = 2 * at + 1;
		struct source moved;

		for (size_t end = child + 2; child < end && child < count; child++)
			if (heap[child].next.seq < heap[least].next.seq)
				least = child;
		if (least == at)
			return;
		moved = heap[at];
		heap[at] = heap[least];
		heap[least] = moved;
		at = least;
	}
}

static bool
advance(struct source *source)
{
	int got = spool_get(source->spool, &source->next, sizeof(source->next));

	check(got >= 0);
	return got > 0;
}

/* The line of source, in *room, which grows. */
static char *
read_line(struct source *source, char **room, size_t *size)
{
	if (*size < source->next.len) {
		free(*room);
		*size = source->next.len * 2;
		*room = malloc(*size);
		if (*room == NULL)
			no_memory();
	}
	errno = EIO;
	check(spool_get(source->spool, *room, source->next.len) == 1);
	return *room;
}

void
result_merge(struct result_sink *sink, struct spool *spools, size_t count)
{
	struct source *heap = calloc(count, sizeof(*heap));
	size_t live = 0, size = 0;
	char *line = NULL;

	if (heap == NULL)
		no_memory();
	for (size_t i = 0; i < count; i++) {
		check(spool_rewind(&spools[i]) == 0);
		heap[live].spool = &spools[i];
		if (advance(&heap[live]))
			live++;
	}
	for (size_t i = live / 2; i-- > 0;)
		sift(heap, live, i);
	while (live > 0) {
		read_line(&heap[0], &line, &size);
		result_put(sink, &heap[0].next, line);
		if (!advance(&heap[0]))
			heap[0] = heap[--live];
		sift(heap, live, 0);
	}
	free(line);
	free(heap);
}
