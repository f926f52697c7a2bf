/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "anew.h"
#include "clock.h"
#include "diag.h"
#include "disk.h"
#include "formats.h"
#include "frontier.h"
#include "hash.h"
#include "need.h"
#include "seen.h"
#include "spool.h"

enum {
	PATH = 4096,
	LINE_KEY = 12, /* level, host */
	QUEUE_KEY = 20, /* level, host, seq */
	LIST_KEY = 20, /* level, position, host */
	DEPTH = 4, /* begins a value of the queue; the URL follows */
	COUNT = 8, /* bytes of a key and a value of the counts */
	NUMBER = 8, /* of a key of the recent */
	RECENT = 4000, /* bytes of a value there, so that it has a page of its own */
	DATABASES =
	    9, /* at most: ours, and those of older versions while they are carried over
		*/
	LOCK_WAIT = 1000 /* milliseconds */
};

/* Address space, not memory or disk, for as much as a file may hold: where that is
 * limited or short less is taken, but so much. */
static const size_t MAP = sizeof(size_t) > 4 ? (size_t)1 << 40 : (size_t)1 << 30,
		    LEAST_MAP = (size_t)1 << 28;

/* What is remembered besides: the only value of the database "facts". */
struct facts {
	uint64_t format;
	uint64_t seed; /* of hashes; nobody who writes URLs knows it */
	uint64_t seq; /* the last one given */
	uint64_t output; /* bytes */
	struct hash_key key; /* of the keys of those seen; from version 3 on */
};

struct frontier {
	const char *name;
	int folder; /* locked, or -1 */
	MDB_env *env;
	MDB_txn *txn;
	MDB_cursor *entries, *positions; /* of queue, and list */
	MDB_dbi recent; /* number: keys of those seen that are in no file of their own */
	MDB_dbi queue; /* level, host, seq: depth, URL */
	MDB_dbi list; /* level, position, host */
	MDB_dbi listed; /* level, host: position */
	MDB_dbi counts; /* hash of a text: how often it was counted */
	MDB_dbi facts_db;
	struct facts facts;
	struct seen seen;
	struct seen waiting; /* while version 1 is carried over: URLs in its queue */
	uint64_t recent_number; /* the last one */
	uint64_t position; /* the last one that was taken */
	uint64_t changes;
	struct bytes value, spelled; /* at work on */
};

const char frontier_file[] = "frontier";

static void
check(const struct frontier *frontier, int error)
{
	if (error == 0)
		return;
	error =
	    disk_error(frontier->folder >= 0 ? frontier->name : spool_folder(), error);
	die(STATUS_BROKEN, 0, "%s: %s", frontier->name, mdb_strerror(error));
}

/* What is read there is not what was written. */
static _Noreturn void
damaged(const struct frontier *frontier)
{
	die(STATUS_BROKEN, 0, "%s: the state is damaged; remove it to start over",
	    frontier->name);
}

/* LMDB finds that its file contradicts itself. */
static void
give_up(MDB_env *env, const char *what)
{
	(void)what;
	damaged(mdb_env_get_userctx(env));
}

/* Numbers in keys are written so that their order is that of the bytes. */
static void
put_number(unsigned char *to, uint64_t number, size_t len)
{
	for (size_t i = len; i-- > 0; number >>= 8)
		to[i] = (unsigned char)number;
}

static uint64_t
get_number(const unsigned char *from, size_t len)
{
	uint64_t number = 0;

	for (size_t i = 0; i < len; i++)
		number = number << 8 | from[i];
	return number;
}

static void
line_key(unsigned char key[static LINE_KEY], const struct line *line)
{
	put_number(key, line->level, 4);
	put_number(key + 4, line->host, 8);
}

static void
queue_key(unsigned char key[static QUEUE_KEY], const struct line *line, uint64_t seq)
{
	line_key(key, line);
	put_number(key + LINE_KEY, seq, 8);
}

