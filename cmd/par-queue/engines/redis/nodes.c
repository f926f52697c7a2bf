/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "nodes.h"

void
nodes_init(struct nodes *nodes, const struct address *address)
{
	*nodes = (struct nodes){ .address = address };
}

const struct address_place *
nodes_now(const struct nodes *nodes)
{
	if (nodes_pointed(nodes))
		return &nodes->pointed;
	if (nodes->address->count == 0)
		return NULL;
	return nodes->at < nodes->address->count
	    ? &nodes->address->places[nodes->at]
	    : &nodes->learnt[nodes->at - nodes->address->count];
}

static void
forget_pointed(struct nodes *nodes)
{
	free(nodes->pointed.host);
	nodes->pointed.host = NULL;
}

void
nodes_failed(struct nodes *nodes)
{
	size_t all = nodes->address->count + nodes->count;

	if (nodes_pointed(nodes))
		forget_pointed(nodes);
	else if (all > 0)
		nodes->at = (nodes->at + 1) % all;
}

int
nodes_point(struct nodes *nodes, const char *host, size_t len, uint64_t port)
{
	char *name = bytes_string(host, len);

	if (name == NULL)
		return -1;
	forget_pointed(nodes);
	nodes->pointed = (struct address_place){ .host = name, .port = port };
	return 0;
}

static bool
is_same(const struct address_place *place, const char *host, uint64_t port)
{
	return place->port == port && strcmp(place->host, host) == 0;
}

static bool
knows(const struct nodes *nodes, const struct address_place *learnt, size_t count,
    const char *host, uint64_t port)
{
	for (size_t i = 0; i < nodes->address->count; i++)
		if (is_same(&nodes->address->places[i], host, port))
			return true;
	for (size_t i = 0; i < count; i++)
		if (is_same(&learnt[i], host, port))
			return true;
	return false;
}

/* Is it HOST PORT ..., as a node is told of? */
static bool
is_node(const redisReply *reply)
{
	return reply->type == REDIS_REPLY_ARRAY && reply->elements >= 2 &&
	    reply->element[0]->type == REDIS_REPLY_STRING &&
	    strlen(reply->element[0]->str) == (size_t)reply->element[0]->len &&
	    reply->element[1]->type == REDIS_REPLY_INTEGER &&
	    reply->element[1]->integer > 0 && reply->element[1]->integer <= UINT16_MAX;
}

static void
free_places(struct address_place *places, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(places[i].host);
	free(places);
}

/* Add the nodes that one range of slots has.  0, or -1 without memory. */
static int
add_range(const struct nodes *nodes, struct address_place *learnt, size_t *count,
    const redisReply *range)
{
	const char *here = nodes_now(nodes)->host;

	for (size_t i = 2; i < range->elements && *count < NODES_MOST; i++) {
		const redisReply *node = range->element[i];
		const char *host;
		uint64_t port;

		if (!is_node(node))
			continue;
		/* One that does not know its name is where we are. */
		host = *node->element[0]->str == '\0' ? here : node->element[0]->str;
		port = (uint64_t)node->element[1]->integer;
		if (knows(nodes, learnt, *count, host, port))
			continue;
		learnt[*count].host = bytes_string(host, strlen(host));
		learnt[*count].port = port;
		if (learnt[*count].host == NULL)
			return -1;
		++*count;
	}
	return 0;
}

int
nodes_learn(struct nodes *nodes, const redisReply *slots)
{
	struct address_place *learnt;
	size_t count = 0;
	int status = 0;

	if (slots->type != REDIS_REPLY_ARRAY || slots->elements == 0 ||
	    nodes_now(nodes) == NULL)
		return 0;
	learnt = calloc(NODES_MOST, sizeof(*learnt));
	if (learnt == NULL)
		return -1;
	for (size_t i = 0; i < slots->elements && status == 0; i++)
		if (slots->element[i]->type == REDIS_REPLY_ARRAY)
			status = add_range(nodes, learnt, &count, slots->element[i]);
	if (status < 0) {
		free_places(learnt, count);
		return -1;
	}
	if (nodes->at >= nodes->address->count) { /* one that may be there no longer */
		const struct address_place *now = nodes_now(nodes);

		for (nodes->at = 0; nodes->at < count; nodes->at++)
			if (is_same(&learnt[nodes->at], now->host, now->port))
				break;
		nodes->at = nodes->at == count ? 0 : nodes->at + nodes->address->count;
	}
	free_places(nodes->learnt, nodes->count);
	nodes->learnt = learnt;
	nodes->count = count;
	return 0;
}

void
nodes_free(struct nodes *nodes)
{
	forget_pointed(nodes);
	free_places(nodes->learnt, nodes->count);
	*nodes = (struct nodes){ 0 };
}
