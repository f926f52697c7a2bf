/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gate.h"
#include "keys.h"
#include "ledger.h"
#include "run.h"

enum {
	CLASSES = 1 << 16,
	MOST_WAITING = 16 << 20, /* bytes of input, and of notes */
	BLOCK_TEXT = 48 << 10, /* of a lane's block, bytes */
	BLOCK_NOTES = 4096, /* records */
	STEP = 64, /* records spread before it is asked whether there is room for more, */
	STEP_BYTES = 32 << 10, /* or so many bytes */
	MUCH = 16 /* records that may wait before their keys look for another place */
};

void
keys_open(struct run *run)
{
	if (run->options->key.kind == KEY_RECORD)
		return;
	run->keys.hash = hash_random_key();
	run->keys.first =
	    run->options->key.kind == KEY_FIELD && run->options->key.field == 1;
	run->keys.classes = calloc(CLASSES, sizeof(struct key_class));
	if (run->keys.classes == NULL)
		die(STATUS_BROKEN, errno, "cannot begin");
}

void
keys_close(struct run *run)
{
	for (size_t i = 0; i < run->slot_count; i++) {
		struct lane *lane = &run->slots[i]->lane;

		batch_clear(&lane->again);
		batch_clear(&lane->fresh);
		block_drop(lane->block);
		lane->block = NULL;
	}
	free(run->keys.classes);
	run->keys.classes = NULL;
}

bool
keys_room(const struct keys *keys)
{
	return keys->bytes + keys->records * sizeof(struct batch_note) < MOST_WAITING;
}

uint64_t
keys_waiting(const struct slot *slot)
{
	return slot->lane.again.records + slot->lane.fresh.records;
}

static uint64_t
load(const struct slot *slot)
{
	return keys_waiting(slot) + slot->worker.window.records;
}

/* Has the place no worker, and will not have one at once? */
static bool
absent(const struct run *run, const struct slot *slot)
{
	return slot->place.state == PLACE_RETIRED ||
	    (slot->place.state == PLACE_EMPTY && slot->start_at > run->times.now);
}

/* Can it be given keys? */
static bool
present(const struct run *run, const struct slot *slot)
{
	if (slot->place.state == PLACE_EMPTY)
		return slot->start_at <= run->times.now;
	return place_may(&slot->place, PLACE_GIVE) && !slot->worker.deaf;
}

/* The place that has least to do; NULL if there is none. */
static struct slot *
least_loaded(const struct run *run)
{
	struct slot *least = NULL;

	for (size_t i = 0; i < run->slot_count; i++) {
		struct slot *slot = run->slots[i];

		if (present(run, slot) &&
		    (least == NULL || load(slot) < load(least) ||
			(load(slot) == load(least) &&
			    slot->account.given < least->account.given)))
			least = slot;
	}
	return least;
}

static void
own(struct key_class *class, const struct slot *slot)
{
	class->owner = slot->worker.number;
}

/* A place of a class that may be another one than its owner's; NULL: none now. */
static struct slot *
find_place(struct run *run, struct key_class *class, struct slot *owner)
{
	struct slot *least;

	least = least_loaded(run);
	if (least == NULL)
		return owner;
	if (owner != NULL && !absent(run, owner) && load(owner) / 2 <= load(least))
		return owner;
	own(class, least);
	return least;
}

/* The place of a class, for one more record; NULL if there is none now. */
static inline struct slot *
place_of(struct run *run, struct key_class *class)
{
	struct slot *owner = class->owner == 0 ? NULL : run->slots[class->owner - 1];

	if (owner != NULL && !absent(run, owner) &&
	    (class->records > 0 || load(owner) <= MUCH))
		return owner;
	return find_place(run, class, owner);
}

/* Have room for a record of len bytes.  A block begins with the notes.  0, or -1. */
static int
make_room(struct lane *lane, size_t len, bool aside)
{
	bool large = len > BLOCK_TEXT;
	size_t notes = large ? 1 : BLOCK_NOTES;
	size_t size = notes * sizeof(struct batch_note) + (large ? len : BLOCK_TEXT);
	struct block *block = lane->block;

	lane->open = NULL;
	if (block == NULL || block->references > 1 || block->size != size ||
	    block->aside != aside) {
		block_drop(block);
		block = lane->block = aside ? block_aside(size) : block_new(size);
	}
	lane->note = lane->note_end = NULL;
	if (block == NULL)
		return -1;
	lane->note = (struct batch_note *)(void *)block->data;
	lane->note_end = lane->note + notes;
	lane->text = (char *)(void *)lane->note_end;
	lane->text_end = block->data + size;
	return 0;
}