static void
list_key(unsigned char key[static LIST_KEY], const struct line *line, uint64_t position)
{
	put_number(key, line->level, 4);
	put_number(key + 4, position, 8);
	put_number(key + 12, line->host, 8);
}

/* What follows from the files of those seen. */
static void
check_seen(const struct frontier *frontier, int got)
{
	if (got >= 0)
		return;
	if (errno == EBADMSG)
		damaged(frontier);
	die(STATUS_BROKEN, errno, "%s", frontier->name);
}

static void
put(struct frontier *frontier, MDB_dbi db, void *key, size_t key_len, void *data,
    size_t len)
{
	MDB_val name = { .mv_data = key, .mv_size = key_len },
		value = { .mv_data = data, .mv_size = len };

	check(frontier, mdb_put(frontier->txn, db, &name, &value, 0));
	frontier->changes++;
}

/* What waits there already would be lost. */
static void
put_new(struct frontier *frontier, MDB_dbi db, void *key, size_t key_len, void *data,
    size_t len)
{
	MDB_val name = { .mv_data = key, .mv_size = key_len },
		value = { .mv_data = data, .mv_size = len };
	int got = mdb_put(frontier->txn, db, &name, &value, MDB_NOOVERWRITE);

	if (got == MDB_KEYEXIST)
		damaged(frontier);
	check(frontier, got);
	frontier->changes++;
}

static void
drop(struct frontier *frontier, MDB_dbi db, void *key, size_t key_len)
{
	MDB_val name = { .mv_data = key, .mv_size = key_len };

	check(frontier, mdb_del(frontier->txn, db, &name, NULL));
	frontier->changes++;
}

static void
begin(struct frontier *frontier)
{
	check(frontier, mdb_txn_begin(frontier->env, NULL, 0, &frontier->txn));
}

static void
open_cursors(struct frontier *frontier)
{
	check(frontier,
	    mdb_cursor_open(frontier->txn, frontier->queue, &frontier->entries));
	check(frontier,
	    mdb_cursor_open(frontier->txn, frontier->list, &frontier->positions));
}

static void
close_cursors(struct frontier *frontier)
{
	mdb_cursor_close(frontier->entries);
	mdb_cursor_close(frontier->positions);
}

/* The entry of the queue at a key or behind it; false if there is none. */
static bool
seek(struct frontier *frontier, unsigned char name[static QUEUE_KEY], struct entry *out)
{
	MDB_val key = { .mv_data = name, .mv_size = QUEUE_KEY }, value;
	int got = mdb_cursor_get(frontier->entries, &key, &value, MDB_SET_RANGE);
	const unsigned char *data;

	if (got == MDB_NOTFOUND)
		return false;
	check(frontier, got);
	if (key.mv_size != QUEUE_KEY || value.mv_size <= DEPTH ||
	    memchr((const char *)value.mv_data + DEPTH, '\n', value.mv_size - DEPTH) !=
		NULL)
		damaged(frontier);
	data = key.mv_data;
	out->line =
	    (struct line){ (uint32_t)get_number(data, 4), get_number(data + 4, 8) };
	out->seq = get_number(data + LINE_KEY, 8);
	/* A number that was not given yet would be given once more. */
	if (out->seq > frontier->facts.seq || out->seq == UINT64_MAX)
		damaged(frontier);
	data = value.mv_data;
	out->depth = (uint32_t)get_number(data, DEPTH);
	out->url = (const char *)data + DEPTH;
	out->len = value.mv_size - DEPTH;
	return true;
}

/* List all lines that have something: nothing is in flight yet. */
static void
list_all(struct frontier *frontier)
{
	unsigned char key[QUEUE_KEY] = { 0 };
	struct entry entry;

	check(frontier, mdb_drop(frontier->txn, frontier->list, 0));
	check(frontier, mdb_drop(frontier->txn, frontier->listed, 0));
	while (seek(frontier, key, &entry)) {
		frontier_list(frontier, &entry.line);
		queue_key(key, &entry.line, UINT64_MAX);
	}
}

