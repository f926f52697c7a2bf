/* SPDX-License-Identifier: ISC */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "ack.h"
#include "num.h"

static const char greeting[] = "par-stage 1";

/* The words of the hello, in the order in which they are said. */
enum { NUMBER, FLAG, STANDING };
static const struct hello_word {
	char name[8];
	unsigned kind;
	unsigned value; /* of a number what it is unsaid, or the standing */
	size_t at; /* where it stands in struct hello */
} hello_words[] = {
	{ "window=", NUMBER, 0, offsetof(struct hello, window) },
	{ "jobs=", NUMBER, 1, offsetof(struct hello, jobs) },
	{ "ahead", FLAG, 0, offsetof(struct hello, ahead) },
	{ "joint", FLAG, 0, offsetof(struct hello, joint) },
	{ "unsure", STANDING, STANDING_UNSURE, offsetof(struct hello, standing) },
	{ "plain", STANDING, STANDING_PLAIN, offsetof(struct hello, standing) },
	{ "block=", NUMBER, 0, offsetof(struct hello, block) },
	{ "waits", FLAG, 0, offsetof(struct hello, waits) },
	{ "raw", FLAG, 0, offsetof(struct hello, raw) },
};

enum { HELLO_WORDS = sizeof(hello_words) / sizeof(hello_words[0]) };

/* The entry of a word of len bytes; NULL if it is not known here. */
static const struct hello_word *
find_word(const char *text, size_t len)
{
	for (size_t i = 0; i < HELLO_WORDS; i++) {
		const struct hello_word *word = &hello_words[i];
		size_t name = strlen(word->name);

		if (len >= name && memcmp(text, word->name, name) == 0 &&
		    (len > name) == (word->kind == NUMBER))
			return word;
	}
	return NULL;
}

/* Take a word of len bytes; 0, or -1 if its number is none. */
static int
take_word(struct hello *hello, const char *text, size_t len)
{
	const struct hello_word *word = find_word(text, len);
	void *at = word == NULL ? NULL : (char *)hello + word->at;

	if (word == NULL) /* it is for a later version */
		return 0;
	if (word->kind == FLAG) {
		*(bool *)at = true;
	} else if (word->kind == STANDING) {
		*(enum standing *)at = (enum standing)word->value;
	} else {
		size_t name = strlen(word->name);
		uint64_t *number = at;

		if (num_parse_bytes(text + name, len - name, 1, UINT64_MAX, number) < 0)
			return -1;
		if (*number > HELLO_MOST) /* more than anybody has in flight */
			*number = HELLO_MOST;
	}
	return 0;
}

int
hello_parse(const char *line, size_t len, struct hello *out)
{
	size_t at = sizeof(greeting) - 1;

	*out = (struct hello){ .jobs = 1 };
	if (len < at || memcmp(line, greeting, at) != 0)
		return -1;
	while (at < len) {
		const char *word = line + at + 1, *end = line + len, *space;

		if (line[at] != ' ')
			return -1;
		space = memchr(word, ' ', (size_t)(end - word));
		if (space != NULL)
			end = space;
		if (take_word(out, word, (size_t)(end - word)) < 0)
			return -1;
		at = (size_t)(end - line);
	}
	return 0;
}

/* Digits at *at, then the byte after, which is passed too. */
static int
take_number(const char **at, const char *end, char after, uint64_t *out)
{
	enum { MOST = 19 }; /* digits, of which none overflows */
	const char *p = *at, *last = end - p > MOST ? p + MOST : end;
	uint64_t value = 0;
	unsigned digit;

	for (; p < last && (digit = (unsigned char)*p - (unsigned)'0') <= 9; p++)
		value = value * 10 + digit;
	if (p == *at || p == end || *p != after)
		return -1;
	*at = p + 1;
	*out = value;
	return 0;
}

/* The fate that word of len bytes names. */
static int
take_fate(const char *word, size_t len, enum fate *out)
{
	static const char names[][6] = { "ok", "retry", "fail" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (len == strlen(names[i]) && memcmp(word, names[i], len) == 0) {
			*out = (enum fate)i;
			return 0;
		}
	}
	return -1;
}

/* INDEX or FIRST-LAST, then a space. */
static int
take_records(const char **at, const char *end, struct ack *out)
{
	uint64_t last;

	out->more = 0;
	if (take_number(at, end, '-', &out->index) < 0)
		return take_number(at, end, ' ', &out->index);
	if (take_number(at, end, ' ', &last) < 0 || last < out->index)
		return -1;
	out->more = last - out->index;
	return 0;
}

int
ack_parse(const char *line, size_t len, struct ack *out)
{
	const char *end = line + len, *space;

	if (take_records(&line, end, out) < 0 ||
	    take_number(&line, end, ' ', &out->bytes) < 0 || out->bytes > ACK_BYTES_MOST)
		return -1;
	out->reason = end;
	out->reason_len = 0;
	if (end - line == 2 && line[0] == 'o' && line[1] == 'k') {
		out->fate = FATE_OK;
		return 0;
	}
	space = memchr(line, ' ', (size_t)(end - line));
	if (space != NULL) {
		out->reason = space + 1;
		out->reason_len = (size_t)(end - out->reason);
		end = space;
	}
	if (take_fate(line, (size_t)(end - line), &out->fate) < 0)
		return -1;
	return out->more > 0 && out->fate != FATE_OK ? -1 : 0;
}

/* Is it said at all? */
static bool
is_said(const struct hello_word *word, const struct hello *hello)
{
	const void *at = (const char *)hello + word->at;

	if (word->kind == NUMBER)
		return *(const uint64_t *)at > word->value;
	if (word->kind == FLAG)
		return *(const bool *)at;
	return *(const enum standing *)at == (enum standing)word->value;
}

size_t
hello_format(char dst[static ACK_LINE_MAX], const struct hello *hello)
{
	char *to = stpcpy(dst, greeting);

	for (const struct hello_word *w = hello_words; w < hello_words + HELLO_WORDS;
	     w++) {
		const void *at = (const char *)hello + w->at;

		if (!is_said(w, hello))
			continue;
		*to++ = ' ';
		to = stpcpy(to, w->name);
		if (w->kind == NUMBER)
			to = num_format(to, *(const uint64_t *)at);
	}
	*to++ = '\n';
	return (size_t)(to - dst);
}

size_t
ack_format_ok(char dst[static ACK_OK_MAX], uint64_t index, uint64_t bytes)
{
	char *to = num_format(dst, index);

	*to++ = ' ';
	to = num_format(to, bytes);
	memcpy(to, " ok\n", 4);
	return (size_t)(to + 4 - dst);
}

size_t
ack_format(char dst[static ACK_LINE_MAX], const struct ack *ack)
{
	static const char *const names[] = { "ok", "retry", "fail" };
	int len = snprintf(dst, ACK_LINE_MAX, "%llu", (unsigned long long)ack->index);
	unsigned long long last = ack->index + ack->more;
	size_t used, room;

	if (ack->more > 0)
		len += snprintf(dst + len, 32, "-%llu", last);
	len += snprintf(
	    dst + len, 64, " %llu %s", (unsigned long long)ack->bytes, names[ack->fate]);
	used = (size_t)len;
	room = ACK_LINE_MAX - used - 2;

	if (ack->reason_len > 0) {
		size_t n = ack->reason_len < room ? ack->reason_len : room;

		dst[used++] = ' ';
		for (size_t i = 0; i < n; i++)
			dst[used++] = ack->reason[i] == '\n' ? ' ' : ack->reason[i];
	}
	dst[used++] = '\n';
	return used;
}
