/* SPDX-License-Identifier: ISC */
/*
 * Fuzz par-frontier: URLs, and what stands in the state of a crawl.  A URL has one way
 * to be written; of a state that others have written each entry that is taken is a URL
 * that can be given out, or the program says that it is damaged.
 */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <lmdb.h>

#include "diag.h"
#include "field.h"
#include "frontier.h"
#include "fuzz.h"

static void
check_url(const char *data, size_t len)
{
	struct bytes text = { 0 }, again = { 0 };
	struct spelling url, same;
	char *copy = copy_of(data, len);

	if (spelling_read(&url, &text, copy, len)) {
		must(url.host + url.host_len <= url.len && url.host_len > 0);
		must(memchr(url.data, '\n', url.len) == NULL &&
		    memchr(url.data, '\t', url.len) == NULL &&
		    memchr(url.data, '#', url.len) == NULL);
		must(spelling_read(&same, &again, url.data, url.len));
		must(same.len == url.len && memcmp(same.data, url.data, url.len) == 0);
		must(spelling_same_host(&same, &url));
	}
	free(copy);
	bytes_free(&text);
	bytes_free(&again);
}

/* The environment in use, which is left open where the program ends. */
static MDB_env *opened;

/* In place of that of LMDB: as much address space as is meant takes ASan too long. */
int
mdb_env_set_mapsize(MDB_env *env, size_t size)
{
	int (*set)(MDB_env *, size_t);

	*(void **)&set = dlsym(RTLD_NEXT, "mdb_env_set_mapsize");
	opened = env;
	return set(env, size > 1 << 20 ? 1 << 20 : size);
}

/* Entries for databases: which one, the length of the key, key, value, newline. */
static void
write_state(struct pieces in)
{
	/* Those of version 1, which is carried over, and of the one that follows. */
	static const char *const names[] = { "queue", "list", "listed", "seen", "facts",
		"todo", "urls" };
	enum { NAMES = sizeof(names) / sizeof(names[0]) };
	MDB_env *env;
	MDB_txn *txn;

	must(mkdir("state", 0700) == 0);
	must(mdb_env_create(&env) == 0 && mdb_env_set_maxdbs(env, NAMES) == 0);
	must(mdb_env_set_mapsize(env, 1 << 20) == 0);
	must(mdb_env_open(env, "state/frontier", MDB_NOSUBDIR | MDB_NOLOCK | MDB_NOSYNC,
		 0600) == 0);
	must(mdb_txn_begin(env, NULL, 0, &txn) == 0);
	while (in.left > 0) {
		MDB_dbi db;
		unsigned char which = pieces_byte(&in), key_len = pieces_byte(&in) & 31;
		MDB_val key, value;
		size_t len;

		key.mv_data = (void *)(uintptr_t)in.at;
		key.mv_size = key_len < in.left ? key_len : in.left;
		in.at += key.mv_size;
		in.left -= key.mv_size;
		value.mv_data = (void *)(uintptr_t)pieces_until(&in, '\n', &len);
		value.mv_size = len;
		if (key.mv_size == 0)
			continue;
		must(mdb_dbi_open(txn, names[which % NAMES], MDB_CREATE, &db) == 0);
		mdb_put(txn, db, &key, &value, 0);
	}
	must(mdb_txn_commit(txn) == 0);
	mdb_env_close(env);
}

static void
use_state(void *arg)
{
	struct frontier *frontier = frontier_open("state");
	struct line line;
	struct entry entry;
	struct bytes text = { 0 };
	struct spelling url;

	(void)arg;
	for (int i = 0; i < 20 && frontier_next(frontier, &line); i++) {
		uint64_t seq = 0;

		if (!frontier_take(frontier, &line, seq, &entry))
			continue;
		must(entry.len > 0 && memchr(entry.url, '\n', entry.len) == NULL);
		frontier_remove(frontier, &line, entry.seq);
		frontier_list(frontier, &line);
	}
	must(spelling_read(&url, &text, "http://h/new", 12));
	frontier_add(frontier, &url, 1, 1);
	bytes_free(&text);
	frontier_close(frontier);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int status;

	check_url((const char *)data, size);
	if (size == 0 || data[0] % 16 != 1) /* a state takes long */
		return 0;
	own_folder();
	write_state(pieces_of(data + 1, size - 1));
	status = status_of(use_state, NULL);
	must(status == -1 || status == STATUS_BROKEN);
	if (status != -1)
		mdb_env_close(opened);
	must(unlink("state/frontier") == 0 && rmdir("state") == 0);
	return 0;
}
