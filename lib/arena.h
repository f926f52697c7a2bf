/* SPDX-License-Identifier: ISC */
/*
 * arena - memory that is taken in small pieces and given back all at once.
 */
#ifndef PAR_ARENA_H
#define PAR_ARENA_H

#include <stddef.h>

struct arena_block;

/* All zero is an empty one. */
struct arena {
	struct arena_block *blocks;
	char *at, *end; /* what is free of the newest block */
	size_t total; /* bytes asked of the system */
};

/*
 * size bytes on a multiple of align, a power of two up to that of malloc(3), that last
 * until arena_release(); NULL with errno.
 */
void *arena_take(struct arena *arena, size_t size, size_t align);

/* Give all of it back; the arena is empty, and may be used again. */
void arena_release(struct arena *arena);

#endif
