/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chunk.h"
#include "diag.h"
#include "need.h"

enum {
	GIVEN_ID,
	GIVEN_COUNT,
	GIVEN_ATTEMPTS,
	GIVEN_SERIAL,
	GIVEN_EXPIRES,
	GIVEN_RECORDS,
	GIVEN_ALONE
};

enum { MOST_ATTEMPTS = 1000000000 };

static void
copy(char to[static QUEUE_ID_MAX], const redisReply *reply)
{
	snprintf(to, QUEUE_ID_MAX, "%.*s", (int)reply->len, reply->str);
}

static uint64_t
count_lines(const char *at, size_t len)
{
	const char *end;
	uint64_t lines = 0;

	if (len == 0)
		return 0;
	end = at + len;
	while (at < end && (at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
		lines++;
		at++;
	}
	return lines;
}

/* What is wrong with the records of a chunk that is to have count; NULL: nothing. */
static const char *
find_fault(const redisReply *records, uint64_t count)
{
	if (records->len == 0)
		return "not a chunk: it has no record";
	if (records->str[records->len - 1] != '\n')
		return "not a chunk: its last record has no end";
	if (count_lines(records->str, records->len) != count)
		return "not a chunk: it has not as many records as it says";
	return NULL;
}

/* Words for commit.lua: what, n, a, wait, why, records. */
static void
add_part(struct chunk *chunk, const char *what, uint64_t count, unsigned attempts,
    uint64_t wait, const char *why)
{
	command_text(&chunk->parts, what);
	command_number(&chunk->parts, count);
	command_number(&chunk->parts, attempts);
	command_number(&chunk->parts, wait);
	command_text(&chunk->parts, why);
}

/* The whole of it is for commit.lua to put away. */
static void
bury(struct chunk *chunk, const redisReply *records, const char *why)
{
	warn("%s: entry %s: %s; it goes to the dead", chunk->queue->name, chunk->id, why);
	add_part(chunk, "ill", 0, chunk->attempts, 0, why);
	command_bytes(&chunk->parts, records->str, records->len);
}

/* Its records, from number first on. */
static struct batch *
make_batch(const struct chunk *chunk, const redisReply *records)
{
	struct block *block = block_new(records->len);
	struct batch *batch;

	if (block == NULL)
		die(STATUS_BROKEN, errno, "chunk");
	memcpy(block->data, records->str, records->len);
	batch = batch_new(block, block->data, records->len, chunk->first, chunk->count);
	if (batch == NULL)
		die(STATUS_BROKEN, errno, "chunk");
	batch->attempts = chunk->attempts;
	block_drop(block);
	return batch;
}

struct chunk *
chunk_new(
    struct queue *queue, redisReply *const *given, uint64_t first, struct batch **batch)
{
	const redisReply *records = given[GIVEN_RECORDS];
	uint64_t attempts = reply_number(given[GIVEN_ATTEMPTS]);
	struct chunk *chunk = calloc(1, sizeof(*chunk));
	const char *fault;

	if (chunk == NULL)
		die(STATUS_BROKEN, errno, "chunk");
	chunk->queue = queue;
	copy(chunk->id, given[GIVEN_ID]);
	copy(chunk->serial, given[GIVEN_SERIAL]);
	copy(chunk->expires, given[GIVEN_EXPIRES]);
	chunk->first = first;
	chunk->given = reply_number(given[GIVEN_COUNT]);
	chunk->attempts = attempts > MOST_ATTEMPTS ? MOST_ATTEMPTS : (unsigned)attempts;
	command_begin(&chunk->parts, SCRIPT_NONE);
	fault = find_fault(records, chunk->given);
	if (fault != NULL) {
		bury(chunk, records, fault);
		*batch = NULL;
		return chunk;
	}
	chunk->count = chunk->left = chunk->given;
	*batch = make_batch(chunk, records);
	(*batch)->alone = reply_number(given[GIVEN_ALONE]) != 0;
	return chunk;
}

void
chunk_buried(const struct queue *queue, redisReply *const *buried)
{
	uint64_t count = reply_number(buried[1]);
	char why[200];

	snprintf(why, sizeof(why), "%.120s", buried[2]->str);
	if (count > 1)
		snprintf(why, sizeof(why), "%.120s; with %llu more of its entry",
		    buried[2]->str, (unsigned long long)count - 1);
	if (buried[0]->len > 0)
		warn_record(buried[0]->str, buried[0]->len, why);
	else
		warn("%s: an entry without records: %s; it goes to the dead", queue->name,
		    why);
}

void
chunk_add(struct chunk_list *list, struct chunk *chunk)
{
	if (list->head == NULL)
		list->tail = &list->head;
	*list->tail = chunk;
	list->tail = &chunk->next;
}

static bool
has(const struct chunk *chunk, uint64_t number)
{
	return number >= chunk->first && number - chunk->first < chunk->count;
}

struct chunk *
chunk_find(struct chunk_list *list, uint64_t number)
{
	struct chunk *chunk = list->found;

	if (chunk == NULL || number < chunk->first)
		chunk = list->head;
	while (!has(chunk, number))
		chunk = chunk->next;
	list->found = chunk;
	return chunk;
}

void
chunk_done(struct chunk *chunk, const void *results, size_t len)
{
	need_put(&chunk->results, results, len);
	chunk->done++;
	chunk->left--;
}

void
chunk_dead(
    struct chunk *chunk, const struct batch *record, unsigned attempts, const char *why)
{
	add_part(chunk, "dead", 1, attempts, 0, why);
	command_bytes(&chunk->parts, record->data, record->len);
	chunk->left--;
}

void
chunk_retry(struct chunk *chunk, const struct batch *record, uint64_t wait)
{
	need_put(&chunk->retry, record->data, record->len);
	chunk->retry_count++;
	if (wait > chunk->wait)
		chunk->wait = wait;
	chunk->left--;
}

void
chunk_again(struct chunk *chunk, const struct batch *records)
{
	need_put(&chunk->again, records->data, records->len);
	chunk->again_count += records->count;
	chunk->left -= records->count;
}

/* May be called again for a chunk whose commit was not answered. */
void
chunk_commit(struct chunk *chunk, struct command *command, const char *next,
    const char *last, size_t last_len)
{
	queue_begin(chunk->queue, command, SCRIPT_COMMIT, next == NULL ? 0 : 2);
	if (next != NULL) {
		queue_add_key(command, next, "in");
		queue_add_key(command, next, "meta");
	}
	if (chunk->retry_count > 0) {
		add_part(chunk, "later", chunk->retry_count, chunk->attempts + 1,
		    chunk->wait, "");
		command_bytes(&chunk->parts, chunk->retry.data, chunk->retry.len);
		chunk->retry_count = 0;
	}
	if (chunk->again_count > 0) {
		add_part(chunk, "later", chunk->again_count, chunk->attempts, 0, "");
		command_bytes(&chunk->parts, chunk->again.data, chunk->again.len);
		chunk->again_count = 0;
	}
	command_text(command, chunk->id);
	command_text(command, chunk->serial);
	command_text(command, chunk->expires);
	command_number(command, chunk->given);
	command_number(command, chunk->done);
	command_number(command, count_lines(chunk->results.data, chunk->results.len));
	command_bytes(command, chunk->results.data, chunk->results.len);
	command_bytes(command, last, last_len);
	need_put(&command->words, chunk->parts.words.data, chunk->parts.words.len);
	command->count += chunk->parts.count;
}

void
chunk_remove(struct chunk_list *list, struct chunk *chunk)
{
	struct chunk **link = &list->head;

	while (*link != chunk)
		link = &(*link)->next;
	*link = chunk->next;
	if (*link == NULL)
		list->tail = link;
	list->found = NULL;
	bytes_free(&chunk->results);
	bytes_free(&chunk->retry);
	bytes_free(&chunk->again);
	command_free(&chunk->parts);
	free(chunk);
}
