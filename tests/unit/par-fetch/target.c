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
		{ "http://a_b/", "a_b:80" },
		{ "http://XN--A/", "xn--a:80" },
		{ "http://b\xc3\xbc"
		  "cher/",
		    "xn--bcher-kva:80" },
		{ "http://fa\xc3\x9f/", "xn--fa-hia:80" },
		{ "http://B%C3%9Ccher.:81/", "xn--bcher-kva.:81" },
		{ "http://\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.1/", "127.0.0.1:80" },
		{ "http:\\\\h\\x", "h:80" },
		{ "http:h", "h:80" },
		{ "ftp://H/", "h:21" },
		{ "file:///x", ":" },
		{ "http://h.1/", NULL },
		{ "http://256.0.0.1/", NULL },
		{ "http://09.0.0.1/", NULL },
		{ "http://a|b/", NULL },
		{ "http://a%20b/", NULL },

		{ "http://[fe80::1%25lo]/", NULL },
		{ "http://b\xc3", NULL },
		{ "http://", NULL },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct target target;
		const char *url = rows[i].url, *why;

		check_at(i + 1);
		why = target_read(&target, NULL, url, strlen(url), "http,https,ftp,file");
		if (rows[i].key == NULL) {
			check_text(why, no_host);
			check(target.url == NULL && target.key == NULL);
			continue;
		}
		check(why == NULL);
		check_text(target.key, rows[i].key);
		target_release(&target);
	}
}

/* What is asked for and as whom; or why nothing is. */
static void
urls(void)
{
	static const struct {
		const char *base, *text, *url, *user, *password, *why;
	} rows[] = {
		{ NULL, "\xef\xbb\xbf http://h \r", "http://h/", NULL, NULL, NULL },
		{ NULL, "http://u:p%40@h/x#y", "http://h/x", "u", "p@", NULL },
		{ NULL, "http://u@h", "http://h/", "u", NULL, NULL },
		{ NULL, "http://:p@h", "http://h/", "", "p", NULL },
		{ NULL, "http://a@b@h", "http://h/", "a@b", NULL, NULL },
		{ NULL, "http://h/a b?c d|^\xc3\xbc", "http://h/a%20b?c%20d|^%C3%BC",
		    NULL, NULL, NULL },
		{ NULL, "http://h/\xff", "http://h/%FF", NULL, NULL, NULL },
		{ "http://h/a/b", "..\\c\td", "http://h/cd", NULL, NULL, NULL },
		{ "http://h/a?b", "#c", "http://h/a?b", NULL, NULL, NULL },
		{ "http://h/a", "", "http://h/a", NULL, NULL, NULL },
		{ "http://h/a", "https:b", "https://b/", NULL, NULL, NULL },
		{ "http://h/a", "http:b", "http://h/b", NULL, NULL, NULL },
		{ NULL, " \n", NULL, NULL, NULL, "empty, not a URL" },
		{ NULL, "h/x", NULL, NULL, NULL,
		    "not a URL: no http:// or https:// in front" },
		{ NULL, "127.0.0.1:80/", NULL, NULL, NULL,
		    "not a URL: no http:// or https:// in front" },
		{ NULL, "http://h:65536/", NULL, NULL, NULL,
		    "not a URL: no proper port number" },
		{ NULL, "http://h:x", NULL, NULL, NULL,
		    "not a URL: no proper port number" },
		{ NULL, "http://a b:80/", NULL, NULL, NULL, no_host },
		{ NULL, "http://[::1", NULL, NULL, NULL, no_host },
		{ NULL, "http://u%0a:p@h", NULL, NULL, NULL,
		    "not a URL: control byte in user or password" },
		{ NULL, "mailto:x", NULL, NULL, NULL,
		    "protocol is not allowed; see --proto" },
		{ "http://h/", "//a b/", NULL, NULL, NULL, no_host },
		{ "http://h/", "javascript:0", NULL, NULL, NULL,
		    "protocol is not allowed; see --proto" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct target target;
		const char *text = rows[i].text;
		const char *why =
		    target_read(&target, rows[i].base, text, strlen(text), "http,https");

		check_at(i + 1);
		check_text(why, rows[i].why);
		check_text(target.url, rows[i].url);
		check_text(target.user, rows[i].user);
		check_text(target.password, rows[i].password);
		target_release(&target);
	}
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

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct target one, other;

		check_at(i + 1);
		check(target_read(&one, NULL, rows[i].one, strlen(rows[i].one),
			  "http,https") == NULL);
		check(target_read(&other, NULL, rows[i].other, strlen(rows[i].other),
			  "http,https") == NULL);
		check(target_same_origin(&one, &other) == rows[i].same);
		target_release(&one);
		target_release(&other);
	}
}

TESTS("target", { "a host is one, however it is written", keys },
    { "what is asked for", urls }, { "origins", origins })
