/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "field.h"
#include "header.h"
#include "need.h"
#include "verbatim.h"

/* The names that --fields gives, as a record: there may be TABs in place of commas. */
static char *
names_of(const char *fields)
{
	char *names = need_string(fields, strlen(fields));

	if (strchr(names, '\t') == NULL)
		for (char *c = names; *c != '\0'; c++)
			if (*c == ',')
				*c = '\t';
	return names;
}

/* What begins the input, as records: the last one has the names. */
static void
read_records(struct header *header, const struct run_options *o, struct intake *intake)
{
	struct bytes *text = &header->text;
	const char *last;
	size_t len;

	text->most = HEADER_MOST;
	if (intake_header(intake, o->header, o->checkpoint != NULL, text) < 0)
		die(errno == EMSGSIZE ? STATUS_MISUSE : STATUS_BROKEN,
		    errno == EMSGSIZE ? 0 : errno, "%s%s", intake->name,
		    errno == EMSGSIZE ? ": its header is longer than 2M, or than "
					"--max-record"
				      : "");
	if (text->len == 0)
		return;
	len = text->len - 1;
	last = memrchr(text->data, '\n', len);
	last = last == NULL ? text->data : last + 1;
	len -= (size_t)(last - text->data);
	if (memchr(last, '\0', len) == NULL)
		header->names = need_string(last, len);
	else if (o->arguments)
		die(STATUS_MISUSE, 0, "%s: its header holds a NUL", intake->name);
}

/* As it was in the input, for processes that get records so; not at all for others. */
static void
restore(struct header *header, const struct run_options *o)
{
	const struct verbatim verbatim = { .escaped = o->escaped,
		.end = o->separator.on ? o->separator.byte : '\n' };
	struct bytes text = { 0 };

	if (options_read_records(o) &&
	    (!(o->on_stdin || o->arguments) || verbatim_same(&verbatim)))
		return;
	if (options_read_records(o) && header->text.len > 0 &&
	    verbatim_make(&verbatim, &text, header->text.data, header->text.len) < 0)
		die(STATUS_BROKEN, errno, "header");
	bytes_free(&header->text);
	header->text = text;
}

void
header_open(struct header *header, const struct run_options *o, struct intake *intake)
{
	if (o->fields != NULL)
		header->names = names_of(o->fields);
	if (o->header != 0) {
		read_records(header, o, intake);
		restore(header, o);
	}
	if (o->before != NULL) {
		size_t len = strlen(o->before);

		if (bytes_put(&header->text, o->before, len) < 0)
			die(STATUS_BROKEN, errno, "--before");
		header->text.len = field_unescape(header->text.data, o->before, len);
	}
}

void
header_close(struct header *header)
{
	bytes_free(&header->text);
	free(header->names);
}
