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
#include "spool.h"

enum { TEXT = 3 << 20, BLOCK = 512 << 10 };

static struct {
	char text[TEXT];
	size_t len, fed; /* written to the pipe, of that */
	size_t at; /* of the next record */
	uint64_t number;
	size_t limit;
	int in, feed; /* a pipe */
	struct hash_stream hash;
	struct batch_queue in_use; /* batches that are in use meanwhile */
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
	check_is(intake_open(intake, ends[0], "input", limit), 0);
	hash_begin(&model.hash);
	intake->hash = &model.hash;
}

/* What was cut is still there: all of it, but for a last newline that was added. */
static void
let_go(void)
{
	struct batch *batch = batch_pop(&model.in_use, 0);
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
	while (model.in_use.head != NULL)
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
use(struct batch *batch)
{
	batch_push(&model.in_use, batch);
	while (
	    model.in_use.records > 60 || (model.in_use.head != NULL && chance_one_in(3)))
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
	use(batch);
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
			use(batch);
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

static const struct {
	const char *text, *why; /* NULL: one block a line of wanted */
	uint64_t count;
	size_t len;
	uint64_t origin, tried;
} frames[] = {
	{ "block 1 2 7 2\na\n", NULL, 1, 2, 7, 2 },
	{ "block 2 5 7 2\na\nbb\n", NULL, 2, 5, 7, 2 },
	{ "block 2 2 7 2\n\n\n", NULL, 2, 2, 7, 2 },
	{ "block 1 2\na\n", NULL, 1, 2, 0, 0 }, /* of version 1 */
	{ "block 0 0 7 2\n", "not a block", 0, 0, 0, 0 },
	{ "block 2 1 7 2\na\n", "not a block", 0, 0, 0, 0 },
	{ "block 2 4 7 2\na\nbb\n", "not a block", 0, 0, 0, 0 },
	{ "block 1 5 7 2\na\nbb\n", "not a block", 0, 0, 0, 0 },
	{ "block 3 5 7 2\na\nbb\n", "not a block", 0, 0, 0, 0 },
	{ "block 2 9 7 2\na\nbb\n", "a block is cut short", 0, 0, 0, 0 },
	{ "block 1 5 7 2\n", NULL, 0, 0, 0, 0 },
	{ "block  5\n", "not a block", 0, 0, 0, 0 },
	{ "block 1\n", "not a block", 0, 0, 0, 0 },
	{ "block 1 x 7 2\n", "not a block", 0, 0, 0, 0 },
	{ "block x 1 7 2\n", "not a block", 0, 0, 0, 0 },
	{ "block 1 2 3\na\n", "not a block", 0, 0, 0, 0 },
	{ "block \n", "not a block", 0, 0, 0, 0 },
	{ "clock 1 2\na\n", "not a block", 0, 0, 0, 0 },
	{ "b\n", "not a block", 0, 0, 0, 0 },
	{ "block 1 281474976710657 7 2\na\n", "not a block", 0, 0, 0, 0 },
	{ "block 1 2 7 2 \na\n", "not a block", 0, 0, 0, 0 },
	{ "block 1 2 7 -2\na\n", "not a block", 0, 0, 0, 0 },
	{ "block 1 2 7 2 run-1 #\na\n", NULL, 1, 2, 7, 2 },
};

/* As the other end of a link frames them. */
static void
framed(void)
{
	for (size_t i = 0; i < COUNT(frames); i++) {
		struct intake intake;
		const char *why = NULL;
		bool there = false;

		check_at(i + 1);
		model.len = strlen(frames[i].text);
		memcpy(model.text, frames[i].text, model.len);
		begin(&intake, SIZE_MAX / 2);
		intake.hash = NULL;
		for (int n = 0; n < 50 && !there && why == NULL; n++) {
			there = intake_framed(&intake, &why);
			if (there || why != NULL)
				break;
			feed(1 + i % 3);
			intake_fill(&intake);
		}
		check_text(why, frames[i].why);
		check_is(there, frames[i].count > 0);
		if (there) {
			struct batch *batch = intake_cut_framed(&intake);

			check_is(batch->count, frames[i].count);
			check_is(batch->first, 0);
			check_is(batch->origin, frames[i].origin);
			check_is(batch->tried, frames[i].tried);
			check_is(batch->len, frames[i].len);
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

/* Records that are named, and come byte by byte: each alone, with what it is. */
static void
named(void)
{
	static const char text[] = "block 2 5 7 1 a run\na\nbb\nblock 1 2 90 0\nc\n";
	static const struct {
		const char *data, *run;
		uint64_t origin, offset;
	} rows[] = { { "a\n", "a run", 7, 0 }, { "bb\n", "a run", 8, 2 },
		{ "c\n", "", 90, 5 } };
	struct intake intake;
	const char *why;

	model.len = strlen(text);
	memcpy(model.text, text, model.len);
	begin(&intake, SIZE_MAX / 2);
	intake.hash = NULL;
	intake.named = true;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct batch *batch;

		check_at(i + 1);
		for (int n = 0; n < 50 && !intake_named(&intake, &why); n++) {
			check(why == NULL);
			feed(1);
			intake_fill(&intake);
		}
		batch = intake_cut_named(&intake);
		check_bytes(batch->data, batch->len, rows[i].data, strlen(rows[i].data));
		check_text(batch->run, rows[i].run);
		check_is(batch->first, i);
		check_is(batch->origin, rows[i].origin);
		check_is(batch->offset, rows[i].offset);
		check_is(batch->tried, i < 2);
		batch_free(batch);
	}
	check(!intake_named(&intake, &why) && why == NULL);
	intake_close(&intake);
	close(model.in);
	if (model.feed >= 0)
		close(model.feed);
}

/* The first record is taken off: of a pipe, or of a file that is read from behind it. */
static void
header(void)
{
	static const struct {
		uint64_t records;
		const char *text, *header, *next; /* NULL: there is none */
	} rows[] = {
		{ 1, "a\tb\nc\nd\n", "a\tb\n", "c\nd\n" },
		{ 2, "a\tb\nc\nd\n", "a\tb\nc\n", "d\n" },
		{ 2, "a\n", "a\n", NULL },
		{ 1, "a", "a\n", NULL },
		{ 1, "\n\nb\n", "\n", "\nb\n" },
		{ 1, "", "", NULL },
	};

	for (size_t i = 0; i < 3 * COUNT(rows); i++) {
		const char *text = rows[i / 3].text, *next = rows[i / 3].next;
		struct bytes taken = { 0 };
		struct intake intake;
		int ends[2];

		check_at(i);
		if (i % 3 < 2) {
			check_is(fdio_pipe(ends), 0);
			check_is(fdio_write(ends[1], text, strlen(text)), 0);
			close(ends[1]);
		} else {
			ends[0] = spool_file();
			check_is(fdio_write(ends[0], text, strlen(text)), 0);
			lseek(ends[0], 0, SEEK_SET);
		}
		check_is(intake_open(&intake, ends[0], "in", SIZE_MAX / 2), 0);
		check_is(
		    intake_header(&intake, rows[i / 3].records, i % 3 == 1, &taken), 0);
		check_bytes(taken.data, taken.len, rows[i / 3].header,
		    strlen(rows[i / 3].header));
		bytes_free(&taken);
		if (i % 3 == 1 && next != NULL)
			check(!intake_ready(&intake) && intake.used == intake.cut);
		while (!intake_ready(&intake) && !intake.end)
			check_is(intake_fill(&intake), 0);
		check_is(intake.offset, 0);
		check_is(intake_ready(&intake), next != NULL);
		if (next != NULL) {
			struct batch *batch = intake_cut(&intake, UINT64_MAX, SIZE_MAX);

			check_is(batch->first, 0);
			check_bytes(batch->data, batch->len, next, strlen(next));
			batch_free(batch);
		}
		intake_close(&intake);
		close(ends[0]);
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
	if (intake_open(&intake, ends[0], "input", model.limit) < 0)
		check(memory_failed());
	for (int n = 0; intake.block != NULL && model.at < model.len && n < 100; n++) {
		feed(1 << 16);
		if (!intake_ready(&intake) && intake_fill(&intake) < 0 && errno != EAGAIN)
			check(errno == ENOMEM && memory_failed());
		if (!intake_ready(&intake))
			continue;
		batch = intake_cut(&intake, 1, SIZE_MAX);
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
    { "records that are named", named }, { "a header", header },
    { "without memory", starves })
