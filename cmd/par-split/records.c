/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "records.h"

uint64_t
records_count(const struct records *records)
{
	const char *at = records->data, *end = at + records->len;
	uint64_t count = 0;

	while ((at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
		count++;
		at++;
	}
	return count;
}

size_t
records_first(const struct records *records, uint64_t *count)
{
	const char *at = records->data, *end = at + records->len;

	while (*count > 0 && at < end) {
		at = memchr(at, '\n', (size_t)(end - at));
		at++;
		--*count;
	}
	return (size_t)(at - records->data);
}
