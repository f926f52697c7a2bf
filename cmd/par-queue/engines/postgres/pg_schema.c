/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "formats.h"
#include "num.h"
#include "pg_schema.h"
#include "sql.h"

/* What leads from each version to the next one, the first from nothing. */
static const char *const steps[FORMAT_QUEUE_SQL] = { sql_tables, sql_marks };

/*
 * What each function has: names are those of the schema, and each table has an index for
 * all that is asked of it, whatever the server knows of its size.
 */
static const char set_mark[] = "@SET";
static const char set[] = "SET search_path TO par_queue, pg_catalog, pg_temp "
			  "SET enable_seqscan TO off SET enable_bitmapscan TO off "
			  "SET plan_cache_mode TO force_generic_plan";

/* Old functions go, whatever they were, since what they return may be another. */
static const char drop_functions[] =
    "DO $$ DECLARE f regprocedure; BEGIN "
    "FOR f IN SELECT oid FROM pg_catalog.pg_proc WHERE pronamespace = "
    "'par_queue'::regnamespace LOOP EXECUTE 'DROP FUNCTION ' || f; END LOOP; END $$;";

/* One who may not make schemas may be given an empty one. */
static const char make_schema[] =
    "DO $$ BEGIN IF to_regnamespace('par_queue') IS NULL THEN "
    "CREATE SCHEMA par_queue; END IF; END $$;";

/* Only one makes them at a time; "0" in front of the version: nothing is there. */
static const char lock[] = "SELECT pg_catalog.pg_advisory_xact_lock(1885434481, 0);";
/* to_regclass() would not see what another one has made since the transaction began. */
static const char find[] = "SELECT NOT EXISTS (SELECT FROM pg_catalog.pg_tables "
			   "WHERE schemaname = 'par_queue' AND tablename = 'format')";
static const char read_version[] = "SELECT version FROM par_queue.format";

static int
add(struct bytes *text, const char *more)
{
	return bytes_put(text, more, strlen(more));
}

static int
add_functions(struct bytes *text)
{
	const char *from = sql_functions, *at;

	while ((at = strstr(from, set_mark)) != NULL) {
		if (bytes_put(text, from, (size_t)(at - from)) < 0 || add(text, set) < 0)
			return -1;
		from = at + strlen(set_mark);
	}
	return add(text, from);
}

/* All that leads from a version to ours, in one transaction. */
static int
add_steps(struct bytes *text, uint64_t version)
{
	char end[120];

	if ((version == 0 && add(text, make_schema) < 0) ||
	    (version > 0 && add(text, drop_functions) < 0))
		return -1;
	for (uint64_t i = version; i < FORMAT_QUEUE_SQL; i++)
		if (add(text, steps[i]) < 0)
			return -1;
	snprintf(end, sizeof(end), "UPDATE par_queue.format SET version = %d;COMMIT;",
	    (int)FORMAT_QUEUE_SQL);
	if (add_functions(text) < 0 || add(text, end) < 0)
		return -1;
	return bytes_put(text, "", 1);
}

/* The version that is there; 0: none. */
static enum pg_attempt
find_version(struct pg_wire *wire, uint64_t *version)
{
	PGresult *result;
	enum pg_attempt end = pg_wire_run(wire, find, NULL, 0, &result);
	bool none = result != NULL && PQntuples(result) == 1 &&
	    strcmp(PQgetvalue(result, 0, 0), "t") == 0;

	PQclear(result);
	*version = 0;
	if (end != PG_DONE || none)
		return end;
	end = pg_wire_run(wire, read_version, NULL, 0, &result);
	if (end != PG_DONE)
		return end;
	if (result == NULL || PQntuples(result) != 1 ||
	    num_parse(PQgetvalue(result, 0, 0), 1, INT64_MAX, version) < 0) {
		pg_wire_odd(wire);
		end = PG_BROKEN;
	}
	PQclear(result);
	return end;
}

/* Make it, or bring it to our version, unless another one has done so meanwhile. */
static enum pg_attempt
make(struct pg_wire *wire)
{
	struct bytes text = { 0 };
	PGresult *result;
	uint64_t version;
	enum pg_attempt end = pg_wire_run(wire, "BEGIN", NULL, 0, &result);

	if (end == PG_DONE)
		end = pg_wire_run(wire, lock, NULL, 0, &result);
	PQclear(result);
	if (end == PG_DONE)
		end = find_version(wire, &version);
	if (end != PG_DONE)
		return end;
	if (version >= FORMAT_QUEUE_SQL)
		return pg_wire_run(wire, "COMMIT", NULL, 0, &result);
	if (add_steps(&text, version) < 0) {
		engine_broken(wire->engine, "the server: %s", strerror(ENOMEM));
		end = PG_BROKEN;
	} else {
		end = pg_wire_run(wire, text.data, NULL, 0, &result);
		PQclear(result);
	}
	bytes_free(&text);
	return end;
}

/* Another version than ours, or none. */
static enum pg_attempt
settle(struct pg_wire *wire, uint64_t version)
{
	char why[FORMAT_TEXT];

	if (version <= FORMAT_QUEUE_SQL)
		return make(wire);
	engine_broken(wire->engine, "schema par_queue: %s",
	    formats_newer_text(why, "queue schema", FORMAT_QUEUE_SQL, version));
	return PG_BROKEN;
}

enum pg_attempt
pg_schema_introduce(struct pg_wire *wire)
{
	uint64_t version;
	enum pg_attempt end = find_version(wire, &version);

	if (end != PG_DONE || version == FORMAT_QUEUE_SQL)
		return end;
	return settle(wire, version);
}
