/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fifo.h"
#include "stage.h"

enum { TELL_AFTER = 128 << 10 }; /* output, in bytes, that may go without its lines */

static const char supervisor_name[] = "supervisor"; /* for diagnostics */

static bool
is_over(const struct stage *stage)
{
	return stage->trouble.kind != TROUBLE_NONE;
}

/* The output, or the supervisor, could not be written, as errno says. */
static int
output_failed(struct stage *stage, const char *name)
{
	return trouble_output(&stage->trouble, errno, name);
}

int
stage_open(struct stage *stage, const struct stage_plan *plan)
{
	*stage = (struct stage){
		.in_name = plan->in_name != NULL ? plan->in_name : "standard input",
		.no_wait = plan->no_wait,
		.out_name = plan->out_name != NULL ? plan->out_name : "standard output",
		.records = plan->records,
		.says = plan->says,
		.ear = plan->ear,
		.parent = { .fd = -1 },
	};
	if (record_open(&stage->in, plan->in, plan->max_record) < 0 ||
	    writer_open(&stage->out, plan->out) < 0 ||
	    supervisor_find(&stage->parent) < 0)
		return trouble_set(&stage->trouble, STATUS_BROKEN, errno, "buffers");
	if (!stage_native(stage))
		writer_share(&stage->out, stage->says);
	return plan->later ? 0 : stage_greet(stage, &plan->hello);
}

int
stage_greet(struct stage *stage, const struct hello *hello)
{
	if (!stage_native(stage))
		return 0;
	if (stage_flush(stage) < 0) /* what was told counts output that must be there */
		return -1;
	return supervisor_greet(&stage->parent, hello) < 0 ||
		supervisor_flush(&stage->parent) < 0
	    ? output_failed(stage, supervisor_name)
	    : 0;
}

void
stage_input_failed(struct stage *stage, const struct ends *ends, int error)
{
	if (error == ENOENT && stage->records != NULL)
		stage->says->line("%s: %s; operands are files of %s, which come from "
				  "standard input, too",
		    ends->name, fifo_why(error), stage->records);
	else
		stage->says->line("%s: %s", ends->name, fifo_why(error));
	stage->lost = true;
}

/* What ends_next() got; true if that is for the caller to know. */
static bool
took_input(struct stage *stage, struct ends *ends, int got, int fd)
{
	if (got < 0) {
		stage_input_failed(stage, ends, errno);
		return false;
	}
	if (got == 0)
		return true;
	if (fifo_check_read(fd) == 0 && ends_empty(ends) < 0)
		output_failed(stage, stage->out_name);
	stage->in_name = ends->name;
	record_continue(&stage->in, fd);
	return true;
}

bool
stage_next_input(struct stage *stage, struct ends *ends)
{
	int got, fd = -1;

	if (is_over(stage))
		return false;
	do {
		got = ends_next(ends, &fd);
	} while (!took_input(stage, ends, got, fd));
	return got > 0 && !is_over(stage);
}

bool
stage_next_input_now(struct stage *stage, struct ends *ends, bool *awaited)
{
	int got, fd = -1;

	if (is_over(stage))
		return false;
	do {
		got = ends_next_now(ends, &fd, awaited);
	} while (!took_input(stage, ends, got, fd));
	return got > 0 && !is_over(stage);
}

/* All output was sent: so can the lines be that count it. */
static int
send_lines(struct stage *stage)
{
	stage->told = stage->out.total;
	return stage_native(stage) && supervisor_flush(&stage->parent) < 0
	    ? output_failed(stage, supervisor_name)
	    : 0;
}

int
stage_flush(struct stage *stage)
{
	if (is_over(stage))
		return -1;
	if (writer_flush(&stage->out) < 0)
		return output_failed(stage, stage->out_name);
	return send_lines(stage);
}

int
stage_flush_now(struct stage *stage)
{
	if (is_over(stage))
		return -1;
	if (writer_flush_now(&stage->out) < 0)
		return output_failed(stage, stage->out_name);
	if (stage->out.used > 0)
		return 0;
	return send_lines(stage) < 0 ? -1 : 1;
}

