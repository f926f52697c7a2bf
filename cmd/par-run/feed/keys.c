/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "gate.h"
#include "keys.h"
#include "ledger.h"
#include "sheaf.h"

enum {
	MOST_WAITING = 16 << 20, /* bytes of input, and of notes */
	MANY = 16, /* so many for each place are put place by place */
	MUCH = 16 /* records that may wait before their keys look for another place */
};

static const char for_lanes[] = "records that wait for their worker";

void
keys_open(struct keys *keys)
{
	if (keys->by->kind == KEY_RECORD)
		return;
	keys->hash = hash_random_key();
	keys->first = keys->by->kind == KEY_FIELD && keys->by->field == 1;
	keys->classes = calloc(1, sizeof(*keys->classes));
	if (keys->classes == NULL)
		die(STATUS_BROKEN, errno, "cannot begin");
}

void
keys_close(struct keys *keys)
{
	free(keys->classes);
	keys->classes = NULL;
}

bool
keys_room(const struct keys *keys)
{
	return keys->bytes + keys->records * sizeof(struct batch_note) < MOST_WAITING;
}

static uint64_t
load(const struct slot *slot)
{
	return lane_waiting(&slot->lane) + slot->worker.window.records;
}

/* Has the place no worker, and will not have one at once? */
static bool
absent(const struct keys *keys, const struct slot *slot)
{
	return slot->place.state == PLACE_RETIRED ||
	    (slot->place.state == PLACE_EMPTY && slot->start_at > keys->times->now);
}

/* Can it be given keys? */
static bool
present(const struct keys *keys, const struct slot *slot)
{
	if (slot->place.state == PLACE_EMPTY)
		return slot->start_at <= keys->times->now;
	return place_may(&slot->place, PLACE_GIVE) && !slot->worker.stdin_closed;
}

/* The place that has least to do; NULL if there is none. */
static struct slot *
least_loaded(const struct keys *keys)
{
	struct slot *least = NULL;

	for (size_t i = 0; i < keys->pool->count; i++) {
		struct slot *slot = keys->pool->slots[i];

		if (present(keys, slot) &&
		    (least == NULL || load(slot) < load(least) ||
			(load(slot) == load(least) &&
			    slot->account.given < least->account.given)))
			least = slot;
	}
	return least;
}

static void
own(const struct keys *keys, uint32_t tag, const struct slot *slot)
{
	key_classes_own(keys->classes, tag, (uint16_t)slot->worker.number);
}

/* A place of a class that may be another one than its owner's; NULL: none now. */
static struct slot *
find_place(const struct keys *keys, uint32_t tag, struct slot *owner)
{
	struct slot *least;

	least = least_loaded(keys);
	if (least == NULL)
		return owner;
	if (owner != NULL && !absent(keys, owner) && load(owner) / 2 <= load(least))
		return owner;
	own(keys, tag, least);
	return least;
}

/* One more record of a class is given out or waits. */
static inline void
count(const struct keys *keys, uint32_t tag)
{
	if (keys->classes->records[tag] < UINT32_MAX)
		keys->classes->records[tag]++;
}

/* The place of a class, for one more record; NULL if there is none now. */
static struct slot *
place_of(const struct keys *keys, uint32_t tag)
{
	unsigned number = keys->classes->owners[tag];
	struct slot *owner = number == 0 ? NULL : keys->pool->slots[number - 1];

	if (owner != NULL && !absent(keys, owner) &&
	    (keys->classes->records[tag] > 0 || load(owner) <= MUCH))
		return owner;
	return find_place(keys, tag, owner);
}

/*
 * Put a record where its key belongs; false if there is no place now, or no memory, which
 * ends the run.
 */
static bool
spread(const struct keys *keys, const struct lane_record *record)
{
	struct slot *slot = place_of(keys, record->tag);

	if (slot == NULL)
		return false;
	if (lane_put(&slot->lane, record, keys->intake->aside) < 0) {
		ending_broken(keys->ending, ENOMEM, for_lanes);
		return false;
	}
	return true;
}

/* The next record has no key. */
static void
refuse(struct keys *keys, const char *data, size_t len)
{
	struct record record = { .data = data,
		.len = len,
		.number = keys->intake->next,
		.offset = keys->intake->offset };

	intake_pass(keys->intake, 1, len + 1);
	ledger_refused(
	    keys->ledger, &record, false, key_lacking(record.data, record.len));
}

/* So many records more wait in lanes. */
static void
add_waiting(struct keys *keys, uint64_t records, size_t bytes)
{
	keys->records += records;
	keys->bytes += bytes;
}

/* So many of the next records, len bytes, wait in lanes now. */
static void
pass(struct keys *keys, uint64_t records, size_t len)
{
	add_waiting(keys, records, len);
	intake_pass(keys->intake, records, len);
}

