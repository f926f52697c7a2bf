/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "flight.h"
#include "need.h"

int
flights_open(struct flights *flights, size_t room)
{
	*flights = (struct flights){ .room = room, .key = hash_random_key() };
	flights->all = calloc(room, sizeof(*flights->all));
	return flights->all == NULL ? -1 : 0;
}

void
flights_close(struct flights *flights)
{
	flights_clear(flights);
	free(flights->all);
}

void
flights_add(struct flights *flights, const struct entry *entry)
{
	flights->all[flights->count++] = (struct handed_url){
		.hash = hash_keyed(entry->url, entry->len, &flights->key),
		.line = entry->line,
		.seq = entry->seq,
		.depth = entry->depth,
		.url = need_string(entry->url, entry->len),
		.len = entry->len,
	};
}

struct handed_url *
flights_find(struct flights *flights, const char *url, size_t len)
{
	uint64_t hash = hash_keyed(url, len, &flights->key);

	for (size_t i = 0; i < flights->count; i++) {
		struct handed_url *flight = &flights->all[i];

		if (flight->hash == hash && flight->len == len &&
		    memcmp(flight->url, url, len) == 0)
			return flight;
	}
	return NULL;
}

size_t
flights_of_line(const struct flights *flights, const struct line *line, uint64_t *last)
{
	size_t count = 0;

	*last = 0;
	for (size_t i = 0; i < flights->count; i++) {
		const struct handed_url *flight = &flights->all[i];

		if (flight->line.host != line->host || flight->line.level != line->level)
			continue;
		count++;
		if (flight->seq > *last)
			*last = flight->seq;
	}
	return count;
}

size_t
flights_off_level(const struct flights *flights, uint32_t level)
{
	size_t count = 0;

	for (size_t i = 0; i < flights->count; i++)
		count += flights->all[i].line.level != level;
	return count;
}

static void
forget(struct handed_url *flight)
{
	free(flight->url);
	bytes_free(&flight->page);
}

void
flights_remove(struct flights *flights, struct handed_url *flight)
{
	forget(flight);
	*flight = flights->all[--flights->count];
}

void
flights_clear(struct flights *flights)
{
	while (flights->count > 0)
		forget(&flights->all[--flights->count]);
}
