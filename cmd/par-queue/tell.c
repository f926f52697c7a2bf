/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "copy.h"
#include "engines.h"
#include "fdio.h"
#include "grave.h"
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
		line.len = 0;
		for (size_t i = 0; i < page.count; i++)
			grave_lines(&page.graves[i], NULL, &line);
		/* what is not shown is not deleted */
		if (fdio_write(STDOUT_FILENO, line.data, line.len) < 0)
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
