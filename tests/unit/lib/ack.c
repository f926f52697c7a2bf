/* SPDX-License-Identifier: ISC */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ack.h"
#include "chance.h"
#include "check.h"

/* Parse a copy of just that size, so that a sanitizer sees a step beyond it. */
static int
parse_hello(const char *line, struct hello *out)
{
	size_t len = strlen(line);
	char *copy = calloc(1, len + 1);
	int status;

	memcpy(copy, line, len);
	copy[len] = '7'; /* is not looked at */
	status = hello_parse(copy, len, out);
	free(copy);
	return status;
}

static void
check_hello(const struct hello *a, const struct hello *b)
{
	check_is(a->standing, b->standing);
	check_is(a->window, b->window);
	check_is(a->jobs, b->jobs);
	check_is(a->block, b->block);
	check_is(a->ahead, b->ahead);
	check_is(a->joint, b->joint);
	check_is(a->waits, b->waits);
	check_is(a->raw, b->raw);
	check_is(a->named, b->named);
	check_is(a->beat, b->beat);
}

/* Each word of a hello, on the way there and on the way back. */
static void
hello_words(void)
{
	static const struct {
		const char *line;
		struct hello hello;
	} rows[] = {
		{ "par-stage 1", { .jobs = 1 } },
		{ "par-stage 1 window=1", { .jobs = 1, .window = 1 } },
		{ "par-stage 1 window=64", { .jobs = 1, .window = 64 } },
		{ "par-stage 1 jobs=2", { .jobs = 2 } },
		{ "par-stage 1 ahead", { .jobs = 1, .ahead = true } },
		{ "par-stage 1 joint", { .jobs = 1, .joint = true } },
		{ "par-stage 1 unsure", { .jobs = 1, .standing = STANDING_UNSURE } },
		{ "par-stage 1 plain", { .jobs = 1, .standing = STANDING_PLAIN } },
		{ "par-stage 1 block=7", { .jobs = 1, .block = 7 } },
		{ "par-stage 1 waits", { .jobs = 1, .waits = true } },
		{ "par-stage 1 raw", { .jobs = 1, .raw = true } },
		{ "par-stage 1 named", { .jobs = 1, .named = true } },
		{ "par-stage 1 beat=5000", { .jobs = 1, .beat = 5000 } },
		{ "par-stage 1 window=3 jobs=4 ahead joint unsure block=5 waits raw "
		  "named beat=9",
		    { STANDING_UNSURE, 3, 4, true, true, 5, true, true, true, 9 } },
		{ "par-stage 1 window=1073741824", { .jobs = 1, .window = HELLO_MOST } },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		char line[ACK_LINE_MAX];
		struct hello hello;
		size_t len;

		check_at(i + 1);
		check_is(parse_hello(rows[i].line, &hello), 0);
		check_hello(&hello, &rows[i].hello);
		len = hello_format(line, &hello);
		check_is(line[len - 1], '\n');
		check_bytes(line, len - 1, rows[i].line, strlen(rows[i].line));
	}
}

/* What is not of this version, and what is too much, is read in a way that can be kept.
 */
