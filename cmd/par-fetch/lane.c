/* SPDX-License-Identifier: ISC */
#include <stddef.h>
#include <stdint.h>

#include "lane.h"

static struct lane_user **
bucket(struct lanes *lanes, const void *connection)
{
	uintptr_t at = (uintptr_t)connection;

	return &lanes->users[(at >> 4 ^ at >> 12) % LANES];
}

struct lane_user *
lanes_find(struct lanes *lanes, const void *connection)
{
	struct lane_user *user = *bucket(lanes, connection);

	while (user != NULL && user->connection != connection)
		user = user->next;
	return user;
}

void
lanes_enter(struct lanes *lanes, struct lane_user *user, const void *connection)
{
	struct lane_user **first = bucket(lanes, connection);

	lanes_leave(user);
	*user = (struct lane_user){ .next = *first,
		.link = first,
		.connection = connection,
		.transfer = user->transfer };
	if (user->next != NULL)
		user->next->link = &user->next;
	*first = user;
}

void
lanes_leave(struct lane_user *user)
{
	if (user->link == NULL)
		return;
	*user->link = user->next;
	if (user->next != NULL)
		user->next->link = user->link;
	user->link = NULL;
}
