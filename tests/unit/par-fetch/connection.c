/* SPDX-License-Identifier: ISC */
/*
 * The model of connections says for each user on which connection it is.
 */
#include <string.h>

#include "chance.h"
#include "check.h"
#include "connection.h"

enum { USERS = 30, CONNECTIONS = 10 };

static void
agrees(void)
{
	static struct connections known;
	static struct connection_user users[USERS];
	static const char connections[CONNECTIONS << 12];
	int on[USERS];

	memset(&known, 0, sizeof(known));
	memset(users, 0, sizeof(users));
	for (int i = 0; i < USERS; i++)
		on[i] = -1;
	for (uint64_t step = 1; step <= 50000; step++) {
		int user = (int)chance_below(USERS), c = (int)chance_below(CONNECTIONS);
		/* Some are in one bucket, as their addresses go by it. */
		const char *connection = connections + (c % 2 == 0 ? c << 12 : c << 4);
		const struct connection_user *found;
		int count = 0, seen = 0;

		check_at(step);
		users[user].transfer = &users[user];
		if (chance_one_in(3)) {
			connections_leave(&users[user]);
			on[user] = -1;
		} else {
			users[user].speaks = SPEAKS_MANY;
			connections_enter(&known, &users[user], connection);
			check(users[user].speaks == SPEAKS_UNKNOWN);
			on[user] = c;
		}
		check(users[user].transfer == &users[user]);
		found = connections_find(&known, connection);
		for (int i = 0; i < USERS; i++)
			count += on[i] == c;
		check((found != NULL) == (count > 0));
		for (; found != NULL; found = found->next) {
			check(on[found - users] >= 0);
			seen += found->connection == connection;
		}
		check_is(seen, count);
	}
}

TESTS("connection", { "agrees with an array", agrees })
