/* SPDX-License-Identifier: ISC */
/*
 * A folder with an LMDB file, which many processes read and write at once.
 *
 *	"output"  key -> sequence number, value; see value.h
 *	"order"   sequence number -> key: the oldest is dropped first
 */
#include <errno.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "anew.h"
#include "diag.h"
#include "disk.h"
#include "lmdb_format.h"
#include "need.h"
#include "value.h"

enum {
	READERS_MOST = 4096,
	LOCK = 64, /* bytes of the file of locks that a reader has */
	SEQUENCE = 8, /* bytes */
	PARTS = 64, /* a transaction has about this part of the file */
	REFUSED_PART = 8 /* a value at most this part */
};

struct local {
	MDB_env *env;
	MDB_dbi output, order;
	MDB_txn *reading; /* reset while nothing is looked up */
	size_t page;
	uint64_t limit; /* of the file, bytes */
	char newer[FORMAT_TEXT]; /* why it is none that we can read */
};

static int
failed(struct store *store, int error)
{
	store->why = mdb_strerror(disk_error(store->name, error));
	return -1;
}

/* Make a folder and those above it, for the user alone. */
static int
make_folder(char *path)
{
	for (char *p = path + 1;; p++)
		if (*p == '/' || *p == '\0') {
			char end = *p;

			*p = '\0';
			if (mkdir(path, 0700) < 0 && errno != EEXIST && end == '\0')
				return -1;
			*p = end;
			if (end == '\0')
				return 0;
		}
}

/* The folder's name; NULL without memory, or with errno ENOENT without a home. */
static char *
folder_name(const char *where)
{
	const char *base = getenv("XDG_CACHE_HOME"), *under = "/par";
	char *name;
	int len;

	if (base == NULL || base[0] != '/') {
		base = getenv("HOME");
		under = "/.cache/par";
	}
	if (where != NULL)
		return strdup(where);
	if (base == NULL || base[0] == '\0') {
		errno = ENOENT;
		return NULL;
	}
	len = snprintf(NULL, 0, "%s%s", base, under);
	name = malloc((size_t)len + 1);
	if (name != NULL)
		snprintf(name, (size_t)len + 1, "%s%s", base, under);
	return name;
}

/* Room for size bytes of a file of the folder.  0, or an error number. */
static int
reserve(const char *folder, const char *file, off_t size, enum disk_length length)
{
	struct bytes path = { 0 };
	int got;

	need_put(&path, folder, strlen(folder));
	need_put(&path, file, strlen(file) + 1);
	got = disk_reserve(path.data, size, length);
	bytes_free(&path);
	return got < 0 ? errno : 0;
}

/*
 * LMDB writes to the file of locks as to memory, where a full disk would end us by
 * SIGBUS, and leaves a file that no one can open when only part of its first two
 * pages can be written.
 */
static int
reserve_files(const char *folder)
{
	int error = reserve(folder, "/lock.mdb", READERS_MOST * LOCK + 4096, DISK_GROW);

	if (error != 0)
		return error;
	return reserve(folder, "/data.mdb", 2 * sysconf(_SC_PAGESIZE), DISK_KEEP);
}

/* LMDB finds that its file contradicts itself. */
static void
give_up(MDB_env *env, const char *what)
{
	const char *file = NULL;

	mdb_env_get_path(env, &file);
	die(STATUS_BROKEN, 0,
	    "%s: the store is damaged: %s; remove it, and all is computed anew", file,
	    what);
}

/* Make sure of both tables, and get ready to read. */
static int
open_tables(struct local *local)
{
	MDB_txn *txn;
	int error = mdb_txn_begin(local->env, NULL, 0, &txn);

	if (error != 0)
		return error;
	error =
	    lmdb_format_check(txn, "par-cache folder", FORMAT_CACHE_FILE, local->newer);
	if (error == 0)
		error = mdb_dbi_open(txn, "output", MDB_CREATE, &local->output);
	if (error == 0)
		error = mdb_dbi_open(txn, "order", MDB_CREATE, &local->order);
	if (error != 0) {
		mdb_txn_abort(txn);
		return error;
	}
	error = mdb_txn_commit(txn);
	if (error == 0)
		error = mdb_txn_begin(local->env, NULL, MDB_RDONLY, &local->reading);
	if (error == 0)
		mdb_txn_reset(local->reading);
	return error;
}

