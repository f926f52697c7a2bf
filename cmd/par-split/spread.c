/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "clock.h"
#include "move.h"
#include "names.h"
#include "roles.h"
#include "spread.h"

enum {
	QUICK_MS = 10, /* a reader done in this time may have twice as much before it, */
	SLOW_MS = 50 /* and one that takes longer than this, half as much */
};

/* The length of the whole records at the start of run that fit in room, or of one. */
static size_t
whole_records(const struct run *run, size_t room)
{
	const char *newline = NULL;

	if (run->len <= room)
		return run->len;
	if (room > 0)
		newline = memrchr(run->data, '\n', room);
	if (newline == NULL)
		newline = memchr(run->data + room, '\n', run->len - room);
	return (size_t)(newline - run->data) + 1;
}

static void
shorten(struct run *run, size_t len)
{
	run->data += len;
	run->len -= len;
}

/* After out has emptied its pipe: how much it may have the next time. */
static void
set_portion(struct output *out, uint64_t now_ms)
{
	uint64_t took = now_ms - out->fed_ms;

	if (took <= QUICK_MS && out->portion < out->capacity)
		out->portion *= 2;
	else if (took > SLOW_MS && out->portion > 1)
		out->portion /= 2;
	out->fed = false;
}

/*
 * How many bytes out should be given now: its portion less what still lies
 * before its reader.  The portion follows the pace of the reader, so that a
 * slow one has little to hoard and a fast one is kept busy with large blocks.
 */
static size_t
appetite(struct output *out, uint64_t now_ms, size_t *held)
{
	if (out->state != OUTPUT_OPEN || output_keeps(out))
		return 0;
	*held = out->pipe ? move_held(out->fd) : 0;
	if (*held == 0 && out->fed)
		set_portion(out, now_ms);
	if (out->portion >= out->capacity)
		return *held < out->capacity ? out->capacity - *held : 1;
	return *held < out->portion ? out->portion - *held : 0;
}

/* The next output with an empty pipe, or else the hungriest; NULL if none. */
static struct output *
choose(struct split *split, size_t *room)
{
	uint64_t now_ms = clock_ms();
	struct output *best = NULL;

	*room = 0;
	for (size_t i = 0; i < split->count; i++) {
		size_t at = split->next + i, held = 0, wants;
		struct output *out;

		if (at >= split->count)
			at -= split->count;
		out = &split->outputs[at];
		wants = appetite(out, now_ms, &held);
		if (wants > *room || (wants > 0 && held == 0)) {
			*room = wants;
			best = out;
			if (held == 0)
				break;
		}
	}
	if (best != NULL) {
		best->fed = true;
		best->fed_ms = now_ms;
		split->next = (size_t)(best - split->outputs + 1) % split->count;
	}
	return best;
}

static void
on_demand(struct split *split, struct run *run)
{
	while (run->len > 0) {
		size_t room, len;
		struct output *out = choose(split, &room);

		if (out == NULL)
			return;
		len = whole_records(run, room);
		if (output_give(out, run->data, len) < 0)
			split_output_failed(split, out);
		shorten(run, len);
	}
}

/*
 * Give a record to the output that a rule chose; false if that has to wait.
 * Outputs that are gone swallow theirs, and it is counted.
 */
static bool
deliver(struct split *split, struct output *out, const char *data, size_t len)
{
	if (out->state == OUTPUT_GONE) {
		split->lost++;
		return true;
	}
	if (out->used - out->start >= OUTPUT_HIGH)
		return false;
	if (output_add(out, data, len) < 0)
		die(STATUS_BROKEN, errno, "%s", out->name);
	if (out->used - out->start >= OUTPUT_BLOCK && output_flush(out) < 0)
		split_output_failed(split, out);
	return true;
}

static void
round_robin(struct split *split, struct run *run)
{
	while (run->len > 0) {
		size_t len = whole_records(run, 0);

		if (!deliver(split, &split->outputs[split->next], run->data, len))
			return;
		split->next = (split->next + 1) % split->count;
		shorten(run, len);
	}
}

/* The output of a record by its key, or NULL if it has none. */
static struct output *
output_of_key(struct split *split, const char *data, size_t len)
{
	char room[KEY_HOST_MAX];
	struct field key;
	uint64_t hash;

	if (!key_of(&split->plan->key, data, len, room, &key))
		return NULL;
	hash = split->plan->keyed ? hash_keyed(key.data, key.len, &split->plan->hash_key)
				  : hash_bytes(key.data, key.len, 0);
	return &split->outputs[hash % split->count];
}

