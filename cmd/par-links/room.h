/* SPDX-License-Identifier: ISC */
/*
 * room - a buffer that grows as it must, and is used again for each record.
 * Where there is no memory the program ends with a diagnostic.
 */
#ifndef PAR_LINKS_ROOM_H
#define PAR_LINKS_ROOM_H

#include <stddef.h>

/* All zero is an empty one; free(room.data) ends it. */
struct room {
	char *data;
	size_t size, used; /* used is the user's */
};

/* size bytes; what was there is lost. */
char *room_take(struct room *room, size_t size);

/* more bytes after those used, which stay; the place of the first. */
char *room_add(struct room *room, size_t more);

#endif
