/* SPDX-License-Identifier: ISC */
/*
 * The model of standard input is all of it, and where in it the next record begins.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "chance.h"
#include "check.h"
#include "fdio.h"
#include "hash.h"
#include "intake.h"
#include "memory.h"

enum { TEXT = 3 << 20, BLOCK = 512 << 10 };

static struct {
	char text[TEXT];
	size_t len, fed; /* written to the pipe, of that */
	size_t at; /* of the next record */
	uint64_t number;
	size_t limit;
	int in, feed; /* a pipe */
	struct hash_stream hash;
	struct batch_queue held; /* batches that are in use meanwhile */
} model;

static size_t
length(void)
{
	const char *from = model.text + model.at;
	const char *newline = memchr(from, '\n', model.len - model.at);

	return newline == NULL ? model.len - model.at : (size_t)(newline - from);
}

static void
pass(size_t len)
{
	model.at += len + 1;
	if (model.at > model.len)
		model.at = model.len;
	model.number++;
}

static void
begin(struct intake *intake, size_t limit)
{
	int ends[2];

	check_is(fdio_pipe(ends), 0);
	fdio_nonblocking(ends[0]);
	fdio_nonblocking(ends[1]);
	model.in = ends[0];
	model.feed = ends[1];
	model.fed = model.at = 0;
	model.number = 0;
	model.limit = limit;
	check_is(intake_open(intake, ends[0], limit), 0);
	hash_begin(&model.hash);
	intake->hash = &model.hash;
}

/* What was cut is still there: all of it, but for a last newline that was added. */
static void
let_go(void)
{
	struct batch *batch = batch_pop(&model.held, 0);
	size_t len = batch->len;

	len -= batch->offset + len > model.len;
	check_bytes(batch->data, len, model.text + batch->offset, len);
	batch_free(batch);
}

/* All was handed out, and hashed. */
static void
end(struct intake *intake)
{
	check_is(model.at, model.len);
	check(intake->end && !intake_ready(intake));
	check_is(hash_end(&model.hash), hash_bytes(model.text, model.len, 0));
	while (model.held.head != NULL)
		let_go();
	check_is(intake->block->references, 1);
	intake_close(intake);
	close(model.in);
}

static void
feed(size_t most)
{
	size_t left = model.len - model.fed, n = left < most ? left : most;
	ssize_t got = n == 0 ? 0 : write(model.feed, model.text + model.fed, n);

	if (got > 0)
		model.fed += (size_t)got;
	if (model.fed == model.len && model.feed >= 0) {
		close(model.feed);
		model.feed = -1;
	}
}

/* The batch is the next records of the model: at most max of max_bytes, at least one. */
static void
check_batch(const struct batch *batch, uint64_t max, size_t max_bytes)
{
	size_t at = 0;

	check(batch->count >= 1 && batch->count <= max);
	check(batch->count == 1 || batch->len <= max_bytes);
	check_is(batch->first, model.number);
	check_is(batch->offset, model.at);
	for (uint64_t i = 0; i < batch->count; i++) {
		size_t len = length();

		check(model.at < model.len && len <= model.limit);
		check_bytes(batch->data + at, len, model.text + model.at, len);
		check_is(batch->data[at + len], '\n');
		at += len + 1;
		pass(len);
	}
	check_is(at, batch->len);
}

/* Records that are too long are told, each once, and passed over. */
static void
check_refused(struct intake *intake)
{
	struct record record;

	while (intake_refused(intake, &record)) {
		size_t len = length(), shown = model.limit + 1;

		check(len > model.limit);
		check_is(record.number, model.number);
		check_is(record.offset, model.at);
		shown = shown < INTAKE_SHOWN ? shown : INTAKE_SHOWN;
		check(record.len >= shown && record.len <= INTAKE_SHOWN);
		check_bytes(record.data, record.len, model.text + model.at, record.len);
		check(!intake_refused(intake, &record));
		pass(len);
		intake_look(intake);
	}
}

static void
take_one(struct intake *intake)
{
	size_t len = length();

	check(intake_bytes(intake) > len);
	check_is(intake->next, model.number);
	check_is(intake->offset, model.at);
	check_bytes(intake_data(intake), len, model.text + model.at, len);
	check_is(intake_data(intake)[len], '\n');
	intake_pass(intake, 1, len + 1);
	pass(len);
}

/* What is cut stays in use for a while, so that its block is not written over. */
static void
hold(struct batch *batch)
{
	batch_push(&model.held, batch);
	while (model.held.records > 60 || (model.held.head != NULL && chance_one_in(3)))
		let_go();
}

static uint64_t
any_max(void)
{
	return chance_one_in(3) ? UINT64_MAX : chance_from(1, 30);
}

static size_t
any_bytes(void)
{
	return chance_one_in(3) ? SIZE_MAX : chance_from(1, 200);
}

