/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "engines.h"
#include "look.h"

/* The numbers of a queue, in the order of enum engine_number, its rate, what they mean.
 */
static const struct {
	const char *name, *help;
	bool counter; /* it only grows */
} numbers[NUMBER_COUNT + 1] = {
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

/* Which queue it is, and when that was said. */
static void
begin_json(const char *queue)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	printf("{\"queue\":\"%s\",\"time\":%lld.%03ld", queue, (long long)now.tv_sec,
	    now.tv_nsec / 1000000);
}

enum status
look_stat(const struct queue_options *options)
{
	struct engine engine;
	struct engine_stat stat = { 0 };

	engines_open(&engine, &options->engine, options->operands[0]);
	engines_must_exist(&engine);
	engines_answered(&engine, engine.kind->stat(&engine, &stat));
	if (options->json)
		begin_json(engine.queue);
	for (size_t i = 0; i < NUMBER_COUNT; i++) {
		char text[24];

		snprintf(text, sizeof(text), "%lld", (long long)stat.number[i]);
		show_number(options, i, text);
	}
	show_number(options, NUMBER_COUNT, stat.rate);
	if (options->json)
		printf("}\n");
	engines_close(&engine);
	end_output();
	return STATUS_OK;
}

static void
show_worker(
    const struct queue_options *o, const struct engine_worker *worker, uint64_t now)
{
	double ago = now > worker->seen ? (double)(now - worker->seen) / 1000 : 0;

	if (o->json)
		printf("{\"worker\":\"");
	for (const char *c = worker->name; *c != '\0'; c++)
		printf(o->json && (*c == '"' || *c == '\\') ? "\\%c" : "%c", *c);
	printf(o->json ? "\",\"seen\":%.1f,\"records\":%llu,\"committed\":%llu,"
			 "\"late\":%llu}\n"
		       : "\t%.1f\t%llu\t%llu\t%llu\n",
	    ago, (unsigned long long)worker->running,
	    (unsigned long long)worker->committed, (unsigned long long)worker->late);
}

enum status
look_workers(const struct queue_options *options)
{
	struct engine_stat stat = { .what = STAT_WORKERS };
	struct engine engine;

	engines_open(&engine, &options->engine, options->operands[0]);
	engines_must_exist(&engine);
	engines_answered(&engine, engine.kind->stat(&engine, &stat));
	for (size_t i = 0; i < stat.count; i++)
		show_worker(options, &stat.workers[i], stat.now);
	engines_close(&engine);
	end_output();
	return STATUS_OK;
}

enum status
look_check(const struct queue_options *options)
{
	struct engine_stat stat = { .what = STAT_CHECK };
	struct engine engine;

	engines_open(&engine, &options->engine, NULL);
	engines_answered(&engine, engine.kind->stat(&engine, &stat));
	engines_close(&engine);
	return stat.good ? STATUS_OK : STATUS_BROKEN;
}
