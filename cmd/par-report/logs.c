/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "diag.h"
#include "fifo.h"
#include "logs.h"
#include "need.h"
#include "record.h"
#include "roles.h"

/* No file may be two of those that are given; but all are read before one is written. */
static void
check_roles(const struct report_plan *plan, char *const *files, size_t count)
{
	struct roles roles = { 0 };
	struct trouble trouble = { 0 };

	roles_add_inputs(&roles, files, count);
	roles_add(&roles, ROLE_OUTPUT_LAST, "-o", plan->output);
	if (roles_check(&roles, &trouble) < 0)
		die_of(&trouble);
}

/* Where the lines are: of a folder of --results in its index; the caller's to free. */
static char *
path_of(const char *file)
{
	static const char index[] = "/index.jsonl";
	struct bytes path = { 0 };
	struct stat about;

	need_put(&path, file, strlen(file));
	if (stat(file, &about) == 0 && S_ISDIR(about.st_mode))
		need_put(&path, index, sizeof(index) - 1);
	need_put(&path, "", 1);
	return path.data;
}

void
logs_open(struct logs *logs, const struct report_plan *plan, char *const *files,
    size_t count, struct summary *summary)
{
	*logs = (struct logs){ .plan = plan, .summary = summary, .count = count };
	logs->paths = calloc(count + 1, sizeof(char *));
	for (size_t i = 0; logs->paths != NULL && i < count; i++)
		logs->paths[i] = path_of(files[i]);
	if (logs->paths == NULL)
		die(STATUS_BROKEN, errno, "files");
	files = logs->paths;
	check_roles(plan, files, count);
	if (count == 0)
		diag_awaits("lines of a log");
	if (ends_open(&logs->ends, files, count, plan->output, plan->wait_ms) < 0)
		die(STATUS_BROKEN, 0, "%s: %s", logs->ends.name, fifo_why(errno));
}

/* Name a line that says nothing. */
static void
fail(struct logs *logs, const struct record *line, const char *why)
{
	char what[512];

	snprintf(what, sizeof(what), "%.300s: line %llu: %s", logs->ends.name,
	    (unsigned long long)line->number + 1, why);
	warn_record(line->data, line->len, what);
	logs->failed = true;
}

static void
fail_long(struct logs *logs, const struct record *line)
{
	char why[96];

	snprintf(why, sizeof(why), "longer than %zu bytes; see --max-record",
	    (size_t)logs->plan->max_record);
	fail(logs, line, why);
}

static void
take(struct logs *logs, const struct log_form *form, const struct record *record)
{
	struct log_line line = { 0 };
	const char *why = form->kind == LOG_QUEUES
	    ? series_line(&logs->series, record->data, record->len)
	    : form->kind <= LOG_JOBS
	    ? log_line_read(form, record->data, record->len, &line)
	    : other_line_read(&logs->other, form->kind, record->data, record->len, &line);

	if (why != NULL)
		fail(logs, record, why);
	else if (form->kind != LOG_QUEUES && (form->kind <= LOG_JOBS || line.count > 0))
		summary_line(logs->summary, &line, form->kind == LOG_JOBS);
}

/*
 * The first line tells what the file is, and may be one of its lines already.  False:
 * nothing that is known.
 */
static bool
begin(struct logs *logs, struct log_form *form, const struct record *line)
{
	if (!log_line_head(form, line->data, line->len)) {
		form->kind = series_is(line->data, line->len)
		    ? LOG_QUEUES
		    : other_line_head(line->data, line->len);
		other_lines_begin(&logs->other);
	}
	if (form->kind == LOG_NONE) {
		warn("%s: it does not begin as a log of par-run --log, a joblog, a "
		     "trace, an index of --results, records of par-fetch, or lines of "
		     "par-queue stat --json",
		    logs->ends.name);
		logs->lost++;
		return false;
	}
	summary_file(logs->summary);
	if (form->kind >= LOG_RESULTS)
		take(logs, form, line);
	return true;
}

/* Read one file to its end, or to where nothing of it is understood. */
static void
read_file(struct logs *logs, int fd)
{
	struct log_form form = { .kind = LOG_NONE };
	struct record_reader in;
	struct record record;
	enum record_status got;

	if (record_open(&in, fd, (size_t)logs->plan->max_record) < 0)
		die(STATUS_BROKEN, errno, "buffers");
	in.strip_cr = true;
	while ((got = record_next(&in, &record)) != RECORD_EOF) {
		if (got == RECORD_ERROR) {
			warn("%s: %s", logs->ends.name, fifo_why(errno));
			logs->lost++;
			break;
		}
		if (got == RECORD_TOO_LONG)
			fail_long(logs, &record);
		else if (form.kind != LOG_NONE)
			take(logs, &form, &record);
		else if (!begin(logs, &form, &record))
			break;
	}
	record_close(&in);
}

void
logs_read(struct logs *logs)
{
	int fd, got;

	while ((got = ends_next(&logs->ends, &fd)) != 0) {
		if (got > 0) {
			read_file(logs, fd);
			continue;
		}
		if (errno == ENOMEM)
			die(STATUS_BROKEN, errno, "%s", logs->ends.name);
		warn("%s: %s", logs->ends.name, fifo_why(errno));
		logs->lost++;
	}
	ends_close(&logs->ends);
	other_lines_free(&logs->other);
	for (size_t i = 0; i < logs->count; i++)
		free(logs->paths[i]);
	free(logs->paths);
	summary_end(logs->summary);
}
