/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control.h"
#include "field.h"
#include "need.h"
#include "num.h"
#include "queue.h"

enum { PAGE = 100, MOST_RATE = 1000000000 };

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
		return "the unit is none of /s, /m, /h";
	if (num_parse_bytes(text, len, 0, MOST_RATE, &n) < 0)
		return "not a number of records, such as 10/m";
	snprintf(rate, 32, "%.9g", (double)n / (double)seconds);
	return NULL;
}

/* The field of the queue that a verb sets, and the value. */
static void
find_field(const struct queue_options *o, const char **field, char value[static 32])
{
	const char *argument = o->operand_count > 1 ? o->operands[1] : "", *why = NULL;
	uint64_t n = 0;

	*field = "paused";
	snprintf(value, 32, "%d", o->verb == VERB_PAUSE);
	if (o->verb == VERB_DRAIN) {
		*field = "drain";
		snprintf(value, 32, "now");
	} else if (o->verb == VERB_SCALE) {
		*field = "jobs";
		if (num_parse(argument, 0, 1 << 20, &n) < 0)
			why = "not a number of records";
		snprintf(value, 32, "%llu", (unsigned long long)n);
	} else if (o->verb == VERB_RATE) {
		*field = "rate";
		why = rate_of(argument, value);
	}
	if (why != NULL)
		die(STATUS_MISUSE, 0, "%s: %s", argument, why);
}

enum status
control_set(const struct queue_options *options)
{
	struct command command = { 0 };
	struct queue queue;
	const char *field;
	char value[32];

	find_field(options, &field, value);
	queue_init(&queue, options->operands[0], &options->address, options->patience);
	queue_begin(&queue, &command, SCRIPT_CONTROL, 0);
	command_text(&command, field);
	command_text(&command, value);
	link_ask(&queue.link, &command, "n");
	command_free(&command);
	queue_close(&queue);
	return STATUS_OK;
}

/* Go through one stage of revoke.lua; how many records were revoked. */
static uint64_t
revoke(struct queue *queue, const struct queue_options *o, const char *stage,
    const char *from)
{
	struct command command = { 0 };
	char cursor[QUEUE_ID_MAX];
	uint64_t revoked = 0;

	snprintf(cursor, sizeof(cursor), "%s", from);
	do {
		const redisReply *reply;

		queue_begin(queue, &command, SCRIPT_REVOKE, 0);
		command_text(&command, stage);
		command_text(&command, cursor);
		for (char **id = o->operands + 1; *id != NULL; id++)
			command_text(&command, *id);
		reply = link_ask(&queue->link, &command, "[tn]");
		if (strcmp(reply->element[0]->str, cursor) == 0 &&
		    strcmp(cursor, "0") != 0)
			link_odd(&queue->link, reply); /* it would not end */
		snprintf(cursor, sizeof(cursor), "%s", reply->element[0]->str);
		revoked += reply_number(reply->element[1]);
	} while (strcmp(cursor, "0") != 0);
	command_free(&command);
	return revoked;
}

enum status
control_revoke(const struct queue_options *options)
{
	uint64_t revoked = 0, before;
	struct queue queue;

	queue_init(&queue, options->operands[0], &options->address, options->patience);
	/* Records may move from one to the other meanwhile: until none is found. */
	do {
		before = revoked;
		revoked += revoke(&queue, options, "delayed", "0");
		revoked += revoke(&queue, options, "entered", "-");
	} while (revoked > before);
	queue_close(&queue);
	printf("%llu\n", (unsigned long long)revoked);
	if (fflush(stdout) == EOF)
		die_output(errno, "standard output");
	if (revoked == 0)
		warn("%s: nothing unfinished has these numbers", queue.name);
	return revoked > 0 ? STATUS_OK : STATUS_FAILED;
}

/* The value of a field of an entry; an empty one if it has none. */
static const redisReply *
field_of(const redisReply *fields, const char *name)
{
	static const redisReply none = { .type = REDIS_REPLY_STRING };

	for (size_t i = 0; i + 1 < fields->elements; i += 2)
		if (strcmp(fields->element[i]->str, name) == 0)
			return fields->element[i + 1];
	return &none;
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
show_dead(const redisReply *fields, struct bytes *line)
{
	static const char *const others[] = { "a", "why", "last", "k" };
	const redisReply *records = field_of(fields, "r");
	const char *at = records->len > 0 ? records->str : "";
	const char *end = at + records->len;

	do {
		const char *newline = memchr(at, '\n', (size_t)(end - at));

		if (newline == NULL) /* others wrote it, or there is no record */
			newline = end;
		line->len = 0;
		put_escaped(at, (size_t)(newline - at), line);
		for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
			const redisReply *value = field_of(fields, others[i]);

			need_put(line, "\t", 1);
			put_escaped(value->str, value->len, line);
		}
		need_put(line, "\n", 1);
		if (fwrite(line->data, 1, line->len, stdout) != line->len)
			die_output(errno, "standard output");
		at = newline < end ? newline + 1 : end;
	} while (at < end);
}

