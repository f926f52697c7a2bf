/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "grow.h"
#include "json_reader.h"
#include "micro.h"
#include "need.h"
#include "num.h"
#include "other_line.h"

enum {
	ROWS = 1 << 16, /* of a trace */
	RECORDS = 100 * 1000 * 1000, /* of one line, at most */
	ADDED = 3, /* room that a string needs, and how much while it is escaped */
	PAGE_FIELDS = 6,
	PAGE_MORE = 10, /* with --headers */
	PAGE_SECONDS = 8
};

/* Fields of a page. */
enum { PAGE_URL, PAGE_STATUS, PAGE_TYPE, PAGE_EFFECTIVE, PAGE_ERROR, PAGE_BODY };

static const char no_reason[] = "a trace tells no reasons";
static const char results_head[] = "{\"number\":";

static void
forget_rows(struct other_lines *lines)
{
	for (size_t i = 0; i < lines->room; i++)
		free(lines->rows[i]);
	free(lines->rows);
	lines->rows = NULL;
	lines->room = 0;
}

void
other_lines_begin(struct other_lines *lines)
{
	forget_rows(lines);
	lines->known = false;
	lines->pages = 0;
}

void
other_lines_free(struct other_lines *lines)
{
	forget_rows(lines);
	bytes_free(&lines->text);
}

/* A status of HTTP: three digits. */
static bool
take_status(const struct field *field, uint64_t *out)
{
	return field->len == 3 &&
	    num_parse_bytes(field->data, field->len, 0, 999, out) == 0;
}

enum log_kind
other_line_head(const char *data, size_t len)
{
	struct field fields[PAGE_FIELDS];
	uint64_t status;

	if (len == 1 && *data == '[')
		return LOG_TRACE;
	if (len > sizeof(results_head) &&
	    memcmp(data, results_head, sizeof(results_head) - 1) == 0)
		return LOG_RESULTS;
	if (field_split(data, len, fields, PAGE_FIELDS) == PAGE_FIELDS &&
	    take_status(&fields[PAGE_STATUS], &status))
		return LOG_PAGES;
	return LOG_NONE;
}

/* Add a string, as a field of par-record(5). */
static struct field
add_text(struct bytes *to, const struct json_item *item)
{
	size_t begin = to->len, len = item->value.len;
	char *plain;

	need_room(to, ADDED * len + 1);
	plain = to->data + begin + 2 * len;
	to->len += field_escape(to->data + begin, plain, json_text(plain, item));
	return (struct field){ to->data + begin, to->len - begin };
}

/* A row of the trace is called that, which is text. */
static void
name_row(struct other_lines *lines, uint64_t row, const struct json_item *name)
{
	static const char link[] = ", link ";
	size_t before = lines->room;
	struct field text;
	const char *at;

	if (row >= ROWS)
		return;
	lines->rows = grow(
	    lines->rows, &lines->room, (size_t)row + 1, sizeof(*lines->rows), SIZE_MAX);
	if (lines->rows == NULL)
		need_failed((size_t)row * sizeof(*lines->rows));
	memset(lines->rows + before, 0, (lines->room - before) * sizeof(*lines->rows));
	text = add_text(&lines->text, name);
	at = memmem(text.data, text.len, link, sizeof(link) - 1);
	if (at != NULL) /* of a host: as logs call it */
		text.len = (size_t)(at - text.data);
	free(lines->rows[row]);
	lines->rows[row] = need_string(text.data, text.len);
}

/* What an event says, as far as it is of use here. */
struct seen_event {
	char kind;
	uint64_t run, row, at, took;
	uint64_t records, first, failed, bytes;
	bool counts; /* it has records */
	struct json_item name; /* in its args */
	bool named;
};

static void
see_item(struct seen_event *event, const struct json_item *item)
{
	static const struct {
		const char *name;
		unsigned depth;
		size_t at;
	} numbers[] = { { "pid", 1, offsetof(struct seen_event, run) },
		{ "tid", 1, offsetof(struct seen_event, row) },
		{ "ts", 1, offsetof(struct seen_event, at) },
		{ "dur", 1, offsetof(struct seen_event, took) },
		{ "records", 2, offsetof(struct seen_event, records) },
		{ "first", 2, offsetof(struct seen_event, first) },
		{ "failed", 2, offsetof(struct seen_event, failed) },
		{ "bytes", 2, offsetof(struct seen_event, bytes) } };

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (item->depth == numbers[i].depth && json_is(item, numbers[i].name))
			json_count(
			    item, (uint64_t *)(void *)((char *)event + numbers[i].at));
	if (item->depth == 1 && json_is(item, "ph") && item->value.len == 1)
		event->kind = *item->value.data;
	if (item->depth == 2 && json_is(item, "name") && item->kind == JSON_TEXT) {
		event->name = *item;
		event->named = true;
	}
	if (item->depth == 2 && json_is(item, "records"))
		event->counts = true;
}

/* Which one of a slice something is of, nobody tells. */
static struct field
one_of(struct other_lines *lines, uint64_t records)
{
	size_t begin = lines->text.len;

	need_print(&lines->text, "one of %llu from this on", (unsigned long long)records);
	return (struct field){ lines->text.data + begin, lines->text.len - begin };
}

