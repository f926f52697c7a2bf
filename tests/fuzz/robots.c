/* SPDX-License-Identifier: ISC */
/*
 * Fuzz par-fetch: robots.txt.  The text is followed by a NUL and a path; what the rules
 * say of it is what a plain reading of each of them says.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "rules.h"

enum { DELAY_MOST = 5 * 60 * 1000, PATTERN_MOST = 64 };

/* Does the pattern match the path?  Every way is tried. */
static bool
plain_match(const char *pattern, size_t len, const char *path)
{
	if (len == 0)
		return true;
	if (*pattern == '$' && len == 1)
		return *path == '\0';
	if (*pattern == '*') {
		do {
			if (plain_match(pattern + 1, len - 1, path))
				return true;
		} while (*path++ != '\0');
		return false;
	}
	return *path == *pattern && *path != '\0' &&
	    plain_match(pattern + 1, len - 1, path + 1);
}

/* The path as rules have it: read as one of them. */
static char *
normal(const char *path)
{
	struct rules rules;
	char *text = malloc(strlen(path) + 32), *copy;

	must(text != NULL);
	strcpy(text, "User-agent: *\nAllow: ");
	strcat(text, path);
	rules_read(&rules, text, strlen(text), "par");
	copy = rules.count == 0 ? NULL : strdup(rules.rules[0].pattern);
	rules_free(&rules);
	free(text);
	return copy;
}

static void
check_path(const struct rules *rules, const char *path)
{
	bool allow = true, few = true;
	char *plain = normal(path);
	size_t longest = 0, stars = 0;

	for (size_t i = 0; plain != NULL && i < rules->count; i++) {
		const struct rule *rule = &rules->rules[i];

		for (size_t k = 0; k < rule->len; k++)
			stars += rule->pattern[k] == '*';
		few = few && rule->len <= PATTERN_MOST && stars < 6 &&
		    memchr(rule->pattern, '\0', rule->len) == NULL;
		if (!few || rule->len < longest ||
		    (rule->len == longest && !rule->allow) ||
		    !plain_match(rule->pattern, rule->len, plain))
			continue;
		longest = rule->len;
		allow = rule->allow;
	}
	must(plain == NULL || !few || strcmp(path, "/robots.txt") == 0 ||
	    rules_allow(rules, path, strlen(path)) == allow);
	free(plain);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pieces in = pieces_of(data, size);
	size_t len;
	const char *text = pieces_until(&in, '\0', &len);
	char *path = calloc(in.left + 2, 1), *copy = copy_of(text, len);
	struct rules rules;

	must(path != NULL);
	path[0] = '/';
	if (in.left > 0)
		memcpy(path + 1, in.at, in.left);
	path[1 + strcspn(path + 1, "#\r\n \t")] = '\0'; /* no path of a URL has these */
	rules_read(&rules, copy, len, "par-fetch");
	must(rules.delay <= DELAY_MOST);
	for (size_t i = 0; i < rules.count; i++)
		must(rules.rules[i].len > 0 &&
		    rules.rules[i].pattern[rules.rules[i].len] == '\0');
	check_path(&rules, path);
	rules_free(&rules);
	free(copy);
	free(path);
	return 0;
}
