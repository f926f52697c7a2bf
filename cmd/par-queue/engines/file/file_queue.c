/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "file_queue.h"
#include "hash.h"

enum { KEY_ROOM = 32 };

/* The row that counts the queues there ever were; no queue has such a name. */
static char last_queue[] = "#last";

/* Most significant byte first. */
static size_t
add_number(unsigned char *key, uint64_t number)
{
	for (int i = 7; i >= 0; i--, number >>= 8)
		key[i] = (unsigned char)number;
	return 8;
}

static uint64_t
read_number(const unsigned char *key)
{
	uint64_t number = 0;

	for (int i = 0; i < 8; i++)
		number = number << 8 | key[i];
	return number;
}

/* Has the key a second number? */
static bool
is_long(enum item_kind kind)
{
	return kind == ITEM_DELAYED;
}

static MDB_val
make_key(unsigned char key[static KEY_ROOM], const struct file_queue *queue,
    enum item_kind kind, uint64_t first, uint64_t second)
{
	size_t len = add_number(key, queue->meta.id);

	key[len++] = (unsigned char)kind;
	len += add_number(key + len, first);
	if (is_long(kind))
		len += add_number(key + len, second);
	return (MDB_val){ .mv_data = key, .mv_size = len };
}

int
value_read(const MDB_val *value, void *to, size_t size)
{
	if (value->mv_size < size)
		return MDB_CORRUPTED;
	memcpy(to, value->mv_data, size);
	return 0;
}

int64_t
file_open_records(const struct file_meta *meta)
{
	return meta->accepted - meta->done - meta->dead - meta->dropped;
}

static MDB_val
name_key(char *name)
{
	return (MDB_val){ .mv_data = name, .mv_size = strlen(name) };
}

static int
read_mark(struct file_queue *queue)
{
	struct file_item item;
	int error = item_get(queue, ITEM_MARK, 0, &item);

	if (error == MDB_NOTFOUND)
		return 0;
	if (error == 0 &&
	    (item.value.mv_size > sizeof(queue->mark) || item.value.mv_size == 0))
		return MDB_CORRUPTED;
	if (error == 0)
		memcpy(queue->mark, item.value.mv_data, item.value.mv_size);
	queue->mark[sizeof(queue->mark) - 1] = '\0';
	return error;
}

int
file_look(struct file_queue *queue, const char *name)
{
	char copy[ENGINE_NAME_MAX + 1];
	MDB_val key, value;
	int error;

	snprintf(copy, sizeof(copy), "%s", name);
	key = name_key(copy);
	queue->meta = (struct file_meta){ 0 };
	queue->mark[0] = '\0';
	queue->name = name;
	queue->watch.folder = queue->depot->folder;
	error = mdb_get(queue->depot->txn, queue->depot->queues, &key, &value);
	queue->missing = error == MDB_NOTFOUND;
	if (error == 0)
		error = value_read(&value, &queue->meta, sizeof(queue->meta));
	queue->meta.rate[sizeof(queue->meta.rate) - 1] = '\0';
	queue->open_before = file_open_records(&queue->meta);
	if (queue->missing || error != 0)
		return queue->missing ? 0 : error;
	return read_mark(queue);
}

int
file_enter(struct file_queue *queue, const char *name)
{
	int error = file_look(queue, name);

	if (error != 0 || !engine_is_closed(queue->mark))
		return error;
	engine_closed(queue->engine, name, queue->mark);
	return DEPOT_TOLD;
}

int
file_make(struct file_queue *queue)
{
	MDB_val key = name_key(last_queue), value;
	MDB_txn *txn = queue->depot->txn;
	uint64_t last = 0;
	int error = mdb_get(txn, queue->depot->queues, &key, &value);

	if (error == 0)
		error = value_read(&value, &last, sizeof(last));
	if (error != 0 && error != MDB_NOTFOUND)
		return error;
	last++;
	queue->meta.id = last;
	queue->missing = false;
	value = (MDB_val){ .mv_data = &last, .mv_size = sizeof(last) };
	return mdb_put(txn, queue->depot->queues, &key, &value, 0);
}

int
file_need(struct file_queue *queue, const char *name)
{
	int error = file_enter(queue, name);

	return error == 0 && queue->missing ? file_make(queue) : error;
}

int
file_leave(struct file_queue *queue)
{
	char copy[ENGINE_NAME_MAX + 1];
	MDB_val value = { .mv_data = &queue->meta, .mv_size = sizeof(queue->meta) };
	int64_t open = file_open_records(&queue->meta);
	MDB_val key;

	if (open < queue->open_before)
		depot_wake(queue->depot, queue->name, WATCH_ROOM);
	if (open <= 0 && queue->open_before > 0)
		depot_wake(queue->depot, queue->name, WATCH_WORK | WATCH_RESULTS);
	snprintf(copy, sizeof(copy), "%s", queue->name);
	key = name_key(copy);
	return mdb_put(queue->depot->txn, queue->depot->queues, &key, &value, 0);
}

