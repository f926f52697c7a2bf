/* SPDX-License-Identifier: ISC */
/*
 * The writer of lib/record: whatever calls put the bytes, all of them come out, in order.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "chance.h"
#include "check.h"
#include "fdio.h"
#include "memory.h"
#include "record.h"
#include "spool.h"

enum { TEXT = 8 << 20, PIECE = 700000, BUFFER = RECORD_BUFFER };

static struct {
	char text[TEXT];
	size_t put; /* of it */
} model;

static void
begin(struct record_writer *out, int fd)
{
	model.put = 0;
	check_is(writer_open(out, fd), 0);
}

/* fd has what was put, but for what is still in the writer. */
static void
check_written(const struct record_writer *out, int fd)
{
	static char back[TEXT];
	ssize_t n = pread(fd, back, sizeof(back), 0);

	check_is(out->total, model.put);
	check_is(n, model.put - out->used);
	check_bytes(back, n, model.text, n);
	check_bytes(out->buffer, out->used, model.text + n, out->used);
}

static void
put(struct record_writer *out, size_t len)
{
	check_is(writer_put(out, model.text + model.put, len), 0);
	model.put += len;
}

static void
reserve(struct record_writer *out, size_t len)
{
	char *room = writer_reserve(out, len + 3);

	check(room == out->buffer + out->used);
	check(out->size - out->used >= len + 3);
	memset(room, 'x', len + 3);
	memcpy(room, model.text + model.put, len);
	writer_commit(out, len);
	model.put += len;
}

static size_t
any_size(void)
{
	switch (chance_below(8)) {
	case 0:
		return chance_from(BUFFER - 2, BUFFER + 2);
	case 1:
		return chance_below(PIECE);
	default:
		return chance_below(5000);
	}
}

static void
agrees(void)
{
	chance_bytes_of(model.text, TEXT, "abcdefg\n", 8);
	for (int round = 0; round < 15; round++) {
		struct record_writer out;
		int fd = spool_file();

		begin(&out, fd);
		for (uint64_t step = 1; model.put + PIECE < TEXT && step < 400; step++) {
			check_at(step);
			switch (chance_below(chance_one_in(20) ? 3 : 2)) {
			case 0:
				put(&out, any_size());
				break;
			case 1:
				reserve(&out, any_size());
				break;
			default:
				check_is(writer_flush(&out), 0);
				check_is(out.used, 0);
				break;
			}
			check(out.used <= out.size);
			if (chance_one_in(20))
				check_written(&out, fd);
		}
		check_is(writer_flush(&out), 0);
		check_written(&out, fd);
		writer_close(&out);
		close(fd);
	}
}

/* One byte less than fits, just as many, one more: what is written when. */
static void
edges(void)
{
	for (size_t first = 0; first <= 10; first += 10) {
		for (int more = -1; more <= 1; more++) {
			struct record_writer out;
			int fd = spool_file();
			size_t len = (size_t)((ptrdiff_t)(BUFFER - first) + more);

			check_at(first + (size_t)(more + 2));
			begin(&out, fd);
			put(&out, first);
			put(&out, len);
			check_is(out.used, more > 0 ? 0 : first + len);
			check_written(&out, fd);
			writer_close(&out);
			begin(&out, fd);
			check_is(ftruncate(fd, 0), 0);
			lseek(fd, 0, SEEK_SET);
			put(&out, first);
			check(writer_reserve(&out, len) != NULL);
			check_is(out.used, more > 0 ? 0 : first);
			check_written(&out, fd);
			check_is(out.size, more > 0 && first == 0 ? BUFFER + 1 : BUFFER);
			writer_close(&out);
			close(fd);
		}
	}
}

/* Without waiting, into a pipe that is read now and then. */
static void
offers(void)
{
	static char back[TEXT];

	chance_bytes_of(model.text, TEXT, "abcdefg\n", 8);
	for (int round = 0; round < 20; round++) {
		struct record_writer out;
		size_t got = 0;
		int ends[2];

		check_is(fdio_pipe(ends), 0);
		fdio_nonblocking(ends[0]);
		fdio_nonblocking(ends[1]);
		begin(&out, ends[1]);
		for (uint64_t step = 1; model.put + PIECE < TEXT && step < 1000; step++) {
			size_t len = any_size(), used = out.used;
			ssize_t n;

			check_at(step);
			if (chance_one_in(3)) {
				check_is(writer_flush_now(&out), 0);
			} else {
				n = writer_offer(&out, model.text + model.put, len);
				check(n >= 0 && (size_t)n <= len);
				/* What fits beside the rest is always taken. */
				check((size_t)n == len || len >= 16 << 10 ||
				    used + len > out.size);
				model.put += (size_t)n;
			}
			check_is(out.total, model.put);
			check(out.used <= out.size);
			n = read(ends[0], back + got, chance_below(200000));
			got += n > 0 ? (size_t)n : 0;
		}
		while (got < model.put) {
			ssize_t n = read(ends[0], back + got, TEXT - got);

			got += n > 0 ? (size_t)n : 0;
			check_is(writer_flush_now(&out), 0);
		}
		check_is(out.used, 0);
		check_bytes(back, got, model.text, model.put);
		writer_close(&out);
		close(ends[0]);
		close(ends[1]);
	}
}

/* A descriptor that takes nothing: an error, and nothing is left to be tried again. */
static void
errors(void)
{
	struct record_writer out;
	static char large[BUFFER + 1];
	int ends[2];

	begin(&out, -1);
	check_is(writer_flush(&out), 0); /* of nothing */
	check_is(writer_flush_now(&out), 0);
	check_is(writer_put(&out, "a", 1), 0);
	errno = 0;
	check_is(writer_flush(&out), -1);
	check_is(errno, EBADF);
	check_is(out.used, 0);
	check_is(writer_put(&out, large, sizeof(large)), -1);
	check_is(writer_offer(&out, large, sizeof(large)), -1);
	check_is(writer_put(&out, "a", 1), 0);
	check(writer_reserve(&out, sizeof(large)) == NULL);
	check_is(writer_put(&out, "a", 1), 0);
	check_is(writer_flush_now(&out), -1);
	writer_close(&out);
	signal(SIGPIPE, SIG_IGN);
	check_is(fdio_pipe(ends), 0);
	close(ends[0]);
	begin(&out, ends[1]);
	check_is(writer_put(&out, "a", 1), 0);
	check_is(writer_flush(&out), -1);
	check_is(errno, EPIPE);
	writer_close(&out);
	close(ends[1]);
	signal(SIGPIPE, SIG_DFL);
}

static void
starve(void)
{
	struct record_writer out;
	int fd = spool_file();

	model.put = 0;
	if (writer_open(&out, fd) < 0) {
		check(memory_failed());
	} else {
		put(&out, 10);
		if (writer_reserve(&out, 2 * BUFFER) == NULL)
			check(memory_failed());
		put(&out, 10);
		check_is(writer_flush(&out), 0);
		check_written(&out, fd);
		writer_close(&out);
	}
	close(fd);
}

static void
starves(void)
{
	memory_torment(starve);
}

TESTS("writer", { "all comes out in order", agrees }, { "a buffer just full", edges },
    { "without waiting", offers }, { "what cannot be written", errors },
    { "without memory", starves })
