/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>

#include "diag.h"
#include "fifo.h"
#include "logs.h"
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

void
logs_open(struct logs *logs, const struct report_plan *plan, char *const *files,
    size_t count, struct summary *summary)
{
	*logs = (struct logs){ .plan = plan, .summary = summary };
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

/* The first line tells what the file is.  False: nothing that is known. */
static bool
begin(struct logs *logs, struct log_form *form, const struct record *line)
{
	if (!log_line_head(form, line->data, line->len)) {
		warn("%s: it does not begin as a log of par-run --log, or a joblog",
		    logs->ends.name);
		logs->lost++;
		return false;
	}
	summary_file(logs->summary);
	return true;
}

static void
take(struct logs *logs, const struct log_form *form, const struct record *record)
{
	struct log_line line;
	const char *why = log_line_read(form, record->data, record->len, &line);

	if (why != NULL)
		fail(logs, record, why);
	else
		summary_line(logs->summary, &line, form->kind == LOG_JOBS);
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
	summary_end(logs->summary);
}