static void
hello_leniently(void)
{
	static const struct {
		const char *line;
		uint64_t window, jobs, block;
	} rows[] = {
		{ "par-stage 1 window=1073741825", HELLO_MOST, 1, 0 },
		{ "par-stage 1 window=18446744073709551615", HELLO_MOST, 1, 0 },
		{ "par-stage 1 jobs=1073741825", 0, HELLO_MOST, 0 },
		{ "par-stage 1 jobs=1", 0, 1, 0 },
		{ "par-stage 1 block=1073741825", 0, 1, HELLO_MOST },
		{ "par-stage 1 colour=red", 0, 1, 0 },
		{ "par-stage 1 windows=7", 0, 1, 0 },
		{ "par-stage 1 window", 0, 1, 0 },
		{ "par-stage 1 window= jobs= block=", 0, 1, 0 },
		{ "par-stage 1 aheads", 0, 1, 0 },
		{ "par-stage 1 rawest", 0, 1, 0 },
		{ "par-stage 1 ra", 0, 1, 0 },
		{ "par-stage 1 raw2", 0, 1, 0 },
		{ "par-stage 1 wait", 0, 1, 0 },
		{ "par-stage 1 waitss", 0, 1, 0 },
		{ "par-stage 1 wbits", 0, 1, 0 },
		{ "par-stage 1 row", 0, 1, 0 },
		{ "par-stage 1 AHEAD", 0, 1, 0 },
		{ "par-stage 1 ", 0, 1, 0 },
		{ "par-stage 1  window=5", 5, 1, 0 },
		{ "par-stage 1 window=5 window=6", 6, 1, 0 },
		{ "par-stage 1 window=5 ", 5, 1, 0 },
		{ "par-stage 1 later=1 jobs=3", 0, 3, 0 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct hello hello;

		check_at(i + 1);
		check_is(parse_hello(rows[i].line, &hello), 0);
		check_hello(&hello,
		    &(const struct hello){ .window = rows[i].window,
			.jobs = rows[i].jobs,
			.block = rows[i].block });
	}
}

static void
no_hello(void)
{
	static const char *const lines[] = {
		"",
		"p",
		"par-stage",
		"par-stage ",
		"par-stage 2",
		"par-stage 11",
		"par-stage 1x",
		"par-stage 1\t",
		"Par-stage 1",
		" par-stage 1",
		"par-stage  1",
		"xar-stage 1",
		"par-stage 1 window=0",
		"par-stage 1 window=x",
		"par-stage 1 window=-1",
		"par-stage 1 window=5x",
		"par-stage 1 window=18446744073709551616",
		"par-stage 1 jobs=0",
		"par-stage 1 jobs=x",
		"par-stage 1 block=0",
		"par-stage 1 block=x",
		"par-stage 1 raw jobs=x",
	};

	for (size_t i = 0; i < COUNT(lines); i++) {
		struct hello hello;

		check_at(i + 1);
		check_is(parse_hello(lines[i], &hello), -1);
	}
}

static void
hello_there_and_back(void)
{
	for (uint64_t step = 1; step <= 50000; step++) {
		struct hello hello = { .standing = (enum standing)chance_below(3),
			.window = chance_below(HELLO_MOST + 1),
			.jobs = chance_from(1, HELLO_MOST),
			.ahead = chance_one_in(2),
			.joint = chance_one_in(2),
			.block = chance_one_in(2) ? 0 : chance_from(1, HELLO_MOST),
			.waits = chance_one_in(2),
			.raw = chance_one_in(2) };
		char line[ACK_LINE_MAX];
		struct hello back;
		size_t len = hello_format(line, &hello);

		check_at(step);
		check_is(hello_parse(line, len - 1, &back), 0);
		check_hello(&back, &hello);
	}
}

static int
parse_ack(const char *line, size_t len, struct ack *out)
{
	char *copy = calloc(1, len + 1);
	int status;

	memcpy(copy, line, len);
	copy[len] = ' '; /* is not looked at */
	status = ack_parse(copy, len, out);
	if (status == 0) { /* the reason is in the line: point to the caller's */
		check(out->reason >= copy && out->reason + out->reason_len == copy + len);
		out->reason = line + (out->reason - copy);
	}
	free(copy);
	return status;
}

static void
ack_lines(void)
{
	static const struct {
		const char *line;
		uint64_t index, more, bytes;
		enum outcome outcome;
		const char *reason;
	} rows[] = {
		{ "0 0 ok", 0, 0, 0, OUTCOME_OK, "" },
		{ "17 231 ok", 17, 0, 231, OUTCOME_OK, "" },
		{ "18-25 990 ok", 18, 7, 990, OUTCOME_OK, "" },
		{ "18-18 990 ok", 18, 0, 990, OUTCOME_OK, "" },
		{ "18-18 0 fail", 18, 0, 0, OUTCOME_FAIL, "" },
		{ "18 0 retry connection reset", 18, 0, 0, OUTCOME_RETRY,
		    "connection reset" },
		{ "19 0 fail not a URL", 19, 0, 0, OUTCOME_FAIL, "not a URL" },
		{ "19 0 fail", 19, 0, 0, OUTCOME_FAIL, "" },
		{ "19 0 fail ", 19, 0, 0, OUTCOME_FAIL, "" },
		{ "19 0 retry  two", 19, 0, 0, OUTCOME_RETRY, " two" },
		{ "5 1 ok said so", 5, 0, 1, OUTCOME_OK, "said so" },
		{ "3 5 part", 3, 0, 5, OUTCOME_PART, "" },
		{ "3 5 kept 2 0 17", 3, 0, 5, OUTCOME_KEPT, "2 0 17" },
		{ "007 01 ok", 7, 0, 1, OUTCOME_OK, "" },
		{ "9999999999999999999 0 ok", UINT64_C(9999999999999999999), 0, 0,
		    OUTCOME_OK, "" },
		{ "1 281474976710656 ok", 1, 0, ACK_BYTES_MOST, OUTCOME_OK, "" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ack ack = { .more = 99, .reason_len = 99 };

		check_at(i + 1);
		check_is(parse_ack(rows[i].line, strlen(rows[i].line), &ack), 0);
		check_is(ack.index, rows[i].index);
		check_is(ack.more, rows[i].more);
		check_is(ack.bytes, rows[i].bytes);
		check_is(ack.outcome, rows[i].outcome);
		check_bytes(
		    ack.reason, ack.reason_len, rows[i].reason, strlen(rows[i].reason));
	}
}

/* A run, by the bytes of each or of all. */
static void
run_lines(void)
{
	static const struct {
		const char *line;
		uint64_t index, more, bytes;
		bool run;
		const char *counts; /* from which on; "": none */
	} rows[] = {
		{ "18..25 990 ok", 18, 7, 990, true, "" },
		{ "0..1 0 ok", 0, 1, 0, true, "" },
		{ "18..18 990 ok", 18, 0, 990, false, "" },
		{ "18..18 0 fail", 18, 0, 0, false, "" },
		{ "18-25 990 ok", 18, 7, 990, false, "" },
		{ "18 990 ok", 18, 0, 990, false, "" },
		{ "18 9,0 ok", 18, 1, 9, true, "9,0 ok" },
		{ "18 9,12,30 ok", 18, 2, 51, true, "9,12,30 ok" },
		{ "18 0,0,0,0 ok why", 18, 3, 0, true, "0,0,0,0 ok why" },
		{ "1 281474976710655,1 ok", 1, 1, ACK_BYTES_MOST, true,
		    "281474976710655,1 ok" },
		{ "1..2 281474976710656 ok", 1, 1, ACK_BYTES_MOST, true, "" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *line = rows[i].line;
		struct ack ack;

		check_at(i + 1);
		check_is(ack_parse(line, strlen(line), &ack), 0);
		check_is(ack.index, rows[i].index);
		check_is(ack.more, rows[i].more);
		check_is(ack.bytes, rows[i].bytes);
		check_is(ack.run, rows[i].run);
		check_text(ack.counts == NULL ? "" : ack.counts, rows[i].counts);
	}
}

static void
counts_of_runs(void)
{
	const char line[] = "7 1,20,0,300 ok", *counts;
	struct ack ack;

	check_is(ack_parse(line, strlen(line), &ack), 0);
	counts = ack.counts;
	check_is(ack_count(&counts, 2), 21);
	check_is(ack_count(&counts, 0), 0);
	check_is(ack_count(&counts, 1), 0);
	check_is(ack_count(&counts, 1), 300);
	check_text(counts, "ok");
}

static void
words_of_runs(void)
{
	static const struct {
		const char *words;
		enum runs runs;
	} rows[] = {
		{ "", RUNS_NONE },
		{ "runs", RUNS_SUMMED },
		{ "counts", RUNS_COUNTED },
		{ "counts,runs", RUNS_SUMMED },
		{ "runs,counts", RUNS_SUMMED },
		{ "run", RUNS_NONE },
		{ "runss", RUNS_NONE },
		{ "count,later,counts", RUNS_COUNTED },
		{ ",,runs,", RUNS_SUMMED },
		{ "later", RUNS_NONE },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		check_at(i + 1);
		check_is(runs_parse(rows[i].words), rows[i].runs);
	}
	check(runs_word(RUNS_NONE) == NULL);
	check_text(runs_word(RUNS_COUNTED), "counts");
	check_text(runs_word(RUNS_SUMMED), "runs");
}

static void
words_of_trace(void)
{
	static const struct {
		const char *words;
		uint64_t trace;
	} rows[] = {
		{ "", 0 },
		{ "trace=5", 5 },
		{ "runs,trace=18446744073709551615", UINT64_MAX },
		{ "trace=7,runs", 7 },
		{ "later,trace=9,trace=8", 9 },
		{ "trace=", 0 },
		{ "trace=x,runs", 0 },
		{ "trace", 0 },
		{ "traces=4", 0 },
	};
	char text[TAKES_MOST];

	for (size_t i = 0; i < COUNT(rows); i++) {
		check_at(i + 1);
		check_is(takes_trace(rows[i].words), rows[i].trace);
	}
	check_text(takes_text(text, RUNS_NONE, 0), NULL);
	check_text(takes_text(text, RUNS_COUNTED, 0), "counts");
	check_text(takes_text(text, RUNS_NONE, 12), "trace=12");
	check_text(
	    takes_text(text, RUNS_SUMMED, UINT64_MAX), "runs,trace=18446744073709551615");
	check_is(runs_parse(text), RUNS_SUMMED);
}

static const char *const no_lines[] = {
	"",
	" ",
	"1",
	"1 ",
	"1 2",
	"1 2 ",
	"1 2 o",
	"1 2 okay",
	"1 2 ko",
	"1 2 oK",
	"1 2 Ok",
	"1 2 retr",
	"1 2 retryy",
	"1 2 fai",
	"1 2 failed",
	"1 2  ok",
	"1  2 ok",
	" 1 2 ok",
	"-1 2 ok",
	"1 -2 ok",
	"1- 2 ok",
	"1-0 2 ok",
	"3-2 2 ok",
	"1-2-3 2 ok",
	"1-2",
	"1-2 3",
	"1-2 3 ",
	"1-2 3 fail",
	"1-2 3 retry why",
	"1..2",
	"1..2 3",
	"1.2 3 ok",
	"1...2 3 ok",
	"1.",
	"1..",
	"1.. 3 ok",
	"2..1 3 ok",
	"1..2 3,4 ok",
	"1-1 3,4 ok",
	"1..2..3 4 ok",
	"1..2 3 fail",
	"1 2, ok",
	"1 ,2 ok",
	"1 2,,3 ok",
	"1 2,x ok",
	"1 2,3",
	"1 2,3 ",
	"1 2,3 fail",
	"1 2,3 retry why",
	"1 2,-3 ok",
	"1 2;3 ok",
	"1 281474976710656,1 ok",
	"1 1,281474976710656 ok",
	"1 1,99999999999999999999 ok",
	"1..2 281474976710657 ok",
	"1..99999999999999999999 0 ok",
	"x 2 ok",
	"1 x ok",
	"1x 2 ok",
	"1 2x ok",
	"1/ 2 ok",
	"1: 2 ok",
	"1\t2\tok",
	"99999999999999999999 0 ok",
	"0 99999999999999999999 ok",
	"0-99999999999999999999 0 ok",
	"1 281474976710657 ok",
	"par-stage 1",
};

static void
no_ack(void)
{
	for (size_t i = 0; i < COUNT(no_lines); i++) {
		struct ack ack;

		check_at(i + 1);
		check_is(parse_ack(no_lines[i], strlen(no_lines[i]), &ack), -1);
	}
}

static uint64_t
any_index(void)
{
	/* 19 digits are read */
	return (chance() >> chance_below(64)) % UINT64_C(5000000000000000000);
}

static void
ack_there_and_back(void)
{
	for (uint64_t step = 1; step <= 100000; step++) {
		char reason[100], line[ACK_LINE_MAX], want[200];
		struct ack ack = { .index = any_index(),
			.bytes = chance() >> chance_from(16, 63),
			.outcome = (enum outcome)chance_below(3),
			.reason = reason,
			.reason_len = chance_one_in(2) ? 0 : chance_below(100) };
		struct ack back;
		size_t len, i;

		check_at(step);
		chance_bytes_of(reason, ack.reason_len, "ab \t\n\0\r\377", 8);
		if (ack.outcome == OUTCOME_OK)
			ack.more = any_index();
		ack.run = ack.more > 0 && chance_one_in(2);
		len = ack_format(line, &ack);
		check_is(line[len - 1], '\n');
		check(memchr(line, '\n', len) == line + len - 1);
		check_is(parse_ack(line, len - 1, &back), 0);
		check_is(back.index, ack.index);
		check_is(back.more, ack.more);
		check_is(back.run, ack.run);
		check_is(back.bytes, ack.bytes);
		check_is(back.outcome, ack.outcome);
		for (i = 0; i < ack.reason_len; i++)
			want[i] = reason[i] == '\n' ? ' ' : reason[i];
		check_bytes(back.reason, back.reason_len, want, ack.reason_len);
		/* The short ways write the same. */
		if (ack.run && ack.reason_len == 0)
			check_bytes(want,
			    ack_format_run(
				want, ack.index, ack.index + ack.more, ack.bytes),
			    line, len);
		if (ack.outcome != OUTCOME_OK || ack.more > 0 || ack.reason_len > 0)
			continue;
		check_bytes(want, ack_format_ok(want, ack.index, ack.bytes), line, len);
	}
}

/* A reason is cut so that the line is as long as one may be, and not longer. */
static void
longest(void)
{
	static char reason[2 * ACK_LINE_MAX], line[ACK_LINE_MAX + 1];
	size_t head = strlen("12 0 fail ");

	memset(reason, 'r', sizeof(reason));
	for (size_t len = ACK_LINE_MAX - 20; len < ACK_LINE_MAX + 20; len++) {
		struct ack ack = { .index = 12,
			.outcome = OUTCOME_FAIL,
			.reason = reason,
			.reason_len = len };
		size_t used, want = head + len + 1;

		check_at(len);
		line[ACK_LINE_MAX] = 'x';
		used = ack_format(line, &ack);
		check_is(used, want < ACK_LINE_MAX ? want : ACK_LINE_MAX);
		check_is(line[used - 1], '\n');
		check_is(line[used - 2], 'r');
		check_is(line[ACK_LINE_MAX], 'x');
	}
	check(ack_format_ok(line, UINT64_MAX, UINT64_MAX) <= ACK_OK_MAX);
	check(ack_format_run(line, UINT64_MAX, UINT64_MAX, UINT64_MAX) <= ACK_OK_MAX);
}

TESTS("ack", { "each word of a hello, there and back", hello_words },
    { "what a hello may say besides", hello_leniently }, { "what is no hello", no_hello },
    { "hellos, there and back", hello_there_and_back }, { "lines", ack_lines },
    { "lines of runs", run_lines }, { "the counts of a run", counts_of_runs },
    { "words for runs", words_of_runs }, { "words for a trace", words_of_trace },
    { "what is no line", no_ack }, { "lines, there and back", ack_there_and_back },
    { "a long reason is cut", longest })
