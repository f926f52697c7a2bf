/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "formats.h"
#include "grow.h"
#include "sight.h"

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
	struct sight *sight;
	double version;
	bool short_of; /* memory */
};

static bool
is_name(struct json_text name, const char *text)
{
	return name.len == strlen(text) && memcmp(name.data, text, name.len) == 0;
}

/* Read the member of that name into thing, if it is among those known. */
static void
read_known(const struct sight_member *known, void *thing, struct json_reader *in,
    struct json_text name)
{
	for (; known->name != NULL; known++) {
		char *to = (char *)thing + known->at;

		if (!is_name(name, known->name))
			continue;
		switch (known->kind) {
		case NUMBER:
			*(double *)(void *)to = json_number(in);
			return;
		case TEXT:
			*(struct json_text *)(void *)to = json_text(in);
			return;
		case FLAG:
			*(bool *)to = json_flag(in);
			return;
		}
	}
}

static void
read_record(void *worker, struct json_reader *in, struct json_text name)
{
	read_known(of_record, worker, in, name);
}

static void
read_worker(void *worker, struct json_reader *in, struct json_text name)
{
	if (!is_name(name, "record"))
		read_known(of_worker, worker, in, name);
	else if (!json_null(in))
		json_object(in, read_record, worker);
}

static void
add_worker(void *context, struct json_reader *in)
{
	struct sight_reading *reading = context;
	struct sight *sight = reading->sight;
	struct sight_worker *places = grow(sight->places, &sight->room, sight->count + 1,
	    sizeof(*places), SIGHT_WORKERS);

	if (places == NULL) {
		reading->short_of = true;
		return;
	}
	sight->places = places;
	places[sight->count] = (struct sight_worker){ 0 };
	json_object(in, read_worker, &places[sight->count++]);
}

/* Add a word to the command. */
static void
add_word(void *context, struct json_reader *in)
{
	struct sight_reading *reading = context;
	struct bytes *command = &reading->sight->command;
	struct json_text word = json_text(in);

	if (word.data == NULL || command->len > SIGHT_COMMAND)
		return;
	if (word.len > SIGHT_COMMAND)
		word.len = SIGHT_COMMAND;
	if ((command->len > 0 && bytes_put(command, " ", 1) < 0) ||
	    bytes_put(command, word.data, word.len) < 0)
		reading->short_of = true;
}

static void
read_run(void *context, struct json_reader *in, struct json_text name)
{
	struct sight_reading *reading = context;

	if (is_name(name, "par-top"))
		reading->version = json_number(in);
	else if (is_name(name, "command"))
		json_array(in, add_word, reading);
	else if (is_name(name, "places"))
		json_array(in, add_worker, reading);
	else
		read_known(of_run, reading->sight, in, name);
}

const char *
sight_read(struct sight *sight)
{
	struct json_reader in = { .at = sight->raw.data,
		.end = sight->raw.data + sight->raw.len };
	struct sight_reading reading = { .sight = sight };

	if (sight->raw.len == 0)
		return no_sight;
	json_object(&in, read_run, &reading);
	if (!in.bad && json_over(&in) && reading.version == FORMAT_TOP &&
	    !reading.short_of && sight->pid > 0)
		return NULL;
	sight_free(sight);
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
