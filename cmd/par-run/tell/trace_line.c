/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "num.h"
#include "options.h"
#include "trace_line.h"

enum { MICRO = 1000 /* ns */ };

static const char kinds[] = "MXBEiC";

/* All words that numbers have. */
static const char *const words[] = { "records", "first", "failed", "again", "bytes",
	"busy_us", "process", "start", "workers", "processes" };

/* Text and a number.  0, or -1 with errno. */
static int
put(struct bytes *to, const char *text, uint64_t number)
{
	enum { DIGITS = 24 };
	size_t len = strlen(text);
	char *end = bytes_reserve(to, len + DIGITS);

	if (end == NULL)
		return -1;
	memcpy(end, text, len);
	to->len = (size_t)(num_format(end + len, number) - to->data);
	return 0;
}

/* A name, in which a newline would end the line. */
static int
put_name(struct bytes *to, const char *name)
{
	size_t len = strnlen(name, TRACE_NAME - 1);
	char *at;

	if (bytes_put(to, "\t", 1) < 0 || bytes_put(to, name, len) < 0)
		return -1;
	while ((at = memchr(to->data + to->len - len, '\n', len)) != NULL)
		*at = ' ';
	return 0;
}

int
trace_line_put(struct bytes *to, const struct trace_event *event)
{
	const char kind[] = { ' ', (char)event->kind, ' ', '\0' };
	const struct trace_arg *arg = event->args;

	if (put(to, "", event->group) < 0 || put(to, kind, event->row) < 0 ||
	    put(to, " ", event->at / MICRO) < 0 ||
	    put(to, " ", event->length / MICRO) < 0)
		return -1;
	for (; arg != NULL && arg->name != NULL; arg++)
		if (bytes_put(to, " ", 1) < 0 ||
		    bytes_put(to, arg->name, strlen(arg->name)) < 0 ||
		    put(to, "=", arg->number) < 0)
			return -1;
	return event->name == NULL ? 0 : put_name(to, event->name);
}

/* The next word, which ends with a blank, or the line; false if there is none. */
static bool
next_word(const char **at, const char *end, const char **word, size_t *len)
{
	const char *blank;

	if (*at >= end)
		return false;
	blank = memchr(*at, ' ', (size_t)(end - *at));
	*word = *at;
	*len = (size_t)((blank == NULL ? end : blank) - *at);
	*at = blank == NULL ? end : blank + 1;
	return true;
}

static bool
next_number(const char **at, const char *end, uint64_t most, uint64_t *out)
{
	const char *word;
	size_t len;

	return next_word(at, end, &word, &len) &&
	    num_parse_bytes(word, len, 0, most, out) == 0;
}

static bool
next_kind(const char **at, const char *end, enum trace_kind *out)
{
	const char *word;
	size_t len;

	if (!next_word(at, end, &word, &len) || len != 1 ||
	    memchr(kinds, *word, sizeof(kinds) - 1) == NULL)
		return false;
	*out = (enum trace_kind) * word;
	return true;
}

/* WORD=NUMBER; NULL if the word is not known. */
static const char *
known_word(const char *word, size_t len, size_t *name)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		*name = strlen(words[i]);
		if (len > *name && word[*name] == '=' &&
		    memcmp(word, words[i], *name) == 0)
			return words[i];
	}
	return NULL;
}

/* The numbers that are told with it; false if one of them is none. */
static bool
read_args(const char *at, const char *end, struct trace_parts *parts)
{
	struct trace_arg *arg = parts->args;
	const char *word;
	size_t len, name;

	while (arg < parts->args + TRACE_ARGS && next_word(&at, end, &word, &len)) {
		arg->name = known_word(word, len, &name);
		if (arg->name == NULL)
			continue;
		if (num_parse_bytes(
			word + name + 1, len - name - 1, 0, UINT64_MAX, &arg->number) < 0)
			return false;
		arg++;
	}
	arg->name = NULL;
	return true;
}

/* The name, len bytes, as far as it fits. */
static void
read_name(const char *from, size_t len, char name[static TRACE_NAME])
{
	len = strnlen(from, len < TRACE_NAME - 1 ? len : TRACE_NAME - 1);
	memcpy(name, from, len);
	name[len] = '\0';
}

bool
trace_line_read(
    const char *line, size_t len, struct trace_event *event, struct trace_parts *parts)
{
	const char *end = line + len, *tab = memchr(line, '\t', len);
	const char *last = tab == NULL ? end : tab;
	uint64_t group, row, at, length;

	if (!next_number(&line, last, TRACE_GROUPS, &group) ||
	    !next_kind(&line, last, &event->kind) ||
	    !next_number(&line, last, WORKERS_MAX, &row) ||
	    !next_number(&line, last, INT64_MAX / MICRO, &at) ||
	    !next_number(&line, last, INT64_MAX / MICRO, &length) ||
	    !read_args(line, last, parts))
		return false;
	if (event->kind != TRACE_END && tab == NULL)
		return false;
	if (tab != NULL)
		read_name(tab + 1, (size_t)(end - tab - 1), parts->name);
	event->group = (unsigned)group;
	event->row = (unsigned)row;
	event->at = at * MICRO;
	event->length = length * MICRO;
	event->name = tab == NULL ? NULL : parts->name;
	event->args = parts->args;
	return true;
}
