/* SPDX-License-Identifier: ISC */
/*
 * No process: the test has the other ends of the pipes, and is the worker.  The model is
 * what it was given, and what it then says of each record, in the order in which it does.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "aside.h"
#include "chance.h"
#include "check.h"
#include "fdio.h"
#include "memory.h"
#include "spool.h"
#include "worker.h"

enum { RECORDS = 400, SAID = 4 << 20, LINES = 128 << 10, PIPE = 1 << 20 };

/* What is told of a record. */
struct told {
	uint64_t index, more, bytes;
	enum outcome outcome;
};

static struct {
	struct worker worker;
	int in, out, ack; /* its ends */
	uint64_t given, number;
	size_t given_bytes;
	bool flies[RECORDS];
	char said[SAID]; /* lines, or frames, and how much of it was written */
	size_t said_len, written;
	struct told told[RECORDS];
	size_t told_count, heard;
	size_t piped; /* bytes of output that were not taken */
	size_t pipe; /* bytes that each of its pipes holds */
	char output[SAID]; /* that is to come out */
	size_t output_len;
	struct told waiting[RECORDS]; /* heard, whose output was not taken */
	size_t waiting_from, waiting_to;
	uint64_t waiting_bytes;
	int to; /* where it comes out */
	char line[300]; /* that was said last to those who listen */
	size_t foreign; /* bytes that were passed on */
} play;

static void __attribute__((format(printf, 1, 2))) hear_line(const char *format, ...)
{
	snprintf(play.line, sizeof(play.line), "%s", format);
}

static size_t
hear_foreign(const char *data, size_t len, bool anew)
{
	(void)anew;
	check(data != NULL);
	play.foreign += len;
	return len;
}

static bool
never(void)
{
	return false;
}

static const struct says hears = { .line = hear_line,
	.foreign = hear_foreign,
	.wait = never,
	.in_line = never,
	.terminal = never };

static void
open_pipe(int *ours, int *its, int which_is_ours)
{
	int ends[2];

	check_is(fdio_pipe(ends), 0);
	play.pipe = fdio_pipe_size(ends[0], PIPE);
	fdio_nonblocking(ends[0]);
	fdio_nonblocking(ends[1]);
	*ours = ends[which_is_ours];
	*its = ends[1 - which_is_ours];
}

/* As worker_start() leaves it. */
static void
begin(bool framed)
{
	struct worker *worker = &play.worker;

	memset(&play, 0, sizeof(play));
	worker_init(worker, 7, &hears);
	play.to = spool_file();
	play.out = -1;
	open_pipe(&worker->in, &play.in, 1);
	open_pipe(&worker->ack, &play.ack, 0);
	if (!framed)
		open_pipe(&worker->out, &play.out, 0);
	worker->framed = framed;
	worker->out_room = play.pipe;
	worker->lines = malloc(LINES);
	worker->hello.jobs = 1;
	window_init(&worker->window);
}

static void
end(void)
{
	struct batch_queue rest = { 0 };

	check_is(window_requeue(&play.worker.window, 0, &rest), 0);
	batch_clear(&rest);
	worker_close(&play.worker);
	worker_free(&play.worker);
	close(play.in);
	close(play.ack);
	if (play.out >= 0)
		close(play.out);
	close(play.to);
}

static void
say(const char *text, size_t len)
{
	check(play.said_len + len <= SAID);
	memcpy(play.said + play.said_len, text, len);
	play.said_len += len;
}

/* Write all of text to its end of a pipe. */
static void
put(int fd, const char *text, size_t len)
{
	check_is(fdio_write(fd, text, len), 0);
}

static void
give(void)
{
	uint64_t count = chance_from(1, 8);
	struct block *block = block_new(200);
	size_t len = 0;
	char back[200];
	struct batch *batch;

	for (uint64_t i = 0; i < count; i++) {
		play.flies[play.given + i] = true;
		len += (size_t)snprintf(
		    block->data + len, 20, "%u\n", (unsigned)(play.number + i));
	}
	batch = batch_new(block, block->data, len, play.number, count);
	check_is(window_add(&play.worker.window, batch), 0);
	check(worker_hungry(&play.worker));
	check_is(worker_feed(&play.worker), 0);
	check(!worker_hungry(&play.worker));
	check_is(worker_consumed(&play.worker), play.given_bytes);
	check_is(read(play.in, back, sizeof(back)), len);
	check_bytes(back, len, block->data, len);
	play.given_bytes += len;
	check_is(worker_consumed(&play.worker), play.given_bytes);
	block_drop(block);
	play.given += count;
	play.number += count;
}

/* Lines of output, at most as many bytes as there is room for. */
static size_t
make_output(char *text)
{
	size_t len = chance_one_in(3) ? 0 : chance_below(chance_one_in(20) ? 60000 : 40);

	if (play.piped + len > play.pipe / 2)
		return 0;
	chance_bytes_of(text, len, "abcdef\n", 7);
	if (len > 0)
		text[len - 1] = '\n';
	return len;
}

