/* SPDX-License-Identifier: ISC */
/*
 * value - how an output is laid out in a store, on every kind of machine alike: a
 * check sum of all that follows, when it was made, how long the record is, the
 * record, its output; and under which name.
 */
#ifndef PAR_CACHE_VALUE_H
#define PAR_CACHE_VALUE_H

#include <stddef.h>
#include <stdint.h>

#include "store.h"

enum { VALUE_HEAD = 24 };

/* How many bytes value_write() writes. */
static inline size_t
value_size(const struct stored *saved)
{
	return VALUE_HEAD + saved->len + saved->output_len;
}

void value_write(char *to, const struct stored *saved);

/*
 * Set the output of lookup if value, len bytes, is of its record and not older
 * than ttl seconds (0: of any age); say there if it is not what was stored.
 */
void value_read(struct lookup *lookup, const char *value, size_t len, uint64_t ttl);

/* How a key is called on a server: a prefix, and its bytes in hexadecimal. */
enum { VALUE_NAME_SIZE = 5 + 2 * KEY_SIZE };
void value_name(char name[static VALUE_NAME_SIZE + 1], const struct digest *key);

/* Eight bytes, least significant first. */
void value_put_number(char *to, uint64_t number);
uint64_t value_get_number(const char *from);

#endif
