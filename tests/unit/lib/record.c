/* SPDX-License-Identifier: ISC */
/*
 * The model of a reader is its whole text, and where in it the next record begins.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "chance.h"
#include "check.h"
#include "fdio.h"
#include "memory.h"
#include "record.h"
#include "spool.h"

enum { TEXT = 3 << 20, SHOWN = 256, HALF = RECORD_BUFFER / 2 };

static struct {
	char text[TEXT + 1];
	size_t len, fed; /* written to the pipe, of that */
	size_t at; /* of the next record */
	uint64_t number;
	size_t limit;
	bool strip_cr, runs;
	int in, feed; /* a pipe */
} model;

/* The length of the record at model.at, without its newline. */
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
}

/* It is the next record of the model, which is passed then. */
static void
check_record(enum record_status got, const struct record *record)
{
	size_t len = length(), shown = len;
	bool stripped =
	    model.strip_cr && len > 0 && model.text[model.at + len - 1] == '\r';

	if (stripped)
		shown--;
	check(model.at < model.len);
	check_is(got, shown > model.limit ? RECORD_TOO_LONG : RECORD_OK);
	check_is(record->number, model.number);
	check_is(record->offset, model.at);
	if (got == RECORD_OK) {
		check_bytes(record->data, record->len, model.text + model.at, shown);
	} else {
		size_t least = model.limit + 1 < SHOWN ? model.limit + 1 : SHOWN;

		check(record->len >= least && record->len <= SHOWN);
		check_bytes(
		    record->data, record->len, model.text + model.at, record->len);
	}
	model.number++;
	pass(len);
}

/* A run of whole records of the model; how many they are. */
static uint64_t
check_run(const struct record *run)
{
	uint64_t first = model.number;

	check_is(run->number, model.number);
	check_is(run->offset, model.at);
	check(run->len > 0);
	check_is(run->data[run->len - 1], '\n');
	if (model.at + run->len > model.len) { /* the newline of the last one was added */
		check_is(model.at + run->len, model.len + 1);
		check_bytes(run->data, run->len - 1, model.text + model.at, run->len - 1);
	} else {
		check_bytes(run->data, run->len, model.text + model.at, run->len);
	}
	for (size_t end = model.at + run->len; model.at < end && model.at < model.len;) {
		size_t len = length();

		check(len <= model.limit);
		model.number++;
		pass(len);
	}
	return model.number - first;
}

static void
make_text(size_t len, const char *set, size_t set_len)
{
	chance_bytes_of(model.text, len, set, set_len);
	model.len = len;
	model.fed = model.at = 0;
	model.number = 0;
}

/* Write some of what is left to the pipe; at the end close it. */
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

static void
open_pipe(struct record_reader *in)
{
	int ends[2];

	check_is(fdio_pipe(ends), 0);
	fdio_nonblocking(ends[0]);
	fdio_nonblocking(ends[1]);
	model.in = ends[0];
	model.feed = ends[1];
	check_is(record_open(in, model.in, model.limit), 0);
}

/* What was fed and cannot be had, of the record at work. */
static void
check_begun(const struct record_reader *in)
{
	check_is(record_begun(in), model.fed - model.at);
}

/* All records of a text that comes in pieces of at most piece bytes. */
static void
in_pieces(size_t piece, bool runs, bool slowly)
{
	struct record_reader in;
	struct record record;
	enum record_status got;

	open_pipe(&in);
	model.runs = runs;
	in.strip_cr = model.strip_cr;
	in.slowly = slowly;
	for (;;) {
		got = runs ? record_take_run(&in, &record) : record_take(&in, &record);
		if (got == RECORD_EOF)
			break;
		if (got == RECORD_OK && runs) {
			record_passed(&in, check_run(&record));
		} else if (got != RECORD_NONE) {
			check_record(got, &record);
		} else {
			check_is(in.scanned, in.end); /* nothing is looked at twice */
			if (!slowly)
				check_begun(&in);
			feed(chance_from(1, piece));
			got = slowly || chance_one_in(2) ? record_fill_now(&in)
							 : record_fill(&in);
			check(got == RECORD_OK ||
			    (got == RECORD_EOF && model.fed == model.len && in.eof));
		}
	}
	check_is(model.at, model.len);
	check_is(record_fill(&in), RECORD_EOF);
	check_is(record_fill_now(&in), RECORD_EOF);
	check_is(record_begun(&in), 0);
	record_close(&in);
	close(model.in);
}

