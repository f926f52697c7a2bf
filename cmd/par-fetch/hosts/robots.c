/* SPDX-License-Identifier: ISC */
#include <ctype.h>
#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "diag.h"
#include "need.h"
#include "robots.h"

enum {
	ENTRIES_MAX = 20000, /* remembered; the oldest are forgotten */
	LIFE = 24 * 60 * 60 * 1000 /* milliseconds */
};

void
robots_open(struct robots *robots, const char *agent)
{
	size_t len = 0;

	*robots = (struct robots){ 0 };
	robots->newest = &robots->oldest;
	while (
	    isalpha((unsigned char)agent[len]) || agent[len] == '-' || agent[len] == '_')
		len++;
	robots->token = need_string(agent, len);
}

static int
by_origin(const void *one, const void *other)
{
	const struct robots_entry *a = one, *b = other;

	return strcmp(a->origin, b->origin);
}

/* Forget the oldest entry, which no request waits for. */
static void
forget_oldest(struct robots *robots)
{
	struct robots_entry *entry = robots->oldest;

	robots->oldest = entry->next;
	if (robots->oldest == NULL)
		robots->newest = &robots->oldest;
	robots->count--;
	tdelete(entry, &robots->tree, by_origin);
	rules_free(&entry->rules);
	free(entry->origin);
	free(entry);
}

void
robots_close(struct robots *robots)
{
	while (robots->oldest != NULL)
		forget_oldest(robots);
	free(robots->token);
}

/* scheme://host:port of a target; the caller's to free. */
static char *
origin_of(const struct target *target)
{
	size_t scheme = strcspn(target->url, ":") + 3;
	struct bytes origin = { 0 };

	need_put(&origin, target->url, scheme);
	need_put(&origin, target->key, strlen(target->key) + 1);
	return origin.data;
}

/* The entry for origin, which it takes over; a new one is not known. */
static struct robots_entry *
find_entry(struct robots *robots, char *origin)
{
	const struct robots_entry wanted = { .origin = origin };
	struct robots_entry **found = tfind(&wanted, &robots->tree, by_origin), *entry;

	if (found != NULL) {
		free(origin);
		return *found;
	}
	if (robots->count >= ENTRIES_MAX && robots->oldest->state != ROBOTS_AWAITED)
		forget_oldest(robots);
	entry = calloc(1, sizeof(*entry));
	if (entry == NULL)
		die(STATUS_BROKEN, errno, "robots.txt");
	entry->origin = origin;
	entry->parked_tail = &entry->parked;
	if (tsearch(entry, &robots->tree, by_origin) == NULL)
		die(STATUS_BROKEN, errno, "robots.txt");
	*robots->newest = entry;
	robots->newest = &entry->next;
	robots->count++;
	return entry;
}

/* The entry is known: what it says of request. */
static enum robots_word
look_up(const struct robots_entry *entry, struct request *request)
{
	const char *path = request->target.url + strcspn(request->target.url, ":") + 3;

	path += strcspn(path, "/?");
	request->delay = entry->rules.delay;
	if (entry->state == ROBOTS_FAILED)
		request->refusal = "robots.txt could not be had";
	else if (!rules_allow(&entry->rules, path, strlen(path)))
		request->refusal = "disallowed by robots.txt";
	else
		return ROBOTS_GO;
	return ROBOTS_NO;
}

enum robots_word
robots_check(struct robots *robots, struct request *request, uint64_t now,
    struct robots_entry **entry)
{
	struct robots_entry *found = find_entry(robots, origin_of(&request->target));
	bool first = found->parked == NULL;

	if (found->state != ROBOTS_AWAITED && found->expires > now)
		return look_up(found, request);
	found->state = ROBOTS_AWAITED;
	request->next = NULL;
	*found->parked_tail = request;
	found->parked_tail = &request->next;
	*entry = found;
	return first ? ROBOTS_ASK : ROBOTS_PARKED;
}

struct request *
robots_request(struct robots_entry *entry, const char *protocols)
{
	struct bytes url = { 0 };
	struct record record = { 0 };
	struct request *request;

	need_put(&url, entry->origin, strlen(entry->origin));
	need_put(&url, "/robots.txt", 11);
	record.data = url.data;
	record.len = url.len;
	request = request_new(&record, protocols, false);
	request->robots = entry;
	request->as_get = true;
	bytes_free(&url);
	return request;
}

void
robots_answer(struct robots *robots, struct robots_entry *entry, long status,
    const char *text, size_t len)
{
	bool there = status >= 200 && status <= 299;

	rules_free(&entry->rules);
	if (there)
		rules_read(&entry->rules, text, len < RULES_TEXT ? len : RULES_TEXT,
		    robots->token);
	entry->state = !there && (status < 300 || status > 499 || status == 429)
	    ? ROBOTS_FAILED
	    : ROBOTS_KNOWN;
	entry->expires = clock_ms() + LIFE;
}

struct request *
robots_unpark(struct robots_entry *entry)
{
	struct request *request = entry->parked;

	if (request == NULL)
		return NULL;
	entry->parked = request->next;
	if (entry->parked == NULL)
		entry->parked_tail = &entry->parked;
	return request;
}
