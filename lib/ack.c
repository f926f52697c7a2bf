/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "ack.h"
#include "num.h"

static const char greeting[] = "par-stage 1";

/* The value of a word NAME=NUMBER of the hello, if that is its name. */
static int
hello_word(const char *word, size_t len, const char *name, uint64_t *out)
{
	size_t skip = strlen(name);

	if (len <= skip || memcmp(word, name, skip) != 0)
		return 0;
	if (num_parse_bytes(word + skip, len - skip, 1, UINT64_MAX, out) < 0)
		return -1;
	if (*out > HELLO_MOST) /* more than anybody has in flight: so many will do */
		*out = HELLO_MOST;
	return 0;
}

static bool
is_word(const char *word, size_t len, const char *name)
{
	return len == strlen(name) && memcmp(word, name, len) == 0;
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
		if (hello_word(word, (size_t)(end - word), "window=", &out->window) < 0 ||
		    hello_word(word, (size_t)(end - word), "jobs=", &out->jobs) < 0 ||
		    hello_word(word, (size_t)(end - word), "block=", &out->block) < 0)
			return -1; /* a word not known here is for a later version */
		if (is_word(word, (size_t)(end - word), "ahead"))
			out->ahead = true;
		if (is_word(word, (size_t)(end - word), "joint"))
			out->joint = true;
		if (is_word(word, (size_t)(end - word), "unsure"))
			out->standing = STANDING_UNSURE;
		if (is_word(word, (size_t)(end - word), "plain"))
			out->standing = STANDING_PLAIN;
		if (end - word == 5 && memcmp(word, "waits", 5) == 0)
			out->waits = true;
		if (end - word == 3 && memcmp(word, "raw", 3) == 0)
			out->raw = true;
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

size_t
hello_format(char dst[static ACK_LINE_MAX], const struct hello *hello)
{
	int len = snprintf(dst, ACK_LINE_MAX, "%s", greeting);

	if (hello->window != 0)
		len += snprintf(
		    dst + len, 64, " window=%llu", (unsigned long long)hello->window);
	if (hello->jobs > 1)
		len += snprintf(
		    dst + len, 64, " jobs=%llu", (unsigned long long)hello->jobs);
	if (hello->ahead)
		len += snprintf(dst + len, 64, " ahead");
	if (hello->joint)
		len += snprintf(dst + len, 64, " joint");
	if (hello->standing == STANDING_UNSURE)
		len += snprintf(dst + len, 64, " unsure");
	if (hello->standing == STANDING_PLAIN)
		len += snprintf(dst + len, 64, " plain");
	if (hello->block != 0)
		len += snprintf(
		    dst + len, 64, " block=%llu", (unsigned long long)hello->block);
	if (hello->waits)
		len += snprintf(dst + len, 64, " waits");
	if (hello->raw)
		len += snprintf(dst + len, 64, " raw");
	dst[len++] = '\n';
	return (size_t)len;
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
