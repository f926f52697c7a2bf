/* SPDX-License-Identifier: ISC */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "arena.h"

enum {
	BLOCK_MIN = 16 << 10,
	BLOCK_MAX = 1 << 20 /* blocks grow up to this with the arena */
};

struct arena_block {
	struct arena_block *next;
	_Alignas(max_align_t) char bytes[];
};

static size_t
block_size(const struct arena *arena, size_t needed)
{
	size_t size = arena->total / 4;

	if (size < BLOCK_MIN)
		size = BLOCK_MIN;
	if (size > BLOCK_MAX)
		size = BLOCK_MAX;
	return needed > size / 4 ? needed : size;
}

static void *
take_new(struct arena *arena, size_t size)
{
	size_t room = block_size(arena, size);
	struct arena_block *block = malloc(sizeof(*block) + room);

	if (block == NULL)
		return NULL;
	block->next = arena->blocks;
	arena->blocks = block;
	arena->total += sizeof(*block) + room;
	/* A large piece has a block of its own: the one at work goes on. */
	if (room > size) {
		arena->at = block->bytes + size;
		arena->end = block->bytes + room;
	}
	return block->bytes;
}

void *
arena_take(struct arena *arena, size_t size, size_t align)
{
	size_t skip = -(uintptr_t)arena->at & (align - 1);
	char *piece;

	if (arena->at == NULL || (size_t)(arena->end - arena->at) < skip + size)
		return take_new(arena, size);
	piece = arena->at + skip;
	arena->at = piece + size;
	return piece;
}

void
arena_release(struct arena *arena)
{
	struct arena_block *block = arena->blocks, *next;

	for (; block != NULL; block = next) {
		next = block->next;
		free(block);
	}
	*arena = (struct arena){ 0 };
}