static void
open_database(struct frontier *frontier, const char *name, MDB_dbi *out)
{
	check(frontier, mdb_dbi_open(frontier->txn, name, MDB_CREATE, out));
}

/* Read the facts of a frontier; the version comes first, in all versions. */
static void
read_facts(struct frontier *frontier, const MDB_val *value)
{
	enum { KEYLESS = offsetof(struct facts, key), WITH_KEY = 3 };
	uint64_t format = 0;
	char newer[FORMAT_TEXT];

	if (value->mv_size >= sizeof(format))
		memcpy(&format, value->mv_data, sizeof(format));
	if (format > FORMAT_FRONTIER)
		die(STATUS_BROKEN, 0, "%s: %s", frontier->name,
		    formats_newer_text(newer, "frontier", FORMAT_FRONTIER, format));
	if (format == 0 ||
	    value->mv_size != (format < WITH_KEY ? KEYLESS : sizeof(frontier->facts)))
		damaged(frontier);
	frontier->facts.key = hash_random_key();
	memcpy(&frontier->facts, value->mv_data, value->mv_size);
}

/* A value of the facts: false if there is none. */
static bool
get_fact(struct frontier *frontier, const char *name, MDB_val *value)
{
	MDB_val key = { .mv_data = (char *)(uintptr_t)name, .mv_size = strlen(name) };
	int got = mdb_get(frontier->txn, frontier->facts_db, &key, value);

	if (got == MDB_NOTFOUND)
		return false;
	check(frontier, got);
	return true;
}

static void
put_fact(struct frontier *frontier, const char *name, void *data, size_t len)
{
	put(frontier, frontier->facts_db, (char *)(uintptr_t)name, strlen(name), data,
	    len);
}

/* The databases of a state that may be new. */
static void
open_databases(struct frontier *frontier)
{
	MDB_val value;

	begin(frontier);
	open_database(frontier, "facts", &frontier->facts_db);
	if (get_fact(frontier, "facts", &value)) {
		read_facts(frontier, &value);
	} else {
		frontier->facts = (struct facts){ .format = FORMAT_FRONTIER,
			.seed = hash_random_seed(),
			.key = hash_random_key() };
		frontier->changes++;
	}
	open_database(frontier, "recent", &frontier->recent);
	open_database(frontier, "todo", &frontier->queue);
	open_database(frontier, "list", &frontier->list);
	open_database(frontier, "listed", &frontier->listed);
	open_database(frontier, "counts", &frontier->counts);
	open_cursors(frontier);
}

/* Call each() for all of db, which it does not change. */
static void
for_each(struct frontier *frontier, MDB_dbi db,
    void (*each)(struct frontier *, const MDB_val *, const MDB_val *))
{
	MDB_cursor *cursor;
	MDB_val key, value;
	int got;

	check(frontier, mdb_cursor_open(frontier->txn, db, &cursor));
	while ((got = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) == 0)
		each(frontier, &key, &value);
	mdb_cursor_close(cursor);
	if (got != MDB_NOTFOUND)
		check(frontier, got);
}

/* Some that were seen, and are in no file of their own. */
static void
recall(struct frontier *frontier, const MDB_val *key, const MDB_val *value)
{
	const char *data = value->mv_data;

	if (key->mv_size != NUMBER || value->mv_size % sizeof(struct hash_wide) != 0)
		damaged(frontier);
	frontier->recent_number = get_number(key->mv_data, NUMBER);
	for (size_t at = 0; at < value->mv_size; at += sizeof(struct hash_wide)) {
		struct hash_wide page;

		memcpy(&page, data + at, sizeof(page));
		check_seen(frontier, seen_recall(&frontier->seen, &page));
	}
}

