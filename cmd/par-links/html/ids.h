/* SPDX-License-Identifier: ISC */
/*
 * ids - lists of nodes, by their indices: the stack of open elements, and the list of
 * active formatting elements.
 */
#ifndef PAR_LINKS_IDS_H
#define PAR_LINKS_IDS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "need.h"

static inline size_t
ids_count(const struct bytes *ids)
{
	return ids->len / sizeof(uint32_t);
}

static inline uint32_t *
ids_at(const struct bytes *ids, size_t i)
{
	return (uint32_t *)(void *)ids->data + i;
}

static inline void
ids_push(struct bytes *ids, uint32_t id)
{
	memcpy(need_room(ids, sizeof(id)), &id, sizeof(id));
	ids->len += sizeof(id);
}

/* Put id in front of the i-th. */
static inline void
ids_insert(struct bytes *ids, size_t i, uint32_t id)
{
	size_t at = i * sizeof(id);

	need_room(ids, sizeof(id));
	memmove(ids->data + at + sizeof(id), ids->data + at, ids->len - at);
	memcpy(ids->data + at, &id, sizeof(id));
	ids->len += sizeof(id);
}

/* Take the i-th out. */
static inline void
ids_remove(struct bytes *ids, size_t i)
{
	char *at = ids->data + i * sizeof(uint32_t);
	char *next = at + sizeof(uint32_t);

	memmove(at, next, (size_t)(ids->data + ids->len - next));
	ids->len -= sizeof(uint32_t);
}

/* Where id, which is there, is: looked for from the end on. */
static inline size_t
ids_find(const struct bytes *ids, uint32_t id)
{
	size_t i = ids_count(ids);

	while (i > 0 && *ids_at(ids, i - 1) != id)
		i--;
	return i - 1;
}

#endif
