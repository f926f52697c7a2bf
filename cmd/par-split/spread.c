/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "clock.h"
#include "diag.h"
#include "move.h"
#include "names.h"
#include "roles.h"
#include "spread.h"

enum {
	QUICK_MS = 10, /* a reader done in this time may have twice as much before it, */
	SLOW_MS = 50 /* and one that takes longer than this, half as much */
};

/* After outlet has emptied its pipe: how much it may have the next time. */
static void
set_portion(struct outlet *outlet, uint64_t now_ms)
{
	uint64_t took = now_ms - outlet->fed_ms;

	if (took <= QUICK_MS && outlet->portion < outlet->capacity)
		outlet->portion *= 2;
	else if (took > SLOW_MS && outlet->portion > 1)
		outlet->portion /= 2;
	outlet->fed = false;
}

/*
 * How many bytes outlet should be given now: its portion less what still lies before its
 * reader.  The portion follows the pace of the reader, so that a slow one has little to
 * hoard and a fast one always has work, in large blocks.
 */
static size_t
appetite(struct outlet *outlet, uint64_t now_ms, size_t *pending)
{
	if (outlet->state != OUTLET_OPEN || outlet_buffers(outlet))
		return 0;
	*pending = outlet->pipe ? move_pending(outlet->fd) : 0;
	if (*pending == 0 && outlet->fed)
		set_portion(outlet, now_ms);
	if (outlet->portion >= outlet->capacity)
		return *pending < outlet->capacity ? outlet->capacity - *pending : 1;
	return *pending < outlet->portion ? outlet->portion - *pending : 0;
}

/* The next outlet with an empty pipe, or else the one that wants most; NULL if none. */
static struct outlet *
choose(struct spread *spread, size_t *room)
{
	const struct outlets *outlets = spread->outlets;
	uint64_t now_ms = clock_ms();
	struct outlet *best = NULL;

	*room = 0;
	for (size_t i = 0; i < outlets->count; i++) {
		size_t at = spread->next + i, pending = 0, wants;
		struct outlet *outlet;

		if (at >= outlets->count)
			at -= outlets->count;
		outlet = &outlets->all[at];
		wants = appetite(outlet, now_ms, &pending);
		if (wants > *room || (wants > 0 && pending == 0)) {
			*room = wants;
			best = outlet;
			if (pending == 0)
				break;
		}
	}
	if (best != NULL) {
		best->fed = true;
		best->fed_ms = now_ms;
		spread->next = (size_t)(best - outlets->all + 1) % outlets->count;
	}
	return best;
}

static void
on_demand(struct spread *spread, struct records *records)
{
	while (records->len > 0) {
		size_t room, len;
		struct outlet *outlet = choose(spread, &room);

		if (outlet == NULL)
			return;
		len = records_fit(records, room);
		if (outlet_give(outlet, records->data, len) < 0)
			outlets_failed(spread->outlets, outlet);
		records_skip(records, len);
	}
}

/*
 * Give a record to the outlet that a rule chose; false if that has to wait.  Those that
 * are gone swallow theirs, and it is counted.
 */
static bool
deliver(struct spread *spread, struct outlet *outlet, const char *data, size_t len)
{
	if (outlet->state == OUTLET_GONE) {
		outlets_lose(spread->outlets, 1);
		return true;
	}
	if (outlet->used - outlet->start >= OUTLET_HIGH)
		return false;
	if (outlet_add(outlet, data, len) < 0)
		die(STATUS_BROKEN, errno, "%s", outlet->name);
	if (outlet->used - outlet->start >= OUTLET_BLOCK && outlet_flush(outlet) < 0)
		outlets_failed(spread->outlets, outlet);
	return true;
}

static void
round_robin(struct spread *spread, struct records *records)
{
	while (records->len > 0) {
		size_t len = records_fit(records, 0);

		if (!deliver(
			spread, &spread->outlets->all[spread->next], records->data, len))
			return;
		spread->next = (spread->next + 1) % spread->outlets->count;
		records_skip(records, len);
	}
}

/* The outlet of a record by its key, or NULL if it has none. */
static struct outlet *
outlet_of_key(struct spread *spread, const char *data, size_t len)
{
	char room[KEY_HOST_MAX];
	struct field key;
	uint64_t hash;

	if (!key_of(&spread->plan->key, data, len, room, &key))
		return NULL;
	hash = spread->plan->keyed
	    ? hash_keyed(key.data, key.len, &spread->plan->hash_key)
	    : hash_bytes(key.data, key.len, 0);
	return &spread->outlets->all[hash % spread->outlets->count];
}

static void
fail_lacking(struct spread *spread, const char *data, size_t len)
{
	warn_record(data, len, key_lacking(data, len));
	spread->failed = true;
}

