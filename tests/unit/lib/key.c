/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "key.h"

static void
parsing(void)
{
	static const struct {
		const char *value;
		enum key_kind kind;
		uint64_t field; /* 0: it is wrong */
	} rows[] = {
		{ "1", KEY_FIELD, 1 },
		{ "17", KEY_FIELD, 17 },
		{ "4294967295", KEY_FIELD, UINT32_MAX },
		{ "4294967296", KEY_FIELD, 0 },
		{ "0", KEY_FIELD, 0 },
		{ "", KEY_FIELD, 0 },
		{ "hosts", KEY_FIELD, 0 },
		{ "hos", KEY_FIELD, 0 },
		{ "Host", KEY_FIELD, 0 },
		{ "1,2", KEY_FIELD, 0 },
	};
	struct key key = { .field = 9 };

	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *why = key_parse(&key, rows[i].value);

		check_at(i + 1);
		check((why != NULL) == (rows[i].field == 0));
		if (why != NULL)
			continue;
		check_is(key.kind, rows[i].kind);
		check_is(key.field, rows[i].field);
	}
	check(key_parse(&key, "host") == NULL);
	check_is(key.kind, KEY_HOST);
}

/* The key of a copy of just that size, so that a sanitizer sees a step beyond it. */
static bool
key_is(const struct key *key, const char *record, const char *want)
{
	size_t len = strlen(record);
	char *copy = calloc(1, len == 0 ? 1 : len), room[KEY_HOST_MAX];
	struct field field;
	bool there;

	memcpy(copy, record, len);
	there = key_of(key, copy, len, room, &field);
	if (there && want != NULL)
		check_bytes(field.data, field.len, want, strlen(want));
	free(copy);
	return there == (want != NULL);
}

static void
fields(void)
{
	const struct key all = { .kind = KEY_RECORD };
	const struct key first = { .kind = KEY_FIELD, .field = 1 };
	const struct key third = { .kind = KEY_FIELD, .field = 3 };

	check(key_is(&all, "a\tb", "a\tb"));
	check(key_is(&all, "", ""));
	check(key_is(&first, "a\tb", "a"));
	check(key_is(&first, "a", "a"));
	check(key_is(&first, "", ""));
	check(key_is(&first, "\tb", ""));
	check(key_is(&third, "a\tb\tc", "c"));
	check(key_is(&third, "a\tb\t", ""));
	check(key_is(&third, "a\tb\tc\td", "c"));
	check(key_is(&third, "a\tb", NULL));
	check(key_is(&third, "", NULL));
}

static void
hosts(void)
{
	static const struct {
		const char *record, *host;
	} rows[] = {
		{ "http://h/", "h" },
		{ "http://h", "h" },
		{ "http://h?q", "h" },
		{ "http://h#f", "h" },
		{ "http://h:80/", "h" },
		{ "http://h:", "h" },
		{ "http://A.Example.ORG/Path", "a.example.org" },
		{ "http://a@b@c/", "c" },
		{ "http://user:pass@h:80/", "h" },
		{ "http://u@h/a@b", "h" },
		{ "http://[::1]:80/", "[::1]" },
		{ "http://u@[FE80::1]/", "[fe80::1]" },
		{ "http://[::1", "" },
		{ "https://h/\tfield http://other/", "h" },
		{ "h\thttp://other/", "" },
		{ "://h/", "" },
		{ "http:/h/", "h" },
		{ "http//h/", "" },
		{ "h", "" },
		{ "", "" },
		{ "\thttp://h/", "" },
		{ "http://", "" },
		{ "http:///path", "path" },
		{ "http://h\t", "h" },
		{ "a://b://c/", "b" },
		{ "redis://H/", "H" },
		{ " http://h ", "h" },
		{ "http://h\r", "h" },
		/* Escapes stand for a backslash, a tab, a newline, a NUL. */
		{ "http://h\\\\x/", "h" },
		{ "http://a\\tB/", "ab" },
		{ "http://a\\nb\\\\@c/", "ab" },
		{ "http://a\\0b/", "" },
		{ "http://h/\\\\x", "h" },
		/* Without IDNA. */
		{ "http://B\303\234cher.de/", "xn--bcher-kva.de" },
	};
	const struct key host = { .kind = KEY_HOST };

	for (size_t i = 0; i < COUNT(rows); i++) {
		check_at(i + 1);
		check(key_is(&host, rows[i].record, rows[i].host));
	}
}

/* Of a host KEY_HOST_MAX bytes count, as it is or in small letters. */
static void
long_hosts(void)
{
	const struct key host = { .kind = KEY_HOST };
	char url[KEY_HOST_MAX + 20], want[KEY_HOST_MAX + 1], room[KEY_HOST_MAX + 1];
	struct field field;

	memset(want, 'h', sizeof(want));
	for (size_t i = 0; i < 6; i++) {
		size_t len = KEY_HOST_MAX - 1 + i / 2;
		bool small = i % 2 == 0;

		memcpy(url, "http://", 7);
		memset(url + 7, small ? 'h' : 'H', len);
		memcpy(url + 7 + len, "/x", 2);
		room[KEY_HOST_MAX] = '!';
		check(key_of(&host, url, len + 9, room, &field));
		check(field.data == (small ? url + 7 : room));
		check_bytes(
		    field.data, field.len, want, len < KEY_HOST_MAX ? len : KEY_HOST_MAX);
		check_is(room[KEY_HOST_MAX], '!');
	}
}

/* Of a URL KEY_URL_MAX bytes are read: a host behind them is none. */
static void
long_urls(void)
{
	const struct key host = { .kind = KEY_HOST };
	char url[KEY_URL_MAX + 20], room[KEY_HOST_MAX];
	struct field field;

	for (size_t end = KEY_URL_MAX - 1; end <= KEY_URL_MAX + 1; end++) {
		memcpy(url, "http://", 7);
		memset(url + 7, 'u', end - 9);
		memcpy(url + end - 2, "@H/path", 7);
		check(key_of(&host, url, end + 5, room, &field));
		if (end <= KEY_URL_MAX)
			check_bytes(field.data, field.len, "h", 1);
		else
			check_is(field.len, 0);
	}
	memset(url + 9, 'x', KEY_URL_MAX + 10);
	memcpy(url, "http://h/\\", 10);
	check(key_of(&host, url, KEY_URL_MAX + 19, room, &field));
	check_bytes(field.data, field.len, "h", 1);
}

TESTS("key", { "what an option says", parsing }, { "fields", fields },
    { "hosts of URLs", hosts }, { "hosts as long as there is room", long_hosts },
    { "URLs as long as they are read", long_urls })
