/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "chance.h"
#include "check.h"
#include "key.h"
#include "url.h"
#include "url_find.h"
#include "url_join.h"

/*
 * Where readings of URLs are known to differ: what is to be read, as text, how it is
 * written, and its host; NULL: it is no URL.
 */
static const struct {
	const char *in, *url, *host;
} rows[] = {
	/* Letters of any case, and what may be left out. */
	{ "HTTP://Example.ORG/Path", "http://example.org/Path", "example.org" },
	{ "http://h", "http://h/", "h" },
	{ "http://h?q", "http://h/?q", "h" },
	{ "http://h#f", "http://h/#f", "h" },
	{ "http:h/x", "http://h/x", "h" },
	{ "http:/h/x", "http://h/x", "h" },
	{ "http:////h/x", "http://h/x", "h" },
	{ "http://", NULL, NULL },
	{ "http://?q", NULL, NULL },
	{ "http:", NULL, NULL },
	{ "//h/x", NULL, NULL },
	{ "h/x", NULL, NULL },
	{ "://h/", NULL, NULL },
	{ "1http://h/", NULL, NULL },
	{ "", NULL, NULL },
	/* Users: the last @ before the path. */
	{ "http://u:p@h/", "http://u:p@h/", "h" },
	{ "http://U@H/", "http://U@h/", "h" },
	{ "http://@h/", "http://h/", "h" },
	{ "http://u:@h/", "http://u@h/", "h" },
	{ "http://:p@h/", "http://:p@h/", "h" },
	{ "http://a@b@c/", "http://a%40b@c/", "c" },
	{ "http://u@h/a@b", "http://u@h/a@b", "h" },
	{ "http://a?b@c/", "http://a/?b@c/", "a" },
	{ "http://a#b@c/", "http://a/#b@c/", "a" },
	{ "http://u@/", NULL, NULL },
	{ "http://u:p@:80/", NULL, NULL },
	/* Ports. */
	{ "http://h:80/", "http://h/", "h" },
	{ "http://h:0080/", "http://h/", "h" },
	{ "http://h:443/", "http://h:443/", "h" },
	{ "https://h:443/", "https://h/", "h" },
	{ "http://h:/", "http://h/", "h" },
	{ "http://h:0/", "http://h:0/", "h" },
	{ "http://h:65535/", "http://h:65535/", "h" },
	{ "http://h:65536/", NULL, NULL },
	{ "http://h:-1/", NULL, NULL },
	{ "http://h:8a/", NULL, NULL },
	{ "http://h:80:81/", NULL, NULL },
	{ "http://:80/", NULL, NULL },
	/* Addresses in all their spellings. */
	{ "http://[::1]:80/", "http://[::1]/", "[::1]" },
	{ "http://[FE80:0:0::1]/", "http://[fe80::1]/", "[fe80::1]" },
	{ "http://[0:0:0:0:0:0:0:1]/", "http://[::1]/", "[::1]" },
	{ "http://[::ffff:1.2.3.4]/", "http://[::ffff:102:304]/", "[::ffff:102:304]" },
	{ "http://[::1%25eth0]/", NULL, NULL },
	{ "http://[::1", NULL, NULL },
	{ "http://[::1]x/", NULL, NULL },
	{ "http://x[::1]/", NULL, NULL },
	{ "http://[1.2.3.4]/", NULL, NULL },
	{ "http://127.1/", "http://127.0.0.1/", "127.0.0.1" },
	{ "http://0x7f.0.0.1/", "http://127.0.0.1/", "127.0.0.1" },
	{ "http://0177.0.0.01/", "http://127.0.0.1/", "127.0.0.1" },
	{ "http://2130706433/", "http://127.0.0.1/", "127.0.0.1" },
	{ "http://127.0.0.1./", "http://127.0.0.1/", "127.0.0.1" },
	{ "http://1.2.3.4.5/", NULL, NULL },
	{ "http://256.0.0.1/", NULL, NULL },
	{ "http://09.0.0.1/", NULL, NULL },
	{ "http://h.1/", NULL, NULL },
	{ "http://h.0x1/", NULL, NULL },
	{ "http://h.1a/", "http://h.1a/", "h.1a" },
	/* A last dot is part of a name. */
	{ "http://h./", "http://h./", "h." },
	{ "http://h../", "http://h../", "h.." },
	{ "http://.h/", "http://.h/", ".h" },
	/* Percent signs, in hosts and behind them. */
	{ "http://%65xample.%4Frg/", "http://example.org/", "example.org" },
	{ "http://a%2fb/", NULL, NULL },
	{ "http://a%00b/", NULL, NULL },
	{ "http://a%b/", NULL, NULL },
	{ "http://h/%7e/%zz", "http://h/%7e/%zz", "h" },
	{ "http://h/a/%2e%2E/b", "http://h/b", "h" },
	{ "http://h/a b\"<>`{}", "http://h/a%20b%22%3C%3E%60%7B%7D", "h" },
	{ "http://h/?a'b", "http://h/?a%27b", "h" },
	/* Backslashes are slashes, up to a query. */
	{ "http:\\\\h\\x", "http://h/x", "h" },
	{ "http://a\\@b/", "http://a/@b/", "a" },
	{ "http://h/a\\..\\b", "http://h/b", "h" },
	{ "http://h/?a\\b", "http://h/?a\\b", "h" },
	/* Blanks and control bytes: around a URL, and tabs and newlines in it, go. */
	{ " \001http://h/ \037", "http://h/", "h" },
	{ "ht\ttp:/\n/a\rb/c\td", "http://ab/cd", "ab" },
	{ "http://a b/", NULL, NULL },
	{ "http://a\001b/", NULL, NULL },
	{ "http://a\177b/", NULL, NULL },
	{ "http://h/a\001b\177", "http://h/a%01b%7F", "h" },
	/* What may stand in a name that browsers look up. */
	{ "http://a_b-.c--d/", "http://a_b-.c--d/", "a_b-.c--d" },
	{ "http://a!$&'()*+,;=~b/", "http://a!$&'()*+,;=~b/", "a!$&'()*+,;=~b" },
	{ "http://a|b/", NULL, NULL },
	{ "http://a^b/", NULL, NULL },
	{ "http://a<b/", NULL, NULL },
	{ "http://XN--A/", "http://xn--a/", "xn--a" },
	{ "http://xn--bcher-kva.de/", "http://xn--bcher-kva.de/", "xn--bcher-kva.de" },
	/* Other schemes. */
	{ "ftp://h:21/a", "ftp://h/a", "h" },
	{ "wss://H:443", "wss://h/", "h" },
	{ "file://H/x", "file://h/x", "h" },
	{ "file://localhost/x", "file:///x", "" },
	{ "file://C:/x", "file:///C:/x", "" },
	{ "file:///x", "file:///x", "" },
	{ "redis://U@H:6379/0", "redis://U@H:6379/0", "H" },
	{ "x://%48\\/", NULL, NULL },
	{ "x:///p", "x:///p", "" },
	{ "x:/p", "x:/p", "" },
	{ "mailto:a@b", "mailto:a@b", "" },
};