/* Open what was seen: the files that the facts have, and the recent. */
static void
open_seen(struct frontier *frontier)
{
	MDB_val value = { .mv_size = 0 };
	struct seen *seen = &frontier->seen;
	char name[SHELF_NAME];

	get_fact(frontier, "files", &value);
	if (value.mv_size % sizeof(struct seen_file) != 0)
		damaged(frontier);
	bytes_clear(&frontier->value, SIZE_MAX); /* it is aligned there */
	need_put(&frontier->value, value.mv_data, value.mv_size);
	if (seen_open(seen, frontier->folder, SEEN_LEAST,
		(const void *)frontier->value.data,
		value.mv_size / sizeof(struct seen_file)) < 0) {
		shelf_name(name, seen->last);
		if (errno == EBADMSG)
			die(STATUS_BROKEN, 0, "%s/%s: damaged; remove %s to start over",
			    frontier->name, name, frontier->name);
		die(STATUS_BROKEN, errno, "%s/%s", frontier->name, name);
	}
	for_each(frontier, frontier->recent, recall);
}

/* Note what was seen since the last time. */
static void
note_seen(struct frontier *frontier)
{
	struct seen *seen = &frontier->seen;
	unsigned char number[NUMBER];

	if (seen->shelved)
		check(frontier, mdb_drop(frontier->txn, frontier->recent, 0));
	if (seen->changed) {
		bytes_clear(&frontier->value, SIZE_MAX);
		for (size_t i = 0; i < seen->shelf_count; i++) {
			struct seen_file file = seen_file(seen, i);

			need_put(&frontier->value, &file, sizeof(file));
		}
		put_fact(frontier, "files", frontier->value.data, frontier->value.len);
	}
	for (size_t at = 0; at < seen->fresh.len; at += RECENT) {
		size_t len = seen->fresh.len - at;

		put_number(number, ++frontier->recent_number, NUMBER);
		put(frontier, frontier->recent, number, NUMBER, seen->fresh.data + at,
		    len < RECENT ? len : RECENT);
	}
}

/* Open the file in so much address space.  The same as below. */
static int
open_in(struct frontier *frontier, const char *path, unsigned flags, size_t map)
{
	int code = mdb_env_create(&frontier->env);

	if (code == 0)
		code = mdb_env_set_userctx(frontier->env, frontier);
	if (code == 0)
		code = mdb_env_set_assert(frontier->env, give_up);
	if (code == 0)
		code = mdb_env_set_maxdbs(frontier->env, DATABASES);
	if (code == 0)
		code = mdb_env_set_mapsize(frontier->env, map);
	/* No other process may use it, so LMDB need not lock. */
	return code != 0 ? code
			 : mdb_env_open(frontier->env, path,
			       flags | MDB_NOSUBDIR | MDB_NOLOCK | MDB_NOTLS, 0600);
}

/* 0, or what is wrong: a code of LMDB, which may be an errno. */
static int
open_environment(struct frontier *frontier, const char *path, unsigned flags)
{
	size_t map = MAP;
	int code;

	/* One whose first two pages are cut, no one can open. */
	if (disk_reserve(path, 2 * sysconf(_SC_PAGESIZE), DISK_KEEP) < 0)
		return errno;
	while (
	    (code = open_in(frontier, path, flags, map)) == ENOMEM && map > LEAST_MAP) {
		mdb_env_close(frontier->env);
		map /= 2;
	}
	return code;
}

/*
 * Make the folder this process's own.  One that was killed a moment ago may have left
 * a child that holds it still, until that executes its command.
 */
static int
lock_folder(int fd)
{
	uint64_t end = clock_ms() + LOCK_WAIT;

	while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		if (errno != EINTR && (errno != EWOULDBLOCK || clock_ms() >= end))
			return -1;
		poll(NULL, 0, 10);
	}
	return 0;
}

