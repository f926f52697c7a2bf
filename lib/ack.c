/* SPDX-License-Identifier: ISC */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "ack.h"
#include "formats.h"
#include "num.h"

const char ack_format_name[] = "par-stage";
const char ack_trace_word[] = "trace ";

static const char trace_taken[] = "trace=";

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
	{ "named", FLAG, 0, offsetof(struct hello, named) },
	{ "beat=", NUMBER, 0, offsetof(struct hello, beat) },
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

/* The name of the protocol and its version; its length, for the words to follow. */
static size_t
put_greeting(char *to)
{
	char *end = stpcpy(to, ack_format_name);

	*end++ = ' ';
	return (size_t)(num_format(end, FORMAT_STAGE) - to);
}

int
hello_parse(const char *line, size_t len, struct hello *out)
{
	char greeting[sizeof(ack_format_name) + 20];
	size_t at = put_greeting(greeting);

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

static const char *const runs_words[] = { NULL, "counts", "runs" };

const char *
runs_word(enum runs runs)
{
	return runs_words[runs];
}

enum runs
runs_parse(const char *words)
{
	enum runs most = RUNS_NONE;

	while (*words != '\0') {
		size_t len = strcspn(words, ",");

		for (enum runs runs = RUNS_COUNTED; runs <= RUNS_SUMMED; runs++)
			if (len == strlen(runs_words[runs]) && runs > most &&
			    memcmp(words, runs_words[runs], len) == 0)
				most = runs;
		words += words[len] == '\0' ? len : len + 1;
	}
	return most;
}

const char *
takes_text(char text[static TAKES_MOST], enum runs runs, uint64_t trace)
{
	const char *word = runs_word(runs);

	if (word == NULL && trace == 0)
		return NULL;
	if (trace == 0)
		snprintf(text, TAKES_MOST, "%s", word);
	else
		snprintf(text, TAKES_MOST, "%s%s%s%llu", word == NULL ? "" : word,
		    word == NULL ? "" : ",", trace_taken, (unsigned long long)trace);
	return text;
}

uint64_t
takes_trace(const char *words)
{
	size_t name = sizeof(trace_taken) - 1;
	uint64_t bytes;

	for (; words != NULL; words = strchr(words, ',')) {
		words += *words == ',';
		if (strncmp(words, trace_taken, name) == 0 &&
		    num_parse_bytes(words + name, strcspn(words + name, ","), 1,
			UINT64_MAX, &bytes) == 0)
			return bytes;
	}
	return 0;
}

/* Digits at *at, with a byte after them, which is not passed. */
static inline int
take_number(const char **at, const char *end, uint64_t *out)
{
	enum { MOST = 19 }; /* digits, of which none overflows */
	const char *p = *at, *last = end - p > MOST ? p + MOST : end;
	uint64_t value = 0;
	unsigned digit;

	for (; p < last && (digit = (unsigned char)*p - (unsigned)'0') <= 9; p++)
		value = value * 10 + digit;
	if (p == *at || p == end)
		return -1;
	*at = p;
	*out = value;
	return 0;
}

/* The outcome that word of len bytes names. */
static int
take_outcome(const char *word, size_t len, enum outcome *out)
{
	static const char names[][6] = { "ok", "retry", "fail", "part", "kept" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (len == strlen(names[i]) && memcmp(word, names[i], len) == 0) {
			*out = (enum outcome)i;
			return 0;
		}
	}
	return -1;
}

/* INDEX, FIRST-LAST or FIRST..LAST, then a space; *form is ' ', '-' or '.'. */
static int
take_records(const char **at, const char *end, struct ack *out, char *form)
{
	uint64_t last;

	out->more = 0;
	if (take_number(at, end, &out->index) < 0)
		return -1;
	*form = **at;
	if (*form != ' ') {
		if (*form == '.')
			++*at;
		if (*form != '-' && (*form != '.' || *at == end || **at != '.'))
			return -1;
		++*at;
		if (take_number(at, end, &last) < 0 || last < out->index)
			return -1;
		out->more = last - out->index;
	}
	return *(*at)++ == ' ' ? 0 : -1;
}

/* BYTES, or BYTES,BYTES and so on of one record after the other; then a space. */
static int
take_bytes(const char **at, const char *end, struct ack *out, bool list)
{
	const char *counts = *at;
	uint64_t more = 0, sum = 0, bytes;

	for (;; more++, ++*at) {
		if (take_number(at, end, &bytes) < 0 || bytes > ACK_BYTES_MOST - sum)
			return -1;
		sum += bytes;
		if (**at != ',' || !list)
			break;
	}
	out->bytes = sum;
	out->more += more;
	out->counts = more > 0 ? counts : NULL;
	return *(*at)++ == ' ' ? 0 : -1;
}

uint64_t
ack_count(const char **counts, uint64_t records)
{
	const char *p = *counts;
	uint64_t sum = 0;

	for (; records > 0; records--) {
		uint64_t value = 0;

		for (; *p >= '0' && *p <= '9'; p++)
			value = value * 10 + (uint64_t)(*p - '0');
		sum += value;
		p++;
	}
	*counts = p;
	return sum;
}

int
ack_parse(const char *line, size_t len, struct ack *out)
{
	const char *end = line + len, *space;
	char form;

	if (take_records(&line, end, out, &form) < 0 ||
	    take_bytes(&line, end, out, form == ' ') < 0)
		return -1;
	out->run = out->more > 0 && form != '-';
	out->reason = end;
	out->reason_len = 0;
	if (end - line == 2 && line[0] == 'o' && line[1] == 'k') {
		out->outcome = OUTCOME_OK;
		return 0;
	}
	space = memchr(line, ' ', (size_t)(end - line));
	if (space != NULL) {
		out->reason = space + 1;
		out->reason_len = (size_t)(end - out->reason);
		end = space;
	}
	if (take_outcome(line, (size_t)(end - line), &out->outcome) < 0)
		return -1;
	return out->more > 0 && out->outcome != OUTCOME_OK ? -1 : 0;
}

void
ack_reason(struct ack *ack)
{
	if (ack->reason_len > 0)
		return;
	ack->reason = ack->outcome == OUTCOME_FAIL ? "failed" : "failed for now";
	ack->reason_len = strlen(ack->reason);
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
	char *to = dst + put_greeting(dst);

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
ack_format_run(char dst[static ACK_OK_MAX], uint64_t first, uint64_t last, uint64_t bytes)
{
	char *to = num_format(dst, first);

	*to++ = '.';
	*to++ = '.';
	to = num_format(to, last);
	*to++ = ' ';
	to = num_format(to, bytes);
	memcpy(to, " ok\n", 4);
	return (size_t)(to + 4 - dst);
}

/* The counts of a run, as they stand in its line. */
static size_t
put_counts(char *to, const struct ack *ack)
{
	const char *end = ack->counts;

	ack_count(&end, ack->more + 1);
	memcpy(to, ack->counts, (size_t)(end - 1 - ack->counts));
	return (size_t)(end - 1 - ack->counts);
}

size_t
ack_format(char dst[static ACK_LINE_MAX], const struct ack *ack)
{
	static const char *const names[] = { "ok", "retry", "fail", "part", "kept" };
	char *to = num_format(dst, ack->index);
	size_t used, room;

	if (ack->more > 0 && ack->counts == NULL) {
		to = stpcpy(to, ack->run ? ".." : "-");
		to = num_format(to, ack->index + ack->more);
	}
	*to++ = ' ';
	if (ack->counts != NULL)
		to += put_counts(to, ack);
	else
		to = num_format(to, ack->bytes);
	*to++ = ' ';
	to = stpcpy(to, names[ack->outcome]);
	used = (size_t)(to - dst);
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
