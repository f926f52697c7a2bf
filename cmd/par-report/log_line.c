/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "log_line.h"
#include "micro.h"
#include "num.h"

/* Where what is in struct log_form; of both kinds, in the order of their names. */
enum { RECORD, WORKER, START, SECONDS, IN, OUT, TRIES, STATUS, REASON };
enum { SEQ, HOST, STARTTIME, RUNTIME, SEND, RECEIVE, EXITVAL, SIGNAL, COMMAND };

static const char *const of_records[LOG_NAMED] = { "record", "worker", "start", "seconds",
	"in", "out", "tries", "status", "reason" };
static const char *const of_jobs[LOG_NAMED] = { "Seq", "Host", "Starttime", "JobRuntime",
	"Send", "Receive", "Exitval", "Signal", "Command" };

static bool
is(const struct field *field, const char *text)
{
	return field->len == strlen(text) && memcmp(field->data, text, field->len) == 0;
}

/* Are all of these names there? */
static bool
names(struct log_form *form, const char *const *wanted, const struct field *fields,
    size_t count)
{
	form->count = 0;
	for (size_t name = 0; name < LOG_NAMED; name++) {
		size_t at = 0;

		while (at < count && !is(&fields[at], wanted[name]))
			at++;
		if (at == count)
			return false;
		form->at[name] = at;
		if (at >= form->count)
			form->count = at + 1;
	}
	return true;
}

bool
log_line_head(struct log_form *form, const char *data, size_t len)
{
	struct field fields[LOG_FIELDS];
	size_t count;

	if (len > 0 && data[len - 1] == '\r')
		len--;
	count = field_split(data, len, fields, LOG_FIELDS);
	form->kind = LOG_NONE;
	if (names(form, of_records, fields, count))
		form->kind = LOG_RECORDS;
	else if (names(form, of_jobs, fields, count) && form->at[COMMAND] == COMMAND)
		form->kind = LOG_JOBS;
	return form->kind != LOG_NONE;
}

static int
number(const struct field *field, uint64_t *out)
{
	return num_parse_bytes(field->data, field->len, 0, UINT64_MAX, out);
}

/* A number that may have a sign, from -most to most. */
static int
signed_number(const struct field *field, uint64_t most, int *out)
{
	bool minus = field->len > 0 && field->data[0] == '-';
	uint64_t value;

	if (num_parse_bytes(field->data + minus, field->len - minus, 0, most, &value) < 0)
		return -1;
	*out = minus ? -(int)value : (int)value;
	return 0;
}

/* What both kinds have: numbers and times. */
static const char *
read_common(
    const struct log_form *form, const struct field *fields, struct log_line *line)
{
	const size_t *at = form->at;
	const struct field *start = &fields[at[START]], *took = &fields[at[SECONDS]];

	if (number(&fields[at[RECORD]], &line->record) < 0)
		return "its number is none";
	line->worker = fields[at[WORKER]];
	if (micro_parse(start->data, start->len, &line->start) < 0)
		return "its start is no time in seconds";
	if (micro_parse(took->data, took->len, &line->took) < 0)
		return "how long it took is no time in seconds";
	if (number(&fields[at[IN]], &line->in) < 0 ||
	    number(&fields[at[OUT]], &line->out) < 0)
		return "its bytes of input or output are no number";
	return NULL;
}

static const char *
read_record(
    const struct log_form *form, const struct field *fields, struct log_line *line)
{
	const struct field *status = &fields[form->at[STATUS]];

	if (number(&fields[form->at[TRIES]], &line->tries) < 0)
		return "how often it was tried is no number";
	if (!is(status, "done") && !is(status, "failed"))
		return "its status is neither done nor failed";
	line->failed = is(status, "failed");
	line->why = fields[form->at[REASON]];
	line->nobody = is(&line->worker, "0");
	return NULL;
}

static const char *
read_job(const struct log_form *form, const struct field *fields, struct log_line *line)
{
	if (signed_number(&fields[form->at[EXITVAL]], 65535, &line->status) < 0 ||
	    signed_number(&fields[form->at[SIGNAL]], 255, &line->signal) < 0)
		return "its exit status or signal is no number";
	line->failed = line->status != 0 || line->signal != 0;
	line->command = fields[form->at[COMMAND]];
	return NULL;
}

const char *
log_line_read(
    const struct log_form *form, const char *data, size_t len, struct log_line *line)
{
	struct field fields[LOG_FIELDS];
	size_t most = form->kind == LOG_JOBS ? form->count : LOG_FIELDS;
	const char *why;

	*line = (struct log_line){ .record = 0 };
	if (field_split(data, len, fields, most) < form->count)
		return "it has too few fields";
	why = read_common(form, fields, line);
	if (why != NULL)
		return why;
	return form->kind == LOG_JOBS ? read_job(form, fields, line)
				      : read_record(form, fields, line);
}
