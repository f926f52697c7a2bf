/* SPDX-License-Identifier: ISC */
/*
 * The model knows of each record ever given where it is, and looks at all of them.
 */
#include <stdio.h>
#include <string.h>

#include "batch.h"
#include "chance.h"
#include "check.h"
#include "memory.h"
#include "window.h"

enum { MOST = 600, FLIGHTS = 300, LONGEST = 40, TEXT = LONGEST + 1 };

struct model_record {
	char text[TEXT]; /* with its newline */
	size_t len;
	uint64_t number; /* in the input */
	uint64_t at; /* bytes given before it */
	size_t flight;
	bool done;
};

struct model_flight {
	uint64_t first, count; /* records */
	char lead[BATCH_LEAD + 1];
	uint64_t at;
	size_t len;
	bool alone;
	bool gone;
};

static struct {
	struct model_record records[MOST];
	struct model_flight flights[FLIGHTS];
	uint64_t count; /* records given */
	size_t flight_count;
	uint64_t given, sent; /* bytes, with those of leads */
	uint64_t next; /* number in the input */
} model;

static struct window window;

static size_t
flight_all(const struct model_flight *flight)
{
	return strlen(flight->lead) + flight->len;
}

/* How many bytes of flight f, with its lead, were sent. */
static uint64_t
flight_sent(size_t f)
{
	uint64_t before = 0;

	for (size_t i = 0; i < f; i++)
		before += flight_all(&model.flights[i]);
	return model.sent > before ? model.sent - before : 0;
}

static bool
was_sent(const struct model_record *record)
{
	const struct model_flight *flight = &model.flights[record->flight];

	return flight_sent(record->flight) >= (record->at - flight->at) + record->len;
}

/* Is the record in flight, and may be told of? */
static bool
may_be_told(uint64_t index)
{
	const struct model_record *record = &model.records[index];

	return index < model.count && !record->done &&
	    !model.flights[record->flight].gone && was_sent(record);
}

static void
begin(void)
{
	memset(&model, 0, sizeof(model));
	window_init(&window);
}

/* A record of chance, in the model. */
static void
make_record(struct model_record *record)
{
	record->len = chance_from(1, chance_one_in(4) ? LONGEST : 4);
	chance_bytes_of(record->text, record->len - 1, "ab\0\t", 4);
	record->text[record->len - 1] = '\n';
	record->number = model.next++;
	record->at = model.given;
	record->flight = model.flight_count;
	record->done = false;
	model.given += record->len;
	model.count++;
}

/* Room for count notes, and the text of records of a flight that is made now. */
static struct batch *
batch_of(struct model_flight *flight, bool noted)
{
	size_t notes = noted ? flight->count * sizeof(struct batch_note) : 0;
	struct block *block = block_new(notes + flight->len);
	struct batch_note *note = (struct batch_note *)(void *)block->data;
	char *text = block->data + notes;
	uint64_t base = model.records[flight->first].number;
	struct batch *batch;

	for (uint64_t i = 0; i < flight->count; i++) {
		const struct model_record *record = &model.records[flight->first + i];

		memcpy(text, record->text, record->len);
		text += record->len;
		if (noted)
			note[flight->count - 1 - i].number = (uint32_t)record->number;
	}
	batch = batch_new(block, block->data + notes, flight->len,
	    model.records[flight->first].number, flight->count);
	if (noted)
		batch->notes = note + flight->count - 1;
	batch->base = base;
	batch->lead_len = (unsigned)strlen(flight->lead);
	memcpy(batch->lead, flight->lead, batch->lead_len);
	batch->alone = flight->alone;
	block_drop(block);
	return batch;
}

