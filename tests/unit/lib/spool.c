/* SPDX-License-Identifier: ISC */
/*
 * Spools, and items, which are runs of bytes in spools.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "chance.h"
#include "check.h"
#include "items.h"
#include "memory.h"
#include "spool.h"

enum { BUFFER = 32 << 10, MOST = 200000, SPOOLS = 5, ITEMS = 400, LONGEST = 3000 };

static char text[MOST];

/* Put len bytes of text in pieces of chance, and get them in others. */
static void
there_and_back(size_t len, size_t piece)
{
	struct spool spool = { 0 };
	char back[MOST];

	for (size_t at = 0; at < len;) {
		size_t n = chance_from(0, piece);

		n = n < len - at ? n : len - at;
		check_is(spool_put(&spool, text + at, n), 0);
		at += n;
		check_is(spool.bytes, at);
	}
	check((spool.fd_plus_one != 0) == (len > BUFFER));
	for (int round = 0; round < 2; round++) {
		if (round > 0 && spool.fd_plus_one != 0)
			break; /* from the start once; what is in memory again and again
				*/
		check_is(spool_rewind(&spool), 0);
		for (size_t at = 0; at < len;) {
			size_t n = chance_from(1, piece);

			n = n < len - at ? n : len - at;
			check_is(spool_get(&spool, back + at, n), 1);
			at += n;
		}
		check_bytes(back, len, text, len);
		check_is(spool_get(&spool, back, 1), 0);
		check_is(spool_get(&spool, back, 0), 1);
	}
	spool_close(&spool);
	check_is(spool.bytes, 0);
	check(spool.buffer == NULL);
}

static void
spools(void)
{
	chance_bytes(text, sizeof(text));
	for (size_t len = BUFFER - 2; len <= BUFFER + 2; len++)
		for (size_t piece = 1; piece <= 2 * BUFFER + 1; piece = 8 * piece + 1)
			there_and_back(len, piece);
	for (uint64_t step = 1; step <= 200; step++) {
		check_at(step);
		there_and_back(chance_below(chance_one_in(2) ? MOST : 100),
		    chance_from(1, chance_one_in(2) ? 1000 : 50000));
	}
	there_and_back(0, 1);
}

static void
copies(void)
{
	int fd = spool_file(), to = spool_file();
	char back[MOST];
	uint64_t len = 1;

	chance_bytes(text, sizeof(text));
	check_is(write(fd, text, MOST), MOST);
	for (uint64_t at = 7, most = 1; most < 90000; most = 3 * most + 2) {
		len = most;
		check_is(spool_copy(fd, at, &len, fdio_sink(to)), 0);
		check(len > 0 && len <= most);
		check(most > 64 << 10 || len == most);
		check_is(pread(to, back, sizeof(back), 0), len);
		check_bytes(back, len, text + at, len);
		check_is(ftruncate(to, 0), 0);
		lseek(to, 0, SEEK_SET);
	}
	len = 10;
	check_is(spool_copy(fd, MOST - 4, &len, fdio_sink(to)), 0);
	check_is(len, 4); /* as many as are there */
	errno = 0;
	check_is(spool_copy(fd, MOST, &len, fdio_sink(to)), -1);
	check_is(errno, ENODATA);
	len = 1;
	check_is(spool_copy(fd, 0, &len, fdio_sink(-1)), -1);
	check_is(errno, EBADF);
	close(fd);
	close(to);
}

static void
folder(void)
{
	const char *now = getenv("TMPDIR");
	char before[4096] = "";

	if (now != NULL)
		strncpy(before, now, sizeof(before) - 1);
	setenv("TMPDIR", "/dev/shm", 1);
	check_text(spool_folder(), "/dev/shm");
	setenv("TMPDIR", "", 1);
	check_text(spool_folder(), "/tmp");
	unsetenv("TMPDIR");
	check_text(spool_folder(), "/tmp");
	setenv("TMPDIR", "/proc/nowhere", 1);
	check_is(spool_file(), -1);
	if (now != NULL)
		setenv("TMPDIR", before, 1);
	else
		unsetenv("TMPDIR");
}

struct model_item {
	uint64_t seq;
	size_t spool;
	char data[LONGEST];
	size_t len;
};

static struct model_item model[ITEMS];

/* Is a to be read before b? */
static int
by_place(const void *one, const void *other)
{
	const struct model_item *a = one, *b = other;

	if (a->seq != b->seq)
		return a->seq < b->seq ? -1 : 1;
	return a->spool < b->spool ? -1 : a->spool > b->spool;
}

