/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>

#include "diag.h"
#include "room.h"

char *
room_take(struct room *room, size_t size)
{
	if (size > room->size || room->data == NULL) {
		free(room->data);
		room->size = size + size / 4 + 256;
		room->data = malloc(room->size);
		if (room->data == NULL)
			die(STATUS_BROKEN, errno, "buffers");
	}
	return room->data;
}

char *
room_add(struct room *room, size_t more)
{
	if (more > room->size - room->used || room->data == NULL) {
		room->size = (room->used + more) * 2 + 256;
		room->data = realloc(room->data, room->size);
		if (room->data == NULL)
			die(STATUS_BROKEN, errno, "buffers");
	}
	return room->data + room->used;
}
