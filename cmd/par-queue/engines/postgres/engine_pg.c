/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "address.h"
#include "engine_pg.h"
#include "pg_put.h"
#include "pg_queue.h"
#include "pg_read.h"
#include "pg_schema.h"
#include "pg_tell.h"
#include "pg_work.h"
#include "trouble.h"

static void
release(void *context)
{
	struct pg_place *place = context;

	free(place->url);
	free(place->password);
	free(place);
}

/* Has the URL a password that others could see? */
static bool
shows_password(const PQconninfoOption *options)
{
	for (; options->keyword != NULL; options++)
		if (options->val != NULL && *options->val != '\0' &&
		    (strcmp(options->keyword, "password") == 0 ||
			strcmp(options->keyword, "sslpassword") == 0))
			return true;
	return false;
}

/* What is wrong with the URL, by libpq, without what it quotes: that may be secret. */
static const char *
check_url(const struct engine_plan *plan, struct pg_place *place)
{
	char *said = NULL;
	PQconninfoOption *options = PQconninfoParse(plan->url, &said);
	bool shown;

	if (options == NULL) {
		const char *text = said == NULL ? "not a URL" : said;

		snprintf(place->why, sizeof(place->why), "%.*s",
		    (int)strcspn(text, ":\n\""), text);
		PQfreemem(said);
		return place->why;
	}
	shown = !plan->secret && shows_password(options);
	PQconninfoFree(options);
	return shown ? address_no_password : NULL;
}

static enum engine_plan_end
read_password(struct pg_place *place, const struct engine_plan *plan)
{
	struct address address = { 0 }; /* the one place that reads such files */

	if (plan->password_file != NULL) {
		if (address_password(&address, plan->password_file) < 0)
			return PLAN_PASSWORD_FILE;
		place->password = address.password;
		return PLAN_GOOD;
	}
	if (plan->password == NULL)
		return PLAN_GOOD;
	place->password = strdup(plan->password);
	return place->password == NULL ? PLAN_FAILED : PLAN_GOOD;
}

static enum engine_plan_end
make_plan(struct engine_plan *plan)
{
	struct pg_place *place = calloc(1, sizeof(*place));

	plan->why = trouble_no_memory;
	if (place == NULL)
		return PLAN_FAILED;
	plan->place = place;
	plan->release = release;
	place->certificate = plan->certificate;
	place->url = strdup(plan->url);
	if (place->url == NULL)
		return PLAN_FAILED;
	plan->why = check_url(plan, place);
	if (plan->why != NULL)
		return PLAN_URL;
	return read_password(place, plan);
}

static int
open_queue(struct engine *engine)
{
	struct pg_queue *queue = calloc(1, sizeof(*queue));

	if (queue == NULL)
		return -1;
	queue->name = engine->queue;
	pg_wire_init(&queue->wire, engine, engine->plan->place, pg_schema_introduce);
	engine->state = queue;
	return 0;
}

static void
close_queue(struct engine *engine)
{
	struct pg_queue *queue = engine->state;
	struct bytes *const all[] = { &queue->graves, &queue->given, &queue->buried,
		&queue->rows, &queue->sql };

	pg_wire_close(&queue->wire);
	for (size_t i = 0; i < PG_CALLS; i++)
		pg_call_free(&queue->calls[i]);
	pg_call_free(&queue->page);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		bytes_free(all[i]);
	free(queue);
}

const struct engine_kind engine_pg = {
	.start = "0",
	.tables = true,
	.plan = make_plan,
	.open = open_queue,
	.close = close_queue,
	.put = pg_put,
	.take = pg_take,
	.commit = pg_commit,
	.beat = pg_beat,
	.read = pg_read,
	.stat = pg_stat,
	.tell = pg_tell,
};