static void
small(void)
{
	static const char *const sets[] = { "a\n", "aaaa\n", "abcdefghijklmnopqrst\n",
		"ab\r\n" };

	for (uint64_t step = 1; step <= 8000; step++) {
		const char *set = sets[chance_below(COUNT(sets))];
		bool runs = chance_one_in(3);

		check_at(step);
		make_text(chance_below(300), set, strlen(set));
		model.limit = chance_one_in(2) ? SIZE_MAX / 2 : chance_from(1, 20);
		model.strip_cr = !runs && chance_one_in(3);
		in_pieces(chance_from(1, 40), runs, chance_one_in(5));
	}
	model.strip_cr = false;
}

/* A text of records of these lengths, the last one with its newline or without. */
static void
text_of(const size_t *lens, size_t count, bool newline)
{
	char fill = 'a';

	model.len = model.fed = model.at = 0;
	model.number = 0;
	for (size_t i = 0; i < count; i++) {
		memset(model.text + model.len, fill++, lens[i]);
		model.len += lens[i];
		model.text[model.len++] = '\n';
	}
	if (!newline)
		model.len--;
}

/* The same by record_next() from a file. */
static void
from_file(void)
{
	struct record_reader in;
	struct record record;
	enum record_status got;
	int fd = spool_file();

	model.runs = false;
	check_is(fdio_write(fd, model.text, model.len), 0);
	lseek(fd, 0, SEEK_SET);
	check_is(record_open(&in, fd, model.limit), 0);
	while ((got = record_next(&in, &record)) != RECORD_EOF)
		check_record(got, &record);
	check_is(model.at, model.len);
	check_is(record_next(&in, &record), RECORD_EOF);
	record_close(&in);
	close(fd);
}

/* Records as long as half a buffer, a buffer, two, and what is shown of a refused one. */
static void
large(void)
{
	static const size_t edges[] = { SHOWN, HALF, RECORD_BUFFER, 2 * RECORD_BUFFER };

	for (size_t step = 0; step < COUNT(edges) * 7 * 3; step++) {
		size_t size = edges[step % COUNT(edges)] + step / COUNT(edges) % 7 - 3;
		const size_t lens[] = { size, 3, size, 0, 0, size + 1, 5, size };
		int way = (int)(step / COUNT(edges) / 7);

		check_at(step + 1);
		for (int limited = -1; limited <= 2; limited++) {
			model.limit = limited == 2 ? SIZE_MAX / 2
						   : size + (size_t)(ptrdiff_t)limited;
			text_of(lens, COUNT(lens), limited == 0);
			if (way == 0)
				from_file();
			else
				in_pieces(1 << 16, way == 1, false);
		}
	}
}

/* Two inputs, one after the other, of which the first has no newline at its end. */
static void
continued(void)
{
	static const char both[] = "a\nbb"
				   "ccc\nd";
	const struct {
		const char *data;
		uint64_t offset;
	} want[] = { { "a", 0 }, { "bb", 2 }, { "ccc", 4 }, { "d", 8 } };
	struct record_reader in;
	struct record record;
	int fd = spool_file(), second = spool_file();

	check_is(fdio_write(fd, both, 4), 0);
	check_is(fdio_write(second, both + 4, 5), 0);
	lseek(fd, 0, SEEK_SET);
	lseek(second, 0, SEEK_SET);
	check_is(record_open(&in, fd, 10), 0);
	for (uint64_t i = 0; i < COUNT(want); i++) {
		enum record_status got = record_next(&in, &record);

		if (i == 2) {
			check_is(got, RECORD_EOF);
			record_continue(&in, second);
			got = record_next(&in, &record);
		}
		check_is(got, RECORD_OK);
		check_bytes(record.data, record.len, want[i].data, strlen(want[i].data));
		check_is(record.number, i);
		check_is(record.offset, want[i].offset);
	}
	check_is(record_next(&in, &record), RECORD_EOF);
	record_close(&in);
	close(fd);
	close(second);
}