/* Begin a batch at the end of a lane.  0, or -1 without memory. */
static int
begin(struct lane *lane, uint64_t number)
{
	struct batch *batch = batch_new(lane->block, lane->text, 0, number, 0);

	if (batch == NULL)
		return -1;
	batch->notes = lane->note;
	batch_push(&lane->fresh, batch);
	lane->open = batch;
	return 0;
}

/* Copy len bytes: few, mostly, and then by steps known here. */
static inline void
copy(char *to, const char *data, size_t len)
{
	if (len >= 8 && len <= 16) { /* these may have bytes in common */
		memcpy(to, data, 8);
		memcpy(to + len - 8, data + len - 8, 8);
	} else {
		memcpy(to, data, len);
	}
}

/*
 * Put a record, len bytes with its newline, at the end of what waits for slot.  0, or -1
 * without memory.
 */
static inline int
put(struct run *run, struct slot *slot, const char *data, size_t len,
    struct batch_note note)
{
	struct lane *lane = &slot->lane;
	bool fits =
	    lane->note != lane->note_end && (size_t)(lane->text_end - lane->text) >= len;

	if ((!fits && make_room(lane, len, run->intake.aside) < 0) ||
	    (lane->open == NULL && begin(lane, note.number) < 0))
		return ending_broken(
		    &run->ending, ENOMEM, "records that wait for their worker");
	*lane->note++ = note;
	copy(lane->text, data, len);
	lane->text += len;
	lane->open->len += len;
	lane->open->count++;
	lane->fresh.records++;
	return 0;
}

/* Put a record where its key belongs; false if there is no place now. */
static inline bool
spread(struct run *run, const char *data, size_t len, struct batch_note note)
{
	struct slot *slot = place_of(run, &run->keys.classes[note.tag]);

	return slot != NULL && put(run, slot, data, len, note) == 0;
}

/* A class by a key that has to be looked for; false if there is none. */
static bool
class_by(const struct run *run, const char *data, size_t len, uint32_t *tag)
{
	char room[KEY_HOST_MAX];
	struct field key;

	if (!key_of(&run->options->key, data, len, room, &key))
		return false;
	*tag = hash_few(key.data, key.len, &run->keys.hash) % CLASSES;
	return true;
}

/*
 * The class of the record at data, before end; false if it has no key.  *len is how long
 * it is.
 */
static inline bool
class_of(
    const struct run *run, const char *data, const char *end, size_t *len, uint32_t *tag)
{
	size_t first;

	*len = field_first(data, end, &first);
	if (!run->keys.first)
		return class_by(run, data, *len, tag);
	*tag = hash_few(data, first, &run->keys.hash) % CLASSES;
	return true;
}

/* The next record has no key. */
static void
refuse(struct run *run, const char *data, size_t len)
{
	struct record record = { .data = data,
		.len = len,
		.number = run->intake.next,
		.offset = run->intake.offset };

	intake_pass(&run->intake, 1, len + 1);
	ledger_refused(run, &record, false, key_lacking);
}

/* So many records more wait in lanes. */
static void
add_waiting(struct keys *keys, uint64_t records, size_t bytes)
{
	keys->records += records;
	keys->bytes += bytes;
}

/* A record that is to be spread: how long it is with its newline, and its class. */
struct placing {
	size_t len;
	uint32_t tag;
};

/*
 * Look at the next records, up to STEP, before any of them is put somewhere: their
 * classes come from memory meanwhile.  How many; fewer when one has no key, and *lacks
 * is how long that is.
 */
static size_t
look_ahead(const struct run *run, struct placing next[static STEP], size_t *lacks)
{
	const char *data = intake_data(&run->intake), *at = data;
	const char *end = data + intake_bytes(&run->intake);
	size_t count = 0, len;

	*lacks = 0;
	for (; at < end && count < STEP && at - data < STEP_BYTES; count++) {
		bool keyed = class_of(run, at, end, &len, &next[count].tag);

		next[count].len = len + 1;
		if (!keyed) {
			*lacks = len + 1;
			break;
		}
		__builtin_prefetch(&run->keys.classes[next[count].tag], 1);
		at += len + 1;
	}
	return count;
}

