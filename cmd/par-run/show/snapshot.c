/* SPDX-License-Identifier: ISC */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "formats.h"
#include "json_string.h"
#include "overdue.h"
#include "snapshot.h"

enum {
	SHOWN = 200, /* bytes of a record, or of what a worker said */
	WORDS = 200, /* of the command, and of each of them */
	WORD = 4096 /* bytes */
};

static const char *const states[PLACE_STATES] = {
	[PLACE_EMPTY] = "empty",
	[PLACE_STARTING] = "starting",
	[PLACE_WORKING] = "working",
	[PLACE_STREAMING] = "streaming",
	[PLACE_LEAVING] = "leaving",
	[PLACE_ENDING] = "ending",
	[PLACE_DYING] = "dying",
	[PLACE_RETIRED] = "retired",
};

/* What is put, as far as there was memory for it. */
struct snapshot_text {
	struct bytes *bytes;
	bool short_of;
};

static void put(struct snapshot_text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void
put(struct snapshot_text *text, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	text->short_of = text->short_of || bytes_print(text->bytes, format, args) < 0;
	va_end(args);
}

static void
put_string(struct snapshot_text *text, const char *data, size_t len)
{
	text->short_of =
	    text->short_of || json_string(text->bytes, data, len, JSON_REPLACED) < 0;
}

/* Put the member of that name, as a string; null if that is NULL. */
static void
put_text(struct snapshot_text *text, const char *name, const char *value)
{
	put(text, ",\"%s\":", name);
	if (value == NULL)
		put(text, "null");
	else
		put_string(text, value, strlen(value));
}

static void
put_count(struct snapshot_text *text, const char *name, uint64_t value)
{
	put(text, ",\"%s\":%" PRIu64, name, value);
}

static void
put_seconds(struct snapshot_text *text, const char *name, uint64_t ms)
{
	put(text, ",\"%s\":%" PRIu64 ".%03u", name, ms / 1000, (unsigned)(ms % 1000));
}

/* The record that a worker works on, and for how long it has. */
static void
put_record(
    struct snapshot_text *text, const struct snapshot *snapshot, const struct slot *slot)
{
	const struct flight *head = slot->worker.window.head;
	uint64_t now = times_work(snapshot->times), since = 0;
	const char *data, *newline;
	size_t at, len;

	if (head == NULL || head->prefix >= head->batch->count) {
		put(text, ",\"record\":null");
		return;
	}
	at = batch_offset(head->batch, head->prefix);
	data = head->batch->data + at;
	len = head->batch->len - at < SHOWN ? head->batch->len - at : SHOWN;
	newline = memchr(data, '\n', len);
	since = overdue_begun_at(slot);
	put(text, ",\"record\":{\"number\":%" PRIu64,
	    batch_number(head->batch, head->prefix) + 1);
	put_seconds(text, "seconds", now > since ? now - since : 0);
	put(text, ",\"text\":");
	put_string(text, data, newline == NULL ? len : (size_t)(newline - data));
	put(text, "}");
}

static void
put_place(
    struct snapshot_text *text, const struct snapshot *snapshot, const struct slot *slot)
{
	const struct account *account = &slot->account;
	const struct worker *worker = &slot->worker;
	size_t said = worker->errors.last_len < SHOWN ? worker->errors.last_len : SHOWN;

	put(text, "{\"worker\":%u", worker->number);
	put_text(text, "host", account->host);
	put_count(text, "pid", (uint64_t)worker->pid);
	put_text(text, "state", states[slot->place.state]);
	put_count(text, "in_flight", worker->window.records);
	put_count(text, "window", slot->credit.records);
	put_count(text, "done", account->done);
	put_count(text, "failed", account->failed);
	put_count(text, "retries", account->retries);
	put_count(text, "restarts", account->restarts);
	put_count(text, "bytes_in", account->bytes_in);
	put_count(text, "bytes_out", account->bytes_out);
	put_seconds(text, "busy", account_busy(account) / 1000000);
	put_record(text, snapshot, slot);
	put(text, ",\"says\":");
	put_string(text, worker->errors.last, said);
	put_text(text, "ended", account->ended);
	put(text, "}");
}

static const char *
state(const struct gate *gate)
{
	if (gate->hope != HOPE_LEFT)
		return "giving up";
	switch (gate->phase) {
	case PHASE_RUN:
		return gate->paused ? "paused" : "running";
	case PHASE_DRAIN:
		return "draining";
	case PHASE_STOP:
	case PHASE_KILL:
		break;
	}
	return "stopping";
}

/* What all workers wait for; NULL: nothing. */
static const char *
waits(const struct snapshot *snapshot)
{
	if (snapshot->output->stuck || ledger_stuck(snapshot->ledger))
		return "reader";
	for (const struct account *a = snapshot->accounts->first; a != NULL; a = a->next)
		if (a->busy_since != 0)
			return NULL;
	return intake_over(snapshot->intake) ? NULL : "input";
}

/* The FIFO of --control, from wherever it is looked for. */
static void
put_control(struct snapshot_text *text, const char *path)
{
	char *whole = path == NULL ? NULL : realpath(path, NULL);

	put_text(text, "control", whole);
	free(whole);
}

static void
put_command(struct snapshot_text *text, char *const *words)
{
	put(text, ",\"command\":[");
	for (size_t i = 0; words != NULL && words[i] != NULL && i < WORDS; i++) {
		put(text, i == 0 ? "" : ",");
		put_string(text, words[i], strnlen(words[i], WORD));
	}
	put(text, "]");
}

/* What is said of all workers together. */
static void
put_run(struct snapshot_text *text, const struct snapshot *snapshot)
{
	const struct lists *lists = snapshot->intake->lists;
	const struct tally *tally = snapshot->tally;
	uint64_t took = clock_ms() - snapshot->began, retries = 0, restarts = 0;
	uint64_t done = 0, failed = tally->refused;

	for (const struct account *a = snapshot->accounts->first; a != NULL;
	     a = a->next) {
		done += a->done;
		failed += a->failed;
		retries += a->retries;
		restarts += a->restarts;
	}
	put(text, "{\"par-top\":%d", FORMAT_TOP);
	put_count(text, "pid", (uint64_t)getpid());
	put_command(text, snapshot->options->command);
	put(text, ",\"inner\":%s",
	    snapshot->ledger->parent->fd >= 0 || snapshot->options->serve ? "true"
									  : "false");
	put(text, ",\"hosts\":%s", options_hosts(snapshot->options) ? "true" : "false");
	put_control(text, snapshot->options->control);
	put_count(text, "started", (uint64_t)time(NULL) - took / 1000);
	put_seconds(text, "seconds", took);
	put_text(text, "state", state(snapshot->gate));
	put_text(text, "waits", waits(snapshot));
	put_count(text, "workers", snapshot->pool->workers);
	put_count(text, "done", done);
	put_count(text, "failed", failed);
	if (lists != NULL && lists_total(lists) > 0)
		put_count(text, "total", lists_total(lists));
	put_count(text, "retries", retries);
	put_count(text, "restarts", restarts);
	put_count(text, "bytes_read", snapshot->intake->offset);
}

void
snapshot_begin(struct snapshot *snapshot)
{
	snapshot->began = clock_ms();
}

int
snapshot_put(const struct snapshot *snapshot, struct bytes *bytes)
{
	struct snapshot_text text = { .bytes = bytes };
	const struct pool *pool = snapshot->pool;
	bool more = false;

	put_run(&text, snapshot);
	put(&text, ",\"places\":[");
	for (size_t i = 0; i < pool->count; i++) {
		const struct slot *slot = pool->slots[i];

		if (!place_may(&slot->place, PLACE_COUNT) &&
		    !place_may(&slot->place, PLACE_HEAR))
			continue;
		put(&text, more ? "," : "");
		more = true;
		put_place(&text, snapshot, slot);
	}
	put(&text, "]}\n");
	return text.short_of ? -1 : 0;
}
