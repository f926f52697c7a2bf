/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "chance.h"
#include "check.h"
#include "rules.h"

/* Whether path may be asked for by a robot called par, by this robots.txt. */
static bool
allows(const char *text, const char *path)
{
	struct rules rules;
	bool allow;

	rules_read(&rules, text, strlen(text), "par");
	allow = rules_allow(&rules, path, strlen(path));
	rules_free(&rules);
	return allow;
}

static void
groups(void)
{
	static const struct {
		const char *text, *path;
		bool allow;
	} rows[] = {
		{ "", "/", true },
		{ "User-agent: *\nDisallow: /", "/", false },
		{ "User-agent: *\nDisallow: /", "/robots.txt", true },
		{ "User-agent: *\nDisallow: /", "/robots.txt2", false },
		{ "User-agent: *\nDisallow:", "/", true },
		{ "User-agent: par\nDisallow: /a\n\nUser-agent: *\nDisallow: /b", "/b",
		    true },
		{ "User-agent: par\nDisallow: /a\n\nUser-agent: *\nDisallow: /b", "/a",
		    false },
		{ "User-agent: *\nDisallow: /b\n\nUser-agent: par\nAllow: /", "/b",
		    true },
		{ "User-agent: PAR/2.0\nDisallow: /", "/", false },
		{ "User-agent: parrot\nDisallow: /", "/", true },
		{ "User-agent: pa\nDisallow: /", "/", true },
		{ "User-agent: x\nUser-agent: par\nDisallow: /", "/", false },
		{ "User-agent: par\nUser-agent: x\nDisallow: /", "/", false },
		{ "User-agent: par\nDisallow: /a\nUser-agent: x\nDisallow: /b", "/b",
		    true },
		{ "User-agent: par\nDisallow: /a\nUser-agent: par\nDisallow: /b", "/a",
		    false },
		{ "User-agent: par\nSitemap: /s\nUser-agent: x\nDisallow: /b", "/b",
		    false },
		{ "User-agent: par\nCrawl-delay: 1\nUser-agent: x\nDisallow: /b", "/b",
		    true },
		{ "Disallow: /", "/", true },
		{ "\xef\xbb\xbfUser-agent: *\nDisallow: /", "/", false },
		{ "User-agent: * # all\nDisallow: /a # not b", "/a", false },
		{ "# User-agent: *\nDisallow: /", "/", true },
		{ "user-AGENT : *\r\ndisALLOW :\t/a\t\r\n", "/a", false },
		{ "User-agent: *\rDisallow: /a", "/a", false },
		{ "User-agent: *x\nDisallow: /", "/", true },
		{ "User-agent *\nDisallow: /", "/", true },
		{ "User-agent: *\nDisallow: /a\nAllow: /a", "/a", true },
		{ "User-agent: *\nAllow: /a\nDisallow: /a", "/a", true },
		{ "User-agent: *\nAllow: /a\nDisallow: /ab", "/ab", false },
		{ "User-agent: *\nDisallow: /a\nAllow: /ab", "/abc", true },
		{ "User-agent: *\nDisallow: /%7ea", "/~a", false },
		{ "User-agent: *\nDisallow: /a%2fb", "/a%2Fb", false },
		{ "User-agent: *\nDisallow: /a%2fb", "/a/b", true },
		{ "User-agent: *\nDisallow: /\xc3\xa4", "/%c3%A4", false },
		{ "User-agent: *\nDisallow: /a%20x", "/a%20x", false },
		{ "User-agent: *\nDisallow: /a%20x", "/b%20x", true },
		{ "User-agent: *\nDisallow: /a\xc3\xa4", "/b\xc3\xa4", true },
		{ "User-agent: *\nDisallow: /100%", "/100%", false },
		{ "User-agent: *\nDisallow: /%4", "/%4x", false },
		{ "User-agent: *\nDisallow: /%4g", "/%4g", false },
		{ "User-agent: *\nDisallow: *.gif$", "/a.gif", false },
		{ "User-agent: *\nDisallow: *.gif$", "/a.gif?", true },
		{ "User-agent: *\nDisallow: /$", "/", false },
		{ "User-agent: *\nDisallow: /$", "/a", true },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		check_at(i + 1);
		check_is(allows(rows[i].text, rows[i].path), rows[i].allow);
	}
}

static void
delays(void)
{
	static const struct {
		const char *value;
		uint64_t delay;
	} rows[] = {
		{ "1", 1000 },
		{ "0.5", 500 },
		{ "300", 300000 },
		{ "301", 300000 },
		{ "x", 0 },
		{ "-1", 0 },
		{ "", 0 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rules rules;
		char text[100];

		check_at(i + 1);
		snprintf(text, sizeof(text), "User-agent: par\nCrawl-delay: %s\n",
		    rows[i].value);
		rules_read(&rules, text, strlen(text), "par");
		check_is(rules.delay, rows[i].delay);
		rules_free(&rules);
	}
}

/* Byte by byte, trying all that a star could stand for. */
static bool
matches(const char *pattern, const char *path)
{
	if (*pattern == '\0' || (pattern[0] == '$' && pattern[1] == '\0'))
		return *pattern == '\0' || *path == '\0';
	if (*pattern != '*')
		return *pattern == *path && matches(pattern + 1, path + 1);
	do {
		if (matches(pattern + 1, path))
			return true;
	} while (*path++ != '\0');
	return false;
}

static void
patterns(void)
{
	for (uint64_t step = 1; step <= 50000; step++) {
		char pattern[9] = "", path[11] = "", text[100];

		check_at(step);
		chance_bytes_of(pattern, chance_from(1, 8), "aab*$", 5);
		chance_bytes_of(path, chance_from(1, 10), "aab$", 4);
		snprintf(text, sizeof(text), "User-agent: *\nDisallow: %s\n", pattern);
		check_is(allows(text, path), !matches(pattern, path));
	}
}

TESTS("rules", { "groups and rules", groups }, { "Crawl-delay", delays },
    { "patterns agree with trying all", patterns })
