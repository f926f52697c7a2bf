/* SPDX-License-Identifier: ISC */
#include <stddef.h>
#include <stdint.h>

#include "connection.h"

static struct connection_user **
bucket(struct connections *connections, const void *connection)
{
	uintptr_t at = (uintptr_t)connection;

	return &connections->users[(at >> 4 ^ at >> 12) % CONNECTION_BUCKETS];
}

struct connection_user *
connections_find(struct connections *connections, const void *connection)
{
	struct connection_user *user = *bucket(connections, connection);

	while (user != NULL && user->connection != connection)
		user = user->next;
	return user;
}

void
connections_enter(
    struct connections *connections, struct connection_user *user, const void *connection)
{
	struct connection_user **first = bucket(connections, connection);

	connections_leave(user);
	*user = (struct connection_user){ .next = *first,
		.link = first,
		.connection = connection,
		.transfer = user->transfer };
	if (user->next != NULL)
		user->next->link = &user->next;
	*first = user;
}

void
connections_leave(struct connection_user *user)
{
	if (user->link == NULL)
		return;
	*user->link = user->next;
	if (user->next != NULL)
		user->next->link = user->link;
	user->link = NULL;
}