/* Names in other scripts. */
static const struct {
	const char *in, *host;
} idna_rows[] = {
	{ "http://b\303\274cher.de/", "xn--bcher-kva.de" },
	{ "http://B\303\234CHER.de/", "xn--bcher-kva.de" },
	{ "http://b%C3%BCcher.de/", "xn--bcher-kva.de" },
	{ "http://XN--BCHER-KVA.de/", "xn--bcher-kva.de" },
	{ "http://\357\275\205x/", "ex" }, { "http://h\343\200\202x/", "h.x" },
	{ "http://fa\303\237.de/", "xn--fa-hia.de" }, { "http://a\302\255b/", "ab" },
	{ "http://\302\255/", NULL }, { "http://a\377b/", NULL },
	{ "http://\357\274\205/", NULL }, /* a wide percent sign */
	{ "http://\357\274\221\357\274\216\357\274\222/", "1.0.0.2" }, /* wide digits */
};

/* In buffers of just that size, so that a sanitizer sees a step beyond them. */
struct reading {
	char *in, *text, *room;
	struct url url;
	long host_len; /* of it in room */
	bool valid;
};

static void
read_url(struct reading *r, const char *in, size_t len)
{
	size_t given = len, plain_len;
	const char *plain;
	bool capitals;

	r->in = calloc(1, len == 0 ? 1 : len);
	len = url_clean(r->in, in, len);
	r->text = malloc(url_room(len, NULL));
	r->room = malloc(url_room(len, NULL));
	r->valid = url_parse(&r->url, r->text, r->in, len, NULL) == 0;
	r->host_len = url_find_host(r->room, r->in, len);
	if (!r->valid) {
		check(r->host_len == -1);
		return;
	}
	check(r->host_len >= 0);
	check_bytes(r->room, r->host_len, r->url.href + r->url.host,
	    r->url.host_end - r->url.host);
	plain_len = url_plain_host(&plain, &capitals, in, given);
	if (plain_len == 0)
		return;
	check_is(plain_len, r->host_len);
	check_is(strncasecmp(plain, r->room, plain_len), 0);
	check(capitals == (memcmp(plain, r->room, plain_len) != 0));
}

static void
release(struct reading *r)
{
	free(r->in);
	free(r->text);
	free(r->room);
}

