/* SPDX-License-Identifier: ISC */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grow.h"
#include "saved.h"

static const char format_name[] = "par-run checkpoint";

/*
 * Older versions: without the number of the run, if its processes are not told; and with
 * it, but with one hash for all options.
 */
enum { WITHOUT_ID = 1, WITHOUT_EACH = 2 };

static int
version_of(const struct saved *saved)
{
	return saved->each   ? FORMAT_CHECKPOINT
	    : saved->id != 0 ? WITHOUT_EACH
			     : WITHOUT_ID;
}

static void
format_fingerprints(FILE *out, const uint32_t fingerprints[static FINGERPRINTS])
{
	fprintf(out, "each");
	for (size_t i = 0; i < FINGERPRINTS; i++)
		fprintf(out, " %08" PRIx32, fingerprints[i]);
	fprintf(out, "\n");
}

char *
saved_format(const struct saved *saved, size_t *len)
{
	const struct input_file *input = &saved->input;
	const uint64_t *lanes = saved->hash.lanes;
	char *text = NULL;
	FILE *out = open_memstream(&text, len);

	if (out == NULL)
		return NULL;
	fprintf(out, "%s %d\n", format_name, version_of(saved));
	fprintf(out, "command %016" PRIx64 "\n", saved->command);
	fprintf(out, "options %016" PRIx64 "\n", saved->options);
	if (saved->each)
		format_fingerprints(out, saved->fingerprints);
	if (saved->each || saved->id != 0)
		fprintf(out, "id %016" PRIx64 "\n", saved->id);
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

/* The next number, the only one of a line that begins with name. */
static uint64_t
line(struct cursor *cursor, const char *name, int base)
{
	if (!word(cursor, name))
		cursor->at = NULL;
	return number(cursor, base);
}

static void
parse_fingerprints(struct saved *saved, struct cursor *cursor)
{
	if (!word(cursor, "each"))
		cursor->at = NULL;
	for (size_t i = 0; i < FINGERPRINTS; i++)
		saved->fingerprints[i] = (uint32_t)number(cursor, 16);
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

const char *
saved_newer(char text[static FORMAT_TEXT], const char *data, size_t len)
{
	return formats_newer(text, format_name, FORMAT_CHECKPOINT, data, len);
}

int
saved_parse(struct saved *saved, const char *text)
{
	struct cursor cursor = { .at = text };
	struct input_file *input = &saved->input;
	uint64_t version = line(&cursor, format_name, 10);

	*saved = (struct saved){ 0 };
	if (version < WITHOUT_ID || version > FORMAT_CHECKPOINT)
		return -1;
	saved->each = version == FORMAT_CHECKPOINT;
	saved->command = line(&cursor, "command", 16);
	saved->options = line(&cursor, "options", 16);
	if (saved->each)
		parse_fingerprints(saved, &cursor);
	saved->id = version == WITHOUT_ID ? 0 : line(&cursor, "id", 16);
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
