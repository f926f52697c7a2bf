/* SPDX-License-Identifier: ISC */
/*
 * The model of a hold is all bytes that ever came, and where the first and last of those
 * that are held stand among them.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "chance.h"
#include "check.h"
#include "fdio.h"
#include "hold.h"
#include "memory.h"
#include "spool.h"

enum { MEMORY = HOLD_MEMORY };

static struct {
	char *bytes; /* that come, from a table: byte i of the stream is bytes[i % STREAM]
		      */
	uint64_t from, to;
	int out; /* a file for hold_move() */
} model;

static char
stream(uint64_t at)
{
	return (char)(at * 31 + at / 251 + at / 65521);
}

static void
begin(void)
{
	model.from = model.to = 0;
	model.out = spool_file();
	check(model.out >= 0);
}

static void
come(struct hold *hold, size_t len, size_t step)
{
	check_is(hold_room(hold, step), 0);
	for (size_t i = 0; i < len; i++)
		hold->data[hold->end + i] = stream(model.to++);
	hold_came(hold, len);
	if (len > 0)
		check_is(hold->last, stream(model.to - 1));
}

/* len bytes of the stream from at on are in the file; which is empty then. */
static void
check_moved(uint64_t at, size_t len)
{
	static char buffer[1 << 16];
	size_t done = 0;

	check_is(lseek(model.out, 0, SEEK_END), len);
	lseek(model.out, 0, SEEK_SET);
	while (done < len) {
		ssize_t n = read(model.out, buffer, sizeof(buffer));

		check(n > 0);
		for (ssize_t i = 0; i < n; i++)
			check_is(buffer[i], stream(at + done + (size_t)i));
		done += (size_t)n;
	}
	check_is(ftruncate(model.out, 0), 0);
	lseek(model.out, 0, SEEK_SET);
}

static void
move(struct hold *hold, uint64_t len)
{
	for (uint64_t left = len; left > 0;) {
		ssize_t n = hold_move(hold, model.out, (size_t)left);

		check(n > 0 && (uint64_t)n <= left);
		left -= (uint64_t)n;
	}
	check_moved(model.from, (size_t)len);
	model.from += len;
}

static void
look(const struct hold *hold, uint64_t at)
{
	check_is(hold_look(hold, at), (unsigned char)stream(model.from + at));
}

static void
compare(const struct hold *hold)
{
	uint64_t bytes = model.to - model.from, filed = hold_filed(hold);

	check_is(hold_bytes(hold), bytes);
	check((hold->fd_plus_one == 0) == (filed == 0));
	if (hold->end > hold->start)
		check_is(*hold_at(hold), stream(model.from + filed));
	if (bytes == 0)
		return;
	look(hold, 0);
	look(hold, bytes - 1);
	look(hold, chance_below(bytes));
	if (filed > 0 && filed < bytes) {
		look(hold, filed - 1);
		look(hold, filed);
	}
}

/* Steps of sizes and kinds of chance; the memory stays in its limit. */
static void
steps(uint64_t count, size_t most, bool whole)
{
	struct hold hold = { .whole = whole };

	begin();
	for (uint64_t step = 1; step <= count; step++) {
		uint64_t bytes = model.to - model.from;
		size_t room = chance_from(1, most);

		check_at(step);
		switch (chance_below(chance_one_in(10) ? 6 : 3)) {
		case 0:
		case 1:
			come(&hold, chance_below(room + 1), room);
			break;
		case 2:
			move(&hold, chance_below(chance_from(0, bytes) + 1));
			break;
		case 3:
			bytes = chance_below(bytes + 1);
			hold_drop(&hold, bytes);
			model.from += bytes;
			break;
		case 4:
			bytes = chance_below(chance_from(0, bytes) + 1);
			hold_cut(&hold, bytes);
			model.to -= bytes;
			break;
		default:
			move(&hold, bytes);
			check_is(hold.end, 0);
			check(hold.size <= 1 << 20);
			break;
		}
		compare(&hold);
		check(whole || hold.size <= MEMORY);
		check(!whole || hold_filed(&hold) == 0);
	}
	hold_free(&hold);
	check_is(hold_bytes(&hold), 0);
	check(!hold.whole);
	close(model.out);
}

static void
agrees(void)
{
	steps(20000, 3000, false);
	steps(80, 4 << 20, false);
}

static void
in_memory(void)
{
	steps(10000, 3000, true);
	steps(40, 4 << 20, true);
}

/* One byte less than the limit, as many, one more: in memory, or the rest in a file. */
static void
limit(void)
{
	for (int more = -1; more <= 1; more++) {
		struct hold hold = { 0 };

		check_at((uint64_t)(more + 2));
		begin();
		come(&hold, MEMORY / 2, MEMORY / 2);
		come(&hold, (size_t)(MEMORY / 2 + more), (size_t)(MEMORY / 2 + more));
		check_is(hold_filed(&hold), more > 0 ? MEMORY / 2 : 0);
		check(hold.size <= MEMORY);
		compare(&hold);
		move(&hold, hold_bytes(&hold));
		check_is(hold.fd_plus_one, 0);
		check(hold.data == NULL); /* nobody keeps so much room */
		hold_free(&hold);
		close(model.out);
	}
}

/* A piece beyond the limit has room all the same, and what was there is put aside. */
static void
huge(void)
{
	struct hold hold = { 0 };

	begin();
	come(&hold, MEMORY + 5, MEMORY + 5);
	check_is(hold_filed(&hold), 0);
	compare(&hold);
	come(&hold, 7, 7);
	check_is(hold_filed(&hold), MEMORY + 5);
	compare(&hold);
	move(&hold, MEMORY + 12);
	hold_free(&hold);
	close(model.out);
}