/* The row of a queue that is no more; no queue has such a name. */
static MDB_val
gone_key(unsigned char key[static KEY_ROOM], uint64_t id)
{
	key[0] = '!';
	return (MDB_val){ .mv_data = key, .mv_size = 1 + add_number(key + 1, id) };
}

int
file_remove(struct file_queue *queue)
{
	char copy[ENGINE_NAME_MAX + 1];
	unsigned char bytes[KEY_ROOM];
	MDB_val key, value = { .mv_size = 0 };
	int error;

	snprintf(copy, sizeof(copy), "%s", queue->name);
	key = name_key(copy);
	error = mdb_del(queue->depot->txn, queue->depot->queues, &key, NULL);
	key = gone_key(bytes, queue->meta.id);
	return error == 0
	    ? mdb_put(queue->depot->txn, queue->depot->queues, &key, &value, 0)
	    : error;
}

int
file_gone(struct file_queue *queue)
{
	unsigned char bytes[KEY_ROOM];
	MDB_val key = gone_key(bytes, 0), value;
	MDB_cursor *cursor;
	int error = mdb_cursor_open(queue->depot->txn, queue->depot->queues, &cursor);

	if (error == 0)
		error = mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE);
	if (error == 0 &&
	    (key.mv_size != 9 || *(const unsigned char *)key.mv_data != '!'))
		error = MDB_NOTFOUND;
	if (error == 0)
		queue->meta.id = read_number((const unsigned char *)key.mv_data + 1);
	return error;
}

int
file_forget_gone(struct file_queue *queue)
{
	unsigned char bytes[KEY_ROOM];
	MDB_val key = gone_key(bytes, queue->meta.id);

	return mdb_del(queue->depot->txn, queue->depot->queues, &key, NULL);
}

int
item_find(struct file_queue *queue, enum item_kind kind, uint64_t first, uint64_t second,
    struct file_item *item)
{
	unsigned char bytes[KEY_ROOM];
	MDB_val key = make_key(bytes, queue, kind, first, second), got = key;
	int error =
	    mdb_cursor_get(queue->depot->cursor, &got, &item->value, MDB_SET_RANGE);
	const unsigned char *at = got.mv_data;

	if (error != 0)
		return error;
	if (got.mv_size != key.mv_size || memcmp(at, bytes, 9) != 0)
		return MDB_NOTFOUND;
	item->first = read_number(at + 9);
	item->second = is_long(kind) ? read_number(at + 17) : 0;
	return 0;
}

int
item_get(
    struct file_queue *queue, enum item_kind kind, uint64_t first, struct file_item *item)
{
	unsigned char bytes[KEY_ROOM];
	MDB_val key = make_key(bytes, queue, kind, first, 0);

	item->first = first;
	item->second = 0;
	return mdb_get(queue->depot->txn, queue->depot->items, &key, &item->value);
}

int
item_put(struct file_queue *queue, enum item_kind kind, uint64_t first, uint64_t second,
    const void *value, size_t len)
{
	unsigned char bytes[KEY_ROOM];
	MDB_val key = make_key(bytes, queue, kind, first, second);
	MDB_val room = { .mv_size = len };
	int error =
	    mdb_put(queue->depot->txn, queue->depot->items, &key, &room, MDB_RESERVE);

	if (error == 0)
		memcpy(room.mv_data, value, len);
	return error;
}

int
item_delete(
    struct file_queue *queue, enum item_kind kind, uint64_t first, uint64_t second)
{
	unsigned char bytes[KEY_ROOM];
	MDB_val key = make_key(bytes, queue, kind, first, second);

	return mdb_del(queue->depot->txn, queue->depot->items, &key, NULL);
}

static MDB_val
body_key(unsigned char key[static KEY_ROOM], const struct file_queue *queue, uint64_t id)
{
	size_t len = add_number(key, queue->meta.id);

	len += add_number(key + len, id);
	return (MDB_val){ .mv_data = key, .mv_size = len };
}

int
body_add(struct file_queue *queue, const struct file_body *body, const char *data,
    size_t len, uint64_t *id)
{
	unsigned char bytes[KEY_ROOM];
	MDB_val value = { .mv_size = sizeof(*body) + len }, key;
	int error;

	*id = ++queue->meta.last;
	key = body_key(bytes, queue, *id);
	error =
	    mdb_put(queue->depot->txn, queue->depot->bodies, &key, &value, MDB_RESERVE);
	if (error != 0)
		return error;
	memcpy(value.mv_data, body, sizeof(*body));
	if (len > 0)
		memcpy((char *)value.mv_data + sizeof(*body), data, len);
	return 0;
}

