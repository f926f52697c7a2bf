/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "layer.h"
#include "num.h"
#include "render.h"

/* What stands before key, numbers, values and later places of a key on disk. */
struct saved_key {
	uint64_t hash, seq, records, values;
	uint64_t key_len, list_len, again_len;
	uint64_t asked;
};

static void
check(bool good)
{
	if (!good)
		die(STATUS_BROKEN, errno, "%s", spool_what());
}

static void
save_list(struct spool *spool, const struct list *list)
{
	for (const struct list_piece *c = list->head; c != NULL; c = c->next)
		check(spool_put(spool, c->bytes, c->used) == 0);
}

static void
save_key(struct layer *layer, const struct group *group, uint32_t index)
{
	const struct table_entry *entry = table_entry(&group->table, index);
	const struct group_state *state = group_state(group, index);
	unsigned shift = 64 - LAYER_BITS * (layer->depth + 1);
	struct spool *spool = &layer->parts[entry->hash >> shift & (LAYER_PARTS - 1)];
	struct saved_key saved = { .hash = entry->hash,
		.seq = entry->seq,
		.records = state->records,
		.values = state->values,
		.key_len = entry->len,
		.list_len = list_len(&state->list),
		.again_len = list_len(&state->again),
		.asked = entry->flags & GROUP_ASKED };

	check(spool_put(spool, &saved, sizeof(saved)) == 0 &&
	    spool_put(spool, entry->key, entry->len) == 0 &&
	    spool_put(spool, state->numbers,
		group->plan->columns_count * sizeof(struct number)) == 0);
	save_list(spool, &state->list);
	save_list(spool, &state->again);
}

/* Move all keys to disk. */
static void
relieve(struct layer *layer, struct group *group)
{
	if (group->table.exhausted)
		die(STATUS_BROKEN, ENOMEM, "keys");
	layer->used = true;
	for (uint32_t i = 0; i < group->table.count; i++)
		save_key(layer, group, i);
	table_clear(&group->table);
}

void
layer_add(struct layer *layer, struct group *group, const struct group_add *add)
{
	if (group_add(group, add) == 0)
		return;
	if (layer->depth == LAYER_DEEPEST)
		group->table.limit = SIZE_MAX;
	else
		relieve(layer, group);
	if (group_add(group, add) < 0)
		die(STATUS_BROKEN, ENOMEM, "keys");
}

static char *
load(struct spool *spool, struct bytes *scratch, size_t len)
{
	char *to = bytes_anew(scratch, len + 1);

	if (to == NULL)
		die(STATUS_BROKEN, errno, "keys");
	errno = EIO;
	check(spool_get(spool, to, len) == 1);
	return to;
}

/*
 * Add one saved key to group: its place, what its records added and its later
 * places, each on its own, since each can fill the table.
 */
static void
load_key(struct layer *layer, struct group *group, struct spool *spool,
    const struct saved_key *saved, struct bytes scratch[3])
{
	struct number numbers[PLAN_COLUMNS];
	struct group_add add = { .hash = saved->hash,
		.seq = saved->seq,
		.asked = saved->asked != 0,
		.numbers = numbers };

	add.key.data = load(spool, &scratch[0], (size_t)saved->key_len);
	add.key.len = (size_t)saved->key_len;
	layer_add(layer, group, &add);
	errno = EIO;
	check(spool_get(spool, numbers,
		  group->plan->columns_count * sizeof(struct number)) == 1);
	add.asked = false;
	add.records = saved->records;
	add.count = saved->values;
	add.values.data = load(spool, &scratch[1], (size_t)saved->list_len);
	add.values.len = (size_t)saved->list_len;
	layer_add(layer, group, &add);
	add.records = add.count = add.values.len = 0;
	add.again.data = load(spool, &scratch[2], (size_t)saved->again_len);
	add.again.len = (size_t)saved->again_len;
	if (add.again.len > 0)
		layer_add(layer, group, &add);
}

static void
load_part(struct layer *layer, struct group *group, struct spool *spool)
{
	struct bytes scratch[3] = { { 0 } };
	struct saved_key saved;
	int got;

	check(spool_rewind(spool) == 0);
	while ((got = spool_get(spool, &saved, sizeof(saved))) > 0)
		load_key(layer, group, spool, &saved, scratch);
	check(got == 0);
	for (size_t i = 0; i < 3; i++)
		bytes_free(&scratch[i]);
}

/* A place in the output, and the key that stands there. */
struct sighting {
	uint64_t seq;
	uint32_t index;
};