static void
open_folder(struct frontier *frontier, const char *folder)
{
	char path[PATH];

	if (mkdir(folder, 0777) < 0 && errno != EEXIST)
		die(STATUS_BROKEN, errno, "%s", folder);
	frontier->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (frontier->folder < 0)
		die(STATUS_BROKEN, errno, "%s", folder);
	if (lock_folder(frontier->folder) < 0)
		die(STATUS_BROKEN, 0, "%s: another par-frontier uses it", folder);
	if ((size_t)snprintf(path, sizeof(path), "%s/%s", folder, frontier_file) >=
	    sizeof(path))
		die(STATUS_BROKEN, ENAMETOOLONG, "%s", folder);
	if (anew_plain(path) < 0)
		die(STATUS_BROKEN, errno, "%s", path);
	check(frontier, open_environment(frontier, path, 0));
	anew_sync_name(path);
	anew_sync_name(folder);
}

static void
open_temporary(struct frontier *frontier)
{
	char path[PATH];
	int fd, code;

	if ((size_t)snprintf(path, sizeof(path), "%s/par.XXXXXX", spool_folder()) >=
	    sizeof(path))
		die(STATUS_BROKEN, ENAMETOOLONG, "%s", spool_folder());
	fd = mkstemp(path);
	if (fd < 0)
		die(STATUS_BROKEN, errno, "%s", path);
	close(fd);
	code = open_environment(frontier, path, MDB_NOSYNC);
	unlink(path);
	check(frontier, code);
}

static struct hash_wide
page_key(const struct frontier *frontier, const char *url, size_t len)
{
	return hash_keyed_wide(url, len, &frontier->facts.key);
}

/* Add url to those seen; false if it is there. */
static bool
see(struct frontier *frontier, const char *url, size_t len)
{
	struct hash_wide key = page_key(frontier, url, len);
	int got = seen_add(&frontier->seen, &key);

	check_seen(frontier, got);
	frontier->changes += got > 0;
	return got > 0;
}

void
frontier_list(struct frontier *frontier, const struct line *line)
{
	unsigned char name[LINE_KEY], number[8], key[LIST_KEY];
	MDB_val at = { .mv_data = name, .mv_size = sizeof(name) }, value;
	int got;

	line_key(name, line);
	got = mdb_get(frontier->txn, frontier->listed, &at, &value);
	if (got == 0)
		return;
	if (got != MDB_NOTFOUND)
		check(frontier, got);
	put_number(number, frontier->position + 1, sizeof(number));
	put(frontier, frontier->listed, name, sizeof(name), number, sizeof(number));
	list_key(key, line, frontier->position + 1);
	put(frontier, frontier->list, key, sizeof(key), number, 0);
}

bool
frontier_add(
    struct frontier *frontier, const struct spelling *url, uint32_t depth, uint32_t level)
{
	struct line line = { .level = level };
	unsigned char key[QUEUE_KEY], number[DEPTH];

	if (!see(frontier, url->data, url->len))
		return false;
	line.host =
	    hash_bytes(url->data + url->host, url->host_len, frontier->facts.seed);
	queue_key(key, &line, ++frontier->facts.seq);
	put_number(number, depth, DEPTH);
	bytes_clear(&frontier->value, SIZE_MAX);
	need_put(&frontier->value, number, DEPTH);
	need_put(&frontier->value, url->data, url->len);
	put_new(frontier, frontier->queue, key, sizeof(key), frontier->value.data,
	    frontier->value.len);
	frontier_list(frontier, &line);
	return true;
}

bool
frontier_is_seen(struct frontier *frontier, const struct spelling *url)
{
	struct hash_wide key = page_key(frontier, url->data, url->len);
	int got = seen_has(&frontier->seen, &key);

	check_seen(frontier, got);
	return got > 0;
}

/* The key of the count of a text. */
static void
count_key(const struct frontier *frontier, unsigned char key[static COUNT],
    const char *text, size_t len)
{
	put_number(key, hash_bytes(text, len, frontier->facts.seed), COUNT);
}

uint64_t
frontier_count(struct frontier *frontier, const char *text, size_t len)
{
	unsigned char name[COUNT];
	MDB_val key = { .mv_data = name, .mv_size = COUNT }, value;
	int got;

	count_key(frontier, name, text, len);
	got = mdb_get(frontier->txn, frontier->counts, &key, &value);
	if (got == MDB_NOTFOUND)
		return 0;
	check(frontier, got);
	if (value.mv_size != COUNT)
		damaged(frontier);
	return get_number(value.mv_data, COUNT);
}

