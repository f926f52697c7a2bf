/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "address.h"
#include "engine_redis.h"
#include "queue.h"
#include "redis_put.h"
#include "redis_read.h"
#include "redis_tell.h"
#include "redis_work.h"
#include "tls.h"
#include "trouble.h"

static void
release(void *place)
{
	address_free(place);
	free(place);
}

/* URL and password of the environment; NULL, or what is wrong with them. */
static const char *
read_url(struct address *address, const struct engine_plan *plan)
{
	const char *password = plan->password, *why;

	address->certificate = plan->certificate;
	if (password != NULL) {
		address->password = bytes_string(password, strlen(password));
		if (address->password == NULL)
			return trouble_no_memory;
	}
	why = address_parse(address, plan->url, plan->secret);
	return why == address_none ? "not file:FOLDER, redis://HOST, rediss://HOST, "
				     "unix:///PATH or postgresql://HOST/DB"
				   : why;
}

static const char *
check_options(const struct engine_plan *plan, const struct address *address)
{
	if (address->tls && !tls_spoken())
		return address_no_tls;
	if (plan->certificate != NULL && !address->tls)
		return "--cert needs a server of rediss://; see --url";
	return NULL;
}

static enum engine_plan_end
make_plan(struct engine_plan *plan)
{
	struct address *address = calloc(1, sizeof(*address));

	plan->why = trouble_no_memory;
	if (address == NULL)
		return PLAN_FAILED;
	plan->place = address;
	plan->release = release;
	plan->why = read_url(address, plan);
	if (plan->why != NULL)
		return plan->why == trouble_no_memory ? PLAN_FAILED : PLAN_URL;
	plan->why = check_options(plan, address);
	if (plan->why != NULL)
		return PLAN_OPTIONS;
	if (plan->password_file != NULL &&
	    address_password(address, plan->password_file) < 0)
		return PLAN_PASSWORD_FILE;
	return PLAN_GOOD;
}

static int
open_queue(struct engine *engine)
{
	struct queue *queue = calloc(1, sizeof(*queue));

	if (queue == NULL)
		return -1;
	queue->name = engine->queue;
	wire_init(&queue->wire, engine, engine->plan->place);
	engine->state = queue;
	return 0;
}

static void
close_queue(struct engine *engine)
{
	struct queue *queue = engine->state;

	wire_close(&queue->wire);
	for (size_t i = 0; i < ENGINE_AT_ONCE; i++)
		call_free(&queue->calls[i]);
	call_free(&queue->page);
	bytes_free(&queue->given);
	bytes_free(&queue->buried);
	bytes_free(&queue->graves);
	free(queue);
}

const struct engine_kind engine_redis = {
	.start = "0-0", /* the id of no entry of a stream */
	.replicas = true,
	.plan = make_plan,
	.open = open_queue,
	.close = close_queue,
	.put = redis_put,
	.take = redis_take,
	.commit = redis_commit,
	.beat = redis_beat,
	.read = redis_read,
	.stat = redis_stat,
	.tell = redis_tell,
};
