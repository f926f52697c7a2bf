/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backoff.h"
#include "clock.h"
#include "engines.h"
#include "headway.h"
#include "plural.h"
#include "put.h"
#include "record.h"

enum {
	PENDING = ENGINE_AT_ONCE, /* chunks sent before their answers are waited for */
	KEPT = 4 << 20, /* bytes of them that are kept while more is read */
	SERIALS = 1000, /* numbers of chunks asked for at a time */
	CHUNK_BYTES = 64 << 10,
	CHUNK_RECORDS = 1000,
	SHARE = 64 /* of the queue that one chunk is */
};

/* Before there may be room. */
static const struct backoff full = { .first = 10, .longest = 200 };

/* How long a producer is remembered after its last word, ms. */
#define PRODUCER_KEEP (30 * 24 * 60 * 60 * UINT64_C(1000))

struct put {
	const struct queue_options *options;
	struct engine engine;
	char own_name[ENGINE_ID_SIZE];
	struct engine_put plan; /* of all chunks */
	struct record_reader in;
	struct engine_piece pending[PENDING]; /* in kept or the buffer of in, and not
						 accepted */
	size_t count, kept_count; /* these of them are in kept */
	char *kept; /* KEPT bytes */
	size_t kept_len;
	uint64_t come; /* so many records of the input are chunked, or passed over */
	uint64_t accepted; /* so many of them the engine has, as it said last */
	uint64_t open; /* records in the queue, when it last answered */
	uint64_t serial, serials_end; /* numbers that are ours */
	bool failed; /* some record was named */
	bool told; /* that there is no room */
	struct headway headway;
	uint64_t read; /* bytes of the input, for that */
	uint64_t size; /* of it; 0: nobody knows */
	uint64_t named; /* records */
};

/* A server that failed may have forgotten what it accepted: they are read and gone. */
static void
must_remember(const struct put *put, uint64_t come)
{
	if (come < put->accepted)
		die(STATUS_BROKEN, 0,
		    "%s: the server has lost %llu record%s that it had accepted%s",
		    put->engine.queue, (unsigned long long)(put->accepted - come),
		    plural(put->accepted - come, "", "s"),
		    put->options->producer == NULL
			? "; put them again, and see --producer"
			: "; run again to put them");
}

/* Ask how far this producer has come, and for numbers that are its own. */
static void
ask_numbers(struct put *put)
{
	struct engine *engine = &put->engine;
	struct engine_put begin = { .producer = put->plan.producer, .numbers = SERIALS };

	engines_answered(engine, engine->kind->put(engine, &begin));
	must_remember(put, begin.come);
	put->accepted = begin.come;
	put->serial = begin.first;
	put->serials_end = put->serial + SERIALS;
}

static void
begin(struct put *put)
{
	const struct queue_options *o = put->options;

	put->plan = (struct engine_put){ .producer = o->producer,
		.pieces = put->pending,
		.keep = PRODUCER_KEEP,
		.limit = o->limit,
		.delay = o->delay,
		.at = o->at,
		.expires = o->expires };
	if (o->producer == NULL) {
		if (engine_own_name(put->own_name) < 0)
			die(STATUS_BROKEN, errno, "getrandom");
		put->plan.producer = put->own_name;
	}
	ask_numbers(put);
}

/* What became of a piece; false if it is to be put again later. */
static bool
accepted(struct put *put, const struct engine_piece *piece)
{
	if (piece->outcome == PIECE_NO_MEMORY)
		return false;
	must_remember(put, piece->come);
	if (piece->outcome == PIECE_FULL)
		return false;
	if (piece->outcome == PIECE_TAKEN)
		put->open = piece->open;
	else if (piece->come > put->come)
		die(STATUS_BROKEN, 0,
		    "--producer: %s: another one of that name is at record %llu; each "
		    "needs "
		    "its own",
		    put->plan.producer, (unsigned long long)piece->come);
	else if (piece->come < piece->to) /* the one before it waits for room */
		return false;
	if (put->options->ids)
		printf("%llu\t%llu\n", (unsigned long long)piece->number,
		    (unsigned long long)piece->records);
	return true;
}

/* No room: say so once, wait, and after too long give up. */
static void
wait_for_room(struct put *put, uint64_t begin, uint64_t *pause)
{
	uint64_t waited = clock_ms() - begin, wait = put->options->wait;
	bool memory = put->pending[0].outcome == PIECE_NO_MEMORY;
	const char *why = memory ? "the server has no memory" : "the queue is full";
	/* A server that can do nothing is as one that is away. */
	bool patient = memory && put->engine.patience < wait;

	if (patient)
		wait = put->engine.patience;
	if (waited >= wait)
		die(patient ? STATUS_BROKEN : STATUS_STOPPED, 0,
		    "%s: %s since %g s; %llu %s not read on; see --%s", put->engine.queue,
		    why, (double)waited / 1000,
		    (unsigned long long)(put->come - put->accepted),
		    plural(put->come - put->accepted, "record was", "records were"),
		    patient ? "patience" : "wait");
	if (!put->told && memory) {
		warn("%s: %s; waiting", put->engine.queue, why);
		put->told = true;
	}
	*pause = backoff_next(&full, *pause);
	engine_await(&put->engine, *pause, wait - waited);
}

