/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diag.h"
#include "num.h"
#include "source.h"

enum {
	COMMITS = 64, /* sent at once */
	MOST_WEIGHT = 1000,
	LAST_PATIENCE = 2000 /* ms: without our word the others find out, too */
};

/* NAME or NAME=WEIGHT, len bytes. */
static const char *
add_source(struct sources *sources, const char *text, size_t len)
{
	struct source *source = &sources->all[sources->count];
	const char *equals = memchr(text, '=', len);
	size_t name = equals == NULL ? len : (size_t)(equals - text);

	source->weight = 1;
	if (!queue_name_ok(text, name))
		return "not the name of a queue";
	if (equals != NULL &&
	    num_parse_bytes(equals + 1, len - name - 1, 1, MOST_WEIGHT, &source->weight) <
		0)
		return "the weight is not a number from 1 to 1000";
	memcpy(source->name, text, name);
	for (size_t i = 0; i < sources->count; i++)
		if (strcmp(sources->all[i].name, source->name) == 0)
			return "a queue stands there twice";
	queue_init(&source->queue, source->name, &sources->options->address,
	    sources->options->patience);
	sources->weights += (int64_t)source->weight;
	sources->count++;
	return NULL;
}

const char *
sources_open(struct sources *sources, const struct queue_options *options, char *list)
{
	const char *why;

	*sources = (struct sources){ .options = options };
	queue_own_name(sources->me);
	sources->all = calloc(SOURCES_MAX, sizeof(*sources->all));
	if (sources->all == NULL)
		die(STATUS_BROKEN, errno, "cannot begin");
	for (;;) {
		size_t len = strcspn(list, ",");

		if (sources->count == SOURCES_MAX)
			return "too many queues, the limit is 64";
		why = add_source(sources, list, len);
		if (why != NULL || list[len] == '\0')
			return why;
		list += len + 1;
	}
}

void
sources_wake(struct sources *sources, int fd)
{
	for (size_t i = 0; i < sources->count; i++) {
		sources->all[i].queue.link.wake = fd;
		sources->all[i].queue.link.woken = false;
	}
}

void
sources_hurry(struct sources *sources)
{
	for (size_t i = 0; i < sources->count; i++)
		if (sources->all[i].queue.link.patience > LAST_PATIENCE)
			sources->all[i].queue.link.patience = LAST_PATIENCE;
}

/* Take from this one. */
static size_t
take_from(struct sources *sources, struct source *source, const struct room *room,
    struct batch_queue *todo, struct batch_queue *suspects)
{
	const struct queue_options *o = sources->options;
	struct command command = { 0 };
	const redisReply *reply, *given, *buried;
	size_t taken = 0;

	queue_begin(&source->queue, &command, SCRIPT_TAKE, 0);
	command_text(&command, sources->me);
	command_number(&command, room->records);
	command_number(&command, room->bytes);
	command_number(&command, o->lease);
	command_number(&command, o->deaths);
	command_number(&command, o->limit);
	reply = link_ask(&source->queue.link, &command, TAKEN_SHAPE);
	given = reply == NULL ? NULL : reply->element[0];
	buried = reply == NULL ? NULL : reply->element[1];
	for (size_t i = 0; buried != NULL && i < buried->elements; i += BURIED) {
		chunk_buried(&source->queue, buried->element + i);
		sources->ill++;
	}
	for (size_t i = 0; given != NULL && i < given->elements; i += GIVEN) {
		struct batch *batch;
		struct chunk *chunk = chunk_new(
		    &source->queue, given->element + i, sources->numbers, &batch);

		sources->numbers += chunk->count;
		chunk_add(&sources->chunks, chunk);
		if (batch != NULL)
			batch_push(batch->alone ? suspects : todo, batch);
		else
			sources->ill++;
		taken++;
	}
	command_free(&command);
	return taken;
}

/* The source whose turn it is among those not asked yet, by bits. */
static size_t
next_turn(const struct sources *sources, uint64_t asked)
{
	size_t best = sources->count;

	for (size_t i = 0; i < sources->count; i++)
		if ((asked >> i & 1) == 0 &&
		    (best == sources->count ||
			sources->all[i].turn > sources->all[best].turn))
			best = i;
	return best;
}

size_t
sources_take(struct sources *sources, const struct room *room, struct batch_queue *todo,
    struct batch_queue *suspects)
{
	uint64_t asked = 0;

	for (size_t i = 0; i < sources->count; i++)
		sources->all[i].turn += (int64_t)sources->all[i].weight;
	for (size_t k = 0; k < sources->count; k++) {
		size_t i = next_turn(sources, asked);
		size_t taken = take_from(sources, &sources->all[i], room, todo, suspects);

		if (taken > 0) {
			sources->all[i].turn -= sources->weights;
			return taken;
		}
		asked |= UINT64_C(1) << i;
	}
	for (size_t i = 0; i < sources->count; i++) /* nobody had its turn */
		sources->all[i].turn -= (int64_t)sources->all[i].weight;
	return 0;
}