static void
cut_some(struct intake *intake)
{
	uint64_t max = any_max(), unit = chance_from(1, 4);
	size_t max_bytes = any_bytes();
	struct batch *batch;

	if (chance_one_in(4)) {
		take_one(intake);
		return;
	}
	if (chance_one_in(4)) {
		batch = intake_cut_units(intake, unit, UINT64_MAX, max_bytes);
		check(batch->count % unit == 0 || !intake_ready(intake) ||
		    batch->count < unit);
		check_batch(
		    batch, UINT64_MAX, batch->count <= unit ? SIZE_MAX : max_bytes);
	} else {
		batch = intake_cut(intake, max, max_bytes);
		check_batch(batch, max, max_bytes);
	}
	hold(batch);
}

/* Read until something is ready, refused, or the end is there. */
static void
read_on(struct intake *intake, size_t piece)
{
	feed(chance_from(1, piece));
	intake->aside = chance_one_in(50);
	if (intake_fill(intake) < 0)
		check_is(errno, EAGAIN);
	check_refused(intake);
}

static void
play(size_t limit, size_t piece)
{
	struct intake intake;

	begin(&intake, limit);
	while (!(intake.end && !intake_ready(&intake) && !intake.refused &&
	    model.at == model.len)) {
		if (intake_ready(&intake))
			cut_some(&intake);
		else
			read_on(&intake, piece);
	}
	end(&intake);
}

static void
agrees(void)
{
	static const char *const sets[] = { "a\n", "aaaa\n", "abcdefghijklmnopqrst\n" };

	for (uint64_t step = 1; step <= 1500; step++) {
		const char *set = sets[chance_below(COUNT(sets))];

		check_at(step);
		model.len = chance_below(1000);
		chance_bytes_of(model.text, model.len, set, strlen(set));
		play(chance_one_in(2) ? SIZE_MAX / 2 : chance_from(1, 30),
		    chance_from(1, 200));
	}
}

/* Records around the size of a block and the limit. */
static void
large(void)
{
	for (uint64_t step = 1; step <= 60; step++) {
		size_t limit = chance_one_in(2) ? BLOCK / 2 : 100;

		check_at(step);
		limit += chance_below(5);
		model.len = 0;
		while (model.len + 2 * BLOCK < TEXT) {
			size_t len = chance_one_in(3) ? limit + chance_below(4) - 1
			    : chance_one_in(3)	      ? chance_below(BLOCK)
						      : chance_below(100);

			memset(model.text + model.len, 'a' + (int)chance_below(20), len);
			model.len += len;
			model.text[model.len++] = '\n';
		}
		model.len -= chance_below(2);
		play(limit, 1 << 16);
	}
}

/* Gather blocks of so many records or bytes: all of them full but the last. */
static void
gathers(void)
{
	for (uint64_t step = 1; step <= 500; step++) {
		struct intake intake;
		uint64_t max = chance_one_in(2) ? UINT64_MAX : chance_from(1, 40);
		size_t most = max != UINT64_MAX ? SIZE_MAX : chance_from(1, 300);
		size_t last = 0;
		bool full = true;

		check_at(step);
		model.len = chance_below(3000);
		chance_bytes_of(model.text, model.len, "abcde\n", 6);
		begin(&intake, SIZE_MAX / 2);
		while (!(intake.end && !intake_ready(&intake))) {
			struct batch *batch;

			if (!intake_gather(&intake, max, most)) {
				/* It may need as much as last time, and an eighth. */
				check_is(intake.goal,
				    most != SIZE_MAX ? most
					: max > 1    ? last + last / 8
						     : 0);
				read_on(&intake, chance_from(1, 300));
				continue;
			}
			check(full); /* the one before was not the last */
			batch = intake_cut(&intake, max, most);
			check_batch(batch, max, most);
			last = batch->len;
			full = batch->count == max ||
			    (model.at < model.len && batch->len + length() + 1 > most);
			check(full || model.at == model.len);
			hold(batch);
		}
		end(&intake);
	}
}

/* Of a large block no more is read than is needed, which would have to be copied. */
static void
gathers_large(void)
{
	static const size_t sizes[] = { BLOCK / 2, BLOCK / 2 + 1, BLOCK / 2 + 4096, BLOCK,
		2 * BLOCK };

	for (size_t i = 0; i < COUNT(sizes); i++) {
		struct intake intake;
		size_t most = sizes[i], read_most = 0;

		check_at(i + 1);
		model.len = 2 * BLOCK + 1000;
		memset(model.text, 'a', model.len);
		for (size_t at = 99; at < model.len; at += 100)
			model.text[at] = '\n';
		begin(&intake, SIZE_MAX / 2);
		fdio_pipe_size(model.feed, 1 << 20);
		while (!(intake.end && !intake_ready(&intake))) {
			struct batch *batch;

			if (!intake_gather(&intake, UINT64_MAX, most)) {
				read_on(&intake, TEXT);
				if (intake.used - intake.cut > read_most)
					read_most = intake.used - intake.cut;
				continue;
			}
			batch = intake_cut(&intake, UINT64_MAX, most);
			check_batch(batch, UINT64_MAX, most);
			batch_free(batch);
		}
		if (most > BLOCK / 2)
			check_is(read_most, most);
		else
			check(read_most > most);
		end(&intake);
	}
}