static void
by_key(struct split *split, struct run *run)
{
	while (run->len > 0) {
		size_t len = whole_records(run, 0);
		struct output *out = output_of_key(split, run->data, len - 1);

		if (out == NULL)
			split_fail(split, run->data, len - 1, key_lacking);
		else if (!deliver(split, out, run->data, len))
			return;
		shorten(run, len);
	}
}

/* All outputs get all records, when the slowest has taken most of what it has. */
static void
tee(struct split *split, struct run *run)
{
	uint64_t records = split_count(run->data, run->len);

	for (size_t i = 0; i < split->count; i++)
		if (split->outputs[i].used - split->outputs[i].start >= OUTPUT_HIGH)
			return;
	for (size_t i = 0; i < split->count; i++) {
		struct output *out = &split->outputs[i];

		if (out->state == OUTPUT_GONE)
			split->lost += records;
		else if (output_give(out, run->data, run->len) < 0)
			split_output_failed(split, out);
	}
	shorten(run, run->len);
}

/* The length of the first count records of run, or of all; *count is what is left. */
static size_t
first_records(const struct run *run, uint64_t *count)
{
	const char *at = run->data, *end = at + run->len;

	while (*count > 0 && at < end) {
		at = memchr(at, '\n', (size_t)(end - at));
		at++;
		--*count;
	}
	return (size_t)(at - run->data);
}

/*
 * What of run goes into the file at work.  One that takes no more has no room
 * then: a record that is longer than a file may be has one for itself.
 */
static size_t
fill_length(struct split *split, const struct run *run)
{
	bool empty = split->room == split->plan->bytes;
	size_t len;

	if (split->plan->lines > 0)
		return first_records(run, &split->room);
	if (run->len <= split->room) {
		split->room -= run->len;
		return run->len;
	}
	len = whole_records(run, (size_t)split->room);
	if (len > split->room && !empty)
		len = 0;
	split->room = 0;
	return len;
}

/*
 * The next file is there already: it must not be the input.  A link may lead to one
 * that was written before; whoever takes files away while they are written is heard.
 */
static void
check_next(const struct split *split)
{
	size_t before = (size_t)split->file - 1;
	const char *name = split->file_name;
	struct roles roles = { 0 };
	struct trouble trouble = { 0 };
	struct stat st, link;
	char **names = NULL;

	if (stat(name, &st) < 0 || lstat(name, &link) < 0)
		return;
	roles_add(&roles, ROLE_INPUT, "-i", split->plan->input);
	roles_add(&roles, ROLE_OUTPUT, NULL, name);
	if (S_ISLNK(link.st_mode) || link.st_nlink > 1) {
		names = names_list(split->plan->template, before);
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
next_file(struct split *split)
{
	struct output *out = &split->outputs[0];

	free(split->file_name);
	split->file_name = names_make(split->plan->template, split->file++);
	if (split->file_name == NULL)
		die(STATUS_BROKEN, errno, "names");
	check_next(split);
	output_init(out, split->file_name, clock_ms());
	split->room = split->plan->lines > 0 ? split->plan->lines : split->plan->bytes;
	split->left = 1;
	split_open_outputs(split);
}

static void
fill(struct split *split, struct run *run)
{
	struct output *out = &split->outputs[0];

	while (run->len > 0) {
		size_t len;

		if (out->state == OUTPUT_OPEN && split->room == 0) {
			if (output_keeps(out))
				return;
			if (output_close(out, OUTPUT_GONE) < 0)
				die_output(errno, out->name);
		}
		if (out->state == OUTPUT_GONE)
			next_file(split);
		if (output_keeps(out) || out->state == OUTPUT_CLOSED)
			return;
		len = fill_length(split, run);
		if (output_give(out, run->data, len) < 0)
			die_output(errno, out->name);
		shorten(run, len);
	}
}

void
spread(struct split *split, struct run *run)
{
	switch (split->plan->mode) {
	case SPLIT_DEMAND:
		on_demand(split, run);
		break;
	case SPLIT_ROUND_ROBIN:
		round_robin(split, run);
		break;
	case SPLIT_KEY:
		by_key(split, run);
		break;
	case SPLIT_TEE:
		tee(split, run);
		break;
	case SPLIT_FILL:
		fill(split, run);
		break;
	case SPLIT_CHUNK:
		break;
	}
}
