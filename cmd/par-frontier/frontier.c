/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <poll.h>
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
#include "frontier.h"
#include "hash.h"
#include "need.h"
#include "spool.h"

enum {
	PATH = 4096,
	LINE_KEY = 12, /* level, host */
	QUEUE_KEY = 20, /* level, host, seq */
	TURN_KEY = 20, /* level, turn, host */
	DEPTH = 4, /* begins a value of the queue; the URL follows */
	FORMAT = 1,
	LOCK_WAIT = 1000 /* milliseconds */
};

/* Address space, not memory or disk, for as much as a file may hold. */
static const size_t MAP = sizeof(size_t) > 4 ? (size_t)1 << 40 : (size_t)1 << 30;

/* What is remembered besides: the only value of the database "facts". */
struct facts {
	uint64_t format;
	uint64_t seed; /* of hashes; nobody who writes URLs knows it */
	uint64_t seq; /* the last one given */
	uint64_t output; /* bytes */
};

struct frontier {
	const char *name;
	int folder; /* locked, or -1 */
	MDB_env *env;
	MDB_txn *txn;
	MDB_cursor *entries, *turns; /* of queue, and list */
	MDB_dbi seen; /* hash: URL */
	MDB_dbi queue; /* level, host, seq: depth, URL */
	MDB_dbi list; /* level, turn, host */
	MDB_dbi listed; /* level, host: turn */
	MDB_dbi facts_db;
	struct facts facts;
	uint64_t turn; /* the last one that was taken */
	uint64_t changes;
	struct bytes value;
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
	die(STATUS_BROKEN, 0, "%s: the state is damaged", frontier->name);
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
turn_key(unsigned char key[static TURN_KEY], const struct line *line, uint64_t turn)
{
	put_number(key, line->level, 4);
	put_number(key + 4, turn, 8);
	put_number(key + 12, line->host, 8);
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
	check(frontier, mdb_cursor_open(frontier->txn, frontier->list, &frontier->turns));
}

static void
close_cursors(struct frontier *frontier)
{
	mdb_cursor_close(frontier->entries);
	mdb_cursor_close(frontier->turns);
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
	if (out->seq == UINT64_MAX) /* it is sought as the end of a line */
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

/* The databases of a state that may be new. */
static void
open_databases(struct frontier *frontier)
{
	MDB_val key = { .mv_data = (char[]){ "facts" }, .mv_size = 5 }, value;
	int got;

	begin(frontier);
	check(frontier, mdb_dbi_open(frontier->txn, "seen", MDB_CREATE, &frontier->seen));
	check(
	    frontier, mdb_dbi_open(frontier->txn, "queue", MDB_CREATE, &frontier->queue));
	check(frontier, mdb_dbi_open(frontier->txn, "list", MDB_CREATE, &frontier->list));
	check(frontier,
	    mdb_dbi_open(frontier->txn, "listed", MDB_CREATE, &frontier->listed));
	check(frontier,
	    mdb_dbi_open(frontier->txn, "facts", MDB_CREATE, &frontier->facts_db));
	got = mdb_get(frontier->txn, frontier->facts_db, &key, &value);
	if (got == MDB_NOTFOUND) {
		frontier->facts =
		    (struct facts){ .format = FORMAT, .seed = hash_random_seed() };
		frontier->changes++;
	} else {
		check(frontier, got);
		if (value.mv_size == sizeof(frontier->facts))
			memcpy(&frontier->facts, value.mv_data, sizeof(frontier->facts));
		if (frontier->facts.format != FORMAT)
			die(STATUS_BROKEN, 0, "%s: not a state of this version",
			    frontier->name);
	}
	open_cursors(frontier);
}

static void
open_environment(struct frontier *frontier, const char *path, unsigned flags)
{
	/* One whose first two pages are cut, no one can open. */
	if (disk_reserve(path, 2 * sysconf(_SC_PAGESIZE), DISK_KEEP) < 0)
		die(STATUS_BROKEN, errno, "%s", frontier->name);
	check(frontier, mdb_env_create(&frontier->env));
	check(frontier, mdb_env_set_userctx(frontier->env, frontier));
	check(frontier, mdb_env_set_assert(frontier->env, give_up));
	check(frontier, mdb_env_set_maxdbs(frontier->env, 5));
	check(frontier, mdb_env_set_mapsize(frontier->env, MAP));
	/* No other process may use it, so LMDB need not lock. */
	check(frontier,
	    mdb_env_open(frontier->env, path,
		flags | MDB_NOSUBDIR | MDB_NOLOCK | MDB_NOTLS, 0600));
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
		die(STATUS_BROKEN, 0, "%s: in use by another process", folder);
	if ((size_t)snprintf(path, sizeof(path), "%s/%s", folder, frontier_file) >=
	    sizeof(path))
		die(STATUS_BROKEN, ENAMETOOLONG, "%s", folder);
	if (anew_plain(path) < 0)
		die(STATUS_BROKEN, errno, "%s", path);
	open_environment(frontier, path, 0);
}

static void
open_temporary(struct frontier *frontier)
{
	char path[PATH];
	int fd;

	if ((size_t)snprintf(path, sizeof(path), "%s/par.XXXXXX", spool_folder()) >=
	    sizeof(path))
		die(STATUS_BROKEN, ENAMETOOLONG, "%s", spool_folder());
	fd = mkstemp(path);
	if (fd < 0)
		die(STATUS_BROKEN, errno, "%s", path);
	close(fd);
	open_environment(frontier, path, MDB_NOSYNC);
	unlink(path);
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
	list_all(frontier);
	return frontier;
}

void
frontier_close(struct frontier *frontier)
{
	close_cursors(frontier);
	mdb_txn_abort(frontier->txn);
	mdb_env_close(frontier->env);
	if (frontier->folder >= 0)
		close(frontier->folder);
	bytes_free(&frontier->value);
	free(frontier);
}

/*
 * Add url to those seen; false if it is there.  The key is a hash, and where that is
 * taken by another URL the number after it.
 */
static bool
see(struct frontier *frontier, const struct spelling *url)
{
	uint64_t hash = hash_bytes(url->data, url->len, frontier->facts.seed);
	unsigned char number[8];
	MDB_val key = { .mv_data = number, .mv_size = sizeof(number) };
	int got;

	for (;; hash++) {
		MDB_val value = { .mv_data = (char *)(uintptr_t)url->data,
			.mv_size = url->len };

		put_number(number, hash, sizeof(number));
		got =
		    mdb_put(frontier->txn, frontier->seen, &key, &value, MDB_NOOVERWRITE);
		if (got != MDB_KEYEXIST)
			break;
		if (value.mv_size == url->len &&
		    memcmp(value.mv_data, url->data, url->len) == 0)
			return false;
	}
	check(frontier, got);
	frontier->changes++;
	return true;
}

void
frontier_list(struct frontier *frontier, const struct line *line)
{
	unsigned char name[LINE_KEY], number[8], key[TURN_KEY];
	MDB_val at = { .mv_data = name, .mv_size = sizeof(name) }, value;
	int got;

	line_key(name, line);
	got = mdb_get(frontier->txn, frontier->listed, &at, &value);
	if (got == 0)
		return;
	if (got != MDB_NOTFOUND)
		check(frontier, got);
	put_number(number, frontier->turn + 1, sizeof(number));
	put(frontier, frontier->listed, name, sizeof(name), number, sizeof(number));
	turn_key(key, line, frontier->turn + 1);
	put(frontier, frontier->list, key, sizeof(key), number, 0);
}

bool
frontier_add(
    struct frontier *frontier, const struct spelling *url, uint32_t depth, uint32_t level)
{
	struct line line = { .level = level };
	unsigned char key[QUEUE_KEY], number[DEPTH];

	if (!see(frontier, url))
		return false;
	line.host =
	    hash_bytes(url->data + url->host, url->host_len, frontier->facts.seed);
	queue_key(key, &line, ++frontier->facts.seq);
	put_number(number, depth, DEPTH);
	bytes_clear(&frontier->value, SIZE_MAX);
	need_put(&frontier->value, number, DEPTH);
	need_put(&frontier->value, url->data, url->len);
	put(frontier, frontier->queue, key, sizeof(key), frontier->value.data,
	    frontier->value.len);
	frontier_list(frontier, &line);
	return true;
}

void
frontier_know(struct frontier *frontier, const struct spelling *url)
{
	see(frontier, url);
}

bool
frontier_turn(struct frontier *frontier, struct line *out)
{
	MDB_val key, value;
	int got = mdb_cursor_get(frontier->turns, &key, &value, MDB_FIRST);
	const unsigned char *data;

	if (got == MDB_NOTFOUND)
		return false;
	check(frontier, got);
	if (key.mv_size != TURN_KEY)
		damaged(frontier);
	data = key.mv_data;
	out->level = (uint32_t)get_number(data, 4);
	out->host = get_number(data + 12, 8);
	frontier->turn = get_number(data + 4, 8);
	return true;
}

bool
frontier_take(
    struct frontier *frontier, const struct line *line, uint64_t after, struct entry *out)
{
	unsigned char key[QUEUE_KEY], turn[TURN_KEY];

	turn_key(turn, line, frontier->turn);
	drop(frontier, frontier->list, turn, sizeof(turn));
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

uint64_t
frontier_changes(const struct frontier *frontier)
{
	return frontier->changes;
}

void
frontier_commit(struct frontier *frontier, uint64_t output)
{
	char name[] = "facts";

	if (frontier->changes == 0)
		return;
	frontier->facts.output = output;
	put(frontier, frontier->facts_db, name, sizeof(name) - 1, &frontier->facts,
	    sizeof(frontier->facts));
	close_cursors(frontier);
	check(frontier, mdb_txn_commit(frontier->txn));
	begin(frontier);
	open_cursors(frontier);
	frontier->changes = 0;
}
