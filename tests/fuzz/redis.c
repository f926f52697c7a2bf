/* SPDX-License-Identifier: ISC */
/*
 * Fuzz par-queue: what a server answers, as it comes over the connection.  What fits the
 * shape of a chunk has its parts; of a chunk that is taken there are as many whole
 * records as it says, and any other is buried with all that it has.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fuzz.h"
#include "lease.h"
#include "redis.h"
#include "redis_read.h"
#include "redis_work.h"

/* No element is missing, and arrays in arrays are few. */
static void
check_whole(const redisReply *reply, int depth)
{
	must(reply != NULL && depth <= REDIS_DEEPEST);
	if (reply->type == REDIS_REPLY_STRING)
		must(reply->str != NULL && reply->str[reply->len] == '\0');
	if (reply->type != REDIS_REPLY_ARRAY)
		return;
	must(reply->elements <= REDIS_MOST_ELEMENTS);
	for (size_t i = 0; i < reply->elements; i++)
		check_whole(reply->element[i], depth + 1);
}

static uint64_t
lines_of(const char *data, size_t len)
{
	uint64_t lines = 0;

	for (size_t i = 0; i < len; i++)
		lines += data[i] == '\n';
	return lines;
}

/* Calls are arrays of strings: how many, each ending in the right place. */
static unsigned
count_words(const struct call *call)
{
	const char *at = call->words.data, *end = at + call->words.len;
	unsigned count = 0;

	for (; at < end; count++) {
		char *after;
		size_t len;

		must(*at == '$');
		len = strtoul(at + 1, &after, 10);
		must(strncmp(after, "\r\n", 2) == 0 && (size_t)(end - after) >= len + 4);
		at = after + 2 + len;
		must(memcmp(at, "\r\n", 2) == 0);
		at += 2;
	}
	return count;
}

static void
check_chunk(redisReply *const *given, uint64_t first)
{
	struct engine engine = { .queue = "q" };
	struct queue queue = { .name = "q" };
	struct lease_list list = { 0 };
	struct engine_commit commit;
	struct engine_chunk chunk;
	struct call call = { 0 };
	struct batch *batch;
	struct lease *lease;

	redis_given(&chunk, given);
	lease = lease_new(&engine, &chunk, first, &batch);
	lease_add(&list, lease);
	if (batch == NULL) {
		must(lease->count == 0 && lease->left == 0 && lease->part_count == 1);
		must(lease->parts->kind == PART_ILL);
		must(same_bytes(
		    lease->parts->data, lease->parts->len, given[5]->str, given[5]->len));
	} else {
		must(batch->count == lease->count && batch->count > 0);
		must(batch->first == first && batch->data[batch->len - 1] == '\n');
		must(lines_of(batch->data, batch->len) == batch->count);
		must(same_bytes(batch->data, batch->len, given[5]->str, given[5]->len));
		must(lease_find(&list, first + lease->count - 1) == lease);
		lease_again(lease, batch);
		must(lease->left == 0);
		batch_free(batch);
	}
	lease_commit(lease, &commit);
	must(commit.part_count == 1);
	commit.last = "last";
	commit.last_len = 4;
	commit.me = "me";
	redis_ask_commit(&queue, &call, &commit);
	must(count_words(&call) == call.count);
	call_free(&call);
	lease_remove(&list, lease);
}

/* Entries of a stream: a name, and pairs of strings. */
static void
check_entries(const redisReply *reply)
{
	for (size_t i = 0; i < reply->elements; i++) {
		const redisReply *entry = reply->element[i], *pairs;

		must(entry->type == REDIS_REPLY_ARRAY && entry->elements == 2);
		must(strlen(entry->element[0]->str) < REPLY_TEXT_MAX);
		pairs = entry->element[1];
		must(pairs->type == REDIS_REPLY_ARRAY && pairs->elements % 2 == 0);
		for (size_t k = 0; k < pairs->elements; k++)
			must(pairs->element[k]->type == REDIS_REPLY_STRING);
	}
}

static void
check_reply(const redisReply *reply)
{
	static const char *const shapes[] = { "i", "n", "#", "d", "t", "b", "[bt]",
		"[tni]", "[b{t}]", STAT_SHAPE };

	check_whole(reply, 0);
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		if (reply_fits(reply, shapes[i]) && shapes[i][0] == 't')
			must(reply->len < REPLY_TEXT_MAX &&
			    strlen(reply->str) == reply->len);
	if (reply->type == REDIS_REPLY_STRING &&
	    memchr(reply->str, '\0', reply->len) == NULL)
		must(!reply_later(reply->str, reply->str));
	if (reply_fits(reply, "[{[t[{bb}]]}]"))
		check_entries(reply);
	if (!reply_fits(reply, GIVEN_SHAPE))
		return;
	must(reply->elements % GIVEN == 0);
	for (size_t i = 0; i < reply->elements; i += GIVEN)
		check_chunk(reply->element + i, i);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct redis_wait wait = {
		.silent = 5000, .most = 5000, .wake = -1
	};
	struct redis_limits limits;
	redisContext *context;
	redisReply *reply;
	int ends[2];

	if (size > 64 << 10)
		return 0;
	must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
	must(size == 0 || write(ends[1], data, size) == (ssize_t)size);
	close(ends[1]);
	context = redisConnectFd(ends[0]);
	must(context != NULL);
	redis_limit(context, &limits);
	while ((reply = redis_answer(context, &wait)) != NULL) {
		check_reply(reply);
		freeReplyObject(reply);
	}
	must(context->err != 0);
	redisFree(context);
	return 0;
}
