/* SPDX-License-Identifier: ISC */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "chance.h"
#include "check.h"
#include "errors.h"
#include "fdio.h"

enum { SPEAKERS = 4, MOST_SAID = 400 << 10, ROOM = 64 << 10 };

/* What was passed on, whether it is taken now, and will never be again. */
static char heard[SPEAKERS * MOST_SAID + 4096];
static size_t heard_len;
static bool closed, terminal, gone;

static size_t
foreign(const char *data, size_t len, bool anew)
{
	if (closed)
		return 0;
	if (anew && heard_len > 0 && heard[heard_len - 1] != '\n')
		heard[heard_len++] = '\n';
	if (len > 4096) {
		const char *newline = memrchr(data, '\n', 4096);

		len = newline == NULL ? 4096 : (size_t)(newline + 1 - data);
	}
	memcpy(heard + heard_len, data, len);
	heard_len += len;
	return len;
}

static bool
in_line(void)
{
	return heard_len > 0 && heard[heard_len - 1] != '\n';
}

static bool
is_terminal(void)
{
	return terminal;
}

/* It takes something then, unless nobody reads any more. */
static bool
wait_for_it(void)
{
	closed = gone;
	return !gone;
}

static const struct says says = { .foreign = foreign,
	.wait = wait_for_it,
	.in_line = in_line,
	.terminal = is_terminal };

/* One that says lines of its own letter. */
struct voice {
	struct errors errors;
	int fd; /* where it says them */
	char said[MOST_SAID];
	size_t said_len;
};

static void
begin(struct voice *voice)
{
	int ends[2];

	errors_init(&voice->errors, &says);
	check_is(errors_open(&voice->errors), 0);
	check_is(fdio_pipe(ends), 0);
	check_is(fdio_nonblocking(ends[0]), 0);
	check_is(fdio_nonblocking(ends[1]), 0);
	voice->errors.fd = ends[0];
	voice->fd = ends[1];
	voice->said_len = 0;
}

/* Say len bytes, as many as the pipe takes. */
static void
say(struct voice *voice, const char *text, size_t len)
{
	ssize_t n;

	if (len > MOST_SAID - voice->said_len)
		len = MOST_SAID - voice->said_len;
	n = write(voice->fd, text, len);
	if (n <= 0)
		return;
	memcpy(voice->said + voice->said_len, text, (size_t)n);
	voice->said_len += (size_t)n;
}

static void
speak(struct voice *voice, char letter)
{
	char text[5000];
	size_t len = chance_one_in(8) ? chance_below(sizeof(text)) : chance_below(60);

	memset(text, letter, sizeof(text));
	for (size_t i = 0; i < len; i++)
		if (chance_one_in(voice->said_len < 100000 ? 40 : 1 << 20))
			text[i] = '\n';
	say(voice, text, len);
}

static void
finish(struct voice *voice)
{
	close(voice->fd);
	errors_close(&voice->errors);
}

/* All that one said is there in its order, but for newlines that were put in. */
static void
check_heard(const struct voice *voice, char letter)
{
	size_t at = 0;

	for (size_t i = 0; i < heard_len; i++) {
		/* no line has two of them */
		if (i > 0 && heard[i] != '\n' && heard[i - 1] != '\n')
			check_is(heard[i], heard[i - 1]);
		at += heard[i] == letter;
	}
	for (size_t i = 0; i < voice->said_len; i++)
		at -= voice->said[i] == letter;
	check_is(at, 0);
}

static void
mixed(void)
{
	static struct voice voices[SPEAKERS];

	for (uint64_t round = 1; round <= 20; round++) {
		check_at(round);
		heard_len = 0;
		terminal = chance_one_in(2);
		for (size_t i = 0; i < SPEAKERS; i++)
			begin(&voices[i]);
		for (int step = 0; step < 2000; step++) {
			struct voice *voice = &voices[chance_below(SPEAKERS)];

			closed = chance_one_in(3);
			if (chance_one_in(2))
				speak(voice, (char)('a' + (voice - voices)));
			else
				errors_take(&voice->errors);
			/* more than a pipe holds is not in memory */
			check(voice->errors.end - voice->errors.start <= ROOM);
		}
		closed = false;
		for (size_t i = 0; i < SPEAKERS; i++)
			finish(&voices[i]);
		for (size_t i = 0; i < SPEAKERS; i++)
			check_heard(&voices[i], (char)('a' + i));
	}
}

