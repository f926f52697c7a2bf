/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "formats.h"
#include "grow.h"
#include "json_reader.h"
#include "sight.h"

#define NUMBER_MOST 1e18

static const char no_sight[] = "says what is not understood";

enum member_kind { NUMBER, TEXT, FLAG };

/* A member, and where its value is put. */
struct sight_member {
	const char *name;
	enum member_kind kind;
	size_t at;
};

static const struct sight_member of_worker[] = {
	{ "worker", NUMBER, offsetof(struct sight_worker, number) },
	{ "pid", NUMBER, offsetof(struct sight_worker, pid) },
	{ "host", TEXT, offsetof(struct sight_worker, host) },
	{ "state", TEXT, offsetof(struct sight_worker, state) },
	{ "in_flight", NUMBER, offsetof(struct sight_worker, in_flight) },
	{ "window", NUMBER, offsetof(struct sight_worker, window) },
	{ "done", NUMBER, offsetof(struct sight_worker, done) },
	{ "failed", NUMBER, offsetof(struct sight_worker, failed) },
	{ "retries", NUMBER, offsetof(struct sight_worker, retries) },
	{ "restarts", NUMBER, offsetof(struct sight_worker, restarts) },
	{ "says", TEXT, offsetof(struct sight_worker, says) },
	{ "ended", TEXT, offsetof(struct sight_worker, ended) },
	{ 0 },
};

static const struct sight_member of_record[] = {
	{ "number", NUMBER, offsetof(struct sight_worker, record) },
	{ "seconds", NUMBER, offsetof(struct sight_worker, seconds) },
	{ "text", TEXT, offsetof(struct sight_worker, text) },
	{ 0 },
};

static const struct sight_member of_run[] = {
	{ "pid", NUMBER, offsetof(struct sight, pid) },
	{ "started", NUMBER, offsetof(struct sight, started) },
	{ "seconds", NUMBER, offsetof(struct sight, seconds) },
	{ "inner", FLAG, offsetof(struct sight, inner) },
	{ "hosts", FLAG, offsetof(struct sight, hosts) },
	{ "control", TEXT, offsetof(struct sight, control) },
	{ "state", TEXT, offsetof(struct sight, state) },
	{ "waits", TEXT, offsetof(struct sight, waits) },
	{ "workers", NUMBER, offsetof(struct sight, workers) },
	{ "done", NUMBER, offsetof(struct sight, done) },
	{ "failed", NUMBER, offsetof(struct sight, failed) },
	{ "total", NUMBER, offsetof(struct sight, total) },
	{ "retries", NUMBER, offsetof(struct sight, retries) },
	{ "restarts", NUMBER, offsetof(struct sight, restarts) },
	{ 0 },
};

/* What is read, and into what. */
struct sight_reading {
	struct json_reader in;
	struct sight *sight;
	double version;
	bool odd; /* something is not of the kind that it should be */
	bool short_of; /* memory */
};

/* A number, at least 0; beyond what counters come to it is odd. */
static double
take_number(struct sight_reading *reading, const struct json_item *item)
{
	double value;

	if (json_number(item, &value) && value >= 0 && value <= NUMBER_MOST)
		return value;
	reading->odd = true;
	return 0;
}

/* A string, or null; it is read where it stands, and changes. */
static struct field
take_text(struct sight_reading *reading, const struct json_item *item)
{
	const struct bytes *raw = &reading->sight->raw;
	char *to;

	if (item->kind != JSON_TEXT) {
		reading->odd = reading->odd || item->kind != JSON_NULL;
		return (struct field){ 0 };
	}
	to = raw->data + (item->value.data - raw->data);
	return (struct field){ to, json_text(to, item) };
}

