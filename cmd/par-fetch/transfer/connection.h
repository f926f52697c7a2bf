/* SPDX-License-Identifier: ISC */
/*
 * connection - which transfers are on which connection, so that none is sent on one that
 * is in use and is not known to keep their answers apart.
 *
 * libcurl decides by what it knows of a host, and not, in older versions, of each
 * connection: where one speaks HTTP/2 and another HTTP/1.1, it sends requests behind one
 * another on the latter, and gives the answers to whoever reads first.
 */
#ifndef PAR_FETCH_CONNECTION_H
#define PAR_FETCH_CONNECTION_H

enum { CONNECTION_BUCKETS = 256 };

/* What a connection speaks. */
enum connection_speaks {
	SPEAKS_UNKNOWN,
	SPEAKS_ONE, /* HTTP/1.x: one transfer at a time */
	SPEAKS_MANY /* HTTP/2, which keeps transfers apart */
};

/* A transfer that is on a connection.  All zero is on none. */
struct connection_user {
	struct connection_user *next, **link;
	const void *connection; /* what tells it from others */
	void *transfer; /* whose it is */
	enum connection_speaks speaks;
};

/* All zero has none. */
struct connections {
	struct connection_user *users[CONNECTION_BUCKETS];
};

/* Whoever is on the connection; NULL if none is. */
struct connection_user *
connections_find(struct connections *connections, const void *connection);

/* user is on the connection from now on, and on no other. */
void connections_enter(struct connections *connections, struct connection_user *user,
    const void *connection);

/* user is on none. */
void connections_leave(struct connection_user *user);

#endif
