/* SPDX-License-Identifier: ISC */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grow.h"
#include "saved.h"

enum { VERSION = 1 };

char *
saved_format(const struct saved *saved, size_t *len)
{
	const struct input_file *input = &saved->input;
	const uint64_t *lanes = saved->hash.lanes;
	char *text = NULL;
	FILE *out = open_memstream(&text, len);

	if (out == NULL)
		return NULL;
	fprintf(out, "par-run checkpoint %d\n", VERSION);
	fprintf(out, "command %016" PRIx64 "\n", saved->command);
	fprintf(out, "options %016" PRIx64 "\n", saved->options);
	fprintf(out,
	    "input %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n",
	    input->base, input->device, input->inode, input->size, input->changed);
	fprintf(out,
	    "hash %" PRIu64 " %016" PRIx64 " %016" PRIx64 " %016" PRIx64 " %016" PRIx64
	    " %016" PRIx64 "\n",
	    saved->hash.total, lanes[0], lanes[1], lanes[2], lanes[3], saved->digest);
	fprintf(out, "next %" PRIu64 " %" PRIu64 " %d\n", saved->offset, saved->next,
	    saved->skipping);
	fprintf(out, "output %" PRIu64 "\n", saved->output);
	fprintf(out, "quarantine %" PRIu64 "\n", saved->quarantine);
	fprintf(out, "failed %" PRIu64 "\n", saved->failed);
	for (size_t i = 0; i < saved->again_count; i++) {
		const struct stretch *s = &saved->again[i];

		fprintf(out, "again %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n",
		    s->offset, s->len, s->first, s->count);
	}
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}

/* Where reading stands in a text; NULL: it is not of the form it should be. */
struct cursor {
	const char *at;
};

/* Pass over word and the space after it, if it comes next. */
static bool
word(struct cursor *cursor, const char *word)
{
	size_t len = strlen(word);

	if (cursor->at == NULL || strncmp(cursor->at, word, len) != 0 ||
	    (cursor->at[len] != ' ' && cursor->at[len] != '\n'))
		return false;
	cursor->at += len + 1;
	return true;
}

/* The number that must come next, and pass over the space or newline after it. */
static uint64_t
number(struct cursor *cursor, int base)
{
	uint64_t value;
	char *end;

	if (cursor->at == NULL)
		return 0;
	value = strtoull(cursor->at, &end, base);
	cursor->at = end == cursor->at || *end == '\0' ? NULL : end + 1;
	return value;
}

/* The same, the only one of a line that begins with name. */
static uint64_t
line(struct cursor *cursor, const char *name, int base)
{
	if (!word(cursor, name))
		cursor->at = NULL;
	return number(cursor, base);
}

/* The lines of what is to be done again; false without memory. */
static bool
parse_again(struct saved *saved, struct cursor *cursor)
{
	size_t room = 0;

	while (word(cursor, "again")) {
		struct stretch *s;

		s = grow(
		    saved->again, &room, saved->again_count + 1, sizeof(*s), SIZE_MAX);
		if (s == NULL)
			return false;
		saved->again = s;
		s = &saved->again[saved->again_count++];
		s->offset = number(cursor, 10);
		s->len = number(cursor, 10);
		s->first = number(cursor, 10);
		s->count = number(cursor, 10);
	}
	return true;
}

/* May it be?  A last record that lacks its newline counts as if it had one. */
static bool
is_sound(const struct saved *saved)
{
	uint64_t records = 0;

	if (saved->offset > saved->hash.total)
		return false;
	for (size_t i = 0; i < saved->again_count; i++) {
		const struct stretch *s = &saved->again[i];

		if (s->count == 0 || s->len < s->count || s->len > saved->offset + 1 ||
		    s->offset > saved->offset + 1 - s->len ||
		    s->count > saved->next - records || s->first > saved->next - s->count)
			return false;
		records += s->count;
	}
	return true;
}

/* Is the text what saved_format() makes of it, and no other way to write that? */
static bool
is_written_so(const struct saved *saved, const char *text)
{
	size_t len;
	char *again = saved_format(saved, &len);
	bool same = again != NULL && strcmp(again, text) == 0;

	free(again);
	return same;
}

int
saved_parse(struct saved *saved, const char *text)
{
	struct cursor cursor = { .at = text };
	struct input_file *input = &saved->input;

	*saved = (struct saved){ 0 };
	if (line(&cursor, "par-run checkpoint", 10) != VERSION)
		return -1;
	saved->command = line(&cursor, "command", 16);
	saved->options = line(&cursor, "options", 16);
	input->base = line(&cursor, "input", 10);
	input->device = number(&cursor, 10);
	input->inode = number(&cursor, 10);
	input->size = number(&cursor, 10);
	input->changed = number(&cursor, 10);
	saved->hash.total = line(&cursor, "hash", 10);
	for (int i = 0; i < 4; i++)
		saved->hash.lanes[i] = number(&cursor, 16);
	saved->digest = number(&cursor, 16);
	saved->offset = line(&cursor, "next", 10);
	saved->next = number(&cursor, 10);
	saved->skipping = number(&cursor, 10) != 0;
	saved->output = line(&cursor, "output", 10);
	saved->quarantine = line(&cursor, "quarantine", 10);
	saved->failed = line(&cursor, "failed", 10);
	if (parse_again(saved, &cursor) && cursor.at != NULL && *cursor.at == '\0' &&
	    is_sound(saved) && is_written_so(saved, text))
		return 0;
	saved_free(saved);
	return -1;
}

uint64_t
saved_records(const struct saved *saved)
{
	uint64_t records = saved->next;

	for (size_t i = 0; i < saved->again_count; i++)
		records -= saved->again[i].count;
	return records;
}

void
saved_free(struct saved *saved)
{
	free(saved->again);
	saved->again = NULL;
	saved->again_count = 0;
}
