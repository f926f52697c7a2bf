/* SPDX-License-Identifier: ISC */
/*
 * The model knows the output of each record, and which of them were retained.
 */
#include <string.h>
#include <unistd.h>

#include "chance.h"
#include "check.h"
#include "fdio.h"
#include "memory.h"
#include "order.h"
#include "spool.h"

enum { RECORDS = 300, WORKERS = 4, LONGEST = 40 };

static struct {
	char output[RECORDS][LONGEST];
	size_t len[RECORDS];
	bool waits[RECORDS], filed[RECORDS], done[RECORDS];
	struct retained *runs[WORKERS];
	uint64_t next; /* whose turn it is */
	size_t bytes, bytes_filed;
	int out;
} model;

static void
begin(void)
{
	memset(&model, 0, sizeof(model));
	model.out = spool_file();
	for (size_t i = 0; i < RECORDS; i++) {
		model.len[i] = chance_below(LONGEST);
		chance_bytes(model.output[i], model.len[i]);
	}
}

/* count records from number on have come: their output as one run of bytes. */
static size_t
joined(uint64_t number, uint64_t count, char *text)
{
	size_t len = 0;

	for (uint64_t i = number; i < number + count; i++) {
		memcpy(text + len, model.output[i], model.len[i]);
		len += model.len[i];
		model.waits[i] = true;
	}
	model.bytes += len;
	return len;
}

/* As the structure says it; the last of three is not waited for. */
static struct extent
extent_of(uint64_t number, uint64_t count, size_t bytes)
{
	struct extent extent = { .first = number, .count = count, .bytes = bytes };

	for (uint64_t i = number; i < number + count; i++)
		extent.done += model.done[i] = i < number + 2;
	return extent;
}

/* A number whose output has not come, and how many after it have not; at most 3. */
static bool
missing(uint64_t *number, uint64_t *count)
{
	uint64_t at = model.next + 1 + chance_below(chance_one_in(3) ? 60 : 8);

	if (at >= RECORDS || model.waits[at])
		return false;
	*number = at;
	*count = 1;
	while (*count < 3 && at + *count < RECORDS && !model.waits[at + *count])
		++*count;
	*count = chance_from(1, *count);
	return true;
}

static void
keep(struct order *order)
{
	char text[3 * LONGEST];
	uint64_t number, count;
	struct retained **run =
	    chance_one_in(5) ? NULL : &model.runs[chance_below(WORKERS)];
	struct extent extent;

	if (!missing(&number, &count))
		return;
	extent = extent_of(number, count, joined(number, count, text));
	check_is(order_retain(order, run, &extent, text), 0);
	check(run == NULL || (*run)->first + (*run)->count == number + count);
}

static void
keep_filed(struct order *order)
{
	char text[3 * LONGEST];
	uint64_t number, count;
	struct extent extent;
	struct retained *retained;
	int fd = -1;

	if (!missing(&number, &count))
		return;
	extent = extent_of(number, count, joined(number, count, text));
	check_is(order_reserve(order, extent.bytes), 0);
	retained = order_retain_filed(order, &extent, &fd);
	check(retained != NULL);
	check_is(retained->done, 0); /* not before it is there */
	check_is(fdio_write(fd, text, extent.bytes), 0);
	retained->done = extent.done;
	for (uint64_t i = number; i < number + count; i++)
		model.filed[i] = true;
	model.bytes_filed += extent.bytes;
}

/* The record whose turn it is has come: it goes out, and what was retained behind it. */
static void
turn(struct order *order)
{
	order->next = ++model.next;
	while (order_ready(order)) {
		uint64_t first = model.next;
		struct retained *retained = order_take(order);
		char want[RECORDS * LONGEST], got[RECORDS * LONGEST];
		size_t len, at;

		check_is(retained->first, first);
		for (uint64_t i = first; i < first + retained->count; i++)
			check(model.waits[i]);
		model.bytes -=
		    joined(first, retained->count, want); /* counts it once more */
		len = 0;
		for (uint64_t i = first; i < first + retained->count; i++)
			len += model.len[i];
		model.bytes -= len;
		model.bytes_filed -= model.filed[first] ? len : 0;
		at = 0;
		check_is(order_write(order, retained, &at, fdio_sink(model.out)), 1);
		check_is(at, len);
		check_is(pread(model.out, got, sizeof(got), 0), len);
		check_bytes(got, len, want, len);
		check_is(ftruncate(model.out, 0), 0);
		lseek(model.out, 0, SEEK_SET);
		model.next += retained->count;
		order_free(order, retained);
		check_is(order->next, model.next);
	}
	check(model.next >= RECORDS || !model.waits[model.next]);
}

static void
compare(const struct order *order)
{
	uint64_t done = 0;

	for (uint64_t i = model.next; i < RECORDS; i++)
		done += model.waits[i] && model.done[i];
	check_is(order_done(order), done);
	check_is(order->bytes, model.bytes);
	check_is(order->filed, model.bytes_filed);
	for (size_t i = 0; i < WORKERS; i++) /* none that was freed */
		check(model.runs[i] == NULL || model.runs[i]->run == &model.runs[i]);
	if (model.bytes_filed == 0 && order->count == 0)
		check_is(order->fd_plus_one, 0);
}