/* Spread some of the input that is there; false if that cannot go on now. */
static bool
spread_some(struct run *run)
{
	struct placing next[STEP];
	struct intake *intake = &run->intake;
	const char *data = intake_data(intake), *at = data;
	struct batch_note note = { .number = intake->next };
	size_t lacks, count = look_ahead(run, next, &lacks), i;

	for (i = 0; i < count; i++) {
		note.tag = next[i].tag;
		if (!spread(run, at, next[i].len, note))
			break;
		if (run->keys.classes[note.tag].records < UINT32_MAX)
			run->keys.classes[note.tag].records++;
		at += next[i].len;
		note.number++;
	}
	add_waiting(&run->keys, i, (size_t)(at - data));
	intake_pass(intake, i, (size_t)(at - data));
	if (i < count)
		return false;
	if (lacks > 0)
		refuse(run, at, lacks - 1);
	return true;
}

/* Spread the input that is there. */
static void
spread_input(struct run *run)
{
	while (keys_room(&run->keys) && gate_open(run) && intake_ready(&run->intake))
		if (!spread_some(run) || ending_near(&run->ending))
			return;
}

/* How many records at the front of batch follow each other in the input, up to max. */
static uint64_t
followers(const struct batch *batch, uint64_t max)
{
	uint64_t count = 1;

	while (count < max && count < batch->count &&
	    batch->notes[count].number == batch->first + count)
		count++;
	return count;
}

/* Cut a batch from the front of what waits fresh; NULL if nothing does. */
static struct batch *
cut(struct run *run, struct lane *lane, uint64_t max, size_t max_bytes)
{
	struct batch *head = lane->fresh.head, *front;
	uint64_t count;
	size_t len;

	if (head == NULL)
		return NULL;
	if (head->count <= max && head->len <= max_bytes) {
		len = head->len;
		count = head->count;
	} else {
		len = record_span(head->data, head->len, max, max_bytes, &count);
	}
	run->keys.bytes -= len;
	run->keys.records -= count;
	if (count == head->count) {
		if (head == lane->open)
			lane->open = NULL;
		return batch_pop(&lane->fresh, UINT64_MAX);
	}
	front = batch_slice(head, 0, count, 0);
	if (front == NULL) {
		ending_broken(&run->ending, ENOMEM, "batch");
		return NULL;
	}
	head->data += len;
	head->len -= len;
	head->notes += count;
	head->first = head->notes->number;
	head->count -= count;
	lane->fresh.records -= count;
	return front;
}

/* What waits in the lane of slot goes to others, in its order. */
static void
move_on(struct run *run, struct slot *slot)
{
	struct slot *target = least_loaded(run);
	struct batch *batch;

	/* What may be to blame stays together: it will be sent piece by piece. */
	for (batch = slot->lane.again.head; batch != NULL; batch = batch->next)
		for (uint64_t k = 0; k < batch->count; k++)
			own(&run->keys.classes[batch->notes[k].tag], target);
	batch_join(&target->lane.again, &slot->lane.again);
	while ((batch = cut(run, &slot->lane, 1, SIZE_MAX)) != NULL) {
		if (spread(run, batch->data, batch->len, *batch->notes))
			add_waiting(&run->keys, 1, batch->len);
		batch_free(batch);
	}
}

void
keys_settle(struct run *run)
{
	for (size_t i = 0; i < run->slot_count; i++) {
		struct slot *slot = run->slots[i];

		if (keys_waiting(slot) > 0 && absent(run, slot) &&
		    least_loaded(run) != NULL)
			move_on(run, slot);
	}
}

struct batch *
keys_next(
    struct run *run, struct slot *slot, uint64_t max, size_t max_bytes, bool neighbours)
{
	struct lane *lane = &slot->lane;
	struct batch *again = batch_peek(&lane->again, run->times.now);

	if (again != NULL && again->alone && slot->worker.window.records > 0)
		return NULL;
	if (again != NULL) {
		if (batch_take(&lane->again, run->times.now, max, &again) < 0)
			ending_broken(&run->ending, ENOMEM, "records to send again");
		return again;
	}
	if (run->phase != PHASE_RUN)
		return NULL;
	if (lane->fresh.head == NULL)
		spread_input(run);
	if (neighbours && lane->fresh.head != NULL)
		max = followers(lane->fresh.head, max);
	return cut(run, lane, max, max_bytes);
}

void
keys_done(struct keys *keys, const struct batch *batch, uint64_t k)
{
	if (keys_on(keys))
		keys->classes[batch->notes[k].tag].records--;
}