/* The files of the folder are no links that others laid.  0, or -1 with errno. */
static int
check_files(const char *folder)
{
	static const char *const files[] = { "data.mdb", "lock.mdb" };
	int wrong = 0;

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]) && wrong == 0; i++) {
		size_t size = strlen(folder) + strlen(files[i]) + 2;
		char *path = malloc(size);

		if (path == NULL)
			return -1;
		snprintf(path, size, "%s/%s", folder, files[i]);
		wrong = anew_plain(path);
		free(path);
	}
	return wrong;
}

static const char *
open_local(struct store *store, const struct store_plan *plan)
{
	struct local *local = calloc(1, sizeof(*local));
	MDB_stat stat;
	int error, dead;

	store->state = local;
	store->name = folder_name(plan->where);
	if (store->name == NULL && errno == ENOENT)
		return "no cache folder: neither XDG_CACHE_HOME nor HOME is set; see -d";
	if (local == NULL || store->name == NULL || make_folder(store->name) < 0 ||
	    check_files(store->name) < 0)
		return strerror(errno);
	local->limit = plan->max_size;
	error = reserve_files(store->name);
	if (error == 0)
		error = mdb_env_create(&local->env);
	if (error == 0)
		error = mdb_env_set_assert(local->env, give_up);
	if (error == 0)
		error = mdb_env_set_mapsize(local->env, (size_t)plan->max_size);
	if (error == 0)
		error = mdb_env_set_maxdbs(local->env, 2);
	if (error == 0)
		error = mdb_env_set_maxreaders(local->env, READERS_MOST);
	if (error == 0) /* a crash of the machine loses the last outputs, no more */
		error = mdb_env_open(
		    local->env, store->name, MDB_NOMETASYNC | MDB_NORDAHEAD, 0600);
	if (error == 0) /* places of readers that were killed */
		error = mdb_reader_check(local->env, &dead);
	if (error == 0)
		error = open_tables(local);
	if (error == 0)
		error = mdb_env_stat(local->env, &stat);
	if (error != 0 && local->newer[0] != '\0')
		return local->newer;
	if (error == MDB_INVALID)
		return "not a store of par-cache, or damaged; name another one with -d";
	if (error != 0)
		return mdb_strerror(disk_error(store->name, error));
	local->page = stat.ms_psize;
	return NULL;
}

static int
get(struct store *store, struct lookup *lookups, size_t count)
{
	struct local *local = store->state;
	int error = mdb_txn_renew(local->reading);

	if (error == MDB_MAP_RESIZED) { /* by another process with a larger limit */
		error = mdb_env_set_mapsize(local->env, 0);
		if (error == 0)
			error = mdb_txn_renew(local->reading);
	}
	if (error != 0)
		return failed(store, error);
	for (size_t i = 0; i < count; i++) {
		struct lookup *lookup = &lookups[i];
		MDB_val key = { .mv_size = KEY_SIZE, .mv_data = lookup->key.bytes };
		MDB_val value;

		lookup->output = NULL;
		error = mdb_get(local->reading, local->output, &key, &value);
		if (error != 0 && error != MDB_NOTFOUND)
			return failed(store, error);
		if (error == MDB_NOTFOUND)
			continue;
		lookup->damaged = value.mv_size < SEQUENCE;
		if (!lookup->damaged)
			value_read(lookup, (const char *)value.mv_data + SEQUENCE,
			    value.mv_size - SEQUENCE, store->ttl);
	}
	return 0;
}

static void
rest(struct store *store)
{
	struct local *local = store->state;

	mdb_txn_reset(local->reading);
}