/* A record that it has, or one after the other that it has; it tells what became of it.
 */
static void
finish(void)
{
	static char text[60000];
	uint64_t index = chance_below(play.given + 1), more = 0;
	struct told *told = &play.told[play.told_count];
	char line[ACK_LINE_MAX];
	struct ack ack;

	if (index >= play.given || !play.flies[index])
		return;
	*told = (struct told){ .index = index, .outcome = (enum outcome)chance_below(3) };
	while (told->outcome == OUTCOME_OK && chance_one_in(2) &&
	    index + more + 1 < play.given && play.flies[index + more + 1])
		more++;
	told->more = more;
	for (uint64_t i = index; i <= index + more; i++)
		play.flies[i] = false;
	told->bytes = make_output(text);
	ack = (struct ack){ .index = index,
		.more = more,
		.bytes = told->bytes,
		.outcome = told->outcome,
		.reason = "why",
		.reason_len = 3 };
	if (ack.outcome == OUTCOME_OK)
		ack.reason_len = 0;
	if (!play.worker.framed)
		put(play.out, text, told->bytes);
	say(line, ack_format(line, &ack));
	if (play.worker.framed)
		say(text, told->bytes);
	else
		play.piped += told->bytes;
	if (told->outcome != OUTCOME_RETRY) {
		check(play.output_len + told->bytes <= SAID);
		memcpy(play.output + play.output_len, text, told->bytes);
		play.output_len += told->bytes;
	}
	play.told_count++;
}

/* Some more of what it says arrives. */
static void
write_some(void)
{
	size_t left = play.said_len - play.written;
	size_t n = chance_below(chance_one_in(10) ? 100000 : 50);

	ssize_t got;

	n = n < left ? n : left;
	if (n == 0)
		return;
	got =
	    write(play.ack, play.said + play.written, n); /* what the pipe has room for */
	check(got > 0 || errno == EAGAIN);
	play.written += got > 0 ? (size_t)got : 0;
}

/* One of several that were told by one line, of which the last has the output. */
static void
check_told(const struct ack *ack, uint64_t *part)
{
	struct told *told = &play.told[play.heard];
	struct flight *flight;
	char text[WORKER_ILL_TEXT];

	check(play.heard < play.told_count);
	check_is(ack->index, told->index + *part);
	check_is(ack->more, told->more - *part);
	check_is(ack->outcome, told->outcome);
	check_is(ack->bytes, *part == told->more ? told->bytes : 0);
	check_is(ack->reason_len, told->outcome == OUTCOME_OK ? 0 : 3);
	flight = window_find(&play.worker.window, ack->index);
	check(flight != NULL);
	check(window_done(&play.worker.window, flight, ack->index) != UINT64_MAX);
	window_trim(&play.worker.window);
	check(worker_ill(&play.worker, play.waiting_bytes, ack, text) == NULL);
	play.waiting[play.waiting_to] = *told;
	play.waiting[play.waiting_to++].bytes = ack->bytes;
	play.waiting_bytes += ack->bytes;
	if (++*part > told->more) {
		*part = 0;
		play.heard++;
	}
}

static void
hear(void)
{
	uint64_t part = 0;
	enum worker_word word;
	struct ack ack;

	while ((word = worker_hear(&play.worker, &ack)) == WORD_ACK)
		check_told(&ack, &part);
	check_is(word, WORD_NONE);
	check_is(part, 0);
}

/* Output whose line was heard goes out, or, of what is tried again, nowhere. */
static void
take(void)
{
	while (play.waiting_from < play.waiting_to) {
		const struct told *told = &play.waiting[play.waiting_from++];
		size_t left = told->bytes;

		if (told->outcome == OUTCOME_RETRY)
			check_is(worker_skip(&play.worker, left), 0);
		else
			check_is(worker_move(&play.worker, fdio_sink(play.to), &left), 0);
		check(told->outcome == OUTCOME_RETRY || left == 0);
		play.waiting_bytes -= told->bytes;
		if (!play.worker.framed)
			play.piped -= told->bytes;
	}
	play.waiting_from = play.waiting_to = 0;
}

/* All that it said was heard, and all of its output is out. */
static void
check_all(void)
{
	static char back[SAID];

	while (play.written < play.said_len) {
		write_some();
		hear();
		take();
	}
	check_is(play.heard, play.told_count);
	check_is(buffered_bytes(&play.worker.buffered), 0);
	check_is(pread(play.to, back, SAID, 0), play.output_len);
	check_bytes(back, play.output_len, play.output, play.output_len);
}

