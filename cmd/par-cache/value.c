/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "formats.h"
#include "hash.h"
#include "value.h"

enum { MADE = 8, RECORD_LEN = 16 }; /* places in a value; the check sum is first */

void
value_put_number(char *to, uint64_t number)
{
	for (int i = 0; i < 8; i++)
		to[i] = (char)(unsigned char)(number >> 8 * i);
}

uint64_t
value_get_number(const char *from)
{
	uint64_t number = 0;

	for (int i = 7; i >= 0; i--)
		number = number << 8 | (unsigned char)from[i];
	return number;
}

/* Of a value, of which MADE and all that follows counts: under another key it is none. */
static uint64_t
check_sum(const struct digest *key, const char *value, size_t len)
{
	return hash_bytes(
	    value + MADE, len - MADE, value_get_number((const char *)key->bytes));
}

void
value_write(char *to, const struct stored *saved)
{
	value_put_number(to + MADE, (uint64_t)time(NULL));
	value_put_number(to + RECORD_LEN, saved->len);
	memcpy(to + VALUE_HEAD, saved->record, saved->len);
	if (saved->output_len > 0)
		memcpy(to + VALUE_HEAD + saved->len, saved->output, saved->output_len);
	value_put_number(to, check_sum(&saved->key, to, value_size(saved)));
}

void
value_read(struct lookup *lookup, const char *value, size_t len, uint64_t ttl)
{
	uint64_t now = (uint64_t)time(NULL), made;

	lookup->damaged = len < VALUE_HEAD ||
	    value_get_number(value) != check_sum(&lookup->key, value, len);
	if (lookup->damaged || len - VALUE_HEAD < lookup->len ||
	    value_get_number(value + RECORD_LEN) != lookup->len ||
	    memcmp(value + VALUE_HEAD, lookup->record, lookup->len) != 0)
		return;
	made = value_get_number(value + MADE);
	if (ttl > 0 && made < now && now - made >= ttl)
		return;
	lookup->output = value + VALUE_HEAD + lookup->len;
	lookup->output_len = len - VALUE_HEAD - lookup->len;
}

void
value_name(char name[static VALUE_NAME_SIZE + 1], const struct digest *key)
{
	char *to = name + snprintf(name, VALUE_NAME_SIZE + 1, "par%d:", FORMAT_CACHE);

	for (int i = 0; i < KEY_SIZE; i++)
		to += snprintf(to, 3, "%02x", key->bytes[i]);
}