static void
errors(void)
{
	struct record_reader in;
	struct record record;

	check_is(record_open(&in, -1, 10), 0);
	errno = 0;
	check_is(record_next(&in, &record), RECORD_ERROR);
	check_is(errno, EBADF);
	check_is(record_fill_now(&in), RECORD_ERROR);
	record_close(&in);
}

/* Record by record. */
static size_t
span_plainly(
    const char *data, size_t len, uint64_t max, size_t max_bytes, uint64_t *count)
{
	size_t end = 0;

	for (*count = 0; *count < max && end < len; ++*count) {
		size_t next = end;

		while (data[next] != '\n')
			next++;
		next++;
		if (*count > 0 && next > max_bytes)
			break;
		end = next;
	}
	return end;
}

static void
spans(void)
{
	char text[512];

	for (uint64_t step = 1; step <= 100000; step++) {
		size_t len = chance_below(sizeof(text)), max_bytes, end;
		uint64_t max, count = 77, wanted;

		check_at(step);
		if (chance_one_in(2))
			chance_bytes_of(text, len, "\na", 2);
		else
			chance_bytes_of(text, len, "\nabcdefghijklmnopqrstuvwxyz", 27);
		if (len > 0)
			text[len - 1] = '\n';
		max = chance_one_in(3) ? UINT64_MAX : chance_below(130);
		max_bytes = chance_one_in(3) ? SIZE_MAX : chance_below(sizeof(text) + 4);
		end = span_plainly(text, len, max, max_bytes, &wanted);
		check_is(record_span(text, len, max, max_bytes, &count), end);
		check_is(count, wanted);
	}
}

/* Ends are where newlines are, and no more of them than there is room for. */
static void
ends(void)
{
	char text[300];
	uint32_t found[sizeof(text) + 1 + 64];

	for (uint64_t step = 1; step <= 20000; step++) {
		size_t len = chance_below(sizeof(text)),
		       max = 64 + chance_below(sizeof(text));
		size_t count, wanted = 0;

		check_at(step);
		if (chance_one_in(2))
			chance_bytes_of(text, sizeof(text), "\na", 2);
		else
			chance_bytes_of(
			    text, sizeof(text), "\nabcdefghijklmnopqrstuv", 23);
		for (size_t i = 0; i < COUNT(found); i++)
			found[i] = 0;
		count = record_ends(text, len, found, max);
		for (size_t i = 0; i < len && wanted < count; i++)
			if (text[i] == '\n')
				check_is(found[wanted++], i + 1);
		check_is(count, wanted);
		check(count <= max);
		check(count >= max - 63 ||
		    memchr(text + (count == 0 ? 0 : found[count - 1]), '\n',
			len - (count == 0 ? 0 : found[count - 1])) == NULL);
		check_is(found[count], 0);
	}
}

static void
starve(void)
{
	struct record_reader in;
	struct record record;
	enum record_status got;
	int fd = spool_file();
	const size_t lens[] = { 3, 3 * RECORD_BUFFER, 4 };

	text_of(lens, COUNT(lens), true);
	model.limit = SIZE_MAX / 2;
	check_is(fdio_write(fd, model.text, model.len), 0);
	lseek(fd, 0, SEEK_SET);
	if (record_open(&in, fd, model.limit) < 0) {
		check(memory_failed());
	} else {
		while ((got = record_next(&in, &record)) == RECORD_OK)
			check_record(got, &record);
		check(got == RECORD_EOF ? model.at == model.len : memory_failed());
		check(got == RECORD_EOF || got == RECORD_ERROR);
		record_close(&in);
	}
	close(fd);
}

static void
starves(void)
{
	memory_torment(starve);
}

TESTS("record", { "records in pieces of chance", small },
    { "records as long as buffers and limits", large },
    { "two inputs as one", continued }, { "no input at all", errors },
    { "a span agrees with going record by record", spans },
    { "ends are where newlines are", ends }, { "without memory", starves })
