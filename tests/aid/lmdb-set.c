/* SPDX-License-Identifier: ISC */
/*
 * lmdb-set PATH DATABASE KEY HEX [AT]: set a value of an LMDB file, or of the one in a
 * folder, or the bytes of it from AT on; DATABASE "" is the one without a name.
 */
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Value as it is, but for the bytes from at on, which are those of value now. */
static int
patch(MDB_txn *txn, MDB_dbi db, MDB_val *key, MDB_val *value, size_t at)
{
	static unsigned char whole[256];
	MDB_val is;

	if (mdb_get(txn, db, key, &is) != 0 || is.mv_size > sizeof(whole) ||
	    at + value->mv_size > is.mv_size)
		return -1;
	memcpy(whole, is.mv_data, is.mv_size);
	memcpy(whole + at, value->mv_data, value->mv_size);
	*value = (MDB_val){ .mv_data = whole, .mv_size = is.mv_size };
	return 0;
}

int
main(int argc, char **argv)
{
	unsigned char bytes[256];
	struct stat about;
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi db;
	MDB_val key, value = { .mv_data = bytes };

	if (argc < 5 || argc > 6 || stat(argv[1], &about) < 0)
		return 2;
	for (const char *hex = argv[4]; sscanf(hex, "%2hhx", &bytes[value.mv_size]) == 1;
	     hex += 2)
		value.mv_size++;
	key = (MDB_val){ .mv_data = argv[3], .mv_size = strlen(argv[3]) };
	if (mdb_env_create(&env) != 0 || mdb_env_set_maxdbs(env, 9) != 0 ||
	    mdb_env_set_mapsize(env, 1 << 30) != 0 ||
	    mdb_env_open(env, argv[1],
		S_ISDIR(about.st_mode) ? 0 : MDB_NOSUBDIR | MDB_NOLOCK, 0600) != 0 ||
	    mdb_txn_begin(env, NULL, 0, &txn) != 0 ||
	    mdb_dbi_open(txn, *argv[2] == '\0' ? NULL : argv[2], 0, &db) != 0 ||
	    (argc == 6 && patch(txn, db, &key, &value, (size_t)atol(argv[5])) < 0) ||
	    mdb_put(txn, db, &key, &value, 0) != 0 || mdb_txn_commit(txn) != 0)
		return 3;
	mdb_env_close(env);
	return 0;
}