void
frontier_count_more(struct frontier *frontier, const char *text, size_t len)
{
	unsigned char name[COUNT], number[COUNT];

	put_number(number, frontier_count(frontier, text, len) + 1, COUNT);
	count_key(frontier, name, text, len);
	put(frontier, frontier->counts, name, COUNT, number, COUNT);
}

bool
frontier_know(struct frontier *frontier, const struct spelling *url)
{
	return see(frontier, url->data, url->len);
}

bool
frontier_waits(struct frontier *frontier)
{
	unsigned char key[QUEUE_KEY] = { 0 };
	struct entry entry;

	return seek(frontier, key, &entry);
}

bool
frontier_next(struct frontier *frontier, struct line *out)
{
	MDB_val key, value;
	int got = mdb_cursor_get(frontier->positions, &key, &value, MDB_FIRST);
	const unsigned char *data;

	if (got == MDB_NOTFOUND)
		return false;
	check(frontier, got);
	if (key.mv_size != LIST_KEY)
		damaged(frontier);
	data = key.mv_data;
	out->level = (uint32_t)get_number(data, 4);
	out->host = get_number(data + 12, 8);
	frontier->position = get_number(data + 4, 8);
	return true;
}

bool
frontier_take(
    struct frontier *frontier, const struct line *line, uint64_t after, struct entry *out)
{
	unsigned char key[QUEUE_KEY], position[LIST_KEY];

	list_key(position, line, frontier->position);
	drop(frontier, frontier->list, position, sizeof(position));
	queue_key(key, line, after + 1);
	drop(frontier, frontier->listed, key, LINE_KEY);
	return seek(frontier, key, out) && out->line.level == line->level &&
	    out->line.host == line->host;
}

void
frontier_remove(struct frontier *frontier, const struct line *line, uint64_t seq)
{
	unsigned char key[QUEUE_KEY];

	queue_key(key, line, seq);
	drop(frontier, frontier->queue, key, sizeof(key));
}

uint64_t
frontier_output(const struct frontier *frontier)
{
	return frontier->facts.output;
}

const void *
frontier_kept(struct frontier *frontier, const char *name, size_t len)
{
	MDB_val value;

	if (!get_fact(frontier, name, &value) || value.mv_size != len)
		return NULL;
	bytes_clear(&frontier->value, SIZE_MAX); /* it is aligned there */
	need_put(&frontier->value, value.mv_data, len);
	return frontier->value.data;
}

void
frontier_keep(struct frontier *frontier, const char *name, void *data, size_t len)
{
	put_fact(frontier, name, data, len);
}

uint64_t
frontier_changes(const struct frontier *frontier)
{
	return frontier->changes;
}

void
frontier_commit(struct frontier *frontier, uint64_t output)
{
	if (frontier->changes == 0)
		return;
	frontier->facts.output = output;
	put_fact(frontier, "facts", &frontier->facts, sizeof(frontier->facts));
	note_seen(frontier);
	close_cursors(frontier);
	check(frontier, mdb_txn_commit(frontier->txn));
	seen_noted(&frontier->seen);
	begin(frontier);
	open_cursors(frontier);
	frontier->changes = 0;
}

/* A URL of version 1 as it is written now; false: it is none any more. */
static bool
spell(struct frontier *frontier, const MDB_val *value, size_t from, struct spelling *out)
{
	const char *data = value->mv_data;

	return value->mv_size > from &&
	    spelling_read(out, &frontier->spelled, data + from, value->mv_size - from);
}

static void
add_waiting(struct frontier *frontier, const char *url, size_t len)
{
	struct hash_wide key = page_key(frontier, url, len);

	check_seen(frontier, seen_add(&frontier->waiting, &key));
}