static void
by_key(struct spread *spread, struct records *records)
{
	while (records->len > 0) {
		size_t len = records_fit(records, 0);
		struct outlet *outlet = outlet_of_key(spread, records->data, len - 1);

		if (outlet == NULL)
			fail_lacking(spread, records->data, len - 1);
		else if (!deliver(spread, outlet, records->data, len))
			return;
		records_skip(records, len);
	}
}

/* All outlets get all records, when the slowest has taken most of what it has. */
static void
to_each(struct spread *spread, struct records *records)
{
	struct outlets *outlets = spread->outlets;
	uint64_t count = records_count(records);

	for (size_t i = 0; i < outlets->count; i++)
		if (outlets->all[i].used - outlets->all[i].start >= OUTLET_HIGH)
			return;
	for (size_t i = 0; i < outlets->count; i++) {
		struct outlet *outlet = &outlets->all[i];

		if (outlet->state == OUTLET_GONE)
			outlets_lose(outlets, count);
		else if (outlet_give(outlet, records->data, records->len) < 0)
			outlets_failed(outlets, outlet);
	}
	records_skip(records, records->len);
}

/*
 * What of records goes into the file at work.  One that takes no more has no room
 * then: a record that is longer than a file may be has one for itself.
 */
static size_t
fill_length(struct spread *spread, const struct records *records)
{
	bool empty = spread->room == spread->plan->bytes;
	size_t len;

	if (spread->plan->lines > 0)
		return records_first(records, &spread->room);
	if (records->len <= spread->room) {
		spread->room -= records->len;
		return records->len;
	}
	len = records_fit(records, (size_t)spread->room);
	if (len > spread->room && !empty)
		len = 0;
	spread->room = 0;
	return len;
}

/*
 * The next file is there already: it must not be the input.  A link may lead to one
 * that was written before; whoever takes files away while they are written is heard.
 */
static void
check_next(const struct spread *spread)
{
	size_t before = (size_t)spread->file - 1;
	const char *name = spread->file_name;
	struct roles roles = { 0 };
	struct trouble trouble = { 0 };
	struct stat st, link;
	char **names = NULL;

	if (stat(name, &st) < 0 || lstat(name, &link) < 0)
		return;
	roles_add(&roles, ROLE_INPUT, "-i", spread->plan->input);
	roles_add(&roles, ROLE_OUTPUT, NULL, name);
	if (S_ISLNK(link.st_mode) || link.st_nlink > 1) {
		names = names_list(spread->plan->template, before);
		if (names == NULL)
			die(STATUS_BROKEN, ENOMEM, "names");
		for (size_t i = 0; i < before; i++)
			roles_add(&roles, ROLE_REPLACED, NULL, names[i]);
	}
	if (roles_check(&roles, &trouble) < 0)
		die_of(&trouble);
	if (names != NULL)
		names_free(names, before);
}

/* Begin the next file. */
static void
next_file(struct spread *spread)
{
	free(spread->file_name);
	spread->file_name = names_make(spread->plan->template, spread->file++);
	if (spread->file_name == NULL)
		die(STATUS_BROKEN, errno, "names");
	check_next(spread);
	spread->room =
	    spread->plan->lines > 0 ? spread->plan->lines : spread->plan->bytes;
	outlets_begin_file(spread->outlets, spread->file_name);
}

static void
fill(struct spread *spread, struct records *records)
{
	struct outlet *outlet = &spread->outlets->all[0];

	while (records->len > 0) {
		size_t len;

		if (outlet->state == OUTLET_OPEN && spread->room == 0) {
			if (outlet_buffers(outlet))
				return;
			if (outlet_close(outlet, OUTLET_GONE) < 0)
				die_output(errno, outlet->name);
		}
		if (outlet->state == OUTLET_GONE)
			next_file(spread);
		if (outlet_buffers(outlet) || outlet->state == OUTLET_CLOSED)
			return;
		len = fill_length(spread, records);
		if (outlet_give(outlet, records->data, len) < 0)
			die_output(errno, outlet->name);
		records_skip(records, len);
	}
}

void
spread_records(struct spread *spread, struct records *records)
{
	switch (spread->plan->mode) {
	case SPLIT_DEMAND:
		on_demand(spread, records);
		break;
	case SPLIT_ROUND_ROBIN:
		round_robin(spread, records);
		break;
	case SPLIT_KEY:
		by_key(spread, records);
		break;
	case SPLIT_TEE:
		to_each(spread, records);
		break;
	case SPLIT_FILL:
		fill(spread, records);
		break;
	case SPLIT_CHUNK:
		break;
	}
}

void
spread_close(struct spread *spread)
{
	free(spread->file_name);
}