/* Room of an empty one is kept up to a limit. */
static void
kept_room(void)
{
	for (int more = 0; more <= 1; more++) {
		struct hold hold = { 0 };

		begin();
		come(&hold, 10, (size_t)((1 << 20) + more));
		check_is(hold.size, (1 << 20) + more);
		hold_drop(&hold, 9);
		model.from += 9;
		check(hold.data != NULL);
		compare(&hold);
		hold_drop(&hold, 1);
		check((hold.data == NULL) == (more > 0));
		check_text(hold_at(&hold), "");
		hold_free(&hold);
		close(model.out);
	}
}

/* The last bytes are dropped: of those in memory, all of them, and of those in the file.
 */
static void
cuts(void)
{
	static const size_t cut[] = { 9, 10, 11, MEMORY + 9, MEMORY + 10 };

	for (size_t i = 0; i < COUNT(cut); i++) {
		struct hold hold = { 0 };
		uint64_t left = MEMORY + 10 - cut[i];

		check_at(i + 1);
		begin();
		come(&hold, MEMORY, MEMORY);
		come(&hold, 10, 10);
		hold_cut(&hold, cut[i]);
		model.to -= cut[i];
		check_is(hold_filed(&hold), left < MEMORY ? left : MEMORY);
		compare(&hold);
		/* What comes then is behind what is left. */
		come(&hold, 5, 5);
		compare(&hold);
		move(&hold, left + 5);
		check_is(hold_bytes(&hold), 0);
		hold_free(&hold);
		close(model.out);
	}
}

/* A reader that takes little at a time gets all of it, from the file and from memory. */
static void
small_reader(void)
{
	struct hold hold = { 0 };
	unsigned char back[5000];
	int ends[2], stuck = 0;
	ssize_t n;

	begin();
	check_is(fdio_pipe(ends), 0);
	fdio_nonblocking(ends[0]);
	fdio_nonblocking(ends[1]);
	fdio_pipe_size(ends[1], 4096);
	come(&hold, MEMORY, MEMORY);
	come(&hold, 100000, 100000);
	hold_drop(&hold, MEMORY - 100000);
	model.from += MEMORY - 100000;
	while (hold_bytes(&hold) > 0) {
		uint64_t before = hold_bytes(&hold);

		n = hold_move(&hold, ends[1], (size_t)before);
		check(n >= 0);
		check_is(hold_bytes(&hold), before - (uint64_t)n);
		stuck += n == 0;
		n = n > 0 ? 0 : read(ends[0], back, chance_from(1, sizeof(back)));
		for (ssize_t i = 0; i < n; i++)
			check_is(back[i], (unsigned char)stream(model.from++));
	}
	while ((n = read(ends[0], back, sizeof(back))) > 0)
		for (ssize_t i = 0; i < n; i++)
			check_is(back[i], (unsigned char)stream(model.from++));
	check_is(model.from, model.to);
	check(stuck > 10);
	close(ends[0]);
	check_is(hold_move(&hold, ends[1], 0), 0);
	close(ends[1]);
	hold_free(&hold);
	close(model.out);
}

/* Where a file is cut by somebody, it is told. */
static void
cut_file(void)
{
	struct hold hold = { 0 };

	begin();
	come(&hold, MEMORY, MEMORY);
	come(&hold, 10, 10);
	check_is(hold_filed(&hold), MEMORY);
	check_is(ftruncate(hold.fd_plus_one - 1, 100), 0);
	errno = EINTR; /* of something before it */
	look(&hold, 99);
	errno = 0;
	check_is(hold_look(&hold, 100), -1);
	check_is(errno, ENODATA);
	check_is(hold_move(&hold, model.out, MEMORY), 100);
	errno = 0;
	check_is(hold_move(&hold, model.out, MEMORY), -1);
	check_is(errno, ENODATA);
	hold_free(&hold);
	close(model.out);
}

/* A folder where nothing can be made: room is refused, what is there stays. */
static void
no_folder(void)
{
	struct hold hold = { 0 };
	const char *folder = getenv("TMPDIR");
	char before[4096] = "";

	if (folder != NULL)
		snprintf(before, sizeof(before), "%s", folder);
	begin();
	come(&hold, MEMORY, MEMORY);
	setenv("TMPDIR", "/proc/nowhere", 1);
	check_is(hold_room(&hold, 1), -1);
	check(errno != 0);
	compare(&hold);
	setenv("TMPDIR", "/tmp", 1);
	come(&hold, 1, 1);
	check_is(hold_filed(&hold), MEMORY);
	move(&hold, MEMORY + 1);
	if (folder != NULL)
		setenv("TMPDIR", before, 1);
	else
		unsetenv("TMPDIR");
	hold_free(&hold);
	close(model.out);
}

static void
starve(void)
{
	struct hold hold = { 0 };
	size_t sizes[] = { 10, 1000, 100000, 4 << 20 };

	begin();
	for (size_t i = 0; i < COUNT(sizes); i++) {
		if (hold_room(&hold, sizes[i]) < 0) {
			check(memory_failed());
			continue;
		}
		come(&hold, sizes[i], sizes[i]);
		compare(&hold);
	}
	compare(&hold);
	move(&hold, hold_bytes(&hold));
	hold_free(&hold);
	close(model.out);
}

static void
starves(void)
{
	memory_torment(starve);
}

TESTS("hold", { "agrees with what came", agrees }, { "all in memory", in_memory },
    { "the limit of memory", limit }, { "a huge piece", huge },
    { "room is kept up to a limit", kept_room }, { "its end is cut", cuts },
    { "a reader that takes little", small_reader }, { "its file is cut", cut_file },
    { "no folder for its file", no_folder }, { "without memory", starves })
