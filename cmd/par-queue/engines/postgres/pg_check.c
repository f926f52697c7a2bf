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
    "(SELECT count(*) FROM pg_catalog.pg_stat_replication)";

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

enum engine_end
pg_ready(struct engine *engine)
{
	enum engine_end end = ask(engine);

	return end == ENGINE_OK ? check_version(engine) : end;
}

/* Is that setting as it is to be? */
static bool
is(const PGresult *result, int column, const char *value)
{
	return strcmp(PQgetvalue(result, 0, column), value) == 0;
}

static void
warn_of(const PGresult *result)
{
	if (!is(result, FSYNC, "on") || !is(result, PAGES, "on"))
		warn("warning: fsync is %s, full_page_writes %s: all may be lost when "
		     "the host fails",
		    PQgetvalue(result, 0, FSYNC), PQgetvalue(result, 0, PAGES));
	if (is(result, COMMIT, "off"))
		warn("warning: synchronous_commit is off: about a second of changes is "
		     "lost when the server ends badly");
	if (is(result, SYNCHRONOUS, ""))
		warn("warning: synchronous_standby_names is empty: %s",
		    pg_answer_number(result, 0, STANDBYS) > 0
			? "what was put last is lost when a standby takes over"
			: "there is no standby that has all when the host is lost");
	else if (is(result, COMMIT, "local"))
		warn("warning: synchronous_commit is local: a standby that takes over "
		     "may lack what was put last");
	if (!is(result, VACUUM, "on"))
		warn("warning: autovacuum is %s: the tables of queues grow",
		    PQgetvalue(result, 0, VACUUM));
}

enum engine_end
pg_check(struct engine *engine, bool *good)
{
	struct pg_queue *queue = engine->state;
	enum engine_end end = ask(engine);

	if (end != ENGINE_OK)
		return end;
	*good = check_version(engine) == ENGINE_OK;
	if (!*good)
		warn("%s", engine->why);
	warn_of(queue->calls[0].result);
	return ENGINE_OK;
}
