/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "grow.h"

void *
grow(void *things, size_t *room, size_t needed, size_t size, size_t most)
{
	size_t larger = *room;
	void *moved;

	if (things != NULL && *room >= needed)
		return things;
	if (most > PTRDIFF_MAX / size) /* no memory is larger */
		most = PTRDIFF_MAX / size;
	if (needed > most) {
		errno = EMSGSIZE;
		return NULL;
	}
	larger = larger <= most / 2 ? 2 * larger : most;
	if (larger < needed)
		larger = needed;
	moved = realloc(things, larger == 0 ? 1 : larger * size);
	if (moved != NULL)
		*room = larger;
	return moved;
}
