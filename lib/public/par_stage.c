/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "field.h"
#include "par_stage.h"
#include "printable.h"
#include "stage.h"

enum { ESCAPED_AT_ONCE = 64 << 10 }; /* bytes of a field */

struct par_stage {
	struct stage stage;
	struct stage_plan plan;
	struct record at_hand;
	void (*failed)(void *context, const char *data, size_t len, const char *why);
	void *context;
	bool opened, finished;
	int status;
	char error[TROUBLE_TEXT + 64];
};

static void
say_nothing(const char *format, ...)
{
	(void)format;
}

/* That an output cannot be locked is all that would be said. */
static const struct says silence = { .line = say_nothing };

/* Is there a supervisor no more to ask, a buffer no more to use? */
static bool
is_open(const struct par_stage *stage)
{
	return stage->opened && !stage->finished;
}

/* 0, or -1 in trouble, or with EINVAL where the stage is not open. */
static int
result(const struct par_stage *stage)
{
	if (is_open(stage) && stage->stage.trouble.kind == TROUBLE_NONE)
		return 0;
	errno = is_open(stage) ? stage->stage.trouble.error : EINVAL;
	return -1;
}

/* Keep the words for the trouble there is. */
static void
word_it(struct par_stage *stage)
{
	const struct trouble *trouble = &stage->stage.trouble;

	if (trouble->kind == TROUBLE_NONE || stage->error[0] != '\0')
		return;
	snprintf(stage->error, sizeof(stage->error), "%s%s%s", trouble->what,
	    trouble->error != 0 ? ": " : "",
	    trouble->error != 0 ? strerror(trouble->error) : "");
}

static int
told(struct par_stage *stage)
{
	word_it(stage);
	return result(stage);
}

/* A record failed, and nobody above hears of it. */
static void
name_it(void *whose, const struct record *rec, const char *why)
{
	struct par_stage *stage = whose;

	if (stage->failed != NULL)
		stage->failed(stage->context, rec->data, rec->len, why);
}

struct par_stage *
par_new(void)
{
	struct par_stage *stage = calloc(1, sizeof(*stage));

	if (stage == NULL)
		return NULL;
	stage->plan = (struct stage_plan){ .in = STDIN_FILENO,
		.out = STDOUT_FILENO,
		.max_record = RECORD_LIMIT,
		.says = &silence,
		.ear = { .failed = name_it, .whose = stage } };
	return stage;
}

void
par_set_window(struct par_stage *stage, uint64_t records)
{
	stage->plan.hello.window = records;
}

void
par_set_jobs(struct par_stage *stage, uint64_t records)
{
	stage->plan.hello.jobs = records;
}

void
par_set_ahead(struct par_stage *stage, int on)
{
	stage->plan.hello.ahead = on != 0;
}

void
par_set_raw(struct par_stage *stage, int on)
{
	stage->plan.hello.raw = on != 0;
}

void
par_set_max_record(struct par_stage *stage, size_t bytes)
{
	stage->plan.max_record = bytes;
}

void
par_set_input(struct par_stage *stage, int fd)
{
	stage->plan.in = fd;
	stage->plan.in_name = fd == STDIN_FILENO ? NULL : "input";
}

void
par_set_output(struct par_stage *stage, int fd)
{
	stage->plan.out = fd;
	stage->plan.out_name = fd == STDOUT_FILENO ? NULL : "output";
}

void
par_set_failed(struct par_stage *stage,
    void (*failed)(void *context, const char *data, size_t len, const char *why),
    void *context)
{
	stage->failed = failed;
	stage->context = context;
}

int
par_open(struct par_stage *stage)
{
	if (stage->opened) {
		errno = EINVAL;
		return -1;
	}
	stage->opened = true;
	(void)stage_open(&stage->stage, &stage->plan);
	return told(stage);
}

int
par_supervised(const struct par_stage *stage)
{
	return is_open(stage) && stage_native(&stage->stage);
}

/* What was got, for the caller. */
static enum par_got
hand(struct par_stage *stage, enum record_status got, const char **data, size_t *len)
{
	*data = NULL;
	*len = 0;
	if (told(stage) < 0)
		return PAR_TROUBLE;
	if (got == RECORD_EOF)
		return PAR_END;
	if (got != RECORD_OK)
		return PAR_NONE;
	*data = stage->at_hand.data;
	*len = stage->at_hand.len;
	return PAR_RECORD;
}

enum par_got
par_next(struct par_stage *stage, const char **data, size_t *len)
{
	enum record_status got = RECORD_ERROR;

	if (is_open(stage))
		got = stage_next(&stage->stage, &stage->at_hand);
	return hand(stage, got, data, len);
}

