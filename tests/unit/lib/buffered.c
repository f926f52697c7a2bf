/* SPDX-License-Identifier: ISC */
/*
 * The model of it is all bytes that ever came, and where the first and last of those
 * that are buffered stand among them.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "aside.h"
#include "buffered.h"
#include "chance.h"
#include "check.h"
#include "fdio.h"
#include "memory.h"
#include "spool.h"

enum { MEMORY = 16 << 20 }; /* aside_limits.buffered, see limit() */

static struct {
	char *bytes; /* that come, from a table: byte i of the stream is bytes[i % STREAM]
		      */
	uint64_t from, to;
	int out; /* a file for buffered_move() */
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
come(struct buffered *buffered, size_t len, size_t step)
{
	check_is(buffered_room(buffered, step), 0);
	for (size_t i = 0; i < len; i++)
		buffered->data[buffered->end + i] = stream(model.to++);
	buffered_came(buffered, len);
	if (len > 0)
		check_is(buffered->last, stream(model.to - 1));
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
move(struct buffered *buffered, uint64_t len)
{
	for (uint64_t left = len; left > 0;) {
		ssize_t n = buffered_move(buffered, fdio_sink(model.out), (size_t)left);

		check(n > 0 && (uint64_t)n <= left);
		left -= (uint64_t)n;
	}
	check_moved(model.from, (size_t)len);
	model.from += len;
}

static void
look(const struct buffered *buffered, uint64_t at)
{
	check_is(buffered_look(buffered, at), (unsigned char)stream(model.from + at));
}

static void
compare(const struct buffered *buffered)
{
	uint64_t bytes = model.to - model.from, filed = buffered_filed(buffered);

	check_is(buffered_bytes(buffered), bytes);
	check((buffered->fd_plus_one == 0) == (filed == 0));
	if (buffered->end > buffered->start)
		check_is(*buffered_at(buffered), stream(model.from + filed));
	if (bytes == 0)
		return;
	look(buffered, 0);
	look(buffered, bytes - 1);
	look(buffered, chance_below(bytes));
	if (filed > 0 && filed < bytes) {
		look(buffered, filed - 1);
		look(buffered, filed);
	}
}

/* Steps of sizes and kinds of chance; the memory stays in its limit. */
static void
steps(uint64_t count, size_t most, bool whole)
{
	struct buffered buffered = { .whole = whole };

	begin();
	for (uint64_t step = 1; step <= count; step++) {
		uint64_t bytes = model.to - model.from;
		size_t room = chance_from(1, most);

		check_at(step);
		switch (chance_below(chance_one_in(10) ? 6 : 3)) {
		case 0:
		case 1:
			come(&buffered, chance_below(room + 1), room);
			break;
		case 2:
			move(&buffered, chance_below(chance_from(0, bytes) + 1));
			break;
		case 3:
			bytes = chance_below(bytes + 1);
			buffered_drop(&buffered, bytes);
			model.from += bytes;
			break;
		case 4:
			bytes = chance_below(chance_from(0, bytes) + 1);
			buffered_cut(&buffered, bytes);
			model.to -= bytes;
			break;
		default:
			move(&buffered, bytes);
			check_is(buffered.end, 0);
			check(buffered.size <= 1 << 20);
			break;
		}
		compare(&buffered);
		check(whole || buffered.size <= MEMORY);
		check(!whole || buffered_filed(&buffered) == 0);
	}
	buffered_free(&buffered);
	check_is(buffered_bytes(&buffered), 0);
	check(!buffered.whole);
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
	check_is(aside_limits.buffered, MEMORY);
	for (int more = -1; more <= 1; more++) {
		struct buffered buffered = { 0 };

		check_at((uint64_t)(more + 2));
		begin();
		come(&buffered, MEMORY / 2, MEMORY / 2);
		come(&buffered, (size_t)(MEMORY / 2 + more), (size_t)(MEMORY / 2 + more));
		check_is(buffered_filed(&buffered), more > 0 ? MEMORY / 2 : 0);
		check(buffered.size <= MEMORY);
		compare(&buffered);
		move(&buffered, buffered_bytes(&buffered));
		check_is(buffered.fd_plus_one, 0);
		check(buffered.data == NULL); /* nobody keeps so much room */
		buffered_free(&buffered);
		close(model.out);
	}
}

/*
 * What is in the file goes first, also where its writing finds no room and that of more
 * bytes would: those of a pipe that would not be written in parts.
 */
static void
refused(void)
{
	enum { PAGE = 4096, LEFT = 3000 };
	struct buffered buffered = { 0 };
	char scrap[PAGE / 2] = "";
	int ends[2];

	begin();
	check_is(pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
	check_is(fcntl(ends[1], F_SETPIPE_SZ, PAGE), PAGE);
	check_is(write(ends[1], scrap, sizeof(scrap)), sizeof(scrap));
	come(&buffered, MEMORY, MEMORY);
	come(&buffered, LEFT, LEFT);
	buffered_drop(&buffered, MEMORY - LEFT);
	model.from += MEMORY - LEFT;
	check_is(buffered_filed(&buffered), LEFT);
	check_is(buffered_move(&buffered, fdio_sink(ends[1]), 2 * LEFT), 0);
	compare(&buffered);
	buffered_free(&buffered);
	close(ends[0]);
	close(ends[1]);
	close(model.out);
}

/* A piece beyond the limit has room all the same, and what was there is put aside. */
static void
huge(void)
{
	struct buffered buffered = { 0 };

	begin();
	come(&buffered, MEMORY + 5, MEMORY + 5);
	check_is(buffered_filed(&buffered), 0);
	compare(&buffered);
	come(&buffered, 7, 7);
	check_is(buffered_filed(&buffered), MEMORY + 5);
	compare(&buffered);
	move(&buffered, MEMORY + 12);
	buffered_free(&buffered);
	close(model.out);
}

/* Room of an empty one is kept up to a limit. */
static void
kept_room(void)
{
	for (int more = 0; more <= 1; more++) {
		struct buffered buffered = { 0 };

		begin();
		come(&buffered, 10, (size_t)((1 << 20) + more));
		check_is(buffered.size, (1 << 20) + more);
		buffered_drop(&buffered, 9);
		model.from += 9;
		check(buffered.data != NULL);
		compare(&buffered);
		buffered_drop(&buffered, 1);
		check((buffered.data == NULL) == (more > 0));
		check_text(buffered_at(&buffered), "");
		buffered_free(&buffered);
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
		struct buffered buffered = { 0 };
		uint64_t left = MEMORY + 10 - cut[i];

		check_at(i + 1);
		begin();
		come(&buffered, MEMORY, MEMORY);
		come(&buffered, 10, 10);
		buffered_cut(&buffered, cut[i]);
		model.to -= cut[i];
		check_is(buffered_filed(&buffered), left < MEMORY ? left : MEMORY);
		compare(&buffered);
		/* What comes then is behind what is left. */
		come(&buffered, 5, 5);
		compare(&buffered);
		move(&buffered, left + 5);
		check_is(buffered_bytes(&buffered), 0);
		buffered_free(&buffered);
		close(model.out);
	}
}

/* A reader that takes little at a time gets all of it, from the file and from memory. */
static void
small_reader(void)
{
	struct buffered buffered = { 0 };
	unsigned char back[5000];
	int ends[2], stuck = 0;
	ssize_t n;

	begin();
	check_is(fdio_pipe(ends), 0);
	fdio_nonblocking(ends[0]);
	fdio_nonblocking(ends[1]);
	fdio_pipe_size(ends[1], 4096);
	come(&buffered, MEMORY, MEMORY);
	come(&buffered, 100000, 100000);
	buffered_drop(&buffered, MEMORY - 100000);
	model.from += MEMORY - 100000;
	while (buffered_bytes(&buffered) > 0) {
		uint64_t before = buffered_bytes(&buffered);

		n = buffered_move(&buffered, fdio_sink(ends[1]), (size_t)before);
		check(n >= 0);
		check_is(buffered_bytes(&buffered), before - (uint64_t)n);
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
	check_is(buffered_move(&buffered, fdio_sink(ends[1]), 0), 0);
	close(ends[1]);
	buffered_free(&buffered);
	close(model.out);
}

/* Where a file is cut by somebody, it is told. */
static void
cut_file(void)
{
	struct buffered buffered = { 0 };

	begin();
	come(&buffered, MEMORY, MEMORY);
	come(&buffered, 10, 10);
	check_is(buffered_filed(&buffered), MEMORY);
	check_is(ftruncate(buffered.fd_plus_one - 1, 100), 0);
	errno = EINTR; /* of something before it */
	look(&buffered, 99);
	errno = 0;
	check_is(buffered_look(&buffered, 100), -1);
	check_is(errno, ENODATA);
	check_is(buffered_move(&buffered, fdio_sink(model.out), MEMORY), 100);
	errno = 0;
	check_is(buffered_move(&buffered, fdio_sink(model.out), MEMORY), -1);
	check_is(errno, ENODATA);
	buffered_free(&buffered);
	close(model.out);
}

/* A folder where nothing can be made: room is refused, what is there stays. */
static void
no_folder(void)
{
	struct buffered buffered = { 0 };
	const char *folder = getenv("TMPDIR");
	char before[4096] = "";

	if (folder != NULL)
		snprintf(before, sizeof(before), "%s", folder);
	begin();
	come(&buffered, MEMORY, MEMORY);
	setenv("TMPDIR", "/proc/nowhere", 1);
	check_is(buffered_room(&buffered, 1), -1);
	check(errno != 0);
	compare(&buffered);
	setenv("TMPDIR", "/tmp", 1);
	come(&buffered, 1, 1);
	check_is(buffered_filed(&buffered), MEMORY);
	move(&buffered, MEMORY + 1);
	if (folder != NULL)
		setenv("TMPDIR", before, 1);
	else
		unsetenv("TMPDIR");
	buffered_free(&buffered);
	close(model.out);
}

static void
starve(void)
{
	struct buffered buffered = { 0 };
	size_t sizes[] = { 10, 1000, 100000, 4 << 20 };

	begin();
	for (size_t i = 0; i < COUNT(sizes); i++) {
		if (buffered_room(&buffered, sizes[i]) < 0) {
			check(memory_failed());
			continue;
		}
		come(&buffered, sizes[i], sizes[i]);
		compare(&buffered);
	}
	compare(&buffered);
	move(&buffered, buffered_bytes(&buffered));
	buffered_free(&buffered);
	close(model.out);
}

static void
starves(void)
{
	memory_torment(starve);
}

TESTS("buffered", { "agrees with what came", agrees }, { "all in memory", in_memory },
    { "the limit of memory", limit }, { "what is in the file goes first", refused },
    { "a huge piece", huge }, { "room is kept up to a limit", kept_room },
    { "its end is cut", cuts }, { "a reader that takes little", small_reader },
    { "its file is cut", cut_file }, { "no folder for its file", no_folder },
    { "without memory", starves })
