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
#include "hash.h"
#include "need.h"
#include "spool.h"
#include "state.h"

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

struct state {
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

const char state_file[] = "frontier";

static void
check(const struct state *state, int error)
{
	if (error == 0)
		return;
	error = disk_error(state->folder >= 0 ? state->name : spool_folder(), error);
	die(STATUS_BROKEN, 0, "%s: %s", state->name, mdb_strerror(error));
}

/* What is read there is not what was written. */
static _Noreturn void
damaged(const struct state *state)
{
	die(STATUS_BROKEN, 0, "%s: the state is damaged", state->name);
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
put(struct state *state, MDB_dbi db, void *key, size_t key_len, void *data, size_t len)
{
	MDB_val name = { .mv_data = key, .mv_size = key_len },
		value = { .mv_data = data, .mv_size = len };

	check(state, mdb_put(state->txn, db, &name, &value, 0));
	state->changes++;
}

static void
drop(struct state *state, MDB_dbi db, void *key, size_t key_len)
{
	MDB_val name = { .mv_data = key, .mv_size = key_len };

	check(state, mdb_del(state->txn, db, &name, NULL));
	state->changes++;
}

static void
begin(struct state *state)
{
	check(state, mdb_txn_begin(state->env, NULL, 0, &state->txn));
}

static void
open_cursors(struct state *state)
{
	check(state, mdb_cursor_open(state->txn, state->queue, &state->entries));
	check(state, mdb_cursor_open(state->txn, state->list, &state->turns));
}

static void
close_cursors(struct state *state)
{
	mdb_cursor_close(state->entries);
	mdb_cursor_close(state->turns);
}

/* The entry of the queue at a key or behind it; false if there is none. */
static bool
seek(struct state *state, unsigned char name[static QUEUE_KEY], struct entry *out)
{
	MDB_val key = { .mv_data = name, .mv_size = QUEUE_KEY }, value;
	int got = mdb_cursor_get(state->entries, &key, &value, MDB_SET_RANGE);
	const unsigned char *data;

	if (got == MDB_NOTFOUND)
		return false;
	check(state, got);
	if (key.mv_size != QUEUE_KEY || value.mv_size <= DEPTH ||
	    memchr((const char *)value.mv_data + DEPTH, '\n', value.mv_size - DEPTH) !=
		NULL)
		damaged(state);
	data = key.mv_data;
	out->line =
	    (struct line){ (uint32_t)get_number(data, 4), get_number(data + 4, 8) };
	out->seq = get_number(data + LINE_KEY, 8);
	if (out->seq == UINT64_MAX) /* it is sought as the end of a line */
		damaged(state);
	data = value.mv_data;
	out->depth = (uint32_t)get_number(data, DEPTH);
	out->url = (const char *)data + DEPTH;
	out->len = value.mv_size - DEPTH;
	return true;
}

/* List all lines that have something: nothing is in flight yet. */
static void
list_all(struct state *state)
{
	unsigned char key[QUEUE_KEY] = { 0 };
	struct entry entry;

	check(state, mdb_drop(state->txn, state->list, 0));
	check(state, mdb_drop(state->txn, state->listed, 0));
	while (seek(state, key, &entry)) {
		state_list(state, &entry.line);
		queue_key(key, &entry.line, UINT64_MAX);
	}
}

/* The databases of a state that may be new. */
static void
open_databases(struct state *state)
{
	MDB_val key = { .mv_data = (char[]){ "facts" }, .mv_size = 5 }, value;
	int got;

	begin(state);
	check(state, mdb_dbi_open(state->txn, "seen", MDB_CREATE, &state->seen));
	check(state, mdb_dbi_open(state->txn, "queue", MDB_CREATE, &state->queue));
	check(state, mdb_dbi_open(state->txn, "list", MDB_CREATE, &state->list));
	check(state, mdb_dbi_open(state->txn, "listed", MDB_CREATE, &state->listed));
	check(state, mdb_dbi_open(state->txn, "facts", MDB_CREATE, &state->facts_db));
	got = mdb_get(state->txn, state->facts_db, &key, &value);
	if (got == MDB_NOTFOUND) {
		state->facts =
		    (struct facts){ .format = FORMAT, .seed = hash_random_seed() };
		state->changes++;
	} else {
		check(state, got);
		if (value.mv_size == sizeof(state->facts))
			memcpy(&state->facts, value.mv_data, sizeof(state->facts));
		if (state->facts.format != FORMAT)
			die(STATUS_BROKEN, 0, "%s: not a state of this version",
			    state->name);
	}
	open_cursors(state);
}

static void
open_environment(struct state *state, const char *path, unsigned flags)
{
	/* One whose first two pages are cut, no one can open. */
	if (disk_reserve(path, 2 * sysconf(_SC_PAGESIZE), DISK_KEEP) < 0)
		die(STATUS_BROKEN, errno, "%s", state->name);
	check(state, mdb_env_create(&state->env));
	check(state, mdb_env_set_userctx(state->env, state));
	check(state, mdb_env_set_assert(state->env, give_up));
	check(state, mdb_env_set_maxdbs(state->env, 5));
	check(state, mdb_env_set_mapsize(state->env, MAP));
	/* No other process may use it, so LMDB need not lock. */
	check(state,
	    mdb_env_open(
		state->env, path, flags | MDB_NOSUBDIR | MDB_NOLOCK | MDB_NOTLS, 0600));
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
open_folder(struct state *state, const char *folder)
{
	char path[PATH];

	if (mkdir(folder, 0777) < 0 && errno != EEXIST)
		die(STATUS_BROKEN, errno, "%s", folder);
	state->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (state->folder < 0)
		die(STATUS_BROKEN, errno, "%s", folder);
	if (lock_folder(state->folder) < 0)
		die(STATUS_BROKEN, 0, "%s: in use by another process", folder);
	if ((size_t)snprintf(path, sizeof(path), "%s/%s", folder, state_file) >=
	    sizeof(path))
		die(STATUS_BROKEN, ENAMETOOLONG, "%s", folder);
	if (anew_plain(path) < 0)
		die(STATUS_BROKEN, errno, "%s", path);
	open_environment(state, path, 0);
}

static void
open_temporary(struct state *state)
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
	open_environment(state, path, MDB_NOSYNC);
	unlink(path);
}

struct state *
state_open(const char *folder)
{
	struct state *state = calloc(1, sizeof(*state));

	if (state == NULL)
		die(STATUS_BROKEN, errno, "state");
	state->folder = -1;
	state->name = folder != NULL ? folder : "temporary state";
	if (folder != NULL)
		open_folder(state, folder);
	else
		open_temporary(state);
	open_databases(state);
	list_all(state);
	return state;
}

void
state_close(struct state *state)
{
	close_cursors(state);
	mdb_txn_abort(state->txn);
	mdb_env_close(state->env);
	if (state->folder >= 0)
		close(state->folder);
	bytes_free(&state->value);
	free(state);
}

/*
 * Add url to those seen; false if it is there.  The key is a hash, and where that is
 * taken by another URL the number after it.
 */
static bool
see(struct state *state, const struct url *url)
{
	uint64_t hash = hash_bytes(url->data, url->len, state->facts.seed);
	unsigned char number[8];
	MDB_val key = { .mv_data = number, .mv_size = sizeof(number) };
	int got;

	for (;; hash++) {
		MDB_val value = { .mv_data = (char *)(uintptr_t)url->data,
			.mv_size = url->len };

		put_number(number, hash, sizeof(number));
		got = mdb_put(state->txn, state->seen, &key, &value, MDB_NOOVERWRITE);
		if (got != MDB_KEYEXIST)
			break;
		if (value.mv_size == url->len &&
		    memcmp(value.mv_data, url->data, url->len) == 0)
			return false;
	}
	check(state, got);
	state->changes++;
	return true;
}

void
state_list(struct state *state, const struct line *line)
{
	unsigned char name[LINE_KEY], number[8], key[TURN_KEY];
	MDB_val at = { .mv_data = name, .mv_size = sizeof(name) }, value;
	int got;

	line_key(name, line);
	got = mdb_get(state->txn, state->listed, &at, &value);
	if (got == 0)
		return;
	if (got != MDB_NOTFOUND)
		check(state, got);
	put_number(number, state->turn + 1, sizeof(number));
	put(state, state->listed, name, sizeof(name), number, sizeof(number));
	turn_key(key, line, state->turn + 1);
	put(state, state->list, key, sizeof(key), number, 0);
}

bool
state_add(struct state *state, const struct url *url, uint32_t depth, uint32_t level)
{
	struct line line = { .level = level };
	unsigned char key[QUEUE_KEY], number[DEPTH];

	if (!see(state, url))
		return false;
	line.host = hash_bytes(url->data + url->host, url->host_len, state->facts.seed);
	queue_key(key, &line, ++state->facts.seq);
	put_number(number, depth, DEPTH);
	bytes_clear(&state->value, SIZE_MAX);
	need_put(&state->value, number, DEPTH);
	need_put(&state->value, url->data, url->len);
	put(state, state->queue, key, sizeof(key), state->value.data, state->value.len);
	state_list(state, &line);
	return true;
}

void
state_know(struct state *state, const struct url *url)
{
	see(state, url);
}

bool
state_turn(struct state *state, struct line *out)
{
	MDB_val key, value;
	int got = mdb_cursor_get(state->turns, &key, &value, MDB_FIRST);
	const unsigned char *data;

	if (got == MDB_NOTFOUND)
		return false;
	check(state, got);
	if (key.mv_size != TURN_KEY)
		damaged(state);
	data = key.mv_data;
	out->level = (uint32_t)get_number(data, 4);
	out->host = get_number(data + 12, 8);
	state->turn = get_number(data + 4, 8);
	return true;
}

bool
state_take(
    struct state *state, const struct line *line, uint64_t after, struct entry *out)
{
	unsigned char key[QUEUE_KEY], turn[TURN_KEY];

	turn_key(turn, line, state->turn);
	drop(state, state->list, turn, sizeof(turn));
	queue_key(key, line, after + 1);
	drop(state, state->listed, key, LINE_KEY);
	return seek(state, key, out) && out->line.level == line->level &&
	    out->line.host == line->host;
}

void
state_remove(struct state *state, const struct line *line, uint64_t seq)
{
	unsigned char key[QUEUE_KEY];

	queue_key(key, line, seq);
	drop(state, state->queue, key, sizeof(key));
}

uint64_t
state_output(const struct state *state)
{
	return state->facts.output;
}

uint64_t
state_changes(const struct state *state)
{
	return state->changes;
}

void
state_commit(struct state *state, uint64_t output)
{
	char name[] = "facts";

	if (state->changes == 0)
		return;
	state->facts.output = output;
	put(state, state->facts_db, name, sizeof(name) - 1, &state->facts,
	    sizeof(state->facts));
	close_cursors(state);
	check(state, mdb_txn_commit(state->txn));
	begin(state);
	open_cursors(state);
	state->changes = 0;
}
