/* SPDX-License-Identifier: ISC */
/*
 * control_group - where the control group of this process is: its folder
 * in the tree of version 2, or in that of a controller of version 1.
 */
#ifndef PAR_CONTROL_GROUP_H
#define PAR_CONTROL_GROUP_H

#include <stddef.h>

enum { CONTROL_GROUP_PATH = 4096 };

struct control_group {
	char folder[CONTROL_GROUP_PATH];
	size_t len, root; /* bytes of it, and of the part that the tree is mounted at */
};

/* Find the one of version 1 or 2 for controller, such as "cpu".  0, or -1 if none is. */
int control_group_find(struct control_group *group, int version, const char *controller);

/*
 * What its file of that name holds at its beginning, ended by NUL, in text of size bytes:
 * -1 if it cannot be read.
 */
int control_group_read(
    const struct control_group *group, const char *name, char *text, size_t size);

/* Go to the group above; -1 if this is the highest that can be seen. */
int control_group_up(struct control_group *group);

#endif