/* One that waits, of the queue of version 1. */
static void
note_waiting(struct frontier *frontier, const MDB_val *key, const MDB_val *value)
{
	if (key->mv_size != QUEUE_KEY || value->mv_size <= DEPTH)
		damaged(frontier);
	add_waiting(
	    frontier, (const char *)value->mv_data + DEPTH, value->mv_size - DEPTH);
}

/* One that was seen: known, unless it waits. */
static void
know_anew(struct frontier *frontier, const MDB_val *key, const MDB_val *value)
{
	struct hash_wide page = page_key(frontier, value->mv_data, value->mv_size);
	int waits = seen_has(&frontier->waiting, &page);
	struct spelling url;

	(void)key;
	check_seen(frontier, waits);
	if (waits == 0 && spell(frontier, value, 0, &url))
		frontier_know(frontier, &url);
}

/* One that waits: in the queue, if it is not known under the name that it has now. */
static void
queue_anew(struct frontier *frontier, const MDB_val *key, const MDB_val *value)
{
	const char *url = (const char *)value->mv_data + DEPTH;
	uint32_t level = (uint32_t)get_number(key->mv_data, 4);
	uint32_t depth = (uint32_t)get_number(value->mv_data, DEPTH);
	struct spelling spelled;

	if (spell(frontier, value, DEPTH, &spelled))
		frontier_add(frontier, &spelled, depth, level);
	else
		warn_record(url, value->mv_size - DEPTH,
		    "waited in a state of version 1, and is no URL by today's rules");
}

/*
 * A state of version 1 has URLs as they were written then, in databases of other names.
 * Those that are written in another way now would be handed out once more.
 */
static void
carry_over_first(struct frontier *frontier)
{
	MDB_dbi seen, queue;

	open_database(frontier, "seen", &seen);
	open_database(frontier, "queue", &queue);
	check_seen(frontier, seen_open(&frontier->waiting, -1, SEEN_LEAST, NULL, 0));
	for_each(frontier, queue, note_waiting);
	for_each(frontier, seen, know_anew);
	for_each(frontier, queue, queue_anew);
	seen_close(&frontier->waiting);
	check(frontier, mdb_drop(frontier->txn, seen, 1));
	check(frontier, mdb_drop(frontier->txn, queue, 1));
	bytes_free(&frontier->spelled);
}

/* A URL that was seen, of version 2. */
static void
know_whole(struct frontier *frontier, const MDB_val *key, const MDB_val *value)
{
	(void)key;
	see(frontier, value->mv_data, value->mv_size);
}

/* A state of version 2 has all that was seen as it is written. */
static void
carry_over_second(struct frontier *frontier)
{
	MDB_dbi seen;

	open_database(frontier, "urls", &seen);
	for_each(frontier, seen, know_whole);
	check(frontier, mdb_drop(frontier->txn, seen, 1));
}

static void
carry_over(struct frontier *frontier)
{
	if (frontier->facts.format == 1)
		carry_over_first(frontier);
	else
		carry_over_second(frontier);
	frontier->facts.format = FORMAT_FRONTIER;
	frontier->changes++;
	frontier_commit(frontier, frontier->facts.output);
}

struct frontier *
frontier_open(const char *folder)
{
	struct frontier *frontier = calloc(1, sizeof(*frontier));

	if (frontier == NULL)
		die(STATUS_BROKEN, errno, "state");
	frontier->folder = -1;
	frontier->name = folder != NULL ? folder : "temporary state";
	if (folder != NULL)
		open_folder(frontier, folder);
	else
		open_temporary(frontier);
	open_databases(frontier);
	open_seen(frontier);
	if (frontier->facts.format < FORMAT_FRONTIER)
		carry_over(frontier);
	list_all(frontier);
	return frontier;
}

void
frontier_close(struct frontier *frontier)
{
	close_cursors(frontier);
	mdb_txn_abort(frontier->txn);
	mdb_env_close(frontier->env);
	seen_close(&frontier->seen);
	if (frontier->folder >= 0)
		close(frontier->folder);
	bytes_free(&frontier->value);
	free(frontier);
}