/* Bytes that both tables take up. */
static int
taken(struct local *local, MDB_txn *txn, uint64_t *bytes)
{
	const MDB_dbi tables[] = { local->output, local->order };

	*bytes = 0;
	for (int i = 0; i < 2; i++) {
		MDB_stat stat;
		int error = mdb_stat(txn, tables[i], &stat);

		if (error != 0)
			return error;
		*bytes += (uint64_t)(stat.ms_branch_pages + stat.ms_leaf_pages +
			      stat.ms_overflow_pages) *
		    local->page;
	}
	return 0;
}

/* The oldest output, which another one under its key may have replaced. */
static int
drop_one(struct local *local, MDB_txn *txn, MDB_cursor *cursor)
{
	MDB_val sequence, key;
	int error = mdb_cursor_get(cursor, &sequence, &key, MDB_FIRST);

	if (error == 0)
		error = mdb_del(txn, local->output, &key, NULL);
	if (error == MDB_NOTFOUND || error == MDB_BAD_VALSIZE) /* it was damaged */
		error = 0;
	return error == 0 ? mdb_cursor_del(cursor, 0) : error;
}

/* Drop at most count of the oldest outputs, until most bytes are taken. */
static int
drop(struct local *local, MDB_txn *txn, uint64_t most, uint64_t *count)
{
	MDB_cursor *cursor;
	uint64_t bytes, dropped = 0;
	int error = mdb_cursor_open(txn, local->order, &cursor);

	if (error != 0)
		return error;
	error = taken(local, txn, &bytes);
	while (error == 0 && bytes > most && dropped < *count) {
		error = drop_one(local, txn, cursor);
		if (error == 0)
			error = taken(local, txn, &bytes);
		dropped += error == 0;
	}
	mdb_cursor_close(cursor);
	*count = dropped;
	return error;
}

/*
 * Make room: a few at a time, since a transaction needs pages for what it drops,
 * too, and those that it frees can be used only two transactions later.
 */
static int
make_room(struct store *store)
{
	struct local *local = store->state;
	uint64_t most = local->limit / 8 * 5, part = local->limit / PARTS / local->page;
	uint64_t count;
	int error = 0;

	do {
		MDB_txn *txn;

		count = part;
		error = mdb_txn_begin(local->env, NULL, 0, &txn);
		if (error != 0)
			return error;
		error = drop(local, txn, most, &count);
		if (error != 0 || count == 0) {
			mdb_txn_abort(txn);
			return error;
		}
		error = mdb_txn_commit(txn);
		if (error == 0)
			store->evicted += count;
	} while (error == 0 && count == part);
	return error;
}

/* The sequence number that comes after all there are, most significant byte first. */
static int
next_sequence(struct local *local, MDB_txn *txn, unsigned char sequence[SEQUENCE])
{
	MDB_cursor *cursor;
	MDB_val last, key;
	int error = mdb_cursor_open(txn, local->order, &cursor);

	if (error != 0)
		return error;
	error = mdb_cursor_get(cursor, &last, &key, MDB_LAST);
	memset(sequence, 0, SEQUENCE);
	if (error == 0 && last.mv_size == SEQUENCE)
		memcpy(sequence, last.mv_data, SEQUENCE);
	mdb_cursor_close(cursor);
	for (int i = SEQUENCE - 1; i >= 0 && ++sequence[i] == 0; i--)
		continue;
	return error == MDB_NOTFOUND ? 0 : error;
}

/* The place of an output that is replaced; it may be another's if that is damaged. */
static int
drop_place(struct local *local, MDB_txn *txn, const MDB_val *key, const MDB_val *old)
{
	unsigned char sequence[SEQUENCE];
	MDB_val number = { .mv_size = SEQUENCE, .mv_data = sequence }, owner;
	int error;

	if (old->mv_size < SEQUENCE)
		return 0;
	memcpy(sequence, old->mv_data, SEQUENCE);
	error = mdb_get(txn, local->order, &number, &owner);
	if (error == MDB_NOTFOUND)
		return 0;
	if (error != 0 || owner.mv_size != KEY_SIZE ||
	    memcmp(owner.mv_data, key->mv_data, KEY_SIZE) != 0)
		return error;
	return mdb_del(txn, local->order, &number, NULL);
}

