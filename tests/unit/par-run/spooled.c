/* SPDX-License-Identifier: ISC */
/*
 * The model: what earlier runs have read, in order, and then what each new list has more
 * of a record than they had.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "chance.h"
#include "check.h"
#include "fdio.h"
#include "spooled.h"

enum { KINDS = 12, MOST = 4000 };

static char path[] = "/tmp/par-unit.XXXXXX";

static struct {
	unsigned char records[MOST]; /* what was read so far, in order */
	size_t count;
} model;

/* The text of a record: of many lengths, one of them empty. */
static size_t
text_of(unsigned kind, char to[static 64], char end)
{
	size_t len = kind * 5;

	memset(to, 'a' + (int)kind, len);
	to[len] = end;
	return len + 1;
}

/* Read what is there now, and compare with the records from *next on; false at the end.
 */
static bool
read_some(struct spooled *spooled, size_t *next, char end)
{
	static char have[128];
	static size_t used;
	char wanted[64];
	ssize_t n = spooled_read(spooled, have + used, chance_from(1, 40));

	if (n < 0) {
		check_is(errno, EAGAIN);
		return true;
	}
	used += (size_t)n;
	while (*next < model.count) {
		size_t len = text_of(model.records[*next], wanted, end);

		if (used < len)
			break;
		check_bytes(have, len, wanted, len);
		memmove(have, have + len, used - len);
		used -= len;
		++*next;
	}
	if (n == 0)
		used = 0;
	return n > 0;
}

/* One run with a list of its own, which is cut off after some records; from: its start.
 */
static void
run(char end, size_t from, bool fresh)
{
	unsigned had[KINDS] = { 0 };
	size_t length = chance_below(60), next = from, at = 0;
	struct spooled spooled;
	int ends[2];

	for (size_t i = 0; i < model.count; i++)
		had[model.records[i]]++;
	check_is(fdio_pipe(ends), 0);
	fdio_nonblocking(ends[0]);
	check_is(spooled_open(&spooled, path, ends[0], end, fresh), 0);
	for (size_t i = 0; i < from; i++) {
		char text[64];

		at += text_of(model.records[i], text, end);
	}
	spooled_seek(&spooled, at);
	for (size_t i = 0; i < length; i++) {
		unsigned kind = (unsigned)chance_below(KINDS);
		char text[64];
		size_t len = text_of(kind, text, end);
		bool last = i + 1 == length, ended = !last || chance_one_in(2);

		check_is(fdio_write(ends[1], text, len - (ended || len == 1 ? 0 : 1)), 0);
		if (had[kind] > 0)
			had[kind]--;
		else
			model.records[model.count++] = (unsigned char)kind;
		/* One that is not whole yet is there at the end. */
		if (!last && chance_one_in(3))
			while (spooled_fd(&spooled) != ends[0])
				read_some(&spooled, &next, end);
	}
	close(ends[1]);
	while (read_some(&spooled, &next, end))
		continue;
	check_is(next, model.count);
	spooled_close(&spooled);
	close(ends[0]);
}

static void
make_file(void)
{
	int fd;

	memset(path + sizeof(path) - 7, 'X', 6);
	fd = mkstemp(path);
	check(fd >= 0);
	close(fd);
}

static void
agrees(void)
{
	make_file();
	for (uint64_t round = 1; round <= 40; round++) {
		char end = chance_one_in(2) ? '\n' : '\0';

		check_at(round);
		model.count = 0;
		run(end, 0, true);
		for (int i = 0; i < 8; i++)
			run(end, chance_below(model.count + 1), false);
	}
	unlink(path);
}

/* Another process cannot have it; nor has a child that is there still a share in it. */
static void
locked(void)
{
	struct spooled spooled, other;
	int tried[2], end[2];
	char busy = 0;

	make_file();
	check_is(fdio_pipe(tried), 0);
	check_is(fdio_pipe(end), 0);
	check_is(spooled_open(&spooled, path, -1, '\n', true), 0);
	if (fork() == 0) {
		busy = spooled_open(&other, path, -1, '\n', true) < 0 && errno == EBUSY;
		fdio_write(tried[1], &busy, 1);
		close(end[1]);
		fdio_read(end[0], &busy, 1);
		_exit(0);
	}
	check_is(fdio_read(tried[0], &busy, 1), 1);
	check_is(busy, 1);
	spooled_close(&spooled);
	check_is(spooled_open(&spooled, path, -1, '\n', true), 0);
	spooled_close(&spooled);
	for (int i = 0; i < 2; i++) {
		close(tried[i]);
		close(end[i]);
	}
	check_is(wait(NULL) > 0, 1);
	unlink(path);
}

/* What is torn was given to nobody. */
static void
torn(void)
{
	struct spooled spooled;
	char got[32];
	int ends[2];

	make_file();
	check_is(fdio_pipe(ends), 0);
	check_is(spooled_open(&spooled, path, ends[0], '\n', true), 0);
	check_is(fdio_write(ends[1], "a\nbc", 4), 0);
	check_is(spooled_read(&spooled, got, sizeof(got)), 4);
	spooled_close(&spooled);
	check_is(spooled_open(&spooled, path, ends[0], '\n', false), 0);
	check_is(spooled_read(&spooled, got, sizeof(got)), 2);
	check_bytes(got, 2, "a\n", 2);
	check_is(fdio_write(ends[1], "bcd\na\n", 6), 0);
	close(ends[1]);
	check_is(spooled_read(&spooled, got, sizeof(got)), 4);
	check_bytes(got, 4, "bcd\n", 4);
	check_is(spooled_read(&spooled, got, sizeof(got)), 0);
	check_is(spooled_forget(&spooled), 0);
	check_is(spooled_read(&spooled, got, sizeof(got)), 0);
	spooled_close(&spooled);
	close(ends[0]);
	unlink(path);
}

TESTS("spooled", { "agrees with a model of lists made anew", agrees },
    { "is one process's at a time", locked }, { "what is torn", torn })
