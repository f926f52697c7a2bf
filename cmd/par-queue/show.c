/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "num.h"
#include "queue.h"
#include "show.h"

enum { WORKER_FIELDS = 4 };

/* The numbers of stat.lua, in its order, and what they mean. */
static const struct {
	const char *name, *help;
	bool counter; /* it only grows */
} numbers[] = {
	{ "accepted", "records put", true },
	{ "waiting", "records that wait for a worker", false },
	{ "delayed", "records that wait for their time", false },
	{ "running", "records that a worker has", false },
	{ "done", "records finished", true },
	{ "dead", "records given up, expired or revoked", false },
	{ "dropped", "dead records deleted", true },
	{ "results", "records of results not fetched", false },
	{ "late", "records of commits that came too late", true },
	{ "paused", "1 while no records are given out", false },
	{ "scale", "most records in flight to a worker, 0 for no limit", false },
	{ "rate", "most records a second, 0 for no limit", false },
};

static void
end_output(void)
{
	if (fflush(stdout) == EOF || ferror(stdout))
		die_output(errno, "standard output");
}

static void
show_number(const struct queue_options *o, size_t i, const char *value)
{
	const char *name = numbers[i].name, *queue = o->operands[0];

	if (o->prometheus) {
		const char *end = numbers[i].counter ? "_total" : "";

		printf("# HELP par_queue_%s%s %s\n# TYPE par_queue_%s%s %s\n"
		       "par_queue_%s%s{queue=\"%s\"} %s\n",
		    name, end, numbers[i].help, name, end,
		    numbers[i].counter ? "counter" : "gauge", name, end, queue, value);
	} else if (o->json) {
		printf(",\"%s\":%s", name, value);
	} else {
		printf("%s\t%s\n", name, value);
	}
}

enum status
show_stat(const struct queue_options *options)
{
	struct command command = { 0 };
	const redisReply *reply;
	struct queue queue;

	queue_init(&queue, options->operands[0], &options->address, options->patience);
	queue_begin(&queue, &command, SCRIPT_STAT, 0);
	reply = link_ask(&queue.link, &command, STAT_SHAPE);
	if (options->json)
		printf("{\"queue\":\"%s\"", queue.name);
	for (size_t i = 0;
	     i < reply->elements && i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		const redisReply *value = reply->element[i];
		char text[24];

		if (value->type == REDIS_REPLY_INTEGER)
			snprintf(text, sizeof(text), "%lld", value->integer);
		show_number(
		    options, i, value->type == REDIS_REPLY_STRING ? value->str : text);
	}
	if (options->json)
		printf("}\n");
	command_free(&command);
	queue_close(&queue);
	end_output();
	return STATUS_OK;
}

/* Take text apart at its TABs, in place. */
static void
cut_fields(char *text, char *fields[WORKER_FIELDS])
{
	static char none[] = "";

	for (size_t i = 0; i < WORKER_FIELDS; i++) {
		fields[i] = text == NULL ? none : text;
		if (text != NULL)
			text = strchr(text, '\t');
		if (text != NULL)
			*text++ = '\0';
	}
}

/* One worker: its name, and what beat.lua has written of it. */
static void
show_worker(const struct queue_options *o, const char *name, char *about, uint64_t now)
{
	uint64_t number[WORKER_FIELDS] = { now };
	char *fields[WORKER_FIELDS];
	double ago;

	cut_fields(about, fields);
	for (size_t i = 0; i < WORKER_FIELDS; i++) /* others may have written it */
		num_parse(fields[i], 0, UINT64_MAX, &number[i]);
	ago = now > number[0] ? (double)(now - number[0]) / 1000 : 0;
	if (o->json)
		printf("{\"worker\":\"");
	for (; *name != '\0'; name++)
		printf(o->json && (*name == '"' || *name == '\\') ? "\\%c" : "%c", *name);
	printf(o->json ? "\",\"seen\":%.1f,\"records\":%llu,\"committed\":%llu,"
			 "\"late\":%llu}\n"
		       : "\t%.1f\t%llu\t%llu\t%llu\n",
	    ago, (unsigned long long)number[1], (unsigned long long)number[2],
	    (unsigned long long)number[3]);
}

enum status
show_workers(const struct queue_options *options)
{
	struct command commands[2] = { 0 };
	const redisReply *time, *workers;
	struct queue queue;
	uint64_t now;

	queue_init(&queue, options->operands[0], &options->address, options->patience);
	command_begin(&commands[0], SCRIPT_NONE);
	command_text(&commands[0], "TIME");
	command_begin(&commands[1], SCRIPT_NONE);
	command_text(&commands[1], "HGETALL");
	queue_add_key(&commands[1], queue.name, "workers");
	time = link_ask(&queue.link, &commands[0], "[nn]");
	now =
	    reply_number(time->element[0]) * 1000 + reply_number(time->element[1]) / 1000;
	workers = link_ask(&queue.link, &commands[1], "[{tb}]");
	for (size_t i = 0; i + 1 < workers->elements; i += 2)
		show_worker(
		    options, workers->element[i]->str, workers->element[i + 1]->str, now);
	command_free(&commands[0]);
	command_free(&commands[1]);
	queue_close(&queue);
	end_output();
	return STATUS_OK;
}
