/* SPDX-License-Identifier: ISC */
/*
 * lane - which transfers are on which connection, so that none is sent on one that is
 * in use and is not known to keep their answers apart.
 *
 * libcurl decides by what it knows of a host, and not, in older versions, of each
 * connection: where one speaks HTTP/2 and another HTTP/1.1, it sends requests behind one
 * another on the latter, and gives the answers to whoever reads first.
 */
#ifndef PAR_FETCH_LANE_H
#define PAR_FETCH_LANE_H

#include <stdbool.h>

enum { LANES = 256 };

/* A transfer that is on a connection.  All zero is on none. */
struct lane_user {
	struct lane_user *next, **link;
	const void *connection; /* what tells it from others */
	void *transfer; /* whose it is */
	bool told; /* what it speaks is known: */
	bool many; /* HTTP/2, which keeps transfers apart */
};

/* All zero has none. */
struct lanes {
	struct lane_user *users[LANES];
};

/* Whoever is on the connection; NULL if none is. */
struct lane_user *lanes_find(struct lanes *lanes, const void *connection);

/* user is on the connection from now on, and on no other. */
void lanes_enter(struct lanes *lanes, struct lane_user *user, const void *connection);

/* user is on none. */
void lanes_leave(struct lane_user *user);

#endif