static void
agrees(void)
{
	for (uint64_t round = 1; round <= 60; round++) {
		struct order order = { 0 };

		check_at(round);
		begin();
		while (model.next < RECORDS) {
			if (chance_one_in(30))
				keep_filed(&order);
			else if (chance_one_in(4))
				turn(&order);
			else
				keep(&order);
			compare(&order);
			if (chance_one_in(400))
				break;
		}
		order_close(&order);
		check_is(order.count, 0);
		for (size_t i = 0; i < WORKERS; i++)
			check(model.runs[i] == NULL);
		close(model.out);
	}
}

/* From which byte on what is retained is for the file. */
static void
limit(void)
{
	struct order order = { .bytes = aside_limits.retained - 10 };

	check(!order_files(&order, 9));
	check(!order_files(&order, 10));
	check(order_files(&order, 11));
	order.bytes += 1000;
	order.filed += 1000; /* does not count */
	check(!order_files(&order, 10));
	check(order_files(&order, 11));
}

/* Room is set aside ahead of what is needed, and not again while there is some. */
static void
reserves(void)
{
	struct order order = { 0 };
	int fd;
	uint64_t room;

	check_is(order_reserve(&order, 10), 0);
	room = order.room;
	check_is(room, 10 + (1 << 20));
	check(order_retain_filed(&order, &(struct extent){ 5, 1, 1, 10 }, &fd) != NULL);
	check_is(lseek(fd, 0, SEEK_END), room);
	check_is(order_reserve(&order, (size_t)room - 10), 0);
	check_is(order.room, room);
	check_is(order_reserve(&order, (size_t)room - 9), 0);
	check_is(order.room, room + 1 + (1 << 20));
	order_close(&order);
	check_is(order.room, 0);
}

/* A reader that takes little at a time gets all of it, from the file and from memory. */
static void
small_reader(void)
{
	enum { LEN = 200000 };
	static char text[LEN], back[LEN];

	chance_bytes(text, LEN);
	for (int filed = 0; filed <= 1; filed++) {
		const struct extent all = { .count = 1, .done = 1, .bytes = LEN };
		struct order order = { 0 };
		struct retained *retained;
		size_t at = 0, got = 0;
		int ends[2], fd, status, stuck = 0;

		check_is(fdio_pipe(ends), 0);
		fdio_nonblocking(ends[1]);
		fdio_pipe_size(ends[1], 4096);
		if (filed) {
			check_is(order_reserve(&order, LEN), 0);
			check(order_retain_filed(&order, &all, &fd) != NULL);
			check_is(fdio_write(fd, text, LEN), 0);
		} else {
			check_is(order_retain(&order, NULL, &all, text), 0);
		}
		retained = order_take(&order);
		while ((status = order_write(
			    &order, retained, &at, fdio_sink(ends[1]))) == 0) {
			ssize_t n = read(ends[0], back + got, chance_from(1, 5000));

			stuck++;
			got += (size_t)n;
		}
		check_is(status, 1);
		check_is(at, LEN);
		check(stuck > 10);
		got += (size_t)read(ends[0], back + got, LEN - got);
		check_bytes(back, got, text, LEN);
		close(ends[0]);
		close(ends[1]);
		order_free(&order, retained);
		order_close(&order);
	}
}

/* What a reader has taken a part of, only, is added to no more. */
static void
half_out(void)
{
	struct order order = { 0 };
	struct retained *run = NULL, *first;

	check_is(order_retain(&order, &run, &(struct extent){ 0, 1, 1, 1 }, "a"), 0);
	check_is(order_retain(&order, &run, &(struct extent){ 1, 1, 1, 1 }, "b"), 0);
	first = order_take(&order);
	check_is(order_retain(&order, &run, &(struct extent){ 2, 1, 1, 1 }, "c"), 0);
	check_is(first->len, 2);
	check_is(order_ready(&order), 1);
	order_free(&order, first);
	first = order_take(&order);
	check_is(order.next, 3);
	check_is(first->len, 1);
	order_free(&order, first);
	check(run == NULL);
	order_close(&order);
}

/* Without their turn, the least number first. */
static void
pulls(void)
{
	struct order order = { .next = 0 };

	for (uint64_t i = 0; i < 100; i++) /* 37 and 101 have no common part */
		check_is(order_retain(&order, NULL,
			     &(struct extent){ 1 + i * 37 % 101, 1, 1, 1 }, "x"),
		    0);
	check(!order_ready(&order));
	for (uint64_t last = 0; order.count > 0;) {
		struct retained *retained = order_pull(&order);

		check(retained->first > last);
		last = retained->first;
		order_free(&order, retained);
		check_is(order.next, 0);
	}
	check_is(order.bytes, 0);
	order_close(&order);
}

static void
starve(void)
{
	struct order order = { 0 };
	struct retained *run = NULL;
	size_t bytes = 0;

	for (uint64_t i = 0; i < 100; i++) {
		struct retained **its = i % 3 == 0 ? NULL : &run;

		const struct extent extent = { 2 * i + i % 2, 1, 1, 6 };

		if (order_retain(&order, its, &extent, "output") == 0)
			bytes += 6;
		else
			check(memory_failed());
		check_is(order.bytes, bytes);
	}
	order_close(&order);
	check(run == NULL);
}

static void
starves(void)
{
	memory_torment(starve);
}

TESTS("order", { "agrees with an array", agrees }, { "the limit of memory", limit },
    { "room in the file", reserves }, { "a reader that takes little", small_reader },
    { "what is half out grows no more", half_out }, { "without their turn", pulls },
    { "without memory", starves })
