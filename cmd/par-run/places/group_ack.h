/* SPDX-License-Identifier: ISC */
/*
 * group_ack - records that one worker did together, and that the parent supervisor was
 * not told of yet.
 */
#ifndef PAR_RUN_GROUP_ACK_H
#define PAR_RUN_GROUP_ACK_H

#include <stdint.h>

struct group_ack {
	uint64_t first, count; /* neighbours */
};

/* One more of them. */
static inline void
group_ack_add(struct group_ack *group, uint64_t number)
{
	if (group->count++ == 0)
		group->first = number;
}

/* The parent was told of the group. */
static inline void
group_ack_told(struct group_ack *group)
{
	group->count = 0;
}

#endif