/* Begin undead.lua for these entries. */
static void
settle_dead(struct queue *queue, const struct queue_options *o, const redisReply *entries)
{
	struct command command = { 0 };

	if (fflush(stdout) == EOF) /* what is not shown is not deleted */
		die_output(errno, "standard output");
	queue_begin(queue, &command, SCRIPT_UNDEAD, 0);
	command_text(&command, o->requeue ? "requeue" : "drop");
	for (size_t i = 0; i < entries->elements; i++)
		command_text(&command, entries->element[i]->element[0]->str);
	link_ask(&queue->link, &command, "n");
	command_free(&command);
}

enum status
control_dead(const struct queue_options *options)
{
	struct command command = { 0 };
	char last[QUEUE_ID_MAX] = "0-0", from[QUEUE_ID_MAX + 1] = "-";
	struct bytes line = { 0 };
	const redisReply *page;
	struct queue queue;

	queue_init(&queue, options->operands[0], &options->address, options->patience);
	do {
		command_begin(&command, SCRIPT_NONE);
		command_text(&command, "XRANGE");
		queue_add_key(&command, queue.name, "dead");
		command_text(&command, from);
		command_text(&command, "+");
		command_text(&command, "COUNT");
		command_number(&command, PAGE);
		page = link_ask(&queue.link, &command, "[{[t[{bb}]]}]");
		for (size_t i = 0; i < page->elements; i++) {
			const redisReply *entry = page->element[i];

			if (!reply_later(entry->element[0]->str, last))
				link_odd(&queue.link, page); /* it would not end */
			snprintf(last, sizeof(last), "%s", entry->element[0]->str);
			show_dead(entry->element[1], &line);
		}
		snprintf(from, sizeof(from), "(%s", last);
		if (page->elements > 0 && (options->requeue || options->drop))
			settle_dead(&queue, options, page);
	} while (page->elements > 0);
	command_free(&command);
	bytes_free(&line);
	queue_close(&queue);
	if (fflush(stdout) == EOF)
		die_output(errno, "standard output");
	return STATUS_OK;
}

/* Delete the keys of a page of SCAN. */
static void
delete_keys(struct queue *queue, const redisReply *keys)
{
	struct command command = { 0 };
	char ours[QUEUE_KEY_MAX];

	if (keys->elements == 0)
		return;
	queue_key(queue->name, "", ours);
	for (size_t i = 0; i < keys->elements; i++)
		if (strncmp(keys->element[i]->str, ours, strlen(ours)) != 0)
			link_odd(&queue->link, keys);
	command_begin(&command, SCRIPT_NONE);
	command_text(&command, "UNLINK");
	for (size_t i = 0; i < keys->elements; i++)
		command_bytes(&command, keys->element[i]->str, keys->element[i]->len);
	link_ask(&queue->link, &command, "n");
	command_free(&command);
}

enum status
control_purge(const struct queue_options *options)
{
	struct command command = { 0 };
	char cursor[QUEUE_ID_MAX] = "0";
	char pattern[QUEUE_KEY_MAX];
	struct queue queue;

	queue_init(&queue, options->operands[0], &options->address, options->patience);
	queue_key(queue.name, "*", pattern);
	queue_begin(
	    &queue, &command, SCRIPT_STAT, 0); /* leads to its node of a cluster */
	link_ask(&queue.link, &command, STAT_SHAPE);
	do {
		const redisReply *reply;

		command_begin(&command, SCRIPT_NONE);
		command_text(&command, "SCAN");
		command_text(&command, cursor);
		command_text(&command, "MATCH");
		command_text(&command, pattern);
		command_text(&command, "COUNT");
		command_number(&command, 1000);
		reply = link_ask(&queue.link, &command, "[#[{b}]]");
		if (strcmp(reply->element[0]->str, cursor) == 0 &&
		    strcmp(cursor, "0") != 0)
			link_odd(&queue.link, reply); /* it would not end */
		snprintf(cursor, sizeof(cursor), "%s", reply->element[0]->str);
		delete_keys(&queue, reply->element[1]);
	} while (strcmp(cursor, "0") != 0);
	command_free(&command);
	queue_close(&queue);
	return STATUS_OK;
}
