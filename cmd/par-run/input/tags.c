/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "need.h"
#include "tags.h"

void
tags_open(struct tags *tags, const struct run_options *options, const char *names)
{
	const struct template_rules rules = { .mark = options->replace,
		.names = names,
		.names_len = names == NULL ? 0 : strlen(names),
		.text = true };
	char *words[2] = { NULL };

	tags->on = options->tag || options->tag_format != NULL;
	if (options->tag_format == NULL)
		return;
	words[0] = tags->format =
	    need_string(options->tag_format, strlen(options->tag_format));
	if (template_read(&tags->template, words, &rules) < 0)
		die(STATUS_BROKEN, errno, "--tag-format");
}

/* The first record itself. */
static int
put_record(const struct batch *records, struct bytes *tag)
{
	const char *newline = memchr(records->data, '\n', records->len);
	size_t len = (size_t)(newline - records->data);

	return bytes_put(tag, records->data, len < TAG_MOST ? len : TAG_MOST);
}

int
tags_fill(const struct tags *tags, const struct batch *records, unsigned worker,
    struct bytes *tag)
{
	const struct template_records first = { .data = records->data,
		.len = records->len,
		.count = 1,
		.first = records->origin,
		.worker = worker };
	int got;

	bytes_clear(tag, TAG_MOST * 2);
	if (!tags->on)
		return 0;
	got = tags->template.word_count == 0
	    ? put_record(records, tag)
	    : template_text(&tags->template, &first, tag);
	if (tag->len > TAG_MOST)
		tag->len = TAG_MOST;
	return got < 0 ? -1 : bytes_put(tag, "\t", 1);
}

void
tags_close(struct tags *tags)
{
	template_free(&tags->template);
	free(tags->format);
}