/* Find the class of a record by its key; false if it has none. */
static bool
find_class(const struct keys *keys, const char *data, size_t len, uint32_t *tag)
{
	char room[KEY_HOST_MAX + HASH_GLANCE];
	struct field key;

	if (!key_of(keys->by, data, len, room, &key))
		return false;
	*tag = hash_class(key.data, key.len, &keys->hash);
	return true;
}

/* Find the classes of all, up to the first that has no key. */
static void
find_classes(const struct keys *keys, struct sheaf *sheaf)
{
	uint32_t tag;

	sheaf->lacking = false;
	if (keys->first) {
		sheaf_by_first(sheaf, keys->classes, &keys->hash, !keys->untold);
		return;
	}
	for (size_t i = 0; i < sheaf->count; i++) {
		sheaf->lacking = !find_class(
		    keys, sheaf_record(sheaf, i), sheaf_len(sheaf, i) - 1, &tag);
		if (sheaf->lacking)
			sheaf->count = i;
		else
			sheaf_set_class(sheaf, i, keys->classes, tag, !keys->untold);
	}
}

/* Put the record at place i of them where it belongs; false if that cannot be now. */
static bool
put_new(const struct keys *keys, const struct sheaf *sheaf, size_t i)
{
	uint32_t tag = sheaf->tags[i];

	if (!spread(keys,
		&(struct lane_record){ .data = sheaf_record(sheaf, i),
		    .len = sheaf_len(sheaf, i),
		    .number = keys->intake->next + i,
		    .tag = tag }))
		return false;
	count(keys, tag);
	return true;
}

/* Have room for those from place i to j, wherever they go.  False without memory. */
static bool
make_room(const struct keys *keys, const struct sheaf *sheaf, size_t i, size_t j)
{
	size_t bytes = sheaf->starts[j] - sheaf->starts[i], k = 0;
	uint64_t number = keys->intake->next + i;
	struct slot *const *slots = keys->pool->slots;

	for (; k < keys->pool->count; k++)
		if (memchr(sheaf->owners + i, (int)k + 1, j - i) != NULL &&
		    lane_open(
			&slots[k]->lane, number, j - i, bytes, keys->intake->aside) < 0)
			break;
	if (k == keys->pool->count)
		return true;
	while (k-- > 0)
		lane_shut(&slots[k]->lane);
	ending_broken(keys->ending, ENOMEM, for_lanes);
	return false;
}

/* Put the record at place i of them where others of its class are; false without memory.
 */
static bool
put_one(const struct keys *keys, const struct sheaf *sheaf, size_t i)
{
	struct lane *lane = &keys->pool->slots[sheaf->owners[i] - 1]->lane;
	uint64_t number = keys->intake->next + i;
	size_t len = sheaf_len(sheaf, i);

	if (lane_open(lane, number, 1, len, keys->intake->aside) < 0) {
		ending_broken(keys->ending, ENOMEM, for_lanes);
		return false;
	}
	lane_add(&lane->space, sheaf_record(sheaf, i), len, sheaf_note(sheaf, i));
	return true;
}

/* Put those from place i to j, which are where others of theirs are.  Up to where. */
static size_t
put_known(const struct keys *keys, const struct sheaf *sheaf, size_t i, size_t j)
{
	struct slot *const *slots = keys->pool->slots;

	if (j - i < MANY * keys->pool->count) {
		while (i < j && put_one(keys, sheaf, i))
			i++;
		return i;
	}
	if (!make_room(keys, sheaf, i, j))
		return i;
	for (size_t k = 0; k < keys->pool->count; k++)
		sheaf_put(sheaf, i, j, (unsigned char)(k + 1), &slots[k]->lane.space);
	return j;
}

/* Put them where they belong.  How many; fewer if that cannot go on now. */
static size_t
put(const struct keys *keys, const struct sheaf *sheaf)
{
	size_t i = 0, all = sheaf->count;

	while (i < all) {
		const unsigned char *new = memchr(sheaf->owners + i, 0, all - i);
		size_t j = new == NULL ? all : (size_t)(new - sheaf->owners);

		i = put_known(keys, sheaf, i, j);
		if (i < j || j == all || !put_new(keys, sheaf, i))
			return i;
		i++;
	}
	return i;
}

/* Spread the next record, a long one; false if that cannot go on now. */
static bool
spread_long(struct keys *keys)
{
	const char *data = intake_data(keys->intake);
	const char *newline = memchr(data, '\n', intake_bytes(keys->intake));
	struct lane_record record = { .data = data,
		.len = (size_t)(newline - data) + 1,
		.number = keys->intake->next };

	if (!find_class(keys, data, record.len - 1, &record.tag)) {
		refuse(keys, data, record.len - 1);
		return true;
	}
	if (!spread(keys, &record))
		return false;
	count(keys, record.tag);
	pass(keys, 1, record.len);
	return true;
}