ssize_t
stage_offer(struct stage *stage, const void *data, size_t len)
{
	ssize_t taken;

	if (is_over(stage))
		return -1;
	if (stage_native(stage) && supervisor_full(&stage->parent)) {
		int sent = stage_flush_now(stage);

		if (sent <= 0)
			return sent;
	}
	taken = writer_offer(&stage->out, data, len);
	return taken < 0 ? output_failed(stage, stage->out_name) : taken;
}

/* The output of the record at work on, in bytes; the next one begins. */
static uint64_t
finish(struct stage *stage)
{
	uint64_t bytes = stage->out.total - stage->mark;

	stage->mark = stage->out.total;
	return bytes;
}

/* A line was added: send it now if there is no room for more, or much to count. */
static void
told(struct stage *stage, bool full)
{
	if (!full && stage->out.total - stage->told < TELL_AFTER)
		return;
	(void)(stage->no_wait ? stage_flush_now(stage) : stage_flush(stage));
}

void
stage_report_ok(struct stage *stage, uint64_t number)
{
	uint64_t bytes = finish(stage);

	if (is_over(stage)) /* there may be no room for another line */
		return;
	told(stage, supervisor_report_ok(&stage->parent, number, bytes));
}

static void
report(
    struct stage *stage, const struct record *rec, enum outcome outcome, const char *why)
{
	struct ack ack = { .index = rec->number,
		.bytes = finish(stage),
		.outcome = outcome,
		.reason = why,
		.reason_len = strlen(why) };

	if (is_over(stage))
		return;
	if (!stage_native(stage)) {
		if (stage->ear.failed != NULL)
			stage->ear.failed(stage->ear.whose, rec, why);
		else
			stage->says->record(rec->data, rec->len, why);
		stage->failed = true;
		return;
	}
	told(stage, supervisor_report(&stage->parent, &ack));
}

void
stage_fail(struct stage *stage, const struct record *rec, const char *why)
{
	report(stage, rec, OUTCOME_FAIL, why);
}

void
stage_retry(struct stage *stage, const struct record *rec, const char *why)
{
	report(stage, rec, OUTCOME_RETRY, why);
}

enum record_status
stage_take(struct stage *stage, struct record *out)
{
	enum record_status got;

	if (is_over(stage))
		return RECORD_ERROR;
	while ((got = record_take(&stage->in, out)) == RECORD_TOO_LONG) {
		char why[160];

		snprintf(why, sizeof(why),
		    "record %llu at byte %llu is longer than %zu bytes%s",
		    (unsigned long long)out->number + 1, (unsigned long long)out->offset,
		    stage->in.limit,
		    stage->ear.failed == NULL ? "; see --max-record" : "");
		stage_fail(stage, out, why);
	}
	return got;
}

int
stage_fill(struct stage *stage)
{
	int error;

	if (is_over(stage))
		return -1;
	if (record_fill(&stage->in) != RECORD_ERROR)
		return 0;
	error = errno;
	stage_flush(stage); /* what is finished goes out before */
	return trouble_set(&stage->trouble, STATUS_BROKEN, error, "%s", stage->in_name);
}

enum record_status
stage_next(struct stage *stage, struct record *out)
{
	enum record_status got;

	while ((got = stage_take(stage, out)) == RECORD_NONE)
		if (stage_flush(stage) < 0 || stage_fill(stage) < 0)
			return RECORD_ERROR;
	return got;
}

void
stage_put(struct stage *stage, const void *data, size_t len)
{
	if (!is_over(stage) && writer_put(&stage->out, data, len) < 0)
		output_failed(stage, stage->out_name);
}

char *
stage_reserve(struct stage *stage, size_t len)
{
	char *room = is_over(stage) ? NULL : writer_reserve(&stage->out, len);

	if (room == NULL)
		output_failed(stage, stage->out_name);
	return room;
}

int
stage_close(struct stage *stage, enum status *status)
{
	stage_flush(stage);
	record_close(&stage->in);
	writer_close(&stage->out);
	supervisor_leave(&stage->parent);
	if (stage->out.to.fd > STDERR_FILENO || stage->out.to.fd == STDOUT_FILENO)
		if (close(stage->out.to.fd) < 0 && errno != EINTR)
			output_failed(stage, stage->out_name);
	*status = stage->lost ? STATUS_BROKEN : stage->failed ? STATUS_FAILED : STATUS_OK;
	return is_over(stage) ? -1 : 0;
}
