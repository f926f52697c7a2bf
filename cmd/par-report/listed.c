/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "grow.h"
#include "hash.h"
#include "listed.h"
#include "need.h"

static void
keep(struct listed *to, const struct listing_of *from)
{
	const struct field *name = &from->name, *why = &from->why;

	*to = (struct listed){ .record = from->record,
		.took = from->took,
		.tries = from->tries,
		.worker = from->worker };
	if (name->data != NULL)
		to->name = need_string(
		    name->data, name->len < LISTED_TEXT ? name->len : LISTED_TEXT);
	if (why->data != NULL)
		to->why = need_string(
		    why->data, why->len < LISTED_TEXT ? why->len : LISTED_TEXT);
}

static void
drop(struct listed *listed)
{
	free(listed->name);
	free(listed->why);
}

static struct listed *
room_for(struct listed **all, size_t *room, size_t count)
{
	struct listed *grown = grow(*all, room, count + 1, sizeof(**all), SIZE_MAX);

	if (grown == NULL)
		need_failed((count + 1) * sizeof(*grown));
	*all = grown;
	return &grown[count];
}

/* Is a quicker than b, or as quick and later in the input? */
static int
quicker(const struct listed *a, const struct listed *b)
{
	return a->took != b->took ? a->took < b->took : a->record > b->record;
}

static void
sift_up(struct listed *heap, size_t at)
{
	while (at > 0 && quicker(&heap[at], &heap[(at - 1) / 2])) {
		struct listed other = heap[at];

		heap[at] = heap[(at - 1) / 2];
		heap[(at - 1) / 2] = other;
		at = (at - 1) / 2;
	}
}

static void
sift_down(struct listed *heap, size_t count, size_t at)
{
	size_t child;

	for (; (child = 2 * at + 1) < count; at = child) {
		struct listed other;

		if (child + 1 < count && quicker(&heap[child + 1], &heap[child]))
			child++;
		if (!quicker(&heap[child], &heap[at]))
			return;
		other = heap[at];
		heap[at] = heap[child];
		heap[child] = other;
	}
}

void
slowest_add(struct slowest *slowest, const struct listing_of *record)
{
	struct listed *to, key = { .took = record->took, .record = record->record };

	if (slowest->count < slowest->most) {
		to = room_for(&slowest->heap, &slowest->room, slowest->count);
		keep(to, record);
		sift_up(slowest->heap, slowest->count++);
	} else if (slowest->most > 0 && quicker(&slowest->heap[0], &key)) {
		drop(&slowest->heap[0]);
		keep(&slowest->heap[0], record);
		sift_down(slowest->heap, slowest->count, 0);
	}
}

static int
slower_first(const void *left, const void *right)
{
	return quicker(left, right) ? 1 : quicker(right, left) ? -1 : 0;
}

void
slowest_sort(struct slowest *slowest)
{
	if (slowest->count > 0)
		qsort(
		    slowest->heap, slowest->count, sizeof(*slowest->heap), slower_first);
}

static void
free_all(struct listed *all, size_t count)
{
	for (size_t i = 0; i < count; i++)
		drop(&all[i]);
	free(all);
}

void
slowest_free(struct slowest *slowest)
{
	free_all(slowest->heap, slowest->count);
	*slowest = (struct slowest){ 0 };
}

void
failures_open(struct failures *failures, size_t most)
{
	*failures = (struct failures){ .most = most };
	if (table_open(&failures->reasons, sizeof(uint64_t), (size_t)64 << 20,
		hash_random_seed()) < 0)
		need_failed(sizeof(struct table_entry));
}

/* One more record failed so. */
static void
count_reason(struct failures *failures, const char *why, size_t len)
{
	struct table *reasons = &failures->reasons;
	uint32_t at;
	uint64_t hash;
	bool fresh;

	if (len > LISTED_TEXT)
		len = LISTED_TEXT;
	hash = hash_bytes(why, len, reasons->seed);
	at = reasons->count < LISTED_REASONS ? table_add(reasons, why, len, hash, &fresh)
					     : table_find(reasons, why, len, hash);
	if (at == TABLE_FULL)
		failures->others++;
	else
		++*(uint64_t *)table_state(reasons, at);
}

void
failures_add(struct failures *failures, const struct listing_of *record)
{
	failures->total++;
	count_reason(failures, record->why.data == NULL ? "" : record->why.data,
	    record->why.data == NULL ? 0 : record->why.len);
	if (failures->count < failures->most) {
		keep(room_for(&failures->all, &failures->room, failures->count), record);
		failures->count++;
	}
}

struct reason_count {
	uint64_t count;
	uint32_t place;
};

static int
more_first(const void *left, const void *right)
{
	const struct reason_count *a = left, *b = right;

	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	return (a->place > b->place) - (a->place < b->place);
}

uint32_t *
failures_reasons(const struct failures *failures)
{
	const struct table *reasons = &failures->reasons;
	struct reason_count *counts = calloc(reasons->count + 1, sizeof(*counts));
	uint32_t *places = calloc(reasons->count + 1, sizeof(*places));

	if (counts == NULL || places == NULL)
		need_failed((reasons->count + 1) * sizeof(*counts));
	for (uint32_t i = 0; i < reasons->count; i++)
		counts[i] =
		    (struct reason_count){ *(const uint64_t *)table_state(reasons, i),
			    i };
	qsort(counts, reasons->count, sizeof(*counts), more_first);
	for (uint32_t i = 0; i < reasons->count; i++)
		places[i] = counts[i].place;
	free(counts);
	return places;
}

void
failures_free(struct failures *failures)
{
	free_all(failures->all, failures->count);
	table_close(&failures->reasons);
}
