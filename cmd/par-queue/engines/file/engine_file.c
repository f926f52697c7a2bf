/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine_file.h"
#include "file_path.h"
#include "file_put.h"
#include "file_queue.h"
#include "file_read.h"
#include "file_take.h"
#include "file_tell.h"
#include "file_work.h"
#include "trouble.h"

static void
release(void *place)
{
	depot_free(place);
}

static enum engine_plan_end
make_plan(struct engine_plan *plan)
{
	char *path = file_path_of(plan->url);

	if (path == NULL && errno == ENOENT) {
		plan->why = "no folder for queues: neither XDG_STATE_HOME nor HOME is "
			    "set; see --url";
		return PLAN_FAILED;
	}
	plan->place = path == NULL ? NULL : depot_new(path);
	plan->release = release;
	plan->why = trouble_no_memory;
	if (plan->place == NULL) {
		free(path);
		return PLAN_FAILED;
	}
	plan->why = "--cert needs a server of rediss://; see --url";
	if (plan->certificate != NULL)
		return PLAN_OPTIONS;
	plan->why = "--password-file needs a server; see --url";
	return plan->password_file != NULL ? PLAN_OPTIONS : PLAN_GOOD;
}

static int
open_queue(struct engine *engine)
{
	struct file_queue *queue = calloc(1, sizeof(*queue));

	if (queue == NULL)
		return -1;
	queue->depot = engine->plan->place;
	queue->engine = engine;
	if (watch_open(&queue->watch, -1, engine->queue) < 0) {
		free(queue);
		return -1;
	}
	engine->state = queue;
	return 0;
}

static void
close_queue(struct engine *engine)
{
	struct file_queue *queue = engine->state;
	struct bytes *const all[] = { &queue->given, &queue->buried, &queue->data,
		&queue->scratch, &queue->graves, &queue->grave_data };

	watch_close(&queue->watch);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		bytes_free(all[i]);
	free(queue);
}

const struct engine_kind engine_file = {
	.start = "0",
	.plan = make_plan,
	.open = open_queue,
	.close = close_queue,
	.put = file_put,
	.take = file_take,
	.commit = file_commit,
	.beat = file_beat,
	.read = file_read,
	.stat = file_stat,
	.tell = file_tell,
};
