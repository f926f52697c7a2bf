/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backoff.h"
#include "check.h"
#include "clock.h"
#include "put.h"
#include "queue.h"
#include "record.h"

enum {
	PENDING = 16, /* chunks sent before their answers are waited for */
	SERIALS = 1000, /* numbers of chunks asked for at a time */
	CHUNK_BYTES = 64 << 10,
	CHUNK_RECORDS = 1000,
	SHARE = 64 /* of the queue that one chunk is */
};

/* Before there may be room. */
static const struct backoff full = { .first = 10, .longest = 200 };

/* How long the server remembers a producer after its last word, ms. */
#define PRODUCER_KEEP (30 * 24 * 60 * 60 * UINT64_C(1000))

/* A chunk that was sent and is not known to be accepted. */
struct piece {
	struct command command;
	uint64_t to; /* records of the input, up to its end */
	uint64_t serial, count;
};

struct put {
	const struct queue_options *options;
	struct queue queue;
	char own_name[QUEUE_ID_MAX], producer[QUEUE_KEY_MAX];
	struct record_reader in;
	struct piece pending[PENDING];
	size_t count;
	uint64_t come; /* so many records of the input are chunked, or passed over */
	uint64_t accepted; /* so many of them the server has, as it said last */
	uint64_t open; /* records in the queue, when it last answered */
	uint64_t serial, serials_end; /* numbers that are ours */
	bool failed; /* some record was named */
	bool told; /* that there is no room */
};

/* A server that failed may have forgotten what it accepted: they are read and gone. */
static void
must_remember(const struct put *put, uint64_t come)
{
	if (come < put->accepted)
		die(STATUS_BROKEN, 0,
		    "%s: the server has lost %llu records that it had accepted%s",
		    put->queue.name, (unsigned long long)(put->accepted - come),
		    put->options->producer == NULL ? "" : "; run again to put them");
}

/* Ask how far this producer has come, and for numbers that are its own. */
static void
ask_numbers(struct put *put)
{
	struct command command = { 0 };
	const redisReply *reply;

	queue_begin(&put->queue, &command, SCRIPT_BEGIN, 1);
	queue_add_key(&command, put->queue.name, put->producer);
	command_number(&command, SERIALS);
	reply = link_ask(&put->queue.link, &command, "[nn]");
	must_remember(put, reply_number(reply->element[0]));
	put->accepted = reply_number(reply->element[0]);
	put->serial = reply_number(reply->element[1]);
	put->serials_end = put->serial + SERIALS;
	command_free(&command);
}

static void
begin(struct put *put)
{
	const char *name = put->options->producer;

	if (name == NULL) {
		queue_own_name(put->own_name);
		name = put->own_name;
	}
	snprintf(put->producer, sizeof(put->producer), "prod:%s", name);
	ask_numbers(put);
}

/* What became of a piece; false if it is to be sent again later. */
static bool
settle(struct put *put, struct piece *piece)
{
	const redisReply *reply = piece->command.reply;
	uint64_t come;

	if (reply_is(reply, "OOM") || reply_is(reply, "-OOM"))
		return false;
	if (!reply_fits(reply, "[tni]"))
		link_odd(&put->queue.link, reply);
	come = reply_number(reply->element[1]);
	must_remember(put, come);
	if (strcmp(reply->element[0]->str, "full") == 0)
		return false;
	if (strcmp(reply->element[0]->str, "ok") == 0)
		put->open = reply_number(reply->element[2]);
	else if (come > put->come)
		die(STATUS_BROKEN, 0,
		    "producer %s: another one of that name is at record %llu",
		    put->options->producer == NULL ? put->own_name
						   : put->options->producer,
		    (unsigned long long)come);
	else if (come < piece->to) /* the one before it waits for room */
		return false;
	if (put->options->ids)
		printf("%llu\t%llu\n", (unsigned long long)piece->serial,
		    (unsigned long long)piece->count);
	return true;
}

/* No room: say so once, wait, and after too long give up. */
static void
wait_for_room(struct put *put, uint64_t begin, uint64_t *pause)
{
	const redisReply *reply = put->pending[0].command.reply;
	uint64_t waited = clock_ms() - begin;
	const char *why = reply->type == REDIS_REPLY_ERROR ? "the server has no memory"
							   : "the queue is full";

	if (waited >= put->options->wait)
		die(STATUS_STOPPED, 0, "%s: %s since %g s; %llu records were not read on",
		    put->queue.name, why, (double)waited / 1000,
		    (unsigned long long)(put->come - put->accepted));
	if (!put->told && reply->type == REDIS_REPLY_ERROR) {
		warn("%s: %s; waiting", put->queue.name, why);
		put->told = true;
	}
	*pause = backoff_next(&full, *pause);
	link_pause(&put->queue.link, *pause);
}

/* Forget the first n pieces, and keep what they own for others. */
static void
shift(struct put *put, size_t n)
{
	struct piece done[PENDING];

	memcpy(done, put->pending, n * sizeof(done[0]));
	memmove(put->pending, put->pending + n, (PENDING - n) * sizeof(done[0]));
	memcpy(put->pending + PENDING - n, done, n * sizeof(done[0]));
	put->count -= n;
}

