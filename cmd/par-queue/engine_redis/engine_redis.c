/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "address.h"
#include "engine_redis.h"
#include "queue.h"
#include "redis_check.h"
#include "redis_put.h"
#include "redis_read.h"
#include "redis_tell.h"
#include "redis_work.h"
#include "tls.h"
#include "trouble.h"

static void
free_plan(struct engine_plan *plan)
{
	if (plan->place != NULL)
		address_free(plan->place);
	free(plan->place);
	plan->place = NULL;
}

static const char *
read_url(struct engine_plan *plan)
{
	struct address *address = calloc(1, sizeof(*address));
	const char *password = plan->password, *why = NULL;

	if (address == NULL)
		return trouble_no_memory;
	plan->place = address;
	address->certificate = plan->certificate;
	if (password != NULL) {
		address->password = bytes_string(password, strlen(password));
		why = address->password == NULL ? trouble_no_memory : NULL;
	}
	if (why == NULL)
		why = address_parse(address, plan->url, plan->secret);
	if (why == trouble_no_memory)
		free_plan(plan);
	return why;
}

static const char *
check_plan(const struct engine_plan *plan)
{
	const struct address *address = plan->place;

	if (address->tls && !tls_spoken())
		return address_no_tls;
	if (plan->certificate != NULL && !address->tls)
		return "--cert goes with rediss:// only";
	return NULL;
}

static int
read_password(struct engine_plan *plan)
{
	return address_password(plan->place, plan->password_file);
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
	.read_url = read_url,
	.check_plan = check_plan,
	.read_password = read_password,
	.free_plan = free_plan,
	.open = open_queue,
	.close = close_queue,
	.ready = redis_ready,
	.check = redis_check,
	.begin = redis_begin,
	.put = redis_put,
	.forget = redis_forget,
	.take = redis_take,
	.commit = redis_commit,
	.beat = redis_beat,
	.leave = redis_leave,
	.read = redis_read,
	.stat = redis_stat,
	.workers = redis_workers,
	.tell = redis_tell,
	.revoke = redis_revoke,
	.dead = redis_dead,
	.undead = redis_undead,
	.purge = redis_purge,
};
