/* SPDX-License-Identifier: ISC */
/*
 * stores - the kinds of store, the one that a URL means, and what it does for a cache.
 */
#ifndef PAR_CACHE_STORES_H
#define PAR_CACHE_STORES_H

#include "roles.h"
#include "store.h"

/* Open what the plan names; ends the program if it cannot be used. */
void store_open(struct store *store, const struct store_plan *plan);

/*
 * A store that fails while it is used is told of once, and does without: nothing
 * is found, nothing kept, and records are computed as if there was no cache.
 */
void store_get(struct store *store, struct lookup *lookups, size_t count);
void store_rest(struct store *store);
void store_put(struct store *store, const struct stored *list);

/* How full it is; ends the program if that cannot be told. */
void store_size(struct store *store, struct store_size *size);

void store_close(struct store *store);

/* Enter the files of a folder that the plan names. */
void store_roles(struct roles *roles, const struct store_plan *plan);

#endif