static void
do_add(void)
{
	struct model_flight *flight = &model.flights[model.flight_count];
	bool noted = chance_one_in(3);

	if (model.flight_count == FLIGHTS || model.count + 20 > MOST)
		return;
	*flight = (struct model_flight){
		.first = model.count, .at = model.given, .alone = chance_one_in(5)
	};
	flight->count = chance_from(1, chance_one_in(3) ? 20 : 3);
	if (chance_one_in(3))
		snprintf(flight->lead, sizeof(flight->lead), "block %u\n",
		    (unsigned)chance_below(1000));
	model.given += strlen(flight->lead);
	for (uint64_t i = 0; i < flight->count; i++) {
		if (noted)
			model.next += chance_below(3);
		make_record(&model.records[flight->first + i]);
	}
	flight->len = (size_t)(model.given - flight->at) - strlen(flight->lead);
	model.flight_count++;
	check_is(window_add(&window, batch_of(flight, noted)), 0);
}

/* What is to be sent next of the model, into text; at most size bytes. */
static size_t
unsent_text(char *text, size_t size)
{
	size_t used = 0;

	for (size_t f = 0; f < model.flight_count && used < size; f++) {
		const struct model_flight *flight = &model.flights[f];
		uint64_t skip = flight_sent(f);
		char whole[BATCH_LEAD + 20 * TEXT];
		size_t len = strlen(flight->lead);

		memcpy(whole, flight->lead, len);
		for (uint64_t i = 0; i < flight->count; i++) {
			const struct model_record *record =
			    &model.records[flight->first + i];

			memcpy(whole + len, record->text, record->len);
			len += record->len;
		}
		for (size_t i = (size_t)skip; i < len && used < size; i++)
			text[used++] = whole[i];
	}
	return used;
}

static void
do_send(void)
{
	char want[2 * LONGEST];
	const char *data = NULL;
	size_t len = window_to_send(&window, &data), n;

	n = unsent_text(want, sizeof(want));
	check((len == 0) == (n == 0));
	if (len == 0)
		return;
	if (n > len)
		n = len;
	check_bytes(data, n, want, n);
	len = chance_one_in(2) ? len : chance_from(1, len);
	window_sent(&window, len);
	model.sent += len;
}

static void
do_ack(void)
{
	uint64_t index = chance_below(model.count + 2);
	struct flight *flight = window_find(&window, index);
	struct model_record *record = &model.records[index];
	struct batch *alone;

	check((flight != NULL) == may_be_told(index));
	if (flight == NULL)
		return;
	check_is(window_record_len(flight, index), record->len);
	alone = window_record(flight, index);
	check_bytes(alone->data, alone->len, record->text, record->len);
	check_is(alone->first, record->number);
	check_is(alone->count, 1);
	batch_free(alone);
	check_is(window_done(&window, flight, index), record->number);
	record->done = true;
}

/* In order, as most workers tell it. */
static void
do_ack_first(void)
{
	uint64_t index = 0;
	struct flight *flight;

	while (index < model.count && !may_be_told(index))
		index++;
	if (index == model.count)
		return;
	flight = window_find(&window, index);
	check(flight != NULL);
	check_is(window_done(&window, flight, index), model.records[index].number);
	model.records[index].done = true;
}

/* A run: the part of it that is in one flight, then that much is done. */
static void
do_run(void)
{
	uint64_t index = 0, most = chance_from(1, 12), part, there = 1;
	bool neighbours = chance_one_in(2);
	const struct model_record *record, *next;
	struct flight *flight;

	while (index < model.count && (!may_be_told(index) || chance_one_in(9)))
		index++;
	if (index == model.count)
		return;
	record = &model.records[index];
	for (; there < most && index + there < model.count; there++) {
		next = record + there;
		if (next->flight != record->flight ||
		    (neighbours && next->number != record->number + there))
			break;
	}
	flight = window_find(&window, index);
	part = window_part(flight, index, most, neighbours);
	check_is(part, there);
	if (!window_has_all(&window, index, index + part - 1))
		return;
	check_is(window_done_part(&window, flight, index, part), 0);
	for (uint64_t i = 0; i < part; i++)
		model.records[index + i].done = true;
}