static void
one_life(bool framed)
{
	static const char hello[] = "par-stage 1 window=64 jobs=3 joint\n";
	struct ack ack;

	begin(framed);
	put(play.ack, hello, sizeof(hello) - 1);
	check_is(worker_hear(&play.worker, &ack), WORD_HELLO);
	check_is(play.worker.kind, WORKER_NATIVE);
	check_is(play.worker.hello.window, 64);
	check(play.worker.hello.joint);
	while (play.given + 8 < RECORDS && play.told_count + 1 < RECORDS) {
		switch (chance_below(6)) {
		case 0:
			give();
			break;
		case 1:
		case 2:
			finish();
			break;
		case 3:
			write_some();
			break;
		case 4:
			hear();
			break;
		default:
			take();
			break;
		}
	}
	hear();
	take();
	check_all();
	end();
}

static void
agrees(void)
{
	for (uint64_t step = 1; step <= 60; step++) {
		check_at(step);
		one_life(false);
		one_life(true);
	}
}

/* Three records of two bytes are with it. */
static void
give_three(void)
{
	struct block *block = block_new(6);
	struct batch *batch;

	memcpy(block->data, "1\n2\n3\n", 6);
	batch = batch_new(block, block->data, 6, 0, 3);
	block_drop(block);
	check_is(window_add(&play.worker.window, batch), 0);
	check_is(worker_feed(&play.worker), 0);
}

#define HELLO "par-stage 1\n"

/* What it may say, and what it may not. */
static void
words(void)
{
	static const struct {
		const char *said;
		enum worker_word word; /* after as many good ones as there are */
		int good;
		const char *wrong;
	} rows[] = {
		{ "", WORD_NONE, 0, NULL },
		{ "par-st", WORD_NONE, 0, NULL },
		{ "0 0 ok\n", WORD_BAD, 0, NULL }, /* before its hello */
		{ "x\n", WORD_BAD, 0, NULL },
		{ "\n", WORD_BAD, 0, NULL },
		{ HELLO, WORD_NONE, 1, NULL },
		{ HELLO HELLO, WORD_NONE, 2, NULL },
		{ HELLO "\n", WORD_BAD, 1, NULL },
		{ HELLO "par-stage 2\n", WORD_BAD, 1, NULL },
		{ HELLO "0 0 ok\n", WORD_NONE, 2, NULL },
		{ HELLO "2 0 ok\n1 0 ok\n", WORD_NONE, 3, NULL },
		{ HELLO "0 0 okay\n", WORD_BAD, 1, NULL },
		{ HELLO "0-2 0 ok\n", WORD_NONE, 4, NULL },
		{ HELLO "0-3 0 ok\n", WORD_WRONG, 1, worker_no_record },
		{ HELLO "3-4 0 ok\n", WORD_WRONG, 1, worker_no_record },
		{ HELLO "0 0 ok\n0-2 0 ok\n", WORD_WRONG, 2, worker_no_record },
		{ HELLO "par-stage 1 unsure\n", WORD_WRONG, 1,
		    "is not sure any more what it is" },
		{ HELLO "par-stage 1 plain\n", WORD_WRONG, 1,
		    "is not sure any more what it is" },
		{ "par-stage 1 plain\n", WORD_BAD, 0, NULL },
		{ "par-stage 1 unsure\n", WORD_UNSURE, 0, NULL },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		enum worker_word word;
		struct ack ack;
		int good = 0;

		check_at(i + 1);
		begin(false);
		give_three();
		put(play.ack, rows[i].said, strlen(rows[i].said));
		while ((word = worker_hear(&play.worker, &ack)) == WORD_ACK ||
		    word == WORD_HELLO) {
			good++;
			if (word == WORD_ACK)
				window_done(&play.worker.window,
				    window_find(&play.worker.window, ack.index),
				    ack.index);
		}
		check_is(word, rows[i].word);
		check_is(good, rows[i].good);
		if (word == WORD_WRONG)
			check_text(play.worker.wrong, rows[i].wrong);
		end();
	}
}

/* What is for --trace is told as it is, where it is taken, and by one that is known. */
static void
traced(void)
{
	static const struct {
		const char *said;
		bool taken;
		enum worker_word words[3];
	} rows[] = {
		{ HELLO "trace \n0 0 ok\n", true, { WORD_HELLO, WORD_TRACE, WORD_ACK } },
		{ HELLO "trace a b\n", true, { WORD_HELLO, WORD_TRACE, WORD_NONE } },
		{ HELLO "trace a b\n", false, { WORD_HELLO, WORD_BAD, WORD_BAD } },
		{ HELLO "traces\n", true, { WORD_HELLO, WORD_BAD, WORD_BAD } },
		{ "par-stage 1 unsure\ntrace a b\n", true,
		    { WORD_UNSURE, WORD_TRACE, WORD_NONE } },
		{ "trace a b\n", true, { WORD_BAD, WORD_BAD, WORD_BAD } },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ack ack;

		check_at(i + 1);
		begin(false);
		give_three();
		play.worker.traced = rows[i].taken;
		put(play.ack, rows[i].said, strlen(rows[i].said));
		for (size_t k = 0; k < COUNT(rows[i].words); k++) {
			check_is(worker_hear(&play.worker, &ack), rows[i].words[k]);
			if (rows[i].words[k] == WORD_TRACE && i > 0)
				check_bytes(ack.reason, ack.reason_len, "a b", 3);
		}
		end();
	}
}

