/* SPDX-License-Identifier: ISC */
/*
 * Fuzz lib: fields and keys.  What is escaped and taken back is the same, fits, and
 * stands in a record; fields are all of a record, whichever way they are found.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "field.h"
#include "fuzz.h"
#include "key.h"

enum { FIELDS = 5 };

static void
check_escape(const char *data, size_t len)
{
	char *escaped = malloc(2 * len), *back = malloc(len), *again = malloc(2 * len);
	size_t used = field_escape(escaped, data, len), got;

	must(used <= 2 * len && field_clean(data, len) <= len);
	must((field_clean(data, len) == len) == (used == len));
	for (size_t i = 0; i < used; i++)
		must(strchr("\t\n\r", escaped[i]) == NULL && escaped[i] != '\0');
	/* It has room for no more than len, as the escaped one is of len bytes. */
	free(back);
	back = malloc(used);
	got = field_unescape(back, escaped, used);
	must(same_bytes(back, got, data, len));
	must(same_bytes(escaped, field_unescape(escaped, escaped, used), data, len));
	/* Any bytes as a field: never longer, and one form of it stays. */
	free(back);
	back = malloc(len);
	got = field_unescape(back, data, len);
	must(got <= len);
	free(again);
	again = malloc(2 * got);
	used = field_escape(again, back, got);
	free(escaped);
	escaped = malloc(used);
	must(field_unescape(escaped, again, used) == got &&
	    same_bytes(escaped, got, back, got));
	free(escaped);
	free(again);
	free(back);
}

static void
check_fields(const char *data, size_t len)
{
	struct field fields[FIELDS], one;
	size_t count = field_split(data, len, fields, FIELDS), sum = count - 1;

	must(count >= 1 && count <= FIELDS);
	for (size_t i = 0; i < count; i++) {
		sum += fields[i].len;
		must(field_at(data, len, i, &one) && one.data == fields[i].data);
		must(i == FIELDS - 1 || one.len == fields[i].len);
		must(one.len == 0 || memchr(one.data, '\t', one.len) == NULL);
	}
	must(sum == len);
	must(count == FIELDS || !field_at(data, len, count, &one));
}

static void
check_key(const char *data, size_t len)
{
	static const char *const names[] = { "1", "3", "host" };
	char room[KEY_HOST_MAX];
	struct key key;
	struct field field;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		must(key_parse(&key, names[i]) == NULL);
		if (!key_of(&key, data, len, room, &field))
			continue;
		must(field.len <= (key.kind == KEY_HOST ? KEY_HOST_MAX : len));
		if (key.kind != KEY_HOST || len < 5 || strncasecmp(data, "http:", 5) != 0)
			continue; /* of other schemes capitals may stay */
		for (size_t k = 0; k < field.len; k++)
			must(field.data[k] < 'A' || field.data[k] > 'Z');
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *record = copy_of(data, size);

	check_escape(record, size);
	check_fields(record, size);
	check_key(record, size);
	if (size == 0) { /* nothing may stand nowhere */
		check_escape(NULL, 0);
		check_fields(NULL, 0);
		check_key(NULL, 0);
	}
	free(record);
	return 0;
}
