/* SPDX-License-Identifier: ISC */
/*
 * Fuzz par-top: what a run says of itself, of any bytes.  What is taken of it is within
 * bounds, and nothing that is shown of it controls a terminal, or is wider than that.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "keyboard.h"
#include "once.h"
#include "roster.h"

/* Lines of ASCII, as wide as that at most; 0: as wide as they are. */
static void
look_at_text(const struct bytes *text, size_t width)
{
	size_t column = 0;

	for (size_t i = 0; i < text->len; i++) {
		unsigned char byte = (unsigned char)text->data[i];

		if (byte == '\n') {
			column = 0;
			continue;
		}
		must(byte >= 0x20 && byte < 0x7f);
		must(++column <= width || width == 0);
	}
	must(column == 0);
}

static void
look_at_sight(const struct sight *sight)
{
	must(sight->pid > 0 && sight->pid <= 1e18);
	must(sight->done >= 0 && sight->done <= 1e18);
	must(
	    sight->count <= SIGHT_WORKERS && sight->command.len <= 2 * SIGHT_COMMAND + 2);
	for (size_t i = 0; i < sight->count; i++) {
		const struct sight_worker *worker = &sight->places[i];

		must(worker->seconds >= 0 && worker->record >= 0);
		must(worker->text.data == NULL ||
		    (worker->text.data >= sight->raw.data &&
			worker->text.data + worker->text.len <=
			    sight->raw.data + sight->raw.len));
	}
}

/* Show it as a list, and by itself, in each width. */
static void
show(struct watched *run)
{
	static const size_t widths[] = { 0, 1, 7, 19, 20, 40, 79, 200 };
	struct watched *runs[] = { run };
	const struct roster roster = { .runs = runs, .count = 1 };

	for (size_t i = 0; i < 2 * sizeof(widths) / sizeof(widths[0]); i++) {
		const struct top_plan plan = { .pid = i % 2 };
		struct bytes text = { 0 };

		once_put(&text, &roster, &plan, widths[i / 2]);
		look_at_text(&text, widths[i / 2]);
		bytes_free(&text);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct watched run = { .pid = 1, .state = WATCHED_SEEN };
	size_t used = 0;

	if (size == 0)
		return 0;
	for (size_t at = 0; at < size; at += used) {
		keyboard_stroke((const char *)data + at, size - at, &used);
		must(used > 0 && used <= size - at);
	}
	run.sight.raw.data = copy_of(data, size);
	run.sight.raw.len = run.sight.raw.size = size;
	run.why = sight_read(&run.sight);
	if (run.why == NULL)
		look_at_sight(&run.sight);
	else
		run.state = WATCHED_ODD;
	show(&run);
	sight_free(&run.sight);
	return 0;
}