/* Those from place i on were not put: they are not counted. */
static void
uncount(const struct keys *keys, const struct sheaf *sheaf, size_t i)
{
	if (keys->untold)
		return;
	for (; i < sheaf->count; i++)
		if (sheaf->owners[i] != 0)
			keys->classes->records[sheaf->tags[i]]--;
}

/* Spread some of the input that is there; false if that cannot go on now. */
static bool
spread_some(struct keys *keys)
{
	size_t done, at;
	struct sheaf sheaf;

	if (!sheaf_cut(&sheaf, intake_data(keys->intake), intake_bytes(keys->intake),
		keys->intake->next))
		return spread_long(keys);
	find_classes(keys, &sheaf);
	done = put(keys, &sheaf);
	uncount(keys, &sheaf, done);
	at = sheaf.starts[done];
	pass(keys, done, at);
	if (done < sheaf.count)
		return false;
	if (sheaf.lacking)
		refuse(keys, sheaf.data + at, sheaf_len(&sheaf, done) - 1);
	return true;
}

/* Spread the input that is there. */
static void
spread_input(struct keys *keys)
{
	for (size_t i = 0; i < keys->pool->count; i++)
		if (absent(keys, keys->pool->slots[i]))
			lane_shut(&keys->pool->slots[i]->lane);
	while (keys_room(keys) && gate_open(keys->gate) && intake_ready(keys->intake))
		if (!spread_some(keys) || ending_near(keys->ending))
			return;
}

/* Cut a batch from the front of what waits fresh, as keys_next(). */
static int
cut(struct keys *keys, struct lane *lane, uint64_t max, size_t max_bytes,
    struct batch **front)
{
	if (lane_cut(lane, max, max_bytes, front) < 0)
		return ending_broken(keys->ending, ENOMEM, "batch");
	if (*front == NULL)
		return 0;
	keys->bytes -= (*front)->len;
	keys->records -= (*front)->count;
	return 1;
}

/* What waits in the lane of slot goes to others, in its order. */
static void
move_on(struct keys *keys, struct slot *slot)
{
	struct slot *target = least_loaded(keys);
	struct batch *batch;

	/* What may be to blame stays together: it will be sent piece by piece. */
	for (batch = slot->lane.requeued.head; batch != NULL; batch = batch->next)
		for (uint64_t k = 0; k < batch->count; k++)
			own(keys, batch_note(batch, k)->tag, target);
	lane_join_again(&target->lane, &slot->lane);
	while (cut(keys, &slot->lane, 1, SIZE_MAX, &batch) > 0) {
		if (spread(keys,
			&(struct lane_record){ .data = batch->data,
			    .len = batch->len,
			    .number = batch->first,
			    .tag = batch_note(batch, 0)->tag })) {
			add_waiting(keys, 1, batch->len);
			batch_free(batch);
		} else { /* without memory, at the end of the run: it still counts */
			lane_send_again(&target->lane, batch);
		}
	}
}

void
keys_rehome(struct keys *keys)
{
	for (size_t i = 0; i < keys->pool->count; i++) {
		struct slot *slot = keys->pool->slots[i];

		if (lane_waiting(&slot->lane) > 0 && absent(keys, slot) &&
		    least_loaded(keys) != NULL)
			move_on(keys, slot);
	}
}

int
keys_next(struct keys *keys, struct slot *slot, uint64_t max, size_t max_bytes,
    bool neighbours, struct batch **batch)
{
	struct lane *lane = &slot->lane;
	uint64_t now = keys->times->now;
	const struct batch *again = lane_again(lane, now);

	if (again != NULL && again->alone && slot->worker.window.records > 0)
		return 0;
	if (again != NULL && lane_take_again(lane, now, max, batch) < 0)
		return ending_broken(keys->ending, ENOMEM, "records to send again");
	if (again != NULL)
		return 1;
	if (keys->gate->phase != PHASE_RUN)
		return 0;
	if (slot->worker.kind == WORKER_PLAIN)
		keys->untold = true; /* as are all others */
	if (lane->fresh.head == NULL)
		spread_input(keys);
	if (neighbours)
		max = lane_followers(lane, max);
	return cut(keys, lane, max, max_bytes, batch);
}

void
keys_done(struct keys *keys, const struct batch *batch, uint64_t k)
{
	if (keys_on(keys) && !keys->untold)
		keys->classes->records[batch_note(batch, k)->tag]--;
}