static void
table(void)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *in = rows[i].in, *url = rows[i].url;
		struct reading r;

		check_at(i + 1);
		read_url(&r, in, strlen(in));
		check(r.valid == (url != NULL));
		if (url != NULL) {
			check_bytes(r.text, r.url.len, url, strlen(url));
			check_bytes(
			    r.room, r.host_len, rows[i].host, strlen(rows[i].host));
		}
		release(&r);
	}
}

static void
scripts(void)
{
	for (size_t i = 0; i < COUNT(idna_rows); i++) {
		const char *in = idna_rows[i].in, *want = idna_rows[i].host;
		struct reading r;

		check_at(i + 1);
		read_url(&r, in, strlen(in));
		check(r.valid == (want != NULL));
		if (want != NULL)
			check_bytes(r.room, r.host_len, want, strlen(want));
		release(&r);
	}
}

/* What was written is read as itself, and --key host reads the same. */
static void
is_stable(const struct reading *r)
{
	const struct key key = { .kind = KEY_HOST };
	char room[KEY_HOST_MAX];
	struct field host;
	struct reading again;

	read_url(&again, r->url.href, r->url.len);
	check(again.valid);
	check_bytes(again.text, again.url.len, r->text, r->url.len);
	release(&again);
	check(key_of(&key, r->url.href, r->url.len, room, &host));
	if (memchr(r->url.href, '\\', r->url.len) == NULL)
		check_bytes(host.data, host.len, r->room, r->host_len);
}

/* Pieces of URLs, put together by chance. */
static void
agree(void)
{
	static const char *const pieces[] = { "http:", "HTTPS:", "file:", "x:", "/", "//",
		"\\", "@", "u", ":", ":80", ":443", "[", "]", "::1", "1", ".", "..",
		"%2e", "%41", "%", "h", "H.x", "0x7f", "xn--", "-", "?", "#", " ", "\t",
		"\n", "C:", "|", "localhost", "\001", "<", "\303\274", "\377" };

	for (uint64_t step = 0; step < 40000; step++) {
		char in[256];
		size_t len = 0, count = (size_t)chance_below(12);
		struct reading r;

		check_at(step);
		if (chance_below(2) == 0)
			len = (size_t)sprintf(in, "http://");
		for (size_t i = 0; i < count; i++)
			len += (size_t)sprintf(
			    in + len, "%s", pieces[chance_below(COUNT(pieces))]);
		read_url(&r, in, len);
		if (r.valid)
			is_stable(&r);
		release(&r);
	}
}

/* A plain link is joined as it is parsed. */
static void
joined(void)
{
	static const char *const bases[] = { "http://h/a/b/c?q#f", "https://u:p@h:81",
		"http://h/x/" };
	static const char *const links[] = { "", "x", "./x", "../x", "../../../x", "/x",
		"//g/x", "?y", "#z", "x?y#z", "a:b", "a/b:c", "x y", "%2e/x", "..",
		"x/../y", "\\x", "/\\x", "x'y", "x#y#z", "x/.y", ".x", "\303\274" };

	for (size_t i = 0; i < COUNT(bases) * COUNT(links); i++) {
		const char *base = bases[i % COUNT(bases)],
			   *link = links[i / COUNT(bases)];
		struct url on, url;
		char text[600], parsed[700], plain[700];
		size_t len;

		check_at(i);
		check(url_parse(&on, text, base, strlen(base), NULL) == 0);
		check(url_parse(&url, parsed, link, strlen(link), &on) == 0);
		len = url_join(plain, link, strlen(link), &on);
		if (len > 0)
			check_bytes(plain, len, parsed, url.len);
		else
			check(strpbrk(link, ".%:'\\ #\303") != NULL || *link == '\0' ||
			    *link == '/');
	}
}

static void
credentials(void)
{
	static const struct {
		const char *url;
		size_t end;
	} cases[] = {
		{ "http://h/a@b", 7 },
		{ "http://h?a@b", 7 },
		{ "http://h#a@b", 7 },
		{ "http://h", 7 },
		{ "http://", 7 },
		{ "http://u@h/", 9 },
		{ "http://u:p@q@h/", 13 },
		{ "http://u:p\\@h/", 12 },
		{ "http://u:p@", 11 },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		check_at(i + 1);
		check_is(url_skip_credentials(cases[i].url, strlen(cases[i].url), 7),
		    cases[i].end);
	}
}

TESTS("url", { "where readings differ, it is the standard's", table },
    { "names in other scripts, with IDNA and without", scripts },
    { "hosts are found as they are parsed", agree },
    { "plain links are joined as they are parsed", joined },
    { "credentials are hidden, whoever reads them", credentials })
