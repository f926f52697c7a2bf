/* SPDX-License-Identifier: ISC */
/*
 * Fuzz par-run: the file of --checkpoint.  What is taken is what would be written, and
 * can be true: what is to be done again lies before where reading goes on.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"
#include "saved.h"
#include "state.h"

static void
check_sound(const struct saved *saved)
{
	uint64_t records = 0;

	must(saved->hash.total >= saved->offset);
	for (size_t i = 0; i < saved->again_count; i++) {
		const struct stretch *s = &saved->again[i];

		must(s->count > 0 && s->len >= s->count);
		must(s->len <= saved->offset + 1 &&
		    s->offset <= saved->offset + 1 - s->len);
		must(s->count <= saved->next && s->first <= saved->next - s->count);
		records += s->count;
		must(records <= saved->next);
	}
	must(saved_records(saved) == saved->next - records);
}

static void
check_text(const char *text)
{
	struct saved saved;
	size_t len;
	char *back;

	if (saved_parse(&saved, text) < 0)
		return;
	check_sound(&saved);
	back = saved_format(&saved, &len);
	must(back != NULL && len == strlen(text) && memcmp(back, text, len) == 0);
	free(back);
	saved_free(&saved);
}

/* Any numbers that can be true come back. */
static void
check_numbers(struct pieces in)
{
	struct stretch again[4];
	struct saved saved = { .again = again }, back;
	uint64_t at = 0, record = 0;
	size_t len;
	char *text;

	saved.command = pieces_number(&in);
	saved.input.inode = pieces_number(&in);
	saved.hash.lanes[3] = pieces_number(&in);
	saved.each = pieces_byte(&in) % 2 == 0;
	for (size_t i = 0; i < FINGERPRINTS && saved.each; i++)
		saved.fingerprints[i] = (uint32_t)pieces_number(&in);
	while (saved.again_count < 4 && in.left > 0) {
		struct stretch *s = &again[saved.again_count++];

		s->count = 1 + pieces_byte(&in);
		s->len = s->count + pieces_byte(&in);
		s->offset = at;
		s->first = record;
		at += s->len + pieces_byte(&in);
		record += s->count;
	}
	saved.hash.total = saved.offset = at;
	saved.next = record;
	text = saved_format(&saved, &len);
	must(text != NULL && saved_parse(&back, text) == 0);
	must(back.command == saved.command && back.input.inode == saved.input.inode &&
	    back.hash.lanes[3] == saved.hash.lanes[3]);
	must(back.each == saved.each &&
	    memcmp(back.fingerprints, saved.fingerprints, sizeof(saved.fingerprints)) ==
		0);
	must(back.again_count == saved.again_count);
	if (back.again_count > 0)
		must(memcmp(back.again, again, back.again_count * sizeof(again[0])) == 0);
	saved_free(&back);
	free(text);
}

/* A file of just these bytes: what is read of it has the checksum that it ends with. */
static void
check_file(const char *data, size_t len)
{
	struct state state;
	char *text, *again;
	int fd;

	own_folder();
	fd = open("state", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	must(fd >= 0 && write(fd, data, len) == (ssize_t)len);
	close(fd);
	if (state_open(&state, "state", &text) == 1)
		must(strlen(text) <= len - 20 && memcmp(text, data, strlen(text)) == 0);
	free(text);
	state_close(&state);
	unlink("state");
	must(state_open(&state, "state", &text) == 0);
	must(state_save(&state, data, len, false) == 0);
	state_close(&state);
	must(state_open(&state, "state", &again) == 1 && memcmp(again, data, len) == 0);
	free(again);
	state_close(&state);
	unlink("state");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = calloc(size + 1, 1);

	must(text != NULL);
	if (size > 0)
		memcpy(text, data, size);
	check_text(text);
	check_numbers(pieces_of(data, size));
	if (size % 8 == 7)
		check_file(text, size);
	free(text);
	return 0;
}