/* Runs in a line, as far as it may tell them: each form by each leave. */
static void
runs(void)
{
	static const struct {
		const char *said;
		enum worker_word words[3]; /* by enum runs */
		uint64_t index, more, bytes;
		bool counts;
	} rows[] = {
		{ "0..2 6 ok\n", { WORD_BAD, WORD_BAD, WORD_ACK }, 0, 2, 6, false },
		{ "1..2 0 ok\n", { WORD_BAD, WORD_BAD, WORD_ACK }, 1, 1, 0, false },
		{ "0 1,2,3 ok\n", { WORD_BAD, WORD_ACK, WORD_ACK }, 0, 2, 6, true },
		{ "1 4,0 ok\n", { WORD_BAD, WORD_ACK, WORD_ACK }, 1, 1, 4, true },
		{ "0..3 6 ok\n", { WORD_BAD, WORD_BAD, WORD_WRONG }, 0, 0, 0, false },
		{ "2 1,2 ok\n", { WORD_BAD, WORD_WRONG, WORD_WRONG }, 0, 0, 0, false },
		{ "0..2 6 fail\n", { WORD_BAD, WORD_BAD, WORD_BAD }, 0, 0, 0, false },
		{ "2..1 6 ok\n", { WORD_BAD, WORD_BAD, WORD_BAD }, 0, 0, 0, false },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		for (int leave = RUNS_NONE; leave <= RUNS_SUMMED; leave++) {
			struct ack ack;

			check_at(10 * i + (size_t)leave + 1);
			begin(false);
			play.worker.runs = (enum runs)leave;
			give_three();
			put(play.ack, HELLO, strlen(HELLO));
			check_is(worker_hear(&play.worker, &ack), WORD_HELLO);
			put(play.ack, rows[i].said, strlen(rows[i].said));
			check_is(worker_hear(&play.worker, &ack), rows[i].words[leave]);
			if (rows[i].words[leave] == WORD_ACK) {
				check(ack.run);
				check_is(ack.index, rows[i].index);
				check_is(ack.more, rows[i].more);
				check_is(ack.bytes, rows[i].bytes);
				check_is(ack.counts != NULL, rows[i].counts);
				/* it comes as a whole */
				check_is(worker_hear(&play.worker, &ack), WORD_NONE);
			}
			end();
		}
	}
}

/* A supervisor that does not know what it runs: it says so, and then that it knows. */
static void
unsure(void)
{
	static const char *const later[] = { "par-stage 1 plain\n",
		"par-stage 1 jobs=4\n", "par-stage 1 unsure\n" };
	static const enum worker_word words_then[] = { WORD_PLAIN, WORD_HELLO,
		WORD_UNSURE };

	for (size_t i = 0; i < COUNT(later); i++) {
		struct ack ack;

		begin(false);
		give_three();
		put(play.ack, "par-stage 1 unsure\n", 19);
		check_is(worker_hear(&play.worker, &ack), WORD_UNSURE);
		check(play.worker.unsure);
		put(play.ack, "1 0 ok\n", 7); /* what it has done already counts */
		check_is(worker_hear(&play.worker, &ack), WORD_ACK);
		put(play.ack, later[i], strlen(later[i]));
		check_is(worker_hear(&play.worker, &ack), words_then[i]);
		check_is(play.worker.unsure, words_then[i] == WORD_UNSURE);
		check_is(play.worker.kind,
		    words_then[i] == WORD_HELLO ? WORKER_NATIVE : WORKER_UNKNOWN);
		end();
	}
}

