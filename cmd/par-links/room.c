/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>

#include "bytes.h"
#include "diag.h"
#include "grow.h"
#include "room.h"

/* Bytes for at least so many. */
static char *
at_least(struct room *room, size_t needed)
{
	char *data = room->data;

	if (data == NULL || room->size < needed)
		data = grow(room->data, &room->size, needed, 1, BYTES_MOST);
	if (data == NULL)
		die(STATUS_BROKEN, errno, "buffers");
	room->data = data;
	return data;
}

char *
room_take(struct room *room, size_t size)
{
	if (size > room->size) { /* there is nothing to copy */
		free(room->data);
		room->data = NULL;
	}
	return at_least(room, size);
}

char *
room_add(struct room *room, size_t more)
{
	return at_least(room, room->used + more) + room->used;
}
