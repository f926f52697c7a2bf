/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "grow.h"
#include "items.h"
#include "num.h"
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
		die(STATUS_BROKEN, errno, "%s", spool_what());
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
	char *copy = malloc((size_t)result->len);
	struct candidate *larger;

	if (best->count == best->room && best->count >= 2 * best->most)
		cut(best);
	larger = grow(best->candidates, &best->room, best->count + 1, sizeof(*larger),
	    num_clip(4 * best->most + 64));
	if (copy == NULL || larger == NULL)
		no_memory();
	best->candidates = larger;
	memcpy(copy, line, (size_t)result->len);
	best->candidates[best->count++] =
	    (struct candidate){ .result = *result, .line = copy };
}

void
best_close(struct best *best, struct gather *gather)
{
	cut(best);
	for (size_t i = 0; i < best->count; i++) {
		gather_put(gather, best->candidates[i].line,
		    (size_t)best->candidates[i].result.len);
		free(best->candidates[i].line);
	}
	free(best->candidates);
	free(best);
}

void
result_put(struct result_sink *sink, const struct result *result, const char *line)
{
	if (sink->spool != NULL)
		check(item_put(sink->spool, result->seq, &result->rank,
			  sizeof(result->rank), line, (size_t)result->len) == 0);
	else if (sink->best != NULL)
		best_put(sink->best, result, line);
	else
		gather_put(sink->gather, line, (size_t)result->len);
}

void
result_merge(struct result_sink *sink, struct spool *spools, size_t count)
{
	struct items items;
	struct item item;
	const char *data;
	int got;

	check(items_open(&items, spools, count) == 0);
	while ((got = items_next(&items, &item, &data)) > 0) {
		struct result result = { .seq = item.seq };

		memcpy(&result.rank, data, sizeof(result.rank));
		result.len = item.len - sizeof(result.rank);
		result_put(sink, &result, data + sizeof(result.rank));
	}
	check(got == 0);
	items_close(&items);
}
