/* SPDX-License-Identifier: ISC */
/*
 * lmdb_format - which version an LMDB file is of: the digits at "format", beside the
 * tables; a file without is of version 1.  See par-formats(7).  In a header, since only
 * programs that use LMDB have it.
 */
#ifndef PAR_LMDB_FORMAT_H
#define PAR_LMDB_FORMAT_H

#include <lmdb.h>

#include "formats.h"
#include "num.h"

/*
 * Is it of a version that we know?  0, or an error number of LMDB; MDB_VERSION_MISMATCH
 * if it is not, and then newer says what helps, or is empty where there is no version.
 */
static inline int
lmdb_format_check(MDB_txn *txn, const char *name, enum format_version version,
    char newer[static FORMAT_TEXT])
{
	MDB_val key = { .mv_data = (char[]){ "format" }, .mv_size = 6 }, value;
	uint64_t format;
	MDB_dbi tables;
	int error = mdb_dbi_open(txn, NULL, 0, &tables);

	*newer = '\0';
	if (error == 0)
		error = mdb_get(txn, tables, &key, &value);
	if (error != 0)
		return error == MDB_NOTFOUND ? 0 : error;
	if (num_parse_bytes(value.mv_data, value.mv_size, 1, UINT64_MAX, &format) < 0)
		return MDB_VERSION_MISMATCH;
	if (format <= (uint64_t)version)
		return 0;
	formats_newer_text(newer, name, version, format);
	return MDB_VERSION_MISMATCH;
}

#endif