/* As the other end of a link frames them. */
static void
framed(void)
{
	static const struct {
		const char *text, *why; /* NULL: one block a line of wanted */
		uint64_t count;
		size_t len;
	} rows[] = {
		{ "block 1 2\na\n", NULL, 1, 2 },
		{ "block 2 5\na\nbb\n", NULL, 2, 5 },
		{ "block 2 2\n\n\n", NULL, 2, 2 },
		{ "block 0 0\n", "not a block", 0, 0 },
		{ "block 2 1\na\n", "not a block", 0, 0 },
		{ "block 2 4\na\nbb\n", "not a block", 0, 0 },
		{ "block 1 5\na\nbb\n", "not a block", 0, 0 },
		{ "block 3 5\na\nbb\n", "not a block", 0, 0 },
		{ "block 2 9\na\nbb\n", "a block is cut short", 0, 0 },
		{ "block 1 5\n", NULL, 0, 0 },
		{ "block  5\n", "not a block", 0, 0 },
		{ "block 1\n", "not a block", 0, 0 },
		{ "block 1 x\n", "not a block", 0, 0 },
		{ "block x 1\n", "not a block", 0, 0 },
		{ "block 1 2 3\na\n", "not a block", 0, 0 },
		{ "block \n", "not a block", 0, 0 },
		{ "clock 1 2\na\n", "not a block", 0, 0 },
		{ "b\n", "not a block", 0, 0 },
		{ "block 1 281474976710657\na\n", "not a block", 0, 0 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct intake intake;
		const char *why = NULL;
		bool there = false;

		check_at(i + 1);
		model.len = strlen(rows[i].text);
		memcpy(model.text, rows[i].text, model.len);
		begin(&intake, SIZE_MAX / 2);
		intake.hash = NULL;
		for (int n = 0; n < 50 && !there && why == NULL; n++) {
			there = intake_framed(&intake, &why);
			if (there || why != NULL)
				break;
			feed(1 + i % 3);
			intake_fill(&intake);
		}
		check_text(why, rows[i].why);
		check_is(there, rows[i].count > 0);
		if (there) {
			struct batch *batch = intake_cut_gathered(&intake);

			check_is(batch->count, rows[i].count);
			check_is(batch->len, rows[i].len);
			check_bytes(batch->data, batch->len,
			    model.text + model.len - batch->len, batch->len);
			batch_free(batch);
		}
		intake_close(&intake);
		close(model.in);
		if (model.feed >= 0)
			close(model.feed);
	}
}

static void
starve(void)
{
	struct intake intake = { .fd = -1 };
	struct batch *batch;
	int ends[2];

	model.len = BLOCK + 1000;
	memset(model.text, 'a', model.len);
	memcpy(model.text, "b\ncc\n", 5);
	check_is(fdio_pipe(ends), 0);
	fdio_nonblocking(ends[0]);
	fdio_nonblocking(ends[1]);
	model.in = ends[0];
	model.feed = ends[1];
	model.fed = model.at = 0;
	model.number = 0;
	model.limit = SIZE_MAX / 2;
	if (intake_open(&intake, ends[0], model.limit) < 0)
		check(memory_failed());
	for (int n = 0; intake.block != NULL && model.at < model.len && n < 100; n++) {
		feed(1 << 16);
		if (!intake_ready(&intake) && intake_fill(&intake) < 0 && errno != EAGAIN)
			check(errno == ENOMEM && memory_failed());
		if (!intake_ready(&intake))
			continue;
		batch = intake_cut(&intake, 1, SIZE_MAX);
		check_is(intake.no_memory, batch == NULL);
		check(batch != NULL || memory_failed());
		if (batch != NULL)
			check_batch(batch, 1, SIZE_MAX);
		batch_free(batch);
	}
	check(model.at == model.len || memory_failed());
	if (intake.block != NULL)
		intake_close(&intake);
	close(model.in);
	if (model.feed >= 0)
		close(model.feed);
}

static void
starves(void)
{
	memory_torment(starve);
}

TESTS("intake", { "agrees with all of the input", agrees },
    { "records as long as blocks and limits", large }, { "gathers blocks", gathers },
    { "gathers large blocks", gathers_large }, { "blocks of a link", framed },
    { "without memory", starves })