static void
do_has_all(void)
{
	uint64_t first = chance_below(model.count + 1);
	uint64_t last = first + chance_below(chance_one_in(3) ? 30 : 4);
	bool all = true;

	for (uint64_t i = first; i <= last && all; i++)
		all = i < model.count && may_be_told(i);
	check_is(window_has_all(&window, first, last), all);
}

static bool
all_done(const struct model_flight *flight)
{
	for (uint64_t i = 0; i < flight->count; i++)
		if (!model.records[flight->first + i].done)
			return false;
	return true;
}

/* The model's first flight that is not gone; flight_count if all are. */
static size_t
head(void)
{
	size_t f = 0;

	while (f < model.flight_count && model.flights[f].gone)
		f++;
	return f;
}

static void
do_trim(void)
{
	window_trim(&window);
	for (size_t f = head(); f < model.flight_count && all_done(&model.flights[f]);
	     f++)
		model.flights[f].gone = true;
}

static void
do_consumed(void)
{
	uint64_t bytes = chance_below(model.given + 10);

	window_consumed(&window, bytes);
	for (size_t f = head(); f < model.flight_count; f++) {
		const struct model_flight *flight = &model.flights[f];

		if (flight_sent(f) < flight_all(flight) ||
		    flight->at + flight_all(flight) > bytes)
			break;
		model.flights[f].gone = true;
	}
}

static uint64_t
in_flight(void)
{
	uint64_t count = 0;

	for (uint64_t i = 0; i < model.count; i++)
		count += !model.records[i].done &&
		    !model.flights[model.records[i].flight].gone;
	return count;
}

/* Is a record of that one's number in flight? */
static bool
is_there(uint64_t which)
{
	for (uint64_t i = 0; i < model.count; i++)
		if (model.records[i].number == model.records[which].number &&
		    !model.records[i].done &&
		    !model.flights[model.records[i].flight].gone)
			return true;
	return false;
}

static void
do_oldest(void)
{
	uint64_t i = 0;

	if (in_flight() == 0)
		return;
	while (model.records[i].done || model.flights[model.records[i].flight].gone)
		i++;
	check_is(window_oldest(&window), model.records[i].number);
	for (i = 0; i < model.count; i += 1 + model.count / 4)
		check(window_has(&window, model.records[i].number) == is_there(i));
	do_trim();
}

static bool
is_kept(uint64_t index, uint64_t from, uint64_t until)
{
	const struct model_record *record = &model.records[index];

	return !record->done && !model.flights[record->flight].gone &&
	    record->at >= from && record->at < until;
}

/* What is in queue is what is not done and begins at byte from or later, before until. */
static void
check_queue(const struct batch_queue *queue, uint64_t from, uint64_t until)
{
	const struct batch *batch = queue->head;
	uint64_t sum = 0;

	for (uint64_t i = 0; i < model.count;) {
		size_t f = model.records[i].flight, at = 0;
		uint64_t k = 0;

		if (!is_kept(i, from, until)) {
			i++;
			continue;
		}
		check(batch != NULL);
		check_is(batch->alone, model.flights[f].alone);
		check_is(batch->lead_len, 0);
		for (; i < model.count && model.records[i].flight == f &&
		     is_kept(i, from, until);
		     i++, k++) {
			const struct model_record *record = &model.records[i];

			check(at + record->len <= batch->len);
			check_bytes(
			    batch->data + at, record->len, record->text, record->len);
			at += record->len;
			check_is(batch_number(batch, k), record->number);
		}
		check_is(batch->count, k);
		check_is(batch->len, at);
		sum += k;
		batch = batch->next;
	}
	check(batch == NULL);
	check_is(queue->records, sum);
}

static void
do_not_done(void)
{
	struct batch_queue queue = { 0 };

	check_is(window_not_done(&window, &queue), 0);
	check_queue(&queue, 0, UINT64_MAX);
	batch_clear(&queue);
}

