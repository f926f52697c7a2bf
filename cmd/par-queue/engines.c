/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <string.h>

#include "diag.h"
#include "engine_redis.h"
#include "engines.h"

const char engines_usual[] = "redis://127.0.0.1";

/* How URLs begin, and the kind that they are of.  The last row takes what is left. */
static const struct {
	const char *prefix;
	const struct engine_kind *kind;
} rows[] = {
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

void
engines_open(struct engine *engine, const struct engine_plan *plan, const char *queue)
{
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
