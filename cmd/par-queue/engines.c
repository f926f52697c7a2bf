/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <string.h>

#include "diag.h"
#include "engine_file.h"
#ifdef HAVE_LIBPQ
#include "engine_pg.h"
#endif
#include "engine_redis.h"
#include "engines.h"

const char engines_usual[] = "file:", engines_elder[] = "redis://127.0.0.1";

#ifndef HAVE_LIBPQ
/* What there would be with libpq. */
static enum engine_plan_end
plan_without(struct engine_plan *plan)
{
	plan->why = "this par-queue was built without libpq, which PostgreSQL needs";
	return PLAN_OPTIONS;
}

static const struct engine_kind engine_pg = { .plan = plan_without };
#endif

/* How URLs begin, and the kind that they are of.  The last row takes what is left. */
static const struct {
	const char *prefix;
	const struct engine_kind *kind;
} rows[] = {
	{ "file:", &engine_file },
	{ "postgresql://", &engine_pg },
	{ "postgres://", &engine_pg },
	{ "", &engine_redis },
};

const struct engine_kind *
engines_find(const char *url)
{
	size_t i = 0;

	while (strncmp(url, rows[i].prefix, strlen(rows[i].prefix)) != 0)
		i++;
	return rows[i].kind;
}

/* Is a queue where it was by default in an earlier release?  Nobody is to miss it. */
static void
check_elder(const struct engine_plan *plan, const char *queue)
{
	struct engine_stat stat = { 0 };
	struct engine engine = {
		.kind = plan->kind, .plan = plan, .queue = queue, .wake = -1
	};
	bool there;

	if (engine.kind->open(&engine) < 0)
		die(STATUS_BROKEN, errno, "cannot begin");
	there = engine.kind->stat(&engine, &stat) == ENGINE_OK && !stat.missing;
	engine.kind->close(&engine);
	if (there)
		die(STATUS_MISUSE, 0,
		    "%s: a server on this machine has this queue: say --url %s for it, "
		    "or --url %s for the folder that is the default now",
		    queue, plan->url, engines_usual);
}

void
engines_open(struct engine *engine, const struct engine_plan *plan, const char *queue)
{
	if (plan->elder != NULL && queue != NULL)
		check_elder(plan->elder, queue);
	*engine = (struct engine){ .kind = plan->kind,
		.plan = plan,
		.queue = queue,
		.patience = plan->patience,
		.wake = -1 };
	if (engine->kind->open(engine) < 0)
		die(STATUS_BROKEN, errno, "cannot begin");
}

void
engines_close(struct engine *engine)
{
	engine->kind->close(engine);
}

bool
engines_answered(const struct engine *engine, enum engine_end end)
{
	if (end == ENGINE_BROKEN)
		die(STATUS_BROKEN, 0, "%s", engine->why);
	return end == ENGINE_OK;
}

void
engines_ready(struct engine *engine)
{
	struct engine_stat stat = { .what = STAT_READY };

	engines_answered(engine, engine->kind->stat(engine, &stat));
}

const char engines_put[] = "; par-queue put makes one";

bool
engines_missing(struct engine *engine)
{
	struct engine_stat stat = { 0 };

	return engines_answered(engine, engine->kind->stat(engine, &stat)) &&
	    stat.missing;
}

bool
engines_say_missing(struct engine *engine, const char *so)
{
	bool missing = engines_missing(engine);

	if (missing)
		warn("%s: no such queue%s", engine->queue, so);
	return missing;
}

void
engines_must_exist(struct engine *engine)
{
	engines_must_be_told(engine, false);
}

void
engines_must_be_told(struct engine *engine, bool new)
{
	if (engines_missing(engine))
		die(STATUS_BROKEN, 0, "%s: no such queue%s%s", engine->queue, engines_put,
		    new ? ", and so does --new" : "");
}