/* Read a member into thing, if it is among those known. */
static void
read_known(struct sight_reading *reading, const struct sight_member *known, void *thing,
    const struct json_item *item)
{
	char *to;

	while (known->name != NULL && !json_is(item, known->name))
		known++;
	to = (char *)thing + known->at;
	if (known->name == NULL)
		return;
	switch (known->kind) {
	case NUMBER:
		*(double *)(void *)to = take_number(reading, item);
		return;
	case TEXT:
		*(struct field *)(void *)to = take_text(reading, item);
		return;
	case FLAG:
		*(bool *)to = item->kind == JSON_TRUE;
		reading->odd = reading->odd || (!*(bool *)to && item->kind != JSON_FALSE);
		return;
	}
}

/* Go into what item begins; false: it is not of that kind. */
static bool
is_kind(struct sight_reading *reading, const struct json_item *item, enum json_kind kind)
{
	reading->odd = reading->odd || item->kind != kind;
	return item->kind == kind;
}

static void
read_record(struct sight_reading *reading, void *worker, const struct json_item *record)
{
	struct json_item item;

	if (record->kind == JSON_NULL || !is_kind(reading, record, JSON_OBJECT))
		return;
	while (json_each(&reading->in, record->depth + 1, &item))
		read_known(reading, of_record, worker, &item);
}

static void
read_worker(struct sight_reading *reading, const struct json_item *place)
{
	struct sight *sight = reading->sight;
	struct sight_worker *places = grow(sight->places, &sight->room, sight->count + 1,
	    sizeof(*places), SIGHT_WORKERS);
	struct json_item item;

	if (places == NULL) {
		reading->short_of = true;
		return;
	}
	sight->places = places;
	places += sight->count++;
	*places = (struct sight_worker){ 0 };
	if (!is_kind(reading, place, JSON_OBJECT))
		return;
	while (json_each(&reading->in, place->depth + 1, &item))
		if (json_is(&item, "record"))
			read_record(reading, places, &item);
		else
			read_known(reading, of_worker, places, &item);
}

static void
read_workers(struct sight_reading *reading, const struct json_item *all)
{
	struct json_item item;

	reading->sight->count = 0;
	if (!is_kind(reading, all, JSON_ARRAY))
		return;
	while (!reading->short_of && json_each(&reading->in, all->depth + 1, &item))
		read_worker(reading, &item);
}

/* Add a word to the command. */
static void
add_word(struct sight_reading *reading, const struct json_item *item)
{
	struct bytes *command = &reading->sight->command;
	struct field word = take_text(reading, item);

	if (word.data == NULL || command->len > SIGHT_COMMAND)
		return;
	if (word.len > SIGHT_COMMAND)
		word.len = SIGHT_COMMAND;
	if ((command->len > 0 && bytes_put(command, " ", 1) < 0) ||
	    bytes_put(command, word.data, word.len) < 0)
		reading->short_of = true;
}

static void
read_command(struct sight_reading *reading, const struct json_item *all)
{
	struct json_item item;

	bytes_clear(&reading->sight->command, SIZE_MAX);
	if (!is_kind(reading, all, JSON_ARRAY))
		return;
	while (json_each(&reading->in, all->depth + 1, &item))
		add_word(reading, &item);
}

static void
read_run(struct sight_reading *reading)
{
	struct json_item item;

	while (json_each(&reading->in, 1, &item)) {
		if (json_is(&item, "par-top"))
			reading->version = take_number(reading, &item);
		else if (json_is(&item, "command"))
			read_command(reading, &item);
		else if (json_is(&item, "places"))
			read_workers(reading, &item);
		else
			read_known(reading, of_run, reading->sight, &item);
	}
}

const char *
sight_read(struct sight *sight)
{
	struct sight_reading reading = { .sight = sight };

	json_begin(&reading.in, sight->raw.data, sight->raw.len);
	read_run(&reading);
	if (json_over(&reading.in) && !reading.odd && !reading.short_of &&
	    reading.version == FORMAT_TOP && sight->pid > 0)
		return NULL;
	sight_free(sight);
	if (reading.short_of)
		return strerror(ENOMEM);
	return reading.version > FORMAT_TOP ? "is of a newer version" : no_sight;
}

void
sight_free(struct sight *sight)
{
	bytes_free(&sight->raw);
	bytes_free(&sight->command);
	free(sight->places);
	*sight = (struct sight){ 0 };
}