/* What is polled, and when it is due. */
static void
waits(void)
{
	static struct voice one, two;
	static char line[ROOM + 10];

	heard_len = 0;
	closed = terminal = false;
	begin(&one);
	begin(&two);
	check_is(errors_poll(&one.errors).fd, one.errors.fd);
	say(&one, "a", 1);
	errors_take(&one.errors);
	check_is(heard_len, 0); /* it is no line */
	check(errors_wait(&one.errors));
	check_is(errors_due(&one.errors), UINT64_MAX);
	terminal = true;
	check(errors_due(&one.errors) != UINT64_MAX);
	terminal = false;
	closed = true;
	say(&one, "b\n", 2);
	errors_take(&one.errors);
	check_is(errors_poll(&one.errors).fd, STDERR_FILENO);
	check_is(errors_poll(&one.errors).events, POLLOUT);
	closed = false;
	errors_take(&one.errors);
	check_is(heard_len, 3);
	/* a line that is too long: the other one waits for its end */
	memset(line, 'c', sizeof(line));
	say(&one, line, ROOM);
	errors_take(&one.errors);
	check_is(heard_len, 3 + ROOM);
	say(&two, "d\n", 2);
	errors_take(&two.errors);
	check_is(heard_len, 3 + ROOM);
	check(errors_due(&two.errors) != UINT64_MAX);
	say(&one, "c\n", 2);
	errors_take(&one.errors);
	errors_take(&two.errors);
	check_is(heard_len, 3 + ROOM + 2 + 2);
	/* the last line gets its newline, and is remembered */
	say(&one, "end", 3);
	finish(&one);
	check_is(one.errors.last_len, 3);
	check_is(memcmp(heard + heard_len - 4, "end\n", 4), 0);
	finish(&two);
}

/* The last line is remembered, from how many pieces ever. */
static void
last_words(void)
{
	static const struct {
		const char *pieces[4], *last;
	} rows[] = {
		{ { "one\n" }, "one" },
		{ { "one\ntwo\n" }, "two" },
		{ { "one\ntw", "o" }, "two" },
		{ { "one\n", "two\nth", "ree\n" }, "three" },
		{ { "one", "\n" }, "one" },
		{ { "one\n\n" }, "" },
		{ { "one\n", "two" }, "two" },
	};
	static struct voice voice;
	char line[3000];

	closed = terminal = false;
	for (size_t i = 0; i < COUNT(rows); i++) {
		check_at(i + 1);
		heard_len = 0;
		begin(&voice);
		for (size_t k = 0; k < 4 && rows[i].pieces[k] != NULL; k++) {
			say(&voice, rows[i].pieces[k], strlen(rows[i].pieces[k]));
			errors_take(&voice.errors);
		}
		check_bytes(voice.errors.last, voice.errors.last_len, rows[i].last,
		    strlen(rows[i].last));
		finish(&voice);
	}
	memset(line, 'x', sizeof(line));
	for (size_t len = 1023; len <= 1025; len++) {
		begin(&voice);
		say(&voice, line, len / 2);
		errors_take(&voice.errors);
		say(&voice, line, len - len / 2);
		errors_take(&voice.errors);
		check_is(voice.errors.last_len, len < 1024 ? len : 1024);
		finish(&voice);
	}
}

/* What is kept comes first, once that is over: by a word, by time, or at the end. */
static void
buffered(void)
{
	static struct voice voice;

	closed = terminal = false;
	for (uint64_t over = 0; over < 3; over++) {
		check_at(over);
		heard_len = 0;
		begin(&voice);
		voice.errors.way.together = true;
		voice.errors.way.until = over == 1 ? 1 : UINT64_MAX - 1;
		say(&voice, "one\ntwo", 7);
		if (over != 1) {
			errors_take(&voice.errors);
			check_is(heard_len, 0);
			check_is(errors_due(&voice.errors), UINT64_MAX - 1);
		}
		closed = true;
		if (over == 0)
			errors_let_go(&voice.errors);
		say(&voice, "\nthree\n", 7);
		errors_take(&voice.errors);
		closed = false;
		check(errors_wait(&voice.errors));
		errors_take(&voice.errors);
		if (over < 2)
			check_bytes(heard, heard_len, "one\ntwo\nthree\n", 14);
		finish(&voice);
		check_bytes(heard, heard_len, "one\ntwo\nthree\n", 14);
	}
}

/* A line that is let go piece by piece when its process ends stays one. */
static void
kept_line(void)
{
	static struct voice voice;
	static char text[60000];

	closed = terminal = false;
	heard_len = 0;
	memset(text, 'x', sizeof(text));
	begin(&voice);
	voice.errors.way.together = true;
	voice.errors.way.until = UINT64_MAX - 1;
	for (int i = 0; i < 4; i++) {
		say(&voice, text, sizeof(text));
		errors_take(&voice.errors);
	}
	errors_let_go(&voice.errors);
	check(heard_len > 0 && heard_len < voice.said_len);
	close(voice.fd);
	errors_end(&voice.errors);
	errors_close(&voice.errors);
	voice.said[voice.said_len] = '\n';
	check_bytes(heard, heard_len, voice.said, voice.said_len + 1);
}

/* Its end waits for our reader, as long as anybody does. */
static void
last_wait(void)
{
	static struct voice voice;

	terminal = false;
	for (int leaves = 0; leaves < 2; leaves++) {
		heard_len = 0;
		closed = true;
		gone = leaves == 1;
		begin(&voice);
		say(&voice, "word\n", 5);
		errors_take(&voice.errors);
		close(voice.fd);
		errors_close(&voice.errors);
		check_bytes(heard, heard_len, "word\n", gone ? 0 : 5);
	}
	closed = gone = false;
}

TESTS("errors", { "lines of four that speak at once stay whole", mixed },
    { "what is waited for", waits },
    { "what is kept for a while comes first then", buffered },
    { "a long line that was kept stays one", kept_line },
    { "the end waits for who reads, unless that is given up", last_wait },
    { "the last line is remembered", last_words })