/* The slices of the run itself are what workers did; all else is not counted. */
static const char *
read_event(struct other_lines *lines, const char *data, size_t len, struct log_line *line)
{
	struct seen_event event = { 0 };
	struct json_reader json;
	struct json_item item;

	if (len == 0 || (len == 1 && *data == ']'))
		return NULL;
	json_begin(&json, data, len);
	while (json_next(&json, &item))
		see_item(&event, &item);
	if (!json_over(&json) || event.kind == '\0')
		return "it is no event of a trace";
	if (!lines->known)
		lines->run = event.run;
	lines->known = true;
	if (event.run != lines->run)
		return NULL;
	if (event.kind == 'M' && event.named)
		name_row(lines, event.row, &event.name);
	if (event.kind != 'X' || !event.counts)
		return NULL;
	if (event.row >= lines->room || lines->rows[event.row] == NULL)
		return "its row has no name";
	if (event.at > MICRO_MOST || event.took > MICRO_MOST || event.records > RECORDS ||
	    event.failed > event.records)
		return "its numbers cannot be";
	line->record = event.first;
	line->start = event.at;
	line->took = event.took;
	line->out = event.bytes;
	line->count = event.records;
	line->count_failed = event.failed;
	line->why = (struct field){ no_reason, sizeof(no_reason) - 1 };
	if (event.records > 1)
		line->command = one_of(lines, event.records);
	line->worker =
	    (struct field){ lines->rows[event.row], strlen(lines->rows[event.row]) };
	return NULL;
}

/* A process of --results: nobody tells when it began, nor on which worker. */
static const char *
read_result(
    struct other_lines *lines, const char *data, size_t len, struct log_line *line)
{
	bool known = false, timed = false;
	struct json_reader json;
	struct json_item item;

	line->untimed = true;
	line->count = 1;
	need_room(&lines->text, ADDED * len + 1); /* what is added does not move */
	json_begin(&json, data, len);
	while (json_each(&json, 1, &item)) {
		if (json_is(&item, "number"))
			json_count(&item, &line->record);
		else if (json_is(&item, "records"))
			json_count(&item, &line->count);
		else if (json_is(&item, "tries"))
			json_count(&item, &line->tries);
		else if (json_is(&item, "record"))
			line->command = add_text(&lines->text, &item);
		else if (json_is(&item, "reason"))
			line->why = add_text(&lines->text, &item);
		else if (json_is(&item, "seconds"))
			timed = micro_parse(
				    item.value.data, item.value.len, &line->took) == 0;
		else if (json_is(&item, "fate")) {
			known = true;
			line->failed = item.value.len != 4 ||
			    memcmp(item.value.data, "done", 4) != 0;
		}
	}
	if (!json_over(&json) || !known || !timed || line->count > RECORDS)
		return "it is no line of an index of --results";
	line->count_failed = line->failed ? line->count : 0;
	return NULL;
}

/* A page of par-fetch, whose host is its worker. */
static const char *
read_page(struct other_lines *lines, const char *data, size_t len, struct log_line *line)
{
	struct field fields[PAGE_MORE + 1], *effective = &fields[PAGE_EFFECTIVE];
	size_t count = field_split(data, len, fields, PAGE_MORE + 1), at, host;

	if (count < PAGE_FIELDS || !take_status(&fields[PAGE_STATUS], &line->http))
		return "it is no record of par-fetch";
	line->page = line->untimed = true;
	line->record = ++lines->pages;
	line->count = 1;
	line->failed = fields[PAGE_ERROR].len > 0;
	line->count_failed = line->failed;
	line->why = fields[PAGE_ERROR];
	line->command = fields[PAGE_URL];
	line->out = field_raw_len(fields[PAGE_BODY].data, fields[PAGE_BODY].len);
	line->unmeasured = count < PAGE_MORE ||
	    micro_parse(
		fields[PAGE_SECONDS].data, fields[PAGE_SECONDS].len, &line->took) < 0;
	if (effective->len == 0)
		effective = &fields[PAGE_URL];
	at = 0;
	while (at + 2 < effective->len && memcmp(effective->data + at, "://", 3) != 0)
		at++;
	at = at + 2 < effective->len ? at + 3 : 0;
	for (host = at;
	     host < effective->len && strchr("/?#", effective->data[host]) == NULL;)
		host++;
	line->worker = (struct field){ effective->data + at, host - at };
	return NULL;
}

const char *
other_line_read(struct other_lines *lines, enum log_kind kind, const char *data,
    size_t len, struct log_line *line)
{
	*line = (struct log_line){ .count = 0 };
	bytes_clear(&lines->text, SIZE_MAX);
	if (len > 0 && kind == LOG_TRACE && data[len - 1] == ',')
		len--;
	if (kind == LOG_TRACE)
		return read_event(lines, data, len, line);
	if (kind == LOG_RESULTS)
		return read_result(lines, data, len, line);
	return read_page(lines, data, len, line);
}
