/* SPDX-License-Identifier: ISC */
/*
 * Fuzz par-cache: values of a store.  What was written is found; what anybody else has
 * written there, or a bit that has changed, is not, and nothing outside is read.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "value.h"

/* Any bytes as a value. */
static void
check_any(const char *record, size_t len, const char *value, size_t value_len)
{
	struct lookup lookup = { .record = record, .len = len };
	char *copy = copy_of(value, value_len);

	memset(lookup.key.bytes, 7, sizeof(lookup.key.bytes));
	value_read(&lookup, copy, value_len, 0);
	if (lookup.output != NULL)
		must(lookup.output >= copy + VALUE_HEAD + len &&
		    lookup.output + lookup.output_len == copy + value_len);
	free(copy);
}

static void
check_own(
    const char *record, size_t len, const char *output, size_t output_len, uint64_t where)
{
	struct stored saved = {
		.record = record, .len = len, .output = output, .output_len = output_len
	};
	struct lookup lookup = { .record = record, .len = len };
	size_t size;
	char *value;

	memset(saved.key.bytes, 7, sizeof(saved.key.bytes));
	memset(lookup.key.bytes, 7, sizeof(lookup.key.bytes));
	size = value_size(&saved);
	value = malloc(size);
	must(value != NULL);
	value_write(value, &saved);
	value_read(&lookup, value, size, 0);
	must(!lookup.damaged && lookup.output == value + VALUE_HEAD + len &&
	    lookup.output_len == output_len &&
	    (output_len == 0 || memcmp(lookup.output, output, output_len) == 0));
	lookup.output = NULL;
	value[where / 8 % size] ^= (char)(1 << where % 8);
	value_read(&lookup, value, size, 0);
	must(lookup.damaged && lookup.output == NULL);
	value_read(&lookup, value, where / 8 % size, 0);
	must(lookup.damaged && lookup.output == NULL);
	free(value);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pieces in = pieces_of(data, size);
	uint64_t where = pieces_number(&in);
	size_t len;
	const char *record = pieces_until(&in, '\n', &len);

	check_any(record, len, in.at, in.left);
	check_own(record, len, in.at, in.left, where);
	return 0;
}
