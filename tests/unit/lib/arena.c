/* SPDX-License-Identifier: ISC */
/*
 * The model fills each piece with a byte of its own and looks at all of them in the end.
 */
#include <stddef.h>
#include <string.h>

#include "arena.h"
#include "chance.h"
#include "check.h"
#include "memory.h"

enum { PIECES = 2000, FIRST_BLOCK = 16 << 10, LARGEST_BLOCK = 1 << 20 };

struct piece {
	char *at;
	size_t size;
	char fill;
};

static void
take(struct arena *arena, struct piece *piece, size_t size, size_t align)
{
	piece->size = size;
	piece->fill = (char)(chance() & 0x7f);
	piece->at = arena_take(arena, size, align);
	check(piece->at != NULL);
	check_is((uintptr_t)piece->at % align, 0);
	memset(piece->at, piece->fill, size);
}

static void
verify(const struct piece *pieces, size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < pieces[i].size; k++)
			check_is(pieces[i].at[k], pieces[i].fill);
}

static size_t
any_size(void)
{
	switch (chance_below(20)) {
	case 0:
		return chance_from(FIRST_BLOCK / 4 - 2, FIRST_BLOCK / 4 + 2);
	case 1:
		return chance_from(FIRST_BLOCK - 2, FIRST_BLOCK + 2);
	case 2:
		return chance_below(3 * FIRST_BLOCK);
	default:
		return chance_below(100);
	}
}

/* One that malloc(3) keeps, 16 bytes or on some processors 8 at most. */
static size_t
any_boundary(void)
{
	size_t boundary = (size_t)1 << chance_below(5);

	return boundary < _Alignof(max_align_t) ? boundary : _Alignof(max_align_t);
}

/* Pieces lie apart, each on its boundary, and last. */
static void
apart(void)
{
	static struct piece pieces[PIECES];

	for (int round = 0; round < 20; round++) {
		struct arena arena = { 0 };

		for (size_t i = 0; i < PIECES; i++)
			take(&arena, &pieces[i], any_size(), any_boundary());
		verify(pieces, PIECES);
		arena_release(&arena);
		check_is(arena.total, 0);
		check(arena.blocks == NULL && arena.at == NULL && arena.end == NULL);
	}
}

/* Small pieces share a block; a large one has one of its own, and the one at work goes
 * on. */
static void
blocks(void)
{
	struct arena arena = { 0 };
	char *first = arena_take(&arena, 10, 1), *end = arena.end;
	size_t total = arena.total;

	check(arena_take(&arena, 10, 1) == first + 10);
	check_is(arena.end - first, FIRST_BLOCK);
	check_is(arena.total, total);
	arena_take(&arena, FIRST_BLOCK - 20, 1);
	check_is(arena.total, total); /* to the last byte */
	check(arena.at == end);
	arena_take(&arena, 1, 1);
	check(arena.total > total);
	total = arena.total;
	end = arena.end;
	arena_take(&arena, FIRST_BLOCK, 1);
	check(arena.end == end); /* had no room in it, and left it */
	check(arena.total >= total + FIRST_BLOCK &&
	    arena.total <= total + FIRST_BLOCK + 64);
	arena_release(&arena);
}

/* The memory asked for is in bounds: not much more than a quarter beyond what is taken.
 */
static void
growth(void)
{
	struct arena arena = { 0 };
	size_t taken = 0, before, most = 0;

	for (int i = 0; i < 200000; i++) {
		before = arena.total;
		arena_take(&arena, 64, _Alignof(max_align_t));
		taken += 64;
		if (arena.total - before > most)
			most = arena.total - before;
		check(arena.total <= taken + taken / 2 + 2 * FIRST_BLOCK);
	}
	check_is(most / 64 * 64, LARGEST_BLOCK);
	arena_release(&arena);
}

static void
starve(void)
{
	struct arena arena = { 0 };
	char *small = arena_take(&arena, 100, _Alignof(max_align_t));
	size_t total = arena.total;
	char *large = arena_take(&arena, 100000, 1);

	check((small != NULL && large != NULL) || memory_failed());
	check((arena.total > total) == (large != NULL));
	if (small != NULL)
		memset(small, 1, 100);
	if (large != NULL)
		memset(large, 2, 100000);
	arena_release(&arena);
}

static void
starves(void)
{
	memory_torment(starve);
}

TESTS("arena", { "pieces lie apart and last", apart }, { "blocks are used up", blocks },
    { "memory in bounds", growth }, { "without memory", starves })