/* Too many hellos, a line that is too long, and the end. */
static void
bounds(void)
{
	static char line[2 * ACK_LINE_MAX];
	struct ack ack;
	size_t len = 0;

	begin(false);
	for (int i = 0; i < 1001; i++)
		put(play.ack, HELLO, strlen(HELLO));
	for (int i = 0; i < 1000; i++)
		check_is(worker_hear(&play.worker, &ack), WORD_HELLO);
	check_is(worker_hear(&play.worker, &ack), WORD_WRONG);
	check_text(play.worker.wrong, "said hello more than 1000 times in a second");
	end();
	for (int more = -1; more <= 0; more++) {
		memset(line, 'x', sizeof(line));
		begin(false);
		put(play.ack, line, (size_t)(ACK_LINE_MAX + more));
		check_is(
		    worker_hear(&play.worker, &ack), more < 0 ? WORD_NONE : WORD_BAD);
		put(play.ack, "\n", 1);
		check_is(worker_hear(&play.worker, &ack), WORD_BAD);
		worker_bad_line(&play.worker, &len);
		check(len >= (size_t)(ACK_LINE_MAX + more));
		end();
	}
	begin(false);
	put(play.ack, HELLO "bad line\nmore", strlen(HELLO) + 13);
	check_is(worker_hear(&play.worker, &ack), WORD_HELLO);
	check_is(worker_hear(&play.worker, &ack), WORD_BAD);
	check(memcmp(worker_bad_line(&play.worker, &len), "bad line", 8) == 0);
	check_is(len, 8);
	worker_silence(&play.worker);
	check_is(worker_hear(&play.worker, &ack), WORD_END);
	end();
	begin(false);
	put(play.ack, HELLO, strlen(HELLO));
	close(play.ack);
	check_is(worker_hear(&play.worker, &ack), WORD_HELLO);
	check_is(worker_hear(&play.worker, &ack), WORD_END);
	check_is(worker_hear(&play.worker, &ack), WORD_END);
	check_is(play.worker.ack, -1);
	play.ack = dup(play.in);
	end();
}

/* One that floods keeps nobody waiting: there is nothing more for now, once. */
static void
floods(void)
{
	enum { LINE = 8 };
	struct ack ack;
	enum worker_word word;
	size_t bytes = 0;

	begin(false);
	if (play.pipe < PIPE) { /* its pipe is smaller than the buffer behind it */
		end();
		return;
	}
	put(play.ack, HELLO, strlen(HELLO));
	check_is(worker_hear(&play.worker, &ack), WORD_HELLO);
	give_three();
	for (;;) {
		/* Behind what is taken there is always more. */
		while (write(play.ack, "0 0 ok \n", LINE) == LINE)
			;
		word = worker_hear(&play.worker, &ack);
		if (word != WORD_ACK)
			break;
		bytes += LINE;
	}
	check_is(word, WORD_NONE);
	check(bytes >= play.pipe - ACK_LINE_MAX && bytes <= play.pipe + LINES);
	check_is(worker_hear(&play.worker, &ack), WORD_ACK);
	end();
}

