/* SPDX-License-Identifier: ISC */
/*
 * Fuzz par-report: logs, of any bytes.  What is taken of a line holds to its bounds, the
 * sums are those of the lines, and of the page nothing but its own is markup.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "layout.h"
#include "log_line.h"
#include "micro.h"
#include "picture.h"
#include "plain_text.h"
#include "report_page.h"
#include "summary.h"

/* How often text stands in all. */
static size_t
times_in(const struct bytes *all, const char *text)
{
	const char *at = all->data, *end = at + all->len;
	size_t count = 0, len = strlen(text);

	while ((at = memmem(at, (size_t)(end - at), text, len)) != NULL) {
		at += len;
		count++;
	}
	return count;
}

static void
look_at_line(const struct log_line *line, const char *data, size_t len)
{
	const struct field *fields[] = { &line->worker, &line->why, &line->command };

	must(line->start <= MICRO_MOST && line->took <= MICRO_MOST);
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (fields[i]->data != NULL)
			must(fields[i]->data >= data &&
			    fields[i]->data + fields[i]->len <= data + len);
}

/* Nothing controls anything, and no tag is there that is not ours. */
static void
look_at_output(const struct bytes *all, bool page)
{
	for (size_t i = 0; i < all->len; i++) {
		unsigned char byte = (unsigned char)all->data[i];

		must((byte >= 0x20 && byte != 0x7f) || byte == '\n');
	}
	must(times_in(all, "<script") <= (page ? 2 : 0));
	must(times_in(all, "<i") ==
	    times_in(all, "<i class=") + times_in(all, "<i style="));
	must(times_in(all, "<x") == 0);
}

static void
write_all(const struct summary *summary)
{
	static const struct series series;
	struct layout layout;
	struct bytes all = { 0 };
	const char *title = summary->workers_count > 0 && summary->workers[0].name != NULL
	    ? summary->workers[0].name
	    : "";

	layout_make(&layout, summary);
	report_page_put(&all, &layout, &series, title);
	look_at_output(&all, true);
	bytes_clear(&all, 1 << 20);
	picture_put(&all, &layout, title);
	look_at_output(&all, false);
	bytes_clear(&all, 1 << 20);
	plain_text_put(&all, &layout, &series, title, 60, true);
	bytes_free(&all);
	layout_free(&layout);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct report_plan plan = { .slowest = 5, .failures = 5 };
	struct pieces in = pieces_of(data, size);
	struct log_form form = { .kind = LOG_NONE };
	struct summary summary;
	uint64_t records = 0, failed = 0;

	summary_open(&summary, &plan);
	while (in.left > 0) {
		size_t len;
		const char *at = pieces_until(&in, '\n', &len);
		char *copy = copy_of(at, len);
		struct log_line line;

		if (form.kind == LOG_NONE) {
			if (log_line_head(&form, copy, len))
				summary_file(&summary);
		} else if (log_line_read(&form, copy, len, &line) == NULL) {
			look_at_line(&line, copy, len);
			summary_line(&summary, &line, form.kind == LOG_JOBS);
			records++;
			failed += line.failed;
		}
		free(copy);
	}
	summary_end(&summary);
	must(summary.records == records && summary.failed == failed);
	must(summary.times.count == records && summary.failures.total == failed);
	must(summary.whatif.answers_count == 0 ||
	    summary.whatif.answers[0].took == summary.whatif.total);
	write_all(&summary);
	summary_close(&summary);
	return 0;
}