enum par_got
par_take(struct par_stage *stage, const char **data, size_t *len)
{
	enum record_status got = RECORD_ERROR;

	if (is_open(stage))
		got = stage_take(&stage->stage, &stage->at_hand);
	return hand(stage, got, data, len);
}

enum par_got
par_fill(struct par_stage *stage)
{
	if (is_open(stage))
		(void)stage_fill(&stage->stage);
	return told(stage) < 0 ? PAR_TROUBLE : stage->stage.in.eof ? PAR_END : PAR_NONE;
}

uint64_t
par_number(const struct par_stage *stage)
{
	return stage->at_hand.number;
}

int
par_put(struct par_stage *stage, const void *data, size_t len)
{
	if (is_open(stage) && len > 0)
		stage_put(&stage->stage, data, len);
	return told(stage);
}

char *
par_reserve(struct par_stage *stage, size_t len)
{
	char *room = is_open(stage) ? stage_reserve(&stage->stage, len) : NULL;

	return told(stage) < 0 ? NULL : room;
}

void
par_commit(struct par_stage *stage, size_t len)
{
	if (result(stage) == 0)
		writer_commit(&stage->stage.out, len);
}

int
par_put_escaped(struct par_stage *stage, const void *data, size_t len)
{
	const char *from = data;
	size_t left = len;

	while (left > 0) {
		size_t n = left < ESCAPED_AT_ONCE ? left : ESCAPED_AT_ONCE;
		char *room = par_reserve(stage, 2 * n);

		if (room == NULL)
			return -1;
		par_commit(stage, field_escape(room, from, n));
		from += n;
		left -= n;
	}
	return result(stage);
}

int
par_done_at(struct par_stage *stage, uint64_t number)
{
	if (is_open(stage))
		stage_ok(&stage->stage, number);
	return told(stage);
}

int
par_fail_at(struct par_stage *stage, uint64_t number, const char *data, size_t len,
    const char *why)
{
	const struct record rec = { .data = data, .len = len, .number = number };

	if (is_open(stage))
		stage_fail(&stage->stage, &rec, why);
	return told(stage);
}

int
par_retry_at(struct par_stage *stage, uint64_t number, const char *data, size_t len,
    const char *why)
{
	const struct record rec = { .data = data, .len = len, .number = number };

	if (is_open(stage))
		stage_retry(&stage->stage, &rec, why);
	return told(stage);
}

int
par_done(struct par_stage *stage)
{
	return par_done_at(stage, stage->at_hand.number);
}

int
par_fail(struct par_stage *stage, const char *why)
{
	return par_fail_at(
	    stage, stage->at_hand.number, stage->at_hand.data, stage->at_hand.len, why);
}

int
par_retry(struct par_stage *stage, const char *why)
{
	return par_retry_at(
	    stage, stage->at_hand.number, stage->at_hand.data, stage->at_hand.len, why);
}

int
par_flush(struct par_stage *stage)
{
	if (is_open(stage))
		(void)stage_flush(&stage->stage);
	return told(stage);
}

int
par_finish(struct par_stage *stage)
{
	enum status status;
	int fd = stage->stage.parent.fd;

	if (stage->finished)
		return stage->status;
	stage->finished = true;
	stage->status = STATUS_BROKEN;
	if (!stage->opened)
		return stage->status;
	if (stage_close(&stage->stage, &status) == 0)
		stage->status = (int)status;
	word_it(stage);
	if (stage_native(&stage->stage))
		close(fd); /* nothing more is told */
	return stage->status;
}

const char *
par_error(const struct par_stage *stage)
{
	return stage->error[0] != '\0' ? stage->error : NULL;
}

int
par_errno(const struct par_stage *stage)
{
	return stage->stage.trouble.error;
}

/* What was not told is not sent, and done again by another copy. */
static void
abandon(struct stage *stage)
{
	int fd = stage->parent.fd;

	record_close(&stage->in);
	writer_close(&stage->out);
	supervisor_leave(&stage->parent);
	if (fd >= 0)
		close(fd);
}

void
par_free(struct par_stage *stage)
{
	if (stage != NULL && is_open(stage))
		abandon(&stage->stage);
	free(stage);
}

int
par_field(
    const char *data, size_t len, size_t index, const char **field, size_t *field_len)
{
	struct field found = { NULL, 0 };
	bool there = field_at(data, len, index, &found);

	*field = found.data;
	*field_len = found.len;
	return there;
}

size_t
par_escape(char *dst, const char *data, size_t len)
{
	return field_escape(dst, data, len);
}

size_t
par_unescape(char *dst, const char *data, size_t len)
{
	return field_unescape(dst, data, len);
}

size_t
par_printable(char *dst, size_t size, const char *data, size_t len)
{
	return printable(dst, size, data, len);
}

const char *
par_version(void)
{
	return PAR_VERSION;
}
