/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "chance.h"
#include "check.h"
#include "naming.h"
#include "need.h"

static const char record[] = "http://h:8/a/b.c?q=/\tone/two\t..\tx\\ty\\0\t/\t";

/* The name that each template makes of it, where the URL is url. */
static const struct {
	const char *template, *url, *name;
} rows[] = {
	{ "{host}/{path}", "http://h:8/a/b.c?q=/", "h:8/a/b.c" },
	{ "{host}{path}{query}", "http://h:8/a/b.c?q=/", "h:8/a/b.c?q=%2F" },
	{ "{scheme}/{host}", "https://[::1]:8/", "https/[::1]:8" },
	{ "{path}", "http://h/", "index.html" },
	{ "{path}", "http://h/a/", "a/index.html" },
	{ "{path}/index.html", "http://h/a", "a/index.html" },
	{ "{path}/index.html", "http://h/a/", "a/index.html" },
	{ "{path}", "http://h//a///b", "a/b" },
	{ "{path}{query}", "http://h/a/?b", "a/?b" },
	{ "{file}", "http://h/a/b.c?d/e", "b.c" },
	{ "{file}", "http://h/a/?d/e", "index.html" },
	{ "{file}", "http://h/..%2fx", "..%2fx" },
	{ "x-{file}.html", "http://h/a/b", "x-b.html" },
	{ "{path}", "ftp://h/a", "a" },
	{ "{host}{path}", "file:///a/b", "a/b" },
	{ "{2}", "http://h/", "one/two" },
	{ "{3}", "http://h/", "%2E%2E" },
	{ "{4}", "http://h/", "x%09y%00" },
	{ "{5}", "http://h/", "index.html" },
	{ "a{6}", "http://h/", "a" },
	{ "a{7}", "http://h/", "a" },
	{ "{1}", "http://h/", "http:/h:8/a/b.c?q=/index.html" },
	{ "{hash}", "http://h/", "8c565a1d6c7eef1036ba1e736c9fe6a8" },
	{ "/../a/./b/", "http://h/", "%2E%2E/a/%2E/b/index.html" },
	{ ".../..a/.b/.etag", "http://h/", ".../..a/.b/.etag" },
	{ ".par-fetch.1", "http://h/", "%2Epar-fetch.1" },
	{ ".x.etag", "http://h/", "%2Ex.etag" },
	{ "a}b", "http://h/", "a}b" },
};

static void
put(struct bytes *out, const char *template, const char *url)
{
	const struct naming_source source = {
		.url = url, .record = record, .len = sizeof(record) - 1
	};

	check(naming_check(template) == NULL);
	out->len = 0;
	naming_put(out, template, &source);
}

static void
templates(void)
{
	struct bytes name = { 0 };

	for (size_t i = 0; i < COUNT(rows); i++) {
		check_at(i + 1);
		put(&name, rows[i].template, rows[i].url);
		check_text(name.data, rows[i].name);
	}
	bytes_free(&name);
}

static void
wrong(void)
{
	static const char *const bad[] = { "", "{", "a{", "{}", "{0}", "{x}", "{hos}",
		"{host", "{ host}", "{1001}", "{1x}", "{99999999999999999999}",
		"{{host}}" };

	for (size_t i = 0; i < COUNT(bad); i++) {
		check_at(i + 1);
		check(naming_check(bad[i]) != NULL);
	}
	check(naming_check("{1000}") == NULL);
}

/* Does name hold what naming.h says of it? */
static void
check_proper(const char *name)
{
	size_t len = strlen(name);

	check(len > 0 && len < NAMING_MOST + NAMING_PART);
	check(name[0] != '/' && name[len - 1] != '/');
	while (*name != '\0') {
		size_t part = strcspn(name, "/");

		check(part > 0 && part <= NAMING_PART);
		check(part != 1 || name[0] != '.');
		check(part != 2 || memcmp(name, "..", 2) != 0);
		check(part < 11 || memcmp(name, ".par-fetch.", 11) != 0);
		for (size_t i = 0; i < part; i++)
			check((unsigned char)name[i] >= 0x20 && name[i] != 0x7f);
		name += part;
		name += *name == '/';
	}
}

static const char alphabet[] = "/..\\~\177\tx\303\244";

/* Of what may be in a record: parts that are special, or longer than allowed. */
static void
any(void)
{
	struct bytes text = { 0 }, name = { 0 };

	for (uint64_t step = 1; step <= 3000; step++) {
		struct naming_source source = { .url = "http://h/" };
		size_t runs = (size_t)chance_below(40);

		check_at(step);
		text.len = name.len = 0;
		for (size_t i = 0; i < runs; i++) {
			size_t times = chance_one_in(8) ? (size_t)chance_below(400) : 1;
			char byte = alphabet[chance_below(sizeof(alphabet) - 1)];

			while (times-- > 0)
				need_put(&text, &byte, 1);
			if (chance_one_in(9))
				need_put(&text, "/.par-fetch.", 12);
		}
		source.record = text.data == NULL ? "" : text.data;
		source.len = text.len;
		naming_put(&name, chance_one_in(2) ? "{1}" : "{1}/{2}", &source);
		check_proper(name.data);
	}
	bytes_free(&text);
	bytes_free(&name);
}

/* What is cut has a hash of all, and its ending. */
static void
longer(void)
{
	struct bytes name = { 0 }, other = { 0 };
	char url[5000] = "http://h/";

	memset(url + 9, 'n', 200);
	put(&name, "{file}", url);
	check_text(name.data, url + 9);
	strcpy(url + 208, "no.html");
	put(&name, "{file}", url);
	check_is(name.len, 150 + 1 + 32 + 5 + 1);
	check(strcmp(name.data + name.len - 6, ".html") == 0);
	strcpy(url + 208, "ny.html");
	put(&other, "{file}", url);
	check(memcmp(name.data, other.data, 151) == 0);
	check(strcmp(name.data, other.data) != 0);
	for (size_t i = 9; i < sizeof(url) - 2; i += 2)
		memcpy(url + i, "a/", 3);
	put(&name, "{path}", url);
	check(name.len < NAMING_MOST + NAMING_PART);
	check(name.data[name.len - 34] == '/');
	bytes_free(&name);
	bytes_free(&other);
}

TESTS("naming", { "by templates", templates }, { "what is no template", wrong },
    { "nothing leads out, whatever a record says", any }, { "longer ones", longer })
