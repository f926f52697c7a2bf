/* SPDX-License-Identifier: ISC */
/*
 * Fuzz lib: what a worker says, by lines, or with its output in one stream.  It means
 * the same whether it comes at once or in two pieces; no record is told of that is not
 * there, and no output goes with a line but what it counts.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diag.h"
#include "fuzz.h"
#include "worker.h"

enum { RECORDS = 20, PIPE = 64 << 10 };

/* What was heard, as text, and the output that it counted. */
struct heard {
	char text[PIPE];
	size_t used;
	uint64_t records; /* at once */
	bool over; /* nothing more is to be heard */
};

static void
note(struct heard *heard, const char *what, uint64_t a, uint64_t b)
{
	int n = snprintf(heard->text + heard->used, sizeof(heard->text) - heard->used,
	    "%s %llu %llu\n", what, (unsigned long long)a, (unsigned long long)b);

	if (n > 0 && (size_t)n < sizeof(heard->text) - heard->used)
		heard->used += (size_t)n;
}

/* The records are in flight: 0, 1, ... of one byte each, in batches of some. */
static void
fill(struct worker *worker, unsigned some)
{
	for (unsigned i = 0; i < RECORDS; i += some) {
		unsigned count = i + some > RECORDS ? RECORDS - i : some;
		struct block *block = block_new((size_t)2 * count);
		struct batch *batch;

		must(block != NULL);
		memset(block->data, '\n', (size_t)2 * count);
		for (unsigned k = 0; k < count; k++)
			block->data[2 * k] = 'r';
		batch = batch_new(block, block->data, (size_t)2 * count, i, count);
		must(batch != NULL && window_add(&worker->window, batch) == 0);
		block_drop(block);
	}
	window_sent(&worker->window, (size_t)2 * RECORDS);
}

/* A record is told of: as collect.c of par-run takes it. */
static void
take(struct worker *worker, const struct ack *ack, struct heard *heard)
{
	struct flight *flight = window_find(&worker->window, ack->index);

	must(ack->bytes <= ACK_BYTES_MOST);
	note(heard, ack->outcome == OUTCOME_OK ? "ok" : "not", ack->index, ack->bytes);
	if (worker->framed) {
		must(flight != NULL && buffered_bytes(&worker->buffered) >= ack->bytes);
		worker_release(worker, ack->bytes);
	}
	if (flight == NULL) {
		must(ack->more == 0); /* of several each was looked at */
		heard->over = true;
		return;
	}
	must(window_done(&worker->window, flight, ack->index) == ack->index);
	window_trim(&worker->window);
	must(worker->window.records == RECORDS - ++heard->records);
}

/* The same of a run, which was looked at as a whole. */
static void
take_run(struct worker *worker, const struct ack *ack, struct heard *heard)
{
	const char *counts = ack->counts;
	struct ack one = { .index = ack->index, .outcome = OUTCOME_OK };

	must(!worker->framed && ack->outcome == OUTCOME_OK);
	must(window_has_all(&worker->window, ack->index, ack->index + ack->more));
	for (uint64_t i = 0; i <= ack->more; i++, one.index++) {
		one.bytes = counts == NULL ? 0 : ack_count(&counts, 1);
		take(worker, &one, heard);
	}
}

static void
hear(struct worker *worker, struct heard *heard)
{
	enum worker_word word;
	struct ack ack;
	size_t len;

	while (!heard->over) {
		word = worker_hear(worker, &ack);
		switch (word) {
		case WORD_NONE:
			return;
		case WORD_UNSURE:
			note(heard, "unsure", worker->hello.window, worker->hello.jobs);
			break;
		case WORD_HELLO:
			must(worker->kind == WORKER_NATIVE && worker->hello.jobs >= 1);
			note(heard, "hello", worker->hello.window, worker->hello.jobs);
			break;
		case WORD_ACK:
			(ack.run ? take_run : take)(worker, &ack, heard);
			break;
		case WORD_TRACE:
			must(memchr(ack.reason, '\n', ack.reason_len) == NULL);
			break;
		case WORD_BAD:
			must(worker_bad_line(worker, &len) != NULL && len <= 128 << 10);
			/* FALLTHROUGH */
		case WORD_WRONG:
		case WORD_PLAIN:
		case WORD_END:
			note(heard, "end", word == WORD_END, 0);
			heard->over = true;
		}
	}
}

/* Hear data, which comes in two pieces, the first of which has cut bytes. */
static void
run(const char *data, size_t len, size_t cut, bool framed, unsigned some,
    struct heard *heard)
{
	struct worker worker;
	struct batch_queue queue = { 0 };
	int ends[2];

	worker_init(&worker, 1, &diag_says);
	window_init(&worker.window);
	worker.lines = malloc(128 << 10);
	worker.hello.jobs = 1;
	worker.framed = framed;
	worker.runs = framed ? RUNS_NONE : RUNS_SUMMED;
	must(worker.lines != NULL && pipe2(ends, O_NONBLOCK | O_CLOEXEC) == 0);
	worker.ack = ends[0];
	fill(&worker, some);
	for (int piece = 0; piece < 2; piece++) {
		if (len > cut && piece == 1)
			must(write(ends[1], data + cut, len - cut) ==
			    (ssize_t)(len - cut));
		if (cut > 0 && piece == 0)
			must(write(ends[1], data, cut) == (ssize_t)cut);
		if (piece == 1)
			close(ends[1]);
		hear(&worker, heard);
	}
	must(heard->over);
	must(window_requeue(&worker.window, 0, &queue) == 0);
	must(queue.records == RECORDS - heard->records);
	batch_clear(&queue);
	free(worker.lines);
	worker_close(&worker);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct heard whole, parted;
	struct pieces in = pieces_of(data, size);
	unsigned char way = pieces_byte(&in);
	size_t cut = pieces_byte(&in) | (size_t)pieces_byte(&in) << 8;
	unsigned some = 1 + (way >> 1) % RECORDS;

	if (in.left > PIPE)
		return 0;
	whole.used = parted.used = 0;
	whole.records = parted.records = 0;
	whole.over = parted.over = false;
	run(in.at, in.left, 0, way & 1, some, &whole);
	run(in.at, in.left, in.left == 0 ? 0 : cut % in.left, way & 1, some, &parted);
	must(whole.used == parted.used &&
	    memcmp(whole.text, parted.text, whole.used) == 0);
	return 0;
}
