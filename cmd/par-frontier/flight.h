/* SPDX-License-Identifier: ISC */
/*
 * flight - the URLs that were handed out and have not come back.
 */
#ifndef PAR_FRONTIER_FLIGHT_H
#define PAR_FRONTIER_FLIGHT_H

#include <stddef.h>
#include <stdint.h>

#include "bytes.h"
#include "frontier.h"
#include "hash.h"

struct handed_url {
	uint64_t hash; /* of the URL */
	struct line line;
	uint64_t seq;
	uint32_t depth;
	char *url;
	size_t len;
	struct bytes page; /* the records that came of it so far */
};

/* URLs in flight are few: looking through all of them is nothing beside fetching one. */
struct flights {
	struct handed_url *all;
	size_t count, room;
	struct hash_key key;
};

/* Room for so many; 0, or -1 without memory. */
int flights_open(struct flights *flights, size_t room);
void flights_close(struct flights *flights);

/* There must be room. */
void flights_add(struct flights *flights, const struct entry *entry);

/* The one that is a URL, or NULL. */
struct handed_url *flights_find(struct flights *flights, const char *url, size_t len);

/* How many are of a line; *last is the largest number among them, or 0. */
size_t
flights_of_line(const struct flights *flights, const struct line *line, uint64_t *last);

/* How many are at another level. */
size_t flights_off_level(const struct flights *flights, uint32_t level);

void flights_remove(struct flights *flights, struct handed_url *flight);
void flights_clear(struct flights *flights);

#endif