/* Those of one queue that are finished, at most COMMITS of them. */
static size_t
commit_some(struct sources *sources, struct queue *queue, const char *last, size_t len)
{
	struct command commands[COMMITS] = { 0 };
	struct chunk *chunks[COMMITS];
	size_t count = 0;

	for (struct chunk *c = sources->chunks.head; c != NULL && count < COMMITS;
	     c = c->next)
		if (c->queue == queue && c->left == 0)
			chunks[count++] = c;
	for (size_t i = 0; i < count; i++)
		chunk_commit(chunks[i], &commands[i], sources->options->next, last, len);
	if (count > 0 && link_send(&queue->link, commands, count) < 0) {
		for (size_t i = 0; i < count; i++)
			command_free(&commands[i]);
		return 0; /* woken: sent again in the next turn */
	}
	for (size_t i = 0; i < count; i++) {
		if (!reply_fits(commands[i].reply, "n"))
			link_odd(&queue->link, commands[i].reply);
		if (reply_number(commands[i].reply) == 1)
			sources->committed++;
		else
			sources->late++;
		chunk_remove(&sources->chunks, chunks[i]);
		command_free(&commands[i]);
	}
	return count;
}

/* The server takes a chunk from whoever comes first: never one that is not whole. */
static void
drop_torn(struct sources *sources)
{
	struct chunk *next;

	for (struct chunk *c = sources->chunks.head; c != NULL; c = next) {
		next = c->next;
		if (c->torn && c->left == 0)
			chunk_remove(&sources->chunks, c);
	}
}

void
sources_commit(struct sources *sources, const char *last, size_t last_len)
{
	drop_torn(sources);
	for (size_t i = 0; i < sources->count; i++)
		while (commit_some(sources, &sources->all[i].queue, last, last_len) ==
		    COMMITS)
			;
}

/* The chunk with that id of the server's is no longer ours. */
static void
lose(struct sources *sources, const struct queue *queue, const redisReply *id)
{
	for (struct chunk *c = sources->chunks.head; c != NULL; c = c->next) {
		if (c->queue == queue && !c->lost && strcmp(c->id, id->str) == 0) {
			c->lost = true;
			sources->lost += c->left;
		}
	}
}

static void
beat(struct sources *sources, struct source *source, uint64_t in_flight)
{
	struct command command = { 0 };
	const redisReply *reply;
	char about[80];

	queue_begin(&source->queue, &command, SCRIPT_BEAT, 0);
	command_text(&command, sources->me);
	snprintf(about, sizeof(about), "%llu\t%llu\t%llu", (unsigned long long)in_flight,
	    (unsigned long long)sources->committed, (unsigned long long)sources->late);
	command_text(&command, about);
	for (const struct chunk *c = sources->chunks.head; c != NULL; c = c->next)
		if (c->queue == &source->queue && !c->lost)
			command_text(&command, c->id);
	reply = link_ask(&source->queue.link, &command, "[nii{t}]");
	if (reply != NULL) {
		if (source->started == 0)
			source->started = reply_number(reply->element[0]);
		source->jobs = reply_number(reply->element[1]);
		source->drain = reply_number(reply->element[2]) >= source->started;
		for (size_t i = 3; i < reply->elements; i++)
			lose(sources, &source->queue, reply->element[i]);
	}
	command_free(&command);
}

void
sources_beat(struct sources *sources, uint64_t in_flight)
{
	for (size_t i = 0; i < sources->count; i++)
		beat(sources, &sources->all[i], in_flight);
}

bool
sources_finished(struct sources *sources)
{
	bool finished = true;

	for (size_t i = 0; finished && i < sources->count; i++) {
		struct command command = { 0 };
		const redisReply *reply;

		queue_begin(&sources->all[i].queue, &command, SCRIPT_STAT, 0);
		reply = link_ask(&sources->all[i].queue.link, &command, STAT_SHAPE);
		/* waiting, delayed, running */
		finished = reply != NULL &&
		    reply_number(reply->element[1]) + reply_number(reply->element[2]) +
			    reply_number(reply->element[3]) ==
			0;
		command_free(&command);
	}
	return finished;
}

uint64_t
sources_jobs(const struct sources *sources)
{
	uint64_t jobs = UINT64_MAX;

	for (size_t i = 0; i < sources->count; i++)
		if (sources->all[i].jobs != 0 && sources->all[i].jobs < jobs)
			jobs = sources->all[i].jobs;
	return jobs;
}

bool
sources_drained(const struct sources *sources)
{
	for (size_t i = 0; i < sources->count; i++)
		if (sources->all[i].drain)
			return true;
	return false;
}

void
sources_close(struct sources *sources)
{
	sources_hurry(sources);
	for (size_t i = 0; i < sources->count; i++) {
		struct queue *queue = &sources->all[i].queue;
		struct command command = { 0 };

		if (sources->all[i].started != 0) {
			queue_begin(queue, &command, SCRIPT_LEAVE, 0);
			command_text(&command, sources->me);
			link_ask(&queue->link, &command, "n");
			command_free(&command);
		}
		queue_close(queue);
	}
	while (sources->chunks.head != NULL)
		chunk_remove(&sources->chunks, sources->chunks.head);
	free(sources->all);
}