static void
do_requeue(void)
{
	struct batch_queue before = { 0 }, queue = { 0 };
	uint64_t offset = chance_one_in(2) ? 0 : chance_below(model.given + 10);

	if (chance_one_in(2)) {
		check_is(window_requeue(&window, offset, &queue), 0);
	} else {
		check_is(window_take_apart(&window, offset, &before, &queue), 0);
		check_queue(&before, 0, offset);
	}
	check_queue(&queue, offset, UINT64_MAX);
	check_is(window.records, 0);
	check_is(window.bytes, 0);
	batch_clear(&before);
	batch_clear(&queue);
	begin();
}

static void
compare(void)
{
	uint64_t bytes = 0;

	for (size_t f = 0; f < model.flight_count; f++)
		if (!model.flights[f].gone)
			bytes += model.flights[f].len;
	check_is(window.records, in_flight());
	check_is(window.bytes, bytes);
	check_is(window.given_records, model.count);
	check_is(window.given_bytes, model.given);
	check_is(window.written, model.sent);
	check((window.head == NULL) == (head() == model.flight_count));
}

static void
agrees(void)
{
	static void (*const operations[])(void) = { do_add, do_add, do_send, do_send,
		do_ack, do_ack_first, do_run, do_run, do_has_all, do_trim, do_oldest };

	begin();
	for (uint64_t step = 1; step <= 200000; step++) {
		check_at(step);
		if (chance_one_in(100))
			do_requeue();
		else if (chance_one_in(30))
			do_not_done();
		else if (chance_one_in(30))
			do_consumed();
		else
			operations[chance_below(COUNT(operations))]();
		compare();
	}
	do_requeue();
}

/* A flight of three records, the second done, of which nothing is lost without memory. */
static void
starve(void)
{
	static const char text[] = "a\nbb\nccc\n";
	struct block *block = block_new(sizeof(text));
	struct batch *batch;
	struct batch_queue queue = { 0 };
	struct flight *flight;

	if (block == NULL)
		return;
	memcpy(block->data, text, sizeof(text));
	batch = batch_new(block, block->data, sizeof(text) - 1, 7, 3);
	block_drop(block);
	if (batch == NULL)
		return;
	window_init(&window);
	if (window_add(&window, batch) < 0) {
		check(memory_failed());
		check_is(window.records, 0);
		batch_free(batch);
		return;
	}
	window_sent(&window, sizeof(text) - 1);
	flight = window_find(&window, 1);
	check(flight != NULL);
	if (window_done(&window, flight, 1) == UINT64_MAX) {
		check(memory_failed());
		check(window_find(&window, 1) == flight);
		check_is(window.records, 3);
	} else {
		check(window_find(&window, 1) == NULL);
	}
	if (window_not_done(&window, &queue) < 0)
		check(memory_failed());
	batch_clear(&queue);
	if (window_requeue(&window, 0, &queue) < 0) {
		check(memory_failed());
		check_is(queue.records, 0); /* all or nothing of a flight */
		check(window.head != NULL);
		window_clear(&window);
	} else {
		check_is(
		    queue.records, memory_failed() && queue.head->count == 3 ? 3 : 2);
	}
	check(window.head == NULL);
	check_is(window.records, 0);
	batch_clear(&queue);
}

