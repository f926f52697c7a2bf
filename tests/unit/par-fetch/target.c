/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "target.h"

static const char no_host[] = "not a URL: no proper host name";

/* Whose turn it is: the host as all programs read it, and the port. */
static void
keys(void)
{
	static const struct {
		const char *url, *key; /* NULL: its host is none */
	} rows[] = {
		{ "http://h/", "h:80" },
		{ "https://H.Example", "h.example:443" },
		{ "http://u:p@h:81/x", "h:81" },
		{ "http://h:/", "h:80" },
		{ "http://h./", "h.:80" },
		{ "http://%48/", "h:80" },
		{ "http://127.1/", "127.0.0.1:80" },
		{ "http://0x7f.0.0.1:80/", "127.0.0.1:80" },
		{ "http://2130706433/", "127.0.0.1:80" },
		{ "http://[0:0:0::1]/", "[::1]:80" },
		{ "http://[::FFFF:1.2.3.4]:8/", "[::ffff:102:304]:8" },
		{ "http://[FE80::1%25lo]/", "[fe80::1]:80" },
		{ "http://a_b/", "a_b:80" },
		{ "http://XN--A/", "xn--a:80" },
		{ "ftp://H/", "h:21" },
		{ "file:///x", ":0" },
		{ "http://h.1/", NULL },
		{ "http://256.0.0.1/", NULL },
		{ "http://09.0.0.1/", NULL },
		{ "http://a|b/", NULL },
		{ "http://a%20b/", NULL },
		{ "http://", NULL },
	};
	CURLU *parser = curl_url();

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct target target;
		const char *url = rows[i].url, *why;

		check_at(i + 1);
		why =
		    target_read(&target, parser, url, strlen(url), "http,https,ftp,file");
		if (rows[i].key == NULL) {
			check_text(why, no_host);
			check(target.url == NULL && target.key == NULL);
			continue;
		}
		check(why == NULL);
		check_text(target.key, rows[i].key);
		target_release(&target);
	}
	curl_url_cleanup(parser);
}

/* Passwords go on to the same server, however it is written, and to no other. */
static void
origins(void)
{
	static const struct {
		const char *one, *other;
		bool same;
	} rows[] = {
		{ "http://h/a", "HTTP://H:80/b", true },
		{ "http://127.0.0.1/", "http://0x7f.1/", true },
		{ "http://[::1]/", "http://[0::1]:80/", true },
		{ "http://h/", "https://h/", false },
		{ "http://h/", "http://h:8080/", false },
		{ "http://h/", "http://h./", false },
		{ "http://h/", "http://h@g/", false },
	};
	CURLU *parser = curl_url();

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct target one, other;

		check_at(i + 1);
		check(target_read(&one, parser, rows[i].one, strlen(rows[i].one),
			  "http,https") == NULL);
		check(target_read(&other, parser, rows[i].other, strlen(rows[i].other),
			  "http,https") == NULL);
		check(target_same_origin(&one, &other) == rows[i].same);
		target_release(&one);
		target_release(&other);
	}
	curl_url_cleanup(parser);
}

TESTS("target", { "a host is one, however it is written", keys }, { "origins", origins })
