/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "diag.h"
#include "pg_answer.h"
#include "pg_check.h"
#include "pg_queue.h"

enum { LEAST_VERSION = 130000 };

/* What is asked: settings, and how many standbys there are. */
enum { FSYNC, COMMIT, PAGES, VACUUM, SYNCHRONOUS, STANDBYS };

static const char settings_sql[] =
    "SELECT current_setting('fsync'), current_setting('synchronous_commit'), "
    "current_setting('full_page_writes'), current_setting('autovacuum'), "
    "current_setting('synchronous_standby_names'), "
    "(SELECT count(*) FROM pg_catalog.pg_stat_replication r "
    "WHERE r.state IS DISTINCT FROM 'backup' AND NOT EXISTS "
    "(SELECT FROM pg_catalog.pg_replication_slots s "
    "WHERE s.slot_type = 'logical' AND s.active_pid = r.pid))";

/* A call that has the server answer, so that there is a connection. */
static enum engine_end
ask(struct engine *engine)
{
	struct pg_queue *queue = engine->state;
	struct pg_call *call = queue->calls;
	enum engine_end end;

	pg_call_begin(call, settings_sql);
	end = pg_wire_ask(&queue->wire, call, 1);
	if (end == ENGINE_OK && !pg_answer_fits(call->result, "1tttttn"))
		end = pg_wire_odd(&queue->wire);
	return end;
}

static enum engine_end
check_version(struct engine *engine)
{
	const struct pg_queue *queue = engine->state;
	int version = PQserverVersion(queue->wire.conn);

	if (version >= LEAST_VERSION)
		return ENGINE_OK;
	return engine_broken(engine, "the server is version %d.%d; at least 13 is needed",
	    version / 10000, version % 10000);
}

/* Is that setting as it is to be? */
static bool
is(const PGresult *result, int column, const char *value)
{
	return strcmp(PQgetvalue(result, 0, column), value) == 0;
}

/*
 * Say what is lost of what was acknowledged when a server or its host fails; all: also
 * with a host alone.
 */
static void
warn_of_loss(const PGresult *result, bool all)
{
	bool standby = pg_answer_number(result, 0, STANDBYS) > 0;

	if (!is(result, FSYNC, "on") || !is(result, PAGES, "on"))
		warn("warning: fsync is %s, full_page_writes %s: all may be lost when "
		     "the host fails",
		    PQgetvalue(result, 0, FSYNC), PQgetvalue(result, 0, PAGES));
	if (is(result, COMMIT, "off"))
		warn("warning: synchronous_commit is off: about a second of changes is "
		     "lost when the server ends badly");
	if (is(result, SYNCHRONOUS, "") && (standby || all))
		warn("warning: synchronous_standby_names is empty: %s",
		    standby ? "what was put last is lost when a standby takes over"
			    : "there is no standby that has all when the host is lost");
	else if (!is(result, SYNCHRONOUS, "") && is(result, COMMIT, "local"))
		warn("warning: synchronous_commit is local: a standby that takes over "
		     "may lack what was put last");
}

enum engine_end
pg_ready(struct engine *engine)
{
	struct pg_queue *queue = engine->state;
	enum engine_end end = ask(engine);

	if (end == ENGINE_OK)
		end = check_version(engine);
	if (end == ENGINE_OK)
		warn_of_loss(queue->calls[0].result, false);
	return end;
}

enum engine_end
pg_check(struct engine *engine, bool *good)
{
	struct pg_queue *queue = engine->state;
	enum engine_end end = ask(engine);
	const PGresult *result;

	if (end != ENGINE_OK)
		return end;
	*good = check_version(engine) == ENGINE_OK;
	if (!*good)
		warn("%s", engine->why);
	result = queue->calls[0].result;
	warn_of_loss(result, true);
	if (!is(result, VACUUM, "on"))
		warn("warning: autovacuum is %s: the tables of queues grow",
		    PQgetvalue(result, 0, VACUUM));
	return ENGINE_OK;
}