/* Tell how far it is, if it is time, or over. */
static void
tell(struct put *put, bool over)
{
	struct headway_facts facts = { .what = "record",
		.done = put->accepted,
		.bytes = put->read,
		.size = put->size,
		.failed = put->named };

	if (put->open > 0)
		snprintf(facts.more, sizeof(facts.more), ", %llu in the queue",
		    (unsigned long long)put->open);
	if (over)
		headway_end(&put->headway, &facts);
	else if (headway_is_due(&put->headway))
		headway_tell(&put->headway, &facts);
}

/* Put what is pending until all of it is accepted. */
static void
flush(struct put *put)
{
	uint64_t begin = clock_ms(), pause = 0;
	struct engine *engine = &put->engine;

	while (put->count > 0) {
		size_t done = 0;

		put->plan.count = put->count;
		engines_answered(engine, engine->kind->put(engine, &put->plan));
		while (done < put->count && accepted(put, &put->pending[done]))
			done++;
		if (done > 0) {
			begin = clock_ms();
			pause = 0;
			put->accepted = put->pending[done - 1].to;
		}
		put->count -= done;
		put->kept_count -= done < put->kept_count ? done : put->kept_count;
		memmove(put->pending, put->pending + done,
		    put->count * sizeof(put->pending[0]));
		tell(put, false);
		if (put->count > 0)
			wait_for_room(put, begin, &pause);
	}
	put->kept_len = 0;
	tell(put, false);
	if (put->options->ids && fflush(stdout) == EOF)
		die_output(errno, "standard output");
}

/* The next chunk: count records, len bytes. */
static void
add_chunk(struct put *put, const char *data, size_t len, uint64_t count)
{
	if (put->count == PENDING)
		flush(put);
	if (put->serial == put->serials_end) {
		flush(put);
		ask_numbers(put);
	}
	put->pending[put->count++] = (struct engine_piece){ .from = put->come,
		.to = put->come + count,
		.number = put->serial++,
		.records = count,
		.data = data,
		.len = len };
	put->come += count;
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

	snprintf(why, sizeof(why), "longer than %llu bytes; see --max-record",
	    (unsigned long long)put->options->max_record);
	warn_record(record->data, record->len, why);
	put->failed = true;
	put->named++;
}

/* Does its buffer have more whole records?  Else what it handed out may be moved next. */
static bool
has_more(const struct record_reader *in)
{
	return in->start < in->end &&
	    memchr(in->buffer + in->start, '\n', in->end - in->start) != NULL;
}

/* Is more input at hand, so that to read it takes no time? */
static bool
is_ready(const struct put *put)
{
	struct pollfd in = { .fd = put->in.fd, .events = POLLIN };

	return poll(&in, 1, 0) > 0;
}

/*
 * What is pending and in the buffer may be moved by the next read: keep it elsewhere, so
 * that more of it is one step of the engine; false if that is enough.
 */
static bool
keep(struct put *put)
{
	size_t len = 0;

	for (size_t i = put->kept_count; i < put->count; i++)
		len += put->pending[i].len;
	if (put->count == PENDING || len > KEPT - put->kept_len || !is_ready(put))
		return false;
	for (; put->kept_count < put->count; put->kept_count++) {
		struct engine_piece *piece = &put->pending[put->kept_count];

		memcpy(put->kept + put->kept_len, piece->data, piece->len);
		piece->data = put->kept + put->kept_len;
		put->kept_len += piece->len;
	}
	return true;
}

static void
read_all(struct put *put)
{
	struct record run;

	for (;;) {
		if (!has_more(&put->in) && !keep(put))
			flush(put);
		switch (record_take_run(&put->in, &run)) {
		case RECORD_OK:
			put->read += run.len;
			add_run(put, &run);
			break;
		case RECORD_TOO_LONG:
			refuse(put, &run);
			break;
		case RECORD_NONE:
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
	struct engine *engine = &put->engine;
	struct engine_put last = { .producer = put->plan.producer, .last = true };

	if (put->options->producer == NULL)
		engines_answered(engine, engine->kind->put(engine, &last));
	record_close(&put->in);
	engines_close(engine);
}

enum status
put_run(const struct queue_options *options)
{
	struct put *put = calloc(1, sizeof(*put));
	bool failed;

	if (put == NULL)
		die(STATUS_BROKEN, errno, "cannot begin");
	put->options = options;
	engines_open(&put->engine, &options->engine, options->operands[0]);
	put->kept = malloc(KEPT);
	if (put->kept == NULL ||
	    record_open(&put->in, STDIN_FILENO, options->max_record) < 0)
		die(STATUS_BROKEN, errno, "cannot begin");
	engines_ready(&put->engine);
	diag_awaits("records");
	headway_open(&put->headway, options->progress);
	put->size = options->progress ? headway_size(STDIN_FILENO) : 0;
	begin(put);
	read_all(put);
	tell(put, true);
	end(put);
	failed = put->failed;
	free(put->kept);
	free(put);
	if (options->ids && fclose(stdout) == EOF)
		die_output(errno, "standard output");
	return failed ? STATUS_FAILED : STATUS_OK;
}
