/* SPDX-License-Identifier: ISC */
/*
 * Fuzz lib: JSON, of any bytes.  Items are views of what is read, within the depth that
 * there may be; and what is read is the same when it is written again and read.
 */
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "fuzz.h"
#include "json_reader.h"
#include "json_string.h"

static void
put(struct bytes *to, const char *data, size_t len)
{
	must(bytes_put(to, data, len) == 0);
}

static bool
is_view(const struct field *field, const char *data, size_t size)
{
	return field->data == NULL ||
	    (field->data >= data && field->data + field->len <= data + size);
}

/* Write it, with its name if it has one; of objects and arrays nothing else. */
static void
write_item(struct bytes *to, const struct json_item *item)
{
	char *plain = malloc(item->value.len + 1);
	size_t len = json_text(plain, item);

	must(len <= item->value.len);
	if (item->name.data != NULL) {
		put(to, "\"", 1);
		put(to, item->name.data, item->name.len);
		put(to, "\":", 2);
	}
	if (item->kind == JSON_TEXT)
		must(json_string(to, plain, len, JSON_KEPT) == 0);
	else if (item->kind > JSON_ARRAY)
		put(to, item->value.data, item->value.len);
	free(plain);
}

/* End what is deeper than depth; ends has a byte for each depth. */
static void
write_ends(struct bytes *to, const char *ends, unsigned *deep, unsigned depth)
{
	for (; *deep > depth; --*deep)
		put(to, &ends[*deep], 1);
}

/* Read it, and write it again; was it JSON? */
static bool
read_all(const char *data, size_t size, struct bytes *to)
{
	char ends[JSON_DEEP + 2] = { 0, '}' };
	struct json_reader in;
	struct json_item item;
	unsigned deep = 1;
	bool first = true;

	bytes_clear(to, SIZE_MAX);
	put(to, "{", 1);
	json_begin(&in, data, size);
	while (json_next(&in, &item)) {
		uint64_t count;
		double number;

		must(item.depth >= 1 && item.depth <= JSON_DEEP);
		must(is_view(&item.name, data, size) && is_view(&item.value, data, size));
		must((item.name.data != NULL) == (ends[item.depth] == '}'));
		must(!json_count(&item, &count) || json_number(&item, &number));
		first = first && item.depth == deep;
		write_ends(to, ends, &deep, item.depth);
		put(to, ",", first ? 0 : 1);
		write_item(to, &item);
		first = item.kind <= JSON_ARRAY;
		if (first) {
			put(to, item.kind == JSON_OBJECT ? "{" : "[", 1);
			ends[++deep] = item.kind == JSON_OBJECT ? '}' : ']';
		}
	}
	write_ends(to, ends, &deep, 0);
	return json_over(&in);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = copy_of(data, size);
	struct bytes once = { 0 }, twice = { 0 };

	if (read_all(copy, size, &once)) {
		must(read_all(once.data, once.len, &twice));
		must(same_bytes(once.data, once.len, twice.data, twice.len));
	}
	free(copy);
	bytes_free(&once);
	bytes_free(&twice);
	return 0;
}
