/* SPDX-License-Identifier: ISC */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "diag.h"
#include "grow.h"
#include "need.h"
#include "num.h"
#include "rules.h"

enum { DELAY_MAX = 5 * 60 * 1000 }; /* of Crawl-delay, milliseconds: as others have it */

/* Where the reader is: groups begin with one line of User-agent or more. */
struct reader {
	const char *token;
	struct rules own, all; /* of groups for us, and for all robots */
	bool own_seen;
	bool in_own, in_all; /* the group at hand is for us, for all */
	bool naming; /* the last line was a User-agent */
};

static int
hex(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	digit |= 0x20;
	return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

static bool
unreserved(int byte)
{
	return (byte < 0x80 && isalnum(byte)) ||
	    (byte != 0 && strchr("-._~", byte) != NULL);
}

/*
 * Paths that are the same are to be the same bytes: what is no ASCII is percent-encoded,
 * with capitals, what need not be is not.  In a pattern, * and $ keep their sense.
 */
static char *
normalise(const char *text, size_t len, size_t *out_len)
{
	static const char digits[] = "0123456789ABCDEF";
	struct bytes out = { 0 };
	char *to = need_room(&out, 3 * len + 1);

	for (size_t i = 0; i < len; i++) {
		int high = text[i] == '%' && i + 2 < len ? hex(text[i + 1]) : -1;
		int low = high >= 0 ? hex(text[i + 2]) : -1;
		int byte = low >= 0 ? high << 4 | low : (unsigned char)text[i];

		i += low >= 0 ? 2 : 0;
		if (byte >= 0x80 || (low >= 0 && !unreserved(byte))) {
			*to++ = '%';
			*to++ = digits[byte >> 4];
			*to++ = digits[byte & 15];
		} else {
			*to++ = (char)byte;
		}
	}
	*to = '\0';
	*out_len = (size_t)(to - out.data);
	return out.data;
}

enum { MOST_RULES = 1 << 20 }; /* of the 500 KB that are read of a file */

static void
add_rule(struct rules *rules, const char *value, size_t len, bool allow)
{
	struct rule *larger;

	if (len == 0)
		return;
	larger = grow(
	    rules->rules, &rules->room, rules->count + 1, sizeof(*larger), MOST_RULES);
	if (larger == NULL)
		die(STATUS_BROKEN, errno, "robots.txt");
	rules->rules = larger;
	larger = &rules->rules[rules->count++];
	larger->allow = allow;
	larger->pattern = normalise(value, len, &larger->len);
}

/* Does the line's key say name? */
static bool
is(const char *key, size_t len, const char *name)
{
	return strlen(name) == len && strncasecmp(key, name, len) == 0;
}

static void
name_agent(struct reader *reader, const char *value, size_t len)
{
	size_t token = 0;

	if (!reader->naming)
		reader->in_own = reader->in_all = false;
	reader->naming = true;
	if (len > 0 && value[0] == '*' && (len == 1 || isspace((unsigned char)value[1])))
		reader->in_all = true;
	while (token < len &&
	    (isalpha((unsigned char)value[token]) || value[token] == '-' ||
		value[token] == '_'))
		token++;
	if (token > 0 && is(value, token, reader->token))
		reader->in_own = reader->own_seen = true;
}

static void
set_delay(struct rules *rules, const char *value, size_t len)
{
	char *text = need_string(value, len);

	if (num_duration(text, 0, UINT64_MAX, &rules->delay) == 0 &&
	    rules->delay > DELAY_MAX)
		rules->delay = DELAY_MAX;
	free(text);
}

/* A line of a group, for one of the sets that it is for. */
static void
take_line(
    struct rules *rules, const char *key, size_t key_len, const char *value, size_t len)
{
	if (is(key, key_len, "allow") || is(key, key_len, "disallow"))
		add_rule(rules, value, len, (key[0] | 0x20) == 'a');
	else if (is(key, key_len, "crawl-delay"))
		set_delay(rules, value, len);
}

static void
trim(const char **text, size_t *len)
{
	while (*len > 0 && ((*text)[0] == ' ' || (*text)[0] == '\t'))
		(*text)++, (*len)--;
	while (*len > 0 && ((*text)[*len - 1] == ' ' || (*text)[*len - 1] == '\t'))
		(*len)--;
}

static void
read_line(struct reader *reader, const char *line, size_t len)
{
	const char *comment = memchr(line, '#', len), *colon, *value;
	size_t key_len, value_len;

	if (comment != NULL)
		len = (size_t)(comment - line);
	colon = memchr(line, ':', len);
	if (colon == NULL)
		return;
	key_len = (size_t)(colon - line);
	value = colon + 1;
	value_len = len - key_len - 1;
	trim(&line, &key_len);
	trim(&value, &value_len);
	if (is(line, key_len, "user-agent")) {
		name_agent(reader, value, value_len);
		return;
	}
	if (!is(line, key_len, "allow") && !is(line, key_len, "disallow") &&
	    !is(line, key_len, "crawl-delay"))
		return;
	reader->naming = false;
	if (reader->in_own)
		take_line(&reader->own, line, key_len, value, value_len);
	if (reader->in_all)
		take_line(&reader->all, line, key_len, value, value_len);
}

void
rules_read(struct rules *rules, const char *text, size_t len, const char *token)
{
	struct reader reader = { .token = token };

	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
		text += 3;
		len -= 3;
	}
	while (len > 0) {
		size_t line = 0;

		while (line < len && text[line] != '\n' && text[line] != '\r')
			line++;
		read_line(&reader, text, line);
		line += line < len;
		text += line;
		len -= line;
	}
	*rules = reader.own_seen ? reader.own : reader.all;
	rules_free(reader.own_seen ? &reader.all : &reader.own);
}

/* Does the pattern match the path from its beginning?  Linear in both. */
static bool
matches(const struct rule *rule, const char *path, size_t len)
{
	const char *pattern = rule->pattern, *end = pattern + rule->len, *at = path;
	bool anchored = rule->len > 0 && end[-1] == '$', first = true;

	if (anchored)
		end--;
	for (;;) {
		const char *star = memchr(pattern, '*', (size_t)(end - pattern));
		size_t piece = (size_t)((star == NULL ? end : star) - pattern);
		size_t left = len - (size_t)(at - path);

		if (star == NULL && anchored && !first)
			return piece <= left &&
			    memcmp(path + len - piece, pattern, piece) == 0;
		if (first)
			at = piece <= left && memcmp(at, pattern, piece) == 0 ? at : NULL;
		else
			at = memmem(at, left, pattern, piece);
		if (at == NULL)
			return false;
		at += piece;
		if (star == NULL)
			return !anchored || at == path + len;
		pattern = star + 1;
		first = false;
	}
}

bool
rules_allow(const struct rules *rules, const char *path, size_t len)
{
	size_t longest = 0, plain_len;
	bool allow = true;
	char *plain;

	if (rules->count == 0 || (len == 11 && memcmp(path, "/robots.txt", 11) == 0))
		return true;
	plain = normalise(path, len, &plain_len);
	for (size_t i = 0; i < rules->count; i++) {
		const struct rule *rule = &rules->rules[i];

		if (rule->len < longest || (rule->len == longest && !rule->allow))
			continue;
		if (!matches(rule, plain, plain_len))
			continue;
		longest = rule->len;
		allow = rule->allow;
	}
	free(plain);
	return allow;
}

void
rules_free(struct rules *rules)
{
	for (size_t i = 0; i < rules->count; i++)
		free(rules->rules[i].pattern);
	free(rules->rules);
	*rules = (struct rules){ 0 };
}