/* What a line says of the output must be true, byte by byte of it and one beside. */
static void
lies(void)
{
	static const struct {
		const char *output;
		uint64_t before, bytes;
		enum outcome outcome;
		bool raw;
		const char *why;
	} rows[] = {
		{ "ab\n", 0, 3, OUTCOME_OK, false, NULL },
		{ "ab\ncd\n", 0, 3, OUTCOME_OK, false, NULL },
		{ "ab\ncd\n", 3, 3, OUTCOME_OK, false, NULL },
		{ "ab\n", 0, 0, OUTCOME_OK, false, NULL },
		{ "ab\n", 0, 2, OUTCOME_OK, false,
		    "the output that its line counts, 2 bytes, does not end in a "
		    "newline" },
		{ "ab\n", 0, 2, OUTCOME_OK, true, NULL },
		{ "ab\n", 0, 2, OUTCOME_FAIL, false,
		    "the output that its line counts, 2 bytes, does not end in a "
		    "newline" },
		{ "ab\n", 0, 2, OUTCOME_RETRY, false, NULL },
		{ "ab\n", 0, 4, OUTCOME_OK, false,
		    "its line counts 4 bytes of output, more than were written" },
		{ "ab\n", 1, 3, OUTCOME_OK, false,
		    "its line counts 3 bytes of output, more than were written" },
		{ "ab\n", 0, ACK_BYTES_MOST, OUTCOME_OK, true,
		    "its line counts 281474976710656 bytes of output, more than were "
		    "written" },
		{ "", 0, 1, OUTCOME_OK, true,
		    "its line counts 1 byte of output, more than were written" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct ack ack = { .bytes = rows[i].bytes,
			.outcome = rows[i].outcome };
		char text[WORKER_ILL_TEXT];

		check_at(i + 1);
		begin(false);
		play.worker.hello.raw = rows[i].raw;
		put(play.out, rows[i].output, strlen(rows[i].output));
		check_text(
		    worker_ill(&play.worker, rows[i].before, &ack, text), rows[i].why);
		check_is(play.worker.lost, 0);
		end();
	}
}

/* Whatever its last byte is. */
static void
last_bytes(void)
{
	for (int byte = 0; byte < 256; byte++) {
		const char output[2] = { 'a', (char)byte };
		const struct ack ack = { .bytes = 2, .outcome = OUTCOME_OK };
		char text[WORKER_ILL_TEXT];

		check_at((uint64_t)byte + 1);
		begin(false);
		put(play.out, output, 2);
		check_is(worker_ill(&play.worker, 0, &ack, text) == NULL, byte == '\n');
		play.worker.hello.raw = true;
		check(worker_ill(&play.worker, 0, &ack, text) == NULL);
		end();
	}
}

/* What is left at a good end, and when that is nobody's fault. */
static void
left_over(void)
{
	for (int i = 0; i < 9; i++) {
		char text[WORKER_ILL_TEXT];
		struct worker *worker = &play.worker;

		check_at((uint64_t)i + 1);
		begin(false);
		worker->kind = i == 1 ? WORKER_PLAIN : WORKER_NATIVE;
		worker->framed = i == 2;
		worker->exit_code = i == 3;
		worker->exit_signal = i == 4 ? SIGTERM : 0;
		if (i == 5)
			give_three();
		if (i != 6)
			worker_end_input(worker);
		if (i != 7)
			put(play.out, "rest\n", 5);
		if (i == 8)
			close(play.out);
		check_text(worker_ill_end(worker, text),
		    i == 0 || i == 8
			? "output that no line counts was left at its end: rest\\n"
			: NULL);
		if (i == 8)
			play.out = -1;
		end();
	}
}

/* More than was written cannot be moved or dropped. */
static void
missing(void)
{
	size_t len = 4;

	begin(false);
	put(play.out, "ab\n", 3);
	play.worker.out_room = 0; /* nobody knows how large its pipe is */
	check(worker_wrote(&play.worker, 3));
	check(!worker_wrote(&play.worker, 4));
	errno = 0;
	check_is(worker_move(&play.worker, fdio_sink(play.to), &len), -1);
	check_is(errno, ENODATA);
	check_is(len, 4);
	errno = 0;
	check_is(worker_skip(&play.worker, 4), -1);
	check_is(errno, ENODATA);
	len = 2;
	check_is(worker_move(&play.worker, fdio_sink(play.to), &len), 0);
	check(worker_wrote(&play.worker, 1));
	check(!worker_wrote(&play.worker, 2));
	check_is(worker_skip(&play.worker, 1), 0);
	end();
}

/* What it may have written of more than it was seen to. */
static void
room(void)
{
	begin(false);
	play.worker.out_room = 5;
	put(play.out, "abc", 3);
	check_is(worker_absorb(&play.worker, 3), 1);
	check(worker_wrote(&play.worker, 8));
	check(!worker_wrote(&play.worker, 9));
	put(play.out, "abcdef", 6);
	check(worker_wrote(&play.worker, 9));
	check(!worker_wrote(&play.worker, 10));
	end();
}

/* Silenced, it has nothing more to say, not even of those that it told of together. */
static void
silence(void)
{
	struct ack ack;

	begin(false);
	give_three();
	put(play.ack, HELLO "0-2 0 ok\n", strlen(HELLO) + 9);
	check_is(worker_hear(&play.worker, &ack), WORD_HELLO);
	check_is(worker_hear(&play.worker, &ack), WORD_ACK);
	worker_silence(&play.worker);
	check_is(worker_hear(&play.worker, &ack), WORD_END);
	end();
}

/* A frame that there is no room for is dropped, to be tried again; the next one counts.
 */
static void
no_room(void)
{
	const size_t body_len = aside_limits.buffered + (2 << 20);
	enum { FRAME = 50 };
	static char body[1 << 15];
	const char *folder = getenv("TMPDIR");
	char before[4096] = "", line[FRAME];
	enum worker_word word;
	struct ack ack;
	size_t left = body_len;

	if (folder != NULL)
		snprintf(before, sizeof(before), "%s", folder);
	begin(true);
	setenv("TMPDIR", "/proc/nowhere", 1);
	give_three();
	put(play.ack, HELLO, strlen(HELLO));
	check_is(worker_hear(&play.worker, &ack), WORD_HELLO);
	put(play.ack, line, (size_t)snprintf(line, FRAME, "0 %zu ok\n", body_len));
	memset(body, '\n', sizeof(body));
	while ((word = worker_hear(&play.worker, &ack)) == WORD_NONE && left > 0) {
		size_t n = left < sizeof(body) ? left : sizeof(body);

		put(play.ack, body, n);
		left -= n;
		if (left == 0)
			put(play.ack, "1 2 ok\nb\n", 9);
	}
	check_is(left, 0);
	check_is(word, WORD_ACK);
	check_is(ack.index, 0);
	check_is(ack.outcome, OUTCOME_RETRY);
	check_is(ack.bytes, 0);
	check(memmem(ack.reason, ack.reason_len, "no room to put", 14) != NULL);
	check_is(buffered_bytes(&play.worker.buffered), 0);
	check_is(worker_hear(&play.worker, &ack), WORD_ACK);
	check_is(ack.index, 1);
	check_is(ack.outcome, OUTCOME_OK);
	check_is(buffered_bytes(&play.worker.buffered), 2);
	check_is(buffered_look(&play.worker.buffered, 0), 'b');
	if (folder != NULL)
		setenv("TMPDIR", before, 1);
	else
		unsetenv("TMPDIR");
	end();
}

static struct worker_plan
plan_of(char *const *argv)
{
	static const char *const env[] = { NULL };

	return (struct worker_plan){ .argv = argv, .env = env, .kind = WORKER_MAP };
}

/* Wait for what comes of it, or for its end. */
static void
wait_for(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	check(poll(&p, 1, fd < 0 ? 5 : 60000) >= 0);
}

/* Whatever it was left as, it begins as a new one. */
static void
begins_anew(void)
{
	char cat[] = "cat", *argv[] = { cat, NULL };
	struct worker_plan plan = plan_of(argv);
	struct worker worker;

	worker_init(&worker, 3, &hears);
	worker.group_ack_left = worker.body_left = worker.heard = worker.preamble_len = 9;
	worker.lines_start = worker.lines_end = 9;
	worker.ended = worker.stdin_closed = true;
	worker.force = FORCE_KILL;
	worker.stopped = worker.framed = worker.in_body = worker.unsure = true;
	worker.plenty = worker.buffered.whole = true;
	worker.exit_code = worker.exit_signal = worker.lost = 9;
	worker.hello =
	    (struct hello){ STANDING_PLAIN, 9, 9, true, true, 9, true, true, true, 9 };
	worker.runs = RUNS_SUMMED;
	worker.hellos = 9;
	worker.passed = worker.seen = 9;
	worker.window.given_records = worker.window.written = 9;
	check_is(worker_start(&worker, &plan), 0);
	check_is(worker.kind, WORKER_MAP);
	check_is(worker.group_ack_left + worker.heard + worker.preamble_len, 0);
	check_is(worker.lines_start + worker.lines_end, 0);
	check(!worker.ended && !worker.stdin_closed && worker.force == FORCE_NONE);
	check(!worker.stopped && !worker.framed && !worker.in_body && !worker.unsure);
	check(!worker.plenty && !worker.buffered.whole);
	check_is(worker.exit_code + worker.exit_signal + worker.lost, 0);
	check_is(worker.hello.window + worker.hello.block, 0);
	check_is(worker.hello.jobs, 1);
	check(!worker.hello.ahead && !worker.hello.joint && !worker.hello.waits &&
	    !worker.hello.raw && worker.hello.standing == STANDING_NATIVE);
	check_is(worker.runs, RUNS_NONE);
	check_is(worker.hellos, 0);
	check_is(worker.passed + worker.seen, 0);
	check_is(worker.window.given_records + worker.window.written, 0);
	check_is(worker.ack, -1);
	check(worker.errors.fd >= 0);
	worker_end_input(&worker);
	while (!worker_ended(&worker))
		wait_for(-1);
	check_is(worker.exit_code, 0);
	worker_reap(&worker);
	worker_close(&worker);
	check(!worker.ended);
	worker_free(&worker);
}

/* A process: what it gets, what it says, what it writes, and how it ends. */
static void
process(void)
{
	char sh[] = "sh", c[] = "-c", *argv[] = { sh, c, NULL, NULL };
	char script[] = "echo words >&2; read a; echo \"<$a>\"; exit 5";
	struct worker_plan plan = plan_of(argv);
	struct worker *worker = &play.worker;

	argv[2] = script;
	memset(&play, 0, sizeof(play));
	worker_init(worker, 3, &hears);
	plan.preamble = "first\n";
	plan.preamble_len = 6;
	check_is(worker_start(worker, &plan), 0);
	check(worker_hungry(worker));
	check_is(worker_feed(worker), 0);
	check_is(worker->preamble_len, 0);
	while (buffered_bytes(&worker->buffered) < 8) {
		wait_for(worker->out);
		check(worker_absorb(worker, 100) >= 0);
	}
	check_bytes(buffered_at(&worker->buffered), 8, "<first>\n", 8);
	while (play.foreign < 6) {
		wait_for(worker->errors.fd);
		errors_take(&worker->errors);
	}
	check_bytes(worker->errors.last, worker->errors.last_len, "words", 5);
	while (!worker_ended(worker))
		wait_for(-1);
	check_is(worker->exit_code, 5);
	check_is(worker->exit_signal, 0);
	worker_reap(worker);
	check_is(worker->pid, 0);
	check(!worker_group_alive(worker));
	worker_close(worker);
	worker_free(worker);
}

/* One that is stopped is named, and can be ended all the same. */
static void
stopped(void)
{
	char cat[] = "cat", *argv[] = { cat, NULL };
	struct worker_plan plan = plan_of(argv);
	struct worker *worker = &play.worker;

	memset(&play, 0, sizeof(play));
	worker_init(worker, 3, &hears);
	check_is(worker_start(worker, &plan), 0);
	check(worker_group_alive(worker));
	kill(worker->pid, SIGSTOP);
	while (play.line[0] == '\0') {
		check(!worker_ended(worker));
		wait_for(-1);
	}
	check(worker->stopped);
	worker_signal(worker, SIGTERM);
	check(worker->force == FORCE_SIGNAL && !worker->stopped);
	while (!worker_ended(worker))
		wait_for(-1);
	check_is(worker->exit_signal, SIGTERM);
	worker_reap(worker);
	check(!worker_to_signal(worker, SIGKILL));
	worker_close(worker);
	worker_free(worker);
}

/* What of our signals is remembered: the hardest. */
static void
forced(void)
{
	static const struct {
		pid_t pid;
		enum worker_force before;
		int signal;
		enum worker_force after;
	} rows[] = {
		{ 9, FORCE_NONE, SIGTERM, FORCE_SIGNAL },
		{ 9, FORCE_NONE, SIGKILL, FORCE_KILL },
		{ 9, FORCE_SIGNAL, SIGTERM, FORCE_SIGNAL },
		{ 9, FORCE_SIGNAL, SIGKILL, FORCE_KILL },
		{ 9, FORCE_KILL, SIGTERM, FORCE_KILL },
		{ 9, FORCE_KILL, SIGKILL, FORCE_KILL },
		{ 0, FORCE_NONE, SIGKILL, FORCE_NONE },
		{ 0, FORCE_KILL, SIGTERM, FORCE_NONE },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct worker worker = { .pid = rows[i].pid, .force = rows[i].before };

		check_at(i + 1);
		check(worker_to_signal(&worker, rows[i].signal) == (rows[i].pid != 0));
		check_is(worker.force, rows[i].after);
	}
}

/* A command that is not there: nothing is left of it. */
static void
no_command(void)
{
	char none[] = "/proc/nowhere", *argv[] = { none, NULL };
	struct worker_plan plan = plan_of(argv);
	struct worker worker;

	worker_init(&worker, 3, &hears);
	plan.kind = WORKER_UNKNOWN;
	check_is(worker_start(&worker, &plan), -1);
	check_is(errno, ENOENT);
	check_is(worker.pid, 0);
	check_is(worker.in, -1);
	worker_free(&worker);
}

static void
ends(void)
{
	struct worker worker;
	char text[WORKER_EXIT_TEXT];

	worker_init(&worker, 1, &hears);
	check_text(worker_exit_text(&worker, text), "exited with status 0");
	worker.exit_code = 125;
	check_text(worker_exit_text(&worker, text), "exited with status 125");
	check(worker_never(&worker, false));
	check(!worker_never(&worker, true));
	worker.exit_code = 124;
	check(!worker_never(&worker, false));
	worker.exit_code = 0;
	worker.exit_signal = SIGKILL;
	check_text(worker_exit_text(&worker, text), "killed by signal 9 (Killed)");
	/* nobody listens: */
	begin(false);
	signal(SIGPIPE, SIG_IGN);
	close(play.in);
	play.in = dup(play.ack);
	check(!play.worker.stdin_closed);
	{
		struct block *block = block_new(2);

		memcpy(block->data, "1\n", 2);
		check_is(window_add(
			     &play.worker.window, batch_new(block, block->data, 2, 0, 1)),
		    0);
		block_drop(block);
	}
	check_is(worker_feed(&play.worker), -1);
	check_is(errno, EPIPE);
	check(play.worker.stdin_closed && !worker_hungry(&play.worker));
	signal(SIGPIPE, SIG_DFL);
	end();
}

/* A line that ends nowhere is ended. */
static void
end_line(void)
{
	begin(false);
	check(!worker_end_line(&play.worker));
	put(play.out, "ab", 2);
	check_is(worker_absorb(&play.worker, 100), 1);
	check(worker_end_line(&play.worker));
	check(!worker_end_line(&play.worker));
	check_is(buffered_bytes(&play.worker.buffered), 3);
	check_is(worker_absorb(&play.worker, 100), 0);
	close(play.out);
	play.out = -1;
	errno = 0;
	check_is(worker_absorb(&play.worker, 100), -1);
	check_is(errno, ENODATA);
	end();
}

TESTS("worker",
    { "all that it tells, and all of its output, in pieces of chance", agrees },
    { "what it may say", words }, { "what it may say for a trace", traced },
    { "runs", runs }, { "one that is not sure", unsure },
    { "bounds of what it says", bounds }, { "a flood", floods },
    { "what it says of its output", lies }, { "the last byte of its output", last_bytes },
    { "output that is left", left_over }, { "output that is missing", missing },
    { "output that there may be", room }, { "silenced", silence },
    { "a frame that there is no room for", no_room },
    { "begins as a new one", begins_anew }, { "a process", process },
    { "a process that is stopped", stopped },
    { "the hardest of our signals is remembered", forced },
    { "no such command", no_command }, { "how it ends", ends },
    { "a last line that has no end", end_line })
