/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "copy.h"
#include "engines.h"
#include "field.h"
#include "need.h"
#include "num.h"
#include "tell.h"

enum { MOST_RATE = 1000000000 };

/* N, N/s, N/m or N/h as records a second; NULL, or what is wrong. */
static const char *
rate_of(const char *text, char rate[static 32])
{
	size_t len = strcspn(text, "/");
	const char *unit = text + len;
	uint64_t n, seconds = 1;

	if (strcmp(unit, "/m") == 0)
		seconds = 60;
	else if (strcmp(unit, "/h") == 0)
		seconds = 3600;
	else if (*unit != '\0' && strcmp(unit, "/s") != 0)
		return "the unit is none of /s, /m and /h";
	if (num_parse_bytes(text, len, 0, MOST_RATE, &n) < 0)
		return "not a number of records, such as 10/m";
	snprintf(rate, 32, "%.9g", (double)n / (double)seconds);
	return NULL;
}

/* What a verb tells the workers, and the value of that. */
static enum engine_told
find_value(const struct queue_options *o, char value[static 32])
{
	const char *argument = o->operand_count > 1 ? o->operands[1] : "", *why = NULL;
	enum engine_told what = TELL_PAUSED;
	uint64_t n = 0;

	snprintf(value, 32, "%d", o->verb == VERB_PAUSE);
	if (o->verb == VERB_DRAIN) {
		what = TELL_DRAIN;
	} else if (o->verb == VERB_SCALE) {
		what = TELL_JOBS;
		if (num_parse(argument, 0, 1 << 20, &n) < 0)
			why = "not a number of records, such as 4, or 0 for no limit";
		snprintf(value, 32, "%llu", (unsigned long long)n);
	} else if (o->verb == VERB_RATE) {
		what = TELL_RATE;
		why = rate_of(argument, value);
	}
	if (why != NULL)
		die_misuse("%s: %s", argument, why);
	return what;
}

enum status
tell_workers(const struct queue_options *options)
{
	struct engine_tell tell = { 0 };
	struct engine engine;
	char value[32];

	tell.what = find_value(options, value);
	tell.value = value;
	engines_open(&engine, &options->engine, options->operands[0]);
	if (!options->anew)
		engines_must_be_told(
		    &engine, options->verb != VERB_RESUME && options->verb != VERB_DRAIN);
	if (options->verb == VERB_RESUME)
		copy_give_up(&engine);
	engines_answered(&engine, engine.kind->tell(&engine, &tell));
	engines_close(&engine);
	return STATUS_OK;
}

static void
check_numbers(char *const *numbers)
{
	uint64_t number;

	for (; *numbers != NULL; numbers++)
		if (num_parse(*numbers, 0, UINT64_MAX, &number) < 0)
			die_misuse("%s: not a number, as put --ids writes it", *numbers);
}

enum status
tell_revoke(const struct queue_options *options)
{
	struct engine_tell tell = { .what = TELL_REVOKE,
		.numbers = options->operands + 1 };
	struct engine engine;

	check_numbers(tell.numbers);
	engines_open(&engine, &options->engine, options->operands[0]);
	engines_must_exist(&engine);
	engines_answered(&engine, engine.kind->tell(&engine, &tell));
	engines_close(&engine);
	printf("%llu\n", (unsigned long long)tell.records);
	if (fflush(stdout) == EOF)
		die_output(errno, "standard output");
	if (tell.records == 0)
		warn("%s: nothing unfinished has these numbers, which put --ids writes",
		    engine.queue);
	return tell.records > 0 ? STATUS_OK : STATUS_FAILED;
}

static void
put_escaped(const char *data, size_t len, struct bytes *line)
{
	char *to;

	if (len == 0)
		return;
	to = need_room(line, 2 * len);
	line->len += field_escape(to, data, len);
}

/* record, attempts, reason, last line of the stage, number: a line for each record. */
static void
show_dead(const struct engine_grave *grave, struct bytes *line)
{
	const struct engine_text others[] = { grave->attempts, grave->why, grave->last,
		grave->number };
	const char *at = grave->records.data;
	const char *end = at + grave->records.len;

	do {
		const char *newline = memchr(at, '\n', (size_t)(end - at));

		if (newline == NULL) /* others wrote it, or there is no record */
			newline = end;
		line->len = 0;
		put_escaped(at, (size_t)(newline - at), line);
		for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
			need_put(line, "\t", 1);
			put_escaped(others[i].data, others[i].len, line);
		}
		need_put(line, "\n", 1);
		if (fwrite(line->data, 1, line->len, stdout) != line->len)
			die_output(errno, "standard output");
		at = newline < end ? newline + 1 : end;
	} while (at < end);
}

enum status
tell_dead(const struct queue_options *options)
{
	char after[ENGINE_ID_SIZE] = "";
	struct engine_read page = { .what = READ_DEAD, .last = after };
	struct engine_tell tell = { .what = options->requeue ? TELL_REQUEUE : TELL_DROP };
	struct bytes line = { 0 };
	struct engine engine;

	engines_open(&engine, &options->engine, options->operands[0]);
	engines_must_exist(&engine);
	do {
		engines_answered(&engine, engine.kind->read(&engine, &page));
		for (size_t i = 0; i < page.count; i++)
			show_dead(&page.graves[i], &line);
		if (fflush(stdout) == EOF) /* what is not shown is not deleted */
			die_output(errno, "standard output");
		tell.graves = page.graves;
		tell.count = page.count;
		if (page.count > 0 && (options->requeue || options->drop))
			engines_answered(&engine, engine.kind->tell(&engine, &tell));
		if (page.count > 0)
			memcpy(after, page.graves[page.count - 1].id, sizeof(after));
	} while (page.count > 0);
	bytes_free(&line);
	engines_close(&engine);
	return STATUS_OK;
}

enum status
tell_purge(const struct queue_options *options)
{
	struct engine_tell tell = { .what = TELL_PURGE };
	struct engine engine;
	bool missing;

	engines_open(&engine, &options->engine, options->operands[0]);
	missing = engines_missing(&engine);
	engines_answered(&engine, engine.kind->tell(&engine, &tell));
	if (missing) /* what a purge that was killed had left is gone now, too */
		die(STATUS_BROKEN, 0, "%s: no such queue", engine.queue);
	engines_close(&engine);
	return STATUS_OK;
}
