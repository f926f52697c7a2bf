/* SPDX-License-Identifier: ISC */
/*
 * nodes - which server is to be asked: one of the URL, one that a cluster has besides, or
 * the one that a server or Sentinel points to.  None is given up for good: those that
 * fail are tried again in their turn.
 */
#ifndef PAR_QUEUE_NODES_H
#define PAR_QUEUE_NODES_H

#include <stdbool.h>
#include <stddef.h>

#include <hiredis/hiredis.h>

#include "address.h"

enum { NODES_MOST = 1024 /* that are learnt */ };

struct nodes {
	const struct address *address;
	struct address_place *learnt; /* besides */
	size_t count;
	size_t at; /* whose turn it is: of the address, then of those learnt */
	struct address_place pointed; /* what is asked instead; no host: nothing */
};

/* address must stay. */
void nodes_init(struct nodes *nodes, const struct address *address);

/* Whom to ask now; NULL: the path of the address. */
const struct address_place *nodes_now(const struct nodes *nodes);

static inline bool
nodes_pointed(const struct nodes *nodes)
{
	return nodes->pointed.host != NULL;
}

/* It did not answer, or cannot do it: nobody points there, or it is the next one's turn.
 */
void nodes_failed(struct nodes *nodes);

/* That one is to be asked: len bytes of host.  0, or -1 without memory. */
int nodes_point(struct nodes *nodes, const char *host, size_t len, uint64_t port);

/*
 * What the server asked last says of CLUSTER SLOTS: all its nodes are known then, instead
 * of those learnt before.  Anything else, as of a server that is in no cluster, changes
 * nothing.  0, or -1 without memory.
 */
int nodes_learn(struct nodes *nodes, const redisReply *slots);

void nodes_free(struct nodes *nodes);

#endif
