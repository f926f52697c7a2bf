/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diag.h"
#include "groups.h"
#include "hash.h"
#include "layer.h"
#include "render.h"

/* Records whose memory is brought near together. */
enum { PENDING = 32 };

/* Records that are taken apart, and soon to be added. */
struct pending {
	struct group_add adds[PENDING];
	struct number *numbers; /* columns of each */
	size_t count, most;
};

static void
pending_open(struct pending *pending, const struct gather_plan *plan)
{
	pending->count = 0;
	/* Values that stood around the key are joined in one scratch buffer. */
	pending->most = plan->group && plan->key > 1 ? 1 : PENDING;
	pending->numbers =
	    calloc(PENDING * (plan->columns_count + 1), sizeof(struct number));
	if (pending->numbers == NULL)
		die(STATUS_BROKEN, errno, "keys");
}

static void
pending_add(struct pending *pending, struct group *group, struct layer *layer)
{
	for (size_t i = 0; i < pending->count; i++)
		table_near_entry(&group->table, pending->adds[i].hash);
	for (size_t i = 0; i < pending->count; i++)
		table_near_key(&group->table, pending->adds[i].hash);
	for (size_t i = 0; i < pending->count; i++) {
		pending->adds[i].seq = group->seq;
		layer_add(layer, group, &pending->adds[i]);
	}
	pending->count = 0;
}

/* Take a record apart, to be added; false if that cannot be, and that was named. */
static bool
take_apart(struct gather *gather, struct group *group, struct pending *pending,
    const struct record *rec)
{
	const struct gather_plan *plan = group->plan;
	struct group_add *add = &pending->adds[pending->count];
	struct number *numbers = pending->numbers + pending->count * plan->columns_count;
	uint64_t field = plan->key;
	const char *remedy = "", *why = group_take_apart(group, rec->data, rec->len, add);

	if (why == trouble_no_memory)
		die(STATUS_BROKEN, ENOMEM, "values");
	add->numbers = numbers;
	if (why == NULL && plan->columns_count > 0) {
		why = group_take_numbers(plan, rec->data, rec->len, numbers, &field);
		if (why != NULL && plan->numbers_only)
			return false;
		remedy = "; see --numbers-only";
	}
	if (why != NULL && *field_hint(rec->data, rec->len) != '\0')
		remedy = field_hint(rec->data, rec->len);
	if (why != NULL)
		gather_fail_field(gather, rec, field, why, remedy);
	return why == NULL;
}

static void
add_run(struct gather *gather, struct group *group, struct layer *layer,
    struct pending *pending, const struct record *run)
{
	struct record rec = { .data = run->data, .number = run->number };
	const char *end = run->data + run->len;

	for (; rec.data < end; rec.data += rec.len + 1, rec.number++) {
		const char *newline = memchr(rec.data, '\n', (size_t)(end - rec.data));

		rec.len = (size_t)(newline - rec.data);
		if (!take_apart(gather, group, pending, &rec))
			continue;
		table_near_slot(&group->table, pending->adds[pending->count].hash);
		if (++pending->count == pending->most)
			pending_add(pending, group, layer);
	}
	inputs_passed(&gather->in, rec.number - run->number);
	pending_add(pending, group, layer);
}

/* Let the keys of a file, the first fields of its records, have their places. */
static void
ask_for(struct group *group, struct layer *layer, const char *path)
{
	struct record_reader in;
	struct record rec;
	enum record_status got;
	int fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || record_open(&in, fd, RECORD_LIMIT) < 0)
		die(STATUS_BROKEN, errno, "%s", path);
	while ((got = record_next(&in, &rec)) == RECORD_OK) {
		struct group_add add = { .seq = group->seq, .asked = true };

		field_at(rec.data, rec.len, 0, &add.key);
		add.hash = hash_bytes(add.key.data, add.key.len, group->table.seed);
		layer_add(layer, group, &add);
		group->seq = add.seq + 1;
	}
	if (got == RECORD_ERROR)
		die(STATUS_BROKEN, errno, "%s", path);
	if (got == RECORD_TOO_LONG)
		die(STATUS_BROKEN, 0, "%s: record %llu is too long; see --max-record",
		    path, (unsigned long long)rec.number + 1);
	record_close(&in);
	if (fd != STDIN_FILENO)
		close(fd);
}

void
groups_run(struct gather *gather, const struct gather_plan *plan)
{
	struct layer layer = { .depth = 0 };
	struct result_sink sink = { .gather = gather };
	struct group group;
	struct pending pending;
	struct record run;

	pending_open(&pending, plan);
	if (group_open(&group, plan) < 0)
		die(STATUS_BROKEN, errno, "keys");
	if (plan->join_keys != NULL)
		ask_for(&group, &layer, plan->join_keys);
	while (gather_next(gather, &run))
		add_run(gather, &group, &layer, &pending, &run);
	if (plan->top > 0)
		sink.best = best_open(plan->top);
	layer_finish(&layer, &group, &sink);
	if (sink.best != NULL)
		best_close(sink.best, gather);
	group_close(&group);
	free(pending.numbers);
}