int
body_get(struct file_queue *queue, uint64_t id, struct file_body *body, const char **data,
    size_t *len)
{
	unsigned char bytes[KEY_ROOM];
	MDB_val key = body_key(bytes, queue, id), value;
	int error = mdb_get(queue->depot->txn, queue->depot->bodies, &key, &value);

	if (error == MDB_NOTFOUND) /* an item has said that it is there */
		return MDB_CORRUPTED;
	if (error == 0)
		error = value_read(&value, body, sizeof(*body));
	if (error != 0)
		return error;
	*data = (const char *)value.mv_data + sizeof(*body);
	*len = value.mv_size - sizeof(*body);
	return 0;
}

int
body_delete(struct file_queue *queue, uint64_t id)
{
	unsigned char bytes[KEY_ROOM];
	MDB_val key = body_key(bytes, queue, id);

	return mdb_del(queue->depot->txn, queue->depot->bodies, &key, NULL);
}

int
file_add(struct file_queue *queue, uint64_t id)
{
	depot_wake(queue->depot, queue->name, WATCH_WORK);
	return item_put(queue, ITEM_WAITING, ++queue->meta.last, 0, &id, sizeof(id));
}

int
file_add_at(struct file_queue *queue, uint64_t id, uint64_t records, uint64_t due)
{
	queue->meta.delayed += (int64_t)records;
	depot_wake(queue->depot, queue->name, WATCH_WORK); /* it may be the next one */
	return item_put(queue, ITEM_DELAYED, due, ++queue->meta.last, &id, sizeof(id));
}

int
file_bury_texts(struct file_queue *queue, uint64_t id, uint64_t records,
    struct engine_text why, struct engine_text last)
{
	struct file_grave grave = {
		.id = id, .why = (uint32_t)why.len, .last = (uint32_t)last.len
	};
	struct bytes *value = &queue->scratch;

	value->len = 0;
	if (bytes_put(value, &grave, sizeof(grave)) < 0 ||
	    bytes_put(value, why.data, why.len) < 0 ||
	    bytes_put(value, last.data, last.len) < 0)
		return errno;
	queue->meta.dead += (int64_t)records;
	depot_wake(queue->depot, queue->name, WATCH_RESULTS); /* get --dead */
	return item_put(queue, ITEM_DEAD, ++queue->meta.last, 0, value->data, value->len);
}

int
file_bury(struct file_queue *queue, uint64_t id, uint64_t records, const char *why,
    const char *last, size_t last_len)
{
	return file_bury_texts(queue, id, records,
	    (struct engine_text){ why, strlen(why) },
	    (struct engine_text){ last, last_len });
}

uint64_t
file_process(const char *me)
{
	uint64_t process = hash_bytes(me, strlen(me), 0);

	return process == 0 ? 1 : process;
}

uint64_t
file_producer_key(const char *name)
{
	return hash_bytes(name, strlen(name), 0);
}

int
file_find_producer(
    struct file_queue *queue, const char *producer, struct file_producer *found)
{
	struct file_item item;
	int error = item_get(queue, ITEM_PRODUCER, file_producer_key(producer), &item);

	*found = (struct file_producer){ 0 };
	if (error == 0)
		error = value_read(&item.value, found, sizeof(*found));
	if (error == 0 && found->until <= queue->depot->now)
		*found = (struct file_producer){ 0 };
	return error == MDB_NOTFOUND ? 0 : error;
}

int
file_keep_producer(
    struct file_queue *queue, const char *name, const struct file_producer *producer)
{
	struct bytes *value = &queue->scratch;

	value->len = 0;
	if (bytes_put(value, producer, sizeof(*producer)) < 0 ||
	    bytes_put(value, name, strlen(name)) < 0)
		return errno;
	return item_put(
	    queue, ITEM_PRODUCER, file_producer_key(name), 0, value->data, value->len);
}

int
file_live(struct file_queue *queue, const char *me)
{
	uint64_t process = file_process(me);
	struct depot *depot = queue->depot;

	if (depot->alive >= 0)
		return 0;
	depot->alive = watch_live(depot->folder, process);
	if (depot->alive < 0)
		return errno;
	depot->process = process;
	return 0;
}

int
file_await(struct file_queue *queue, unsigned kinds)
{
	struct engine *engine = queue->engine;

	if (watch_for(&queue->watch, kinds) < 0) {
		int error = errno;

		watch_for(&queue->watch, 0);
		engine->poll_count = 0; /* ask again by and by */
		return error == EMFILE || error == ENFILE ? 0 : error;
	}
	engine->polls = queue->watch.polls;
	engine->poll_count = kinds == 0 ? 0 : queue->watch.count;
	engine->due = UINT64_MAX;
	return 0;
}

uint64_t
file_due(const struct file_queue *queue, uint64_t time)
{
	uint64_t now = queue->depot->now;

	return time == UINT64_MAX ? time : clock_ms() + (time > now ? time - now : 0);
}

enum engine_end
file_step(struct engine *engine, int (*run)(struct engine *engine, void *context),
    void *context, enum depot_sync sync)
{
	struct file_queue *queue = engine->state;

	return depot_take(queue->depot, engine,
	    &(struct depot_step){ .run = run, .context = context, .sync = sync });
}