/* Send what is pending until all of it is accepted. */
static void
flush(struct put *put)
{
	uint64_t begin = clock_ms(), pause = 0;

	while (put->count > 0) {
		struct command commands[PENDING];
		size_t done = 0;

		for (size_t i = 0; i < put->count; i++)
			commands[i] = put->pending[i].command;
		link_send(&put->queue.link, commands, put->count);
		for (size_t i = 0; i < put->count; i++)
			put->pending[i].command = commands[i];
		while (done < put->count && settle(put, &put->pending[done]))
			done++;
		if (done > 0) {
			begin = clock_ms();
			pause = 0;
			put->accepted = put->pending[done - 1].to;
		}
		shift(put, done);
		if (put->count > 0)
			wait_for_room(put, begin, &pause);
		for (size_t i = 0; i < put->count; i++) {
			freeReplyObject(put->pending[i].command.reply);
			put->pending[i].command.reply = NULL;
		}
	}
	if (put->options->ids && fflush(stdout) == EOF)
		die_output(errno, "standard output");
}

/* The next chunk: count records, len bytes. */
static void
add_chunk(struct put *put, const char *data, size_t len, uint64_t count)
{
	const struct queue_options *o = put->options;
	struct piece *piece;
	struct command *command;

	if (put->count == PENDING)
		flush(put);
	if (put->serial == put->serials_end) {
		flush(put);
		ask_numbers(put);
	}
	piece = &put->pending[put->count++];
	command = &piece->command;
	piece->serial = put->serial++;
	piece->count = count;
	queue_begin(&put->queue, command, SCRIPT_PUT, 1);
	queue_add_key(command, put->queue.name, put->producer);
	command_number(command, put->come);
	put->come += count;
	piece->to = put->come;
	command_number(command, piece->to);
	command_number(command, PRODUCER_KEEP);
	command_number(command, o->limit);
	command_number(command, o->delay);
	command_number(command, o->at);
	command_number(command, o->expires);
	command_number(command, piece->serial);
	command_number(command, count);
	command_bytes(command, data, len);
}

/*
 * How many records the next chunk may have.  The longer the queue, the larger: it
 * costs less, and enough of them are left for all workers.
 */
static uint64_t
chunk_records(const struct put *put)
{
	uint64_t share = put->open / SHARE;

	if (put->options->chunk != 0)
		return put->options->chunk;
	return share < 1 ? 1 : share < CHUNK_RECORDS ? share : CHUNK_RECORDS;
}

/* Records that the server has from an earlier run: how many bytes of data they are. */
static size_t
pass_over(struct put *put, const char *data, size_t len)
{
	uint64_t count;
	size_t passed;

	if (put->come >= put->accepted)
		return 0;
	passed = record_span(data, len, put->accepted - put->come, SIZE_MAX, &count);
	put->come += count;
	return passed;
}

/* Whole records, as they were read. */
static void
add_run(struct put *put, const struct record *run)
{
	const char *data = run->data;
	size_t len = run->len, part = pass_over(put, data, len);

	for (data += part, len -= part; len > 0; data += part, len -= part) {
		uint64_t count;

		part = record_span(data, len, chunk_records(put), CHUNK_BYTES, &count);
		add_chunk(put, data, part, count);
	}
}

/*
 * A record that is too long is named and not counted: a producer that goes on later
 * passes it over, too.
 */
static void
refuse(struct put *put, const struct record *record)
{
	char why[80];

	snprintf(why, sizeof(why), "longer than %llu bytes",
	    (unsigned long long)put->options->max_record);
	warn_record(record->data, record->len, why);
	put->failed = true;
}

static void
read_all(struct put *put)
{
	struct record run;

	for (;;) {
		switch (record_take_run(&put->in, &run)) {
		case RECORD_OK:
			add_run(put, &run);
			break;
		case RECORD_TOO_LONG:
			refuse(put, &run);
			break;
		case RECORD_NONE:
			flush(put);
			if (record_fill(&put->in) == RECORD_ERROR)
				die(STATUS_BROKEN, errno, "standard input");
			break;
		case RECORD_EOF:
			flush(put);
			return;
		case RECORD_ERROR:
			die(STATUS_BROKEN, errno, "standard input");
		}
	}
}

/* A nameless producer is done with: nobody will go on where it ended. */
static void
end(struct put *put)
{
	struct command command = { 0 };

	if (put->options->producer == NULL) {
		command_begin(&command, SCRIPT_NONE);
		command_text(&command, "DEL");
		queue_add_key(&command, put->queue.name, put->producer);
		link_ask(&put->queue.link, &command, "n");
		command_free(&command);
	}
	for (size_t i = 0; i < PENDING; i++)
		command_free(&put->pending[i].command);
	record_close(&put->in);
	queue_close(&put->queue);
}

enum status
put_run(const struct queue_options *options)
{
	struct put *put = calloc(1, sizeof(*put));
	bool failed;

	if (put == NULL)
		die(STATUS_BROKEN, errno, "cannot begin");
	put->options = options;
	queue_init(
	    &put->queue, options->operands[0], &options->address, options->patience);
	if (record_open(&put->in, STDIN_FILENO, options->max_record) < 0)
		die(STATUS_BROKEN, errno, "cannot begin");
	check_keeps(&put->queue.link);
	begin(put);
	read_all(put);
	end(put);
	failed = put->failed;
	free(put);
	if (options->ids && fclose(stdout) == EOF)
		die_output(errno, "standard output");
	return failed ? STATUS_FAILED : STATUS_OK;
}
