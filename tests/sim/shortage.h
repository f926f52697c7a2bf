/* SPDX-License-Identifier: ISC */
/*
 * shortage - calls that fail since there is none of something left.
 */
#ifndef SIM_SHORTAGE_H
#define SIM_SHORTAGE_H

#include <stdbool.h>
#include <stddef.h>

/* Only from here on, so that the run can begin. */
void shortage_begin(void);

bool shortage_of_processes(void);
bool shortage_of_descriptors(void);
bool shortage_of_memory(void);

/*
 * How many of len bytes there is room for on the disk, which they take.  It is full for
 * some calls, and then somebody makes room.
 */
size_t shortage_of_room(size_t len);

/* The same of something that needs all of it: is there not enough? */
bool shortage_of_whole(size_t len);

/* Has there been any?  Of memory, of room on the disk? */
bool shortage_seen(void);
bool shortage_memory_seen(void);
bool shortage_room_seen(void);

#endif
