/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "table.h"
#include "unique.h"

struct unique {
	struct table table;
	uint64_t seen, dropped;
};

struct unique *
unique_open(void)
{
	struct unique *unique = calloc(1, sizeof(*unique));

	if (unique == NULL)
		return NULL;
	if (table_open(&unique->table, 0, SIZE_MAX, hash_random_seed()) < 0) {
		unique_close(unique);
		return NULL;
	}
	return unique;
}

void
unique_close(struct unique *unique)
{
	if (unique == NULL)
		return;
	table_close(&unique->table);
	free(unique);
}

size_t
unique_filter(struct unique *unique, char *data, size_t len)
{
	struct table *table = &unique->table;
	char *at = data, *end = data + len, *to = data;

	while (at < end) {
		char *newline = memchr(at, '\n', (size_t)(end - at));
		size_t size = (size_t)(newline - at);
		bool fresh;

		if (table_add(table, at, size, hash_bytes(at, size, table->seed),
			&fresh) == TABLE_FULL)
			return SIZE_MAX;
		unique->seen++;
		if (fresh) {
			memmove(to, at, size + 1);
			to += size + 1;
		} else {
			unique->dropped++;
		}
		at = newline + 1;
	}
	return (size_t)(to - data);
}

uint64_t
unique_dropped(const struct unique *unique)
{
	return unique->dropped;
}

uint64_t
unique_seen(const struct unique *unique)
{
	return unique->seen;
}