/* What was written, in part, is written anew, with what it is. */
static void
begins_anew(void)
{
	static const char text[] = "a\nbb\nccc\n";
	struct block *block = block_new(sizeof(text));
	struct batch *batch, *other;
	struct batch_queue queue = { 0 };
	const char *data;

	memcpy(block->data, text, sizeof(text));
	batch = batch_new(block, block->data, 5, 7, 2);
	other = batch_new(block, block->data + 5, 4, 9, 1);
	block_drop(block);
	other->attempts = 2;
	memcpy(other->run, "its own", sizeof("its own"));
	window_init(&window);
	check(window_add(&window, batch) == 0 && window_add(&window, other) == 0);
	window_sent(&window, 3);
	window_begin_anew(&window, "run");
	check_is(window.written, 0);
	check_is(window.given_bytes,
	    9 + strlen("block 2 5 7 0 run\n") + strlen("block 1 4 9 2 its own\n"));
	check_is(window_to_send(&window, &data), strlen("block 2 5 7 0 run\n"));
	check_bytes(data, 18, "block 2 5 7 0 run\n", 18);
	check(window_find(&window, 0) == NULL);
	window_sent(&window, 18 + 2);
	check(window_find(&window, 0) != NULL && window_find(&window, 1) == NULL);
	window_sent(&window, 3);
	check_is(window_to_send(&window, &data), strlen("block 1 4 9 2 its own\n"));
	check_bytes(data, 22, "block 1 4 9 2 its own\n", 22);
	/* Those that begin behind the first record were not read. */
	check_is(window_requeue(&window, 18 + 2, &queue), 0);
	check_is(queue.records, 2);
	check_is(queue.head->first, 8);
	batch_clear(&queue);
}

/* Records let go together are told of as one or, not done, each alone; once. */
static void
lets_go(void)
{
	static const char text[] = "a\nbb\nccc\n";
	struct block *block = block_new(sizeof(text));
	struct batch *batch;

	memcpy(block->data, text, sizeof(text));
	batch = batch_new(block, block->data, 9, 7, 3);
	block_drop(block);
	window_init(&window);
	check(window_add(&window, batch) == 0);
	window_sent(&window, 9);
	check_is(window_let_go(&window, 0, true), 0);
	check_is(window.records, 0);
	check(window_has_all(&window, 0, 2));
	check(!window_has_all(&window, 0, 1) && !window_has_all(&window, 1, 3));
	for (uint64_t i = 0; i < 3; i++) {
		check(window_has_all(&window, i, i));
		check(window_told_gone(&window, i, 1));
	}
	check(!window_has_all(&window, 0, 0) && !window_told_gone(&window, 0, 1));
	window_clear(&window);
}

/* However many are let go one after the other, they are one run; so are whole batches. */
static void
lets_neighbours_go(void)
{
	static const char text[] = "a\nb\nc\nd\n";
	enum { COUNT = 100, EACH = 4 };

	window_init(&window);
	for (uint64_t i = 0; i < COUNT; i++) {
		struct block *block = block_new(sizeof(text));

		memcpy(block->data, text, sizeof(text));
		check(window_add(&window,
			  batch_new(block, block->data, 8, EACH * i, EACH)) == 0);
		block_drop(block);
		window_sent(&window, 8);
	}
	for (uint64_t i = 0; i < COUNT * EACH / 2; i++)
		check_is(window_let_go(&window, i, false), 0);
	check_is(window.gone_count, 1);
	check(!window_has_all(&window, 0, 3));
	for (uint64_t i = COUNT * EACH / 2; i < COUNT * EACH; i += EACH)
		check_is(window_let_go(&window, i, true), 0);
	check_is(window.gone_count, 2);
	check_is(window.records, 0);
	for (uint64_t i = COUNT * EACH / 2; i < COUNT * EACH; i += EACH) {
		check(window_has_all(&window, i, i + EACH - 1));
		check(!window_has_all(&window, i + 1, i + EACH));
		check(window_told_gone(&window, i, EACH));
	}
	check_is(window.gone_count, 1);
	for (uint64_t i = 0; i < COUNT * EACH / 2; i++)
		check(window_told_gone(&window, i, 1));
	check_is(window.gone_count, 0);
	window_clear(&window);
}

static void
starves(void)
{
	memory_torment(starve);
}

TESTS("window", { "agrees with a model of all records", agrees },
    { "is written anew", begins_anew }, { "lets go of records", lets_go },
    { "lets neighbours go", lets_neighbours_go }, { "without memory", starves })