static void
put_item(struct spool *spool, const struct model_item *item)
{
	size_t head = chance_below(item->len + 1);

	check_is(item_put(spool, item->seq, item->data, head, item->data + head,
		     item->len - head),
	    0);
}

static void
one_run(size_t count, size_t spools_used, size_t longest)
{
	struct spool all[SPOOLS] = { { 0 } };
	uint64_t next[SPOOLS] = { 0 };
	struct items items;
	struct item item;
	const char *data;

	for (size_t i = 0; i < count; i++) {
		size_t s = chance_below(spools_used);

		model[i].spool = s;
		next[s] += chance_below(3);
		model[i].seq = next[s]++;
		model[i].len = chance_below(longest);
		chance_bytes(model[i].data, model[i].len);
		put_item(&all[s], &model[i]);
	}
	qsort(model, count, sizeof(model[0]), by_place);
	check_is(items_open(&items, all, spools_used), 0);
	for (size_t i = 0; i < count; i++) {
		check_is(items_next(&items, &item, &data), 1);
		check_is(item.seq, model[i].seq);
		check_bytes(data, item.len, model[i].data, model[i].len);
	}
	check_is(items_next(&items, &item, &data), 0);
	check_is(items_next(&items, &item, &data), 0);
	items_close(&items);
	for (size_t s = 0; s < spools_used; s++)
		spool_close(&all[s]);
}

static void
items_agree(void)
{
	for (uint64_t step = 1; step <= 400; step++) {
		check_at(step);
		one_run(chance_below(ITEMS), chance_from(1, SPOOLS),
		    chance_one_in(10) ? LONGEST : 20);
	}
	one_run(0, SPOOLS, 1);
}

/* A spool that ends within an item. */
static void
cut_items(void)
{
	struct spool spool = { 0 };
	const struct item whole = { .seq = 1, .len = 10 };
	struct items items;
	struct item item;
	const char *data;

	check_is(spool_put(&spool, &whole, sizeof(whole)), 0);
	check_is(spool_put(&spool, "123456789", 9), 0);
	check_is(items_open(&items, &spool, 1), 0);
	errno = 0;
	check_is(items_next(&items, &item, &data), -1);
	check_is(errno, EIO);
	items_close(&items);
	spool_close(&spool);
}

/* A file that cannot be read: while an item is, and while what follows it is. */
static void
no_file(void)
{
	for (int after = 0; after <= 1; after++) {
		struct spool spool = { 0 };
		struct items items;
		struct item item;
		const char *data;
		int fd;

		/* Its end, or that of the item, is where the buffer ends. */
		check_is(item_put(&spool, 1, text, 0, text,
			     BUFFER - sizeof(item) + (after ? 0 : 1)),
		    0);
		check_is(item_put(&spool, 2, text, 0, text, 10), 0);
		check_is(items_open(&items, &spool, 1), 0);
		fd = spool.fd_plus_one;
		spool.fd_plus_one = 10000;
		errno = 0;
		check_is(items_next(&items, &item, &data), -1);
		check_is(errno, EBADF);
		spool.fd_plus_one = fd;
		items_close(&items);
		spool_close(&spool);
	}
}

static void
starve(void)
{
	struct spool all[2] = { { 0 } };
	struct items items = { 0 };
	struct item item;
	const char *data;
	int got = -1;
	uint64_t seen = 0;

	chance_bytes(text, 70000);
	if (item_put(&all[0], 0, text, 10, text + 10, 100) < 0 ||
	    item_put(&all[1], 1, text, 0, text, 70000) < 0 ||
	    item_put(&all[0], 2, text, 3, text, 0) < 0) {
		check(memory_failed());
	} else {
		got = items_open(&items, all, 2);
		for (; got >= 0 && (got = items_next(&items, &item, &data)) > 0; seen++)
			check_bytes(data, item.len, text, item.len);
		check(got == 0 ? seen == 3 : memory_failed());
		items_close(&items);
	}
	spool_close(&all[0]);
	spool_close(&all[1]);
}

static void
starves(void)
{
	memory_torment(starve);
}

TESTS("spool", { "bytes there and back", spools }, { "copies", copies },
    { "the folder of its files", folder },
    { "items of many by their place", items_agree }, { "an item that is cut", cut_items },
    { "a file that cannot be read", no_file }, { "without memory", starves })
