/* SPDX-License-Identifier: ISC */
/*
 * Fuzz lib: records, as they are read.  In whatever pieces they come they are those
 * between the newlines; one that is too long is told of, and nothing else is missing.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "need.h"
#include "fuzz.h"
#include "record.h"

enum { MOST = 60 << 10 };

/* How the input is to be read. */
struct way {
	size_t limit, piece;
	bool strip_cr, slowly;
};

/* What is to be read next of all. */
struct model {
	const char *data;
	size_t len, at;
	uint64_t number;
};

/* The record that comes next must be this one. */
static void
expect(struct model *model, const struct way *way, enum record_status status,
    const struct record *rec)
{
	const char *data = model->data + model->at, *newline;
	size_t len = model->len - model->at, used;

	must(len > 0);
	newline = memchr(data, '\n', len);
	used = newline == NULL ? len : (size_t)(newline - data) + 1;
	len = newline == NULL ? len : used - 1;
	if (way->strip_cr && len > 0 && data[len - 1] == '\r')
		len--;
	must(rec->number == model->number++ && rec->offset == model->at);
	must((status == RECORD_OK) == (len <= way->limit));
	if (status == RECORD_OK)
		must(same_bytes(rec->data, rec->len, data, len));
	else
		must(rec->len <= used && memcmp(rec->data, data, rec->len) == 0);
	model->at += used;
}

/* More of the input, where all that came was taken; false at its end. */
static bool
feed(struct record_reader *in, int to, const struct model *model, size_t *sent,
    size_t piece)
{
	size_t left = model->len - *sent;

	if (left == 0) {
		must(record_fill_now(in) == RECORD_EOF);
		return false;
	}
	piece = piece < left ? piece : left;
	must(write(to, model->data + *sent, piece) == (ssize_t)piece);
	*sent += piece;
	if (*sent == model->len)
		close(to);
	do {
		must(record_fill_now(in) != RECORD_ERROR);
	} while (in->slowly && --piece > 0);
	return true;
}

static void
check_records(const char *data, size_t len, const struct way *way)
{
	struct model model = { .data = data, .len = len };
	struct record_reader in;
	enum record_status got;
	struct record rec;
	size_t sent = 0;
	int ends[2];

	must(pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0);
	must(record_open(&in, ends[0], way->limit) == 0);
	in.strip_cr = way->strip_cr;
	in.slowly = way->slowly;
	if (len == 0)
		close(ends[1]);
	do {
		while (
		    (got = record_take(&in, &rec)) == RECORD_OK || got == RECORD_TOO_LONG)
			expect(&model, way, got, &rec);
	} while (got == RECORD_NONE &&
	    (feed(&in, ends[1], &model, &sent, way->piece) || model.at < len));
	must(model.at == len);
	record_close(&in);
	close(ends[0]);
}

/* The same by runs: all whole records together are the input, but for those too long. */
static void
check_runs(const char *data, size_t len, const struct way *way)
{
	struct model model = { .data = data, .len = len };
	struct bytes all = { 0 }, wanted = { 0 };
	struct record_reader in;
	enum record_status got;
	struct record run;
	size_t sent = 0;
	uint64_t count;
	int ends[2];

	must(pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0);
	must(record_open(&in, ends[0], way->limit) == 0);
	if (len == 0)
		close(ends[1]);
	do {
		while ((got = record_take_run(&in, &run)) == RECORD_OK ||
		    got == RECORD_TOO_LONG) {
			if (got == RECORD_TOO_LONG)
				continue;
			must(run.len > 0 && run.data[run.len - 1] == '\n');
			must(record_span(run.data, run.len, 1, SIZE_MAX, &count) <=
			    run.len);
			must(count == 1);
			need_put(&all, run.data, run.len);
		}
	} while (got == RECORD_NONE && feed(&in, ends[1], &model, &sent, way->piece));
	while (got != RECORD_EOF) {
		got = record_take_run(&in, &run);
		must(got != RECORD_NONE && got != RECORD_ERROR);
		if (got == RECORD_OK)
			need_put(&all, run.data, run.len);
	}
	while (len > 0) {
		const char *newline = memchr(data, '\n', len);
		size_t one = newline == NULL ? len : (size_t)(newline - data);

		if (one <= way->limit) {
			need_put(&wanted, data, one);
			need_put(&wanted, "\n", 1);
		}
		one += newline != NULL;
		data += one;
		len -= one;
	}
	must(same_bytes(all.data, all.len, wanted.data, wanted.len));
	bytes_free(&all);
	bytes_free(&wanted);
	record_close(&in);
	close(ends[0]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pieces in = pieces_of(data, size);
	unsigned char flags = pieces_byte(&in);
	struct way way = { .strip_cr = flags & 1, .slowly = flags & 2 };

	way.limit = flags & 4 ? 250U + pieces_byte(&in) : pieces_byte(&in) % 16;
	way.piece = 1U + pieces_byte(&in) * (flags & 8 ? 16 : 1);
	if (in.left > MOST)
		return 0;
	check_records(in.at, in.left, &way);
	check_runs(in.at, in.left, &way);
	return 0;
}
