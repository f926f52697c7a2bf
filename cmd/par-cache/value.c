/* SPDX-License-Identifier: ISC */
#include <string.h>
#include <time.h>

#include "value.h"

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

void
value_write(char *to, const struct saved *saved)
{
	value_put_number(to, (uint64_t)time(NULL));
	value_put_number(to + 8, saved->len);
	memcpy(to + VALUE_HEAD, saved->record, saved->len);
	if (saved->output_len > 0)
		memcpy(to + VALUE_HEAD + saved->len, saved->output, saved->output_len);
}

void
value_read(struct lookup *lookup, const char *value, size_t len, uint64_t ttl)
{
	uint64_t now = (uint64_t)time(NULL), made;

	if (len < VALUE_HEAD + lookup->len || value_get_number(value + 8) != lookup->len)
		return;
	if (memcmp(value + VALUE_HEAD, lookup->record, lookup->len) != 0)
		return;
	made = value_get_number(value);
	if (ttl > 0 && made < now && now - made >= ttl)
		return;
	lookup->output = value + VALUE_HEAD + lookup->len;
	lookup->output_len = len - VALUE_HEAD - lookup->len;
}