static int
by_seq(const void *left, const void *right)
{
	const struct sighting *a = left, *b = right;

	return (a->seq > b->seq) - (a->seq < b->seq);
}

/* The places of all keys, in order; some keys have several.  The caller frees. */
static struct sighting *
list_places(const struct group *group, size_t *count)
{
	size_t room = 0;
	struct sighting *places;

	*count = 0;
	for (uint32_t i = 0; i < group->table.count; i++)
		room += 1 + list_len(&group_state(group, i)->again) / sizeof(uint64_t);
	places = calloc(room + 1, sizeof(*places));
	if (places == NULL)
		die(STATUS_BROKEN, errno, "keys");
	for (uint32_t i = 0; i < group->table.count; i++) {
		const struct list *again = &group_state(group, i)->again;
		size_t len = list_len(again);
		uint64_t *seqs = malloc(len + 1);

		if (seqs == NULL)
			die(STATUS_BROKEN, errno, "keys");
		list_copy(again, (char *)seqs);
		places[(*count)++] =
		    (struct sighting){ table_entry(&group->table, i)->seq, i };
		for (size_t k = 0; k < len / sizeof(*seqs); k++)
			places[(*count)++] = (struct sighting){ seqs[k], i };
		free(seqs);
	}
	qsort(places, *count, sizeof(*places), by_seq);
	return places;
}

static void
write_key(const struct group *group, struct render *render, struct result_sink *sink,
    uint64_t seq, uint32_t index)
{
	const struct group_state *state = group_state(group, index);
	struct result result = { .seq = seq, .rank = render_rank(group->plan, state) };

	if (render_key(render, group->plan, table_entry(&group->table, index), state) < 0)
		die(STATUS_BROKEN, ENOMEM, "results");
	result.len = render->text.len;
	result_put(sink, &result, render->text.data);
}

/* Write the keys of the table, all there are. */
static void
write_table(const struct group *group, struct result_sink *sink)
{
	struct render render = { 0 };

	if (group->plan->join_keys != NULL) {
		size_t count;
		struct sighting *places = list_places(group, &count);

		for (size_t i = 0; i < count; i++)
			write_key(group, &render, sink, places[i].seq, places[i].index);
		free(places);
	} else {
		for (uint32_t i = 0; i < group->table.count; i++)
			write_key(
			    group, &render, sink, table_entry(&group->table, i)->seq, i);
	}
	render_close(&render);
}

/* A layer whose parts are being read back, each into the layer below. */
struct frame {
	struct layer layer;
	struct spool results[LAYER_PARTS]; /* of each part */
	size_t part; /* at work */
	bool begun;
};

/* Go down to the next part of frame, by a new one; NULL when all are done. */
static struct frame *
next_part(struct frame *frame, struct group *group)
{
	struct frame *below;

	if (frame->begun) {
		frame->part++;
	} else {
		relieve(&frame->layer, group);
		frame->begun = true;
	}
	if (frame->part == LAYER_PARTS)
		return NULL;
	below = calloc(1, sizeof(*below));
	if (below == NULL)
		die(STATUS_BROKEN, errno, "results");
	below->layer.depth = frame->layer.depth + 1;
	load_part(&below->layer, group, &frame->layer.parts[frame->part]);
	spool_close(&frame->layer.parts[frame->part]);
	group->table.limit = num_clip(group->plan->memory);
	return below;
}

/* All of frame is known: write it. */
static void
end_frame(struct frame *frame, struct group *group, struct result_sink *sink)
{
	if (frame->layer.used) {
		result_merge(sink, frame->results, LAYER_PARTS);
		for (size_t i = 0; i < LAYER_PARTS; i++)
			spool_close(&frame->results[i]);
	} else {
		write_table(group, sink);
		table_clear(&group->table);
	}
	free(frame);
}

void
layer_finish(struct layer *layer, struct group *group, struct result_sink *sink)
{
	struct frame *frames[LAYER_DEEPEST + 1], *below;
	int depth = 0;

	frames[0] = calloc(1, sizeof(*frames[0]));
	if (frames[0] == NULL)
		die(STATUS_BROKEN, errno, "results");
	frames[0]->layer = *layer;
	while (depth >= 0) {
		struct frame *frame = frames[depth], *above;
		struct result_sink into = *sink;

		below = frame->layer.used ? next_part(frame, group) : NULL;
		if (below != NULL) {
			frames[++depth] = below;
			continue;
		}
		if (--depth >= 0) {
			above = frames[depth];
			into.spool = &above->results[above->part];
		}
		end_frame(frame, group, &into);
	}
}