/* Store one output in place of what there is. */
static int
put_one(struct local *local, MDB_txn *txn, const struct stored *saved)
{
	struct digest copy = saved->key;
	unsigned char sequence[SEQUENCE];
	MDB_val key = { .mv_size = KEY_SIZE, .mv_data = copy.bytes }, old;
	MDB_val value = { .mv_size = SEQUENCE + value_size(saved) };
	MDB_val number = { .mv_size = SEQUENCE, .mv_data = sequence };
	int error = mdb_get(txn, local->output, &key, &old);

	if (error == 0)
		error = drop_place(local, txn, &key, &old);
	if (error == 0 || error == MDB_NOTFOUND)
		error = next_sequence(local, txn, sequence);
	if (error == 0)
		error = mdb_put(txn, local->order, &number, &key, MDB_APPEND);
	if (error == 0)
		error = mdb_put(txn, local->output, &key, &value, MDB_RESERVE);
	if (error != 0)
		return error;
	memcpy(value.mv_data, sequence, SEQUENCE);
	value_write((char *)value.mv_data + SEQUENCE, saved);
	return 0;
}

/*
 * Where a transaction that begins at list should end: it writes a page at least
 * for each output, and what it replaces stays in the file for a while.
 */
static const struct stored *
part_of(const struct local *local, const struct stored *list)
{
	uint64_t bytes = 0;

	while (list != NULL && bytes < local->limit / PARTS) {
		bytes += value_size(list) + local->page;
		list = list->next;
	}
	return list;
}

/* Store list up to end. */
static int
put_part(struct store *store, const struct stored *list, const struct stored *end)
{
	struct local *local = store->state;
	uint64_t refused = store->refused;
	MDB_txn *txn;
	int error = mdb_txn_begin(local->env, NULL, 0, &txn);

	if (error != 0)
		return error;
	for (; error == 0 && list != end; list = list->next)
		if (value_size(list) <= local->limit / REFUSED_PART)
			error = put_one(local, txn, list);
		else
			store->refused++;
	if (error == 0)
		return mdb_txn_commit(txn);
	mdb_txn_abort(txn);
	store->refused = refused;
	return error;
}

/* Store outputs, with room made before; what does not fit even so is refused. */
static int
put_somehow(struct store *store, const struct stored *list, const struct stored *end)
{
	struct local *local = store->state;
	int error = make_room(store);

	if (error == 0)
		error = put_part(store, list, end);
	if (error == MDB_MAP_RESIZED) {
		error = mdb_env_set_mapsize(local->env, 0);
		if (error == 0)
			error = put_part(store, list, end);
	}
	if (error != MDB_MAP_FULL)
		return error;
	for (; list != end; list = list->next)
		store->refused++;
	return 0;
}

static int
put(struct store *store, const struct stored *list)
{
	int error = 0;

	while (error == 0 && list != NULL) {
		const struct stored *end = part_of(store->state, list);

		error = put_somehow(store, list, end);
		list = end;
	}
	return error == 0 ? 0 : failed(store, error);
}

static int
size(struct store *store, struct store_size *size)
{
	struct local *local = store->state;
	MDB_stat stat;
	int error = mdb_txn_renew(local->reading);

	if (error == 0)
		error = mdb_stat(local->reading, local->output, &stat);
	if (error == 0)
		error = taken(local, local->reading, &size->bytes);
	if (error != 0)
		return failed(store, error);
	size->entries = stat.ms_entries;
	size->limit = local->limit;
	mdb_txn_reset(local->reading);
	return 0;
}

static void
close_local(struct store *store)
{
	struct local *local = store->state;

	mdb_txn_abort(local->reading);
	mdb_env_close(local->env);
	free(local);
}

const struct store_kind store_lmdb = { .open = open_local,
	.get = get,
	.rest = rest,
	.put = put,
	.size = size,
	.close = close_local };
