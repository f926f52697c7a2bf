/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fdio.h"
#include "num.h"
#include "stage.h"

enum {
	ACKS_SIZE = 64 << 10, /* bytes of lines held back at the most */
	TELL_AFTER = 128 << 10 /* output, in bytes, that may go without its lines */
};

/*
 * The descriptor that PAR_STAGE=FD:PID names, if PID is ours; else -1.  The
 * variable and the descriptor are for this process only, not for its children.
 */
static int
supervisor(void)
{
	const char *value = getenv("PAR_STAGE"), *colon;
	uint64_t fd, pid;

	if (value == NULL)
		return -1;
	colon = strchr(value, ':');
	if (colon == NULL ||
	    num_parse_bytes(value, (size_t)(colon - value), 3, INT32_MAX, &fd) < 0 ||
	    num_parse(colon + 1, 1, INT32_MAX, &pid) < 0 || pid != (uint64_t)getpid())
		return -1;
	unsetenv("PAR_STAGE");
	return fdio_cloexec((int)fd) < 0 ? -1 : (int)fd;
}

void
stage_open(struct stage *stage, const struct stage_plan *plan)
{
	*stage = (struct stage){
		.ack_fd = supervisor(),
		.in_name = plan->in_name != NULL ? plan->in_name : "standard input",
		.out_name = plan->out_name != NULL ? plan->out_name : "standard output",
	};
	if (record_open(&stage->in, plan->in, plan->max_record) < 0 ||
	    writer_open(&stage->out, plan->out) < 0)
		die(STATUS_BROKEN, errno, "buffers");
	if (stage->ack_fd < 0)
		return;
	stage->acks = malloc(ACKS_SIZE);
	if (stage->acks == NULL)
		die(STATUS_BROKEN, errno, "buffers");
	stage->acks_used = hello_format(stage->acks, &plan->hello);
	stage_flush(stage);
}

void
stage_flush(struct stage *stage)
{
	size_t used = stage->acks_used;

	if (writer_flush(&stage->out) < 0)
		die_output(errno, stage->out_name);
	stage->told = stage->out.total;
	stage->acks_used = 0;
	if (used > 0 && fdio_write(stage->ack_fd, stage->acks, used) < 0)
		die_output(errno, "supervisor");
}

/* The output of the record at work on, in bytes; the next one begins. */
static uint64_t
finish(struct stage *stage)
{
	uint64_t bytes = stage->out.total - stage->mark;

	stage->mark = stage->out.total;
	return bytes;
}

/* Make room for another line of the longest kind. */
static void
make_room(struct stage *stage)
{
	if (stage->acks_used + ACK_LINE_MAX > ACKS_SIZE ||
	    stage->out.total - stage->told >= TELL_AFTER)
		stage_flush(stage);
}

void
stage_tell_ok(struct stage *stage, uint64_t number)
{
	uint64_t bytes = finish(stage);

	stage->acks_used += ack_format_ok(stage->acks + stage->acks_used, number, bytes);
	make_room(stage);
}

static void
tell(struct stage *stage, const struct record *rec, enum fate fate, const char *why)
{
	struct ack ack = { .index = rec->number,
		.bytes = finish(stage),
		.fate = fate,
		.reason = why,
		.reason_len = strlen(why) };

	if (!stage_native(stage)) {
		warn_record(rec->data, rec->len, why);
		stage->failed = true;
		return;
	}
	stage->acks_used += ack_format(stage->acks + stage->acks_used, &ack);
	make_room(stage);
}

void
stage_fail(struct stage *stage, const struct record *rec, const char *why)
{
	tell(stage, rec, FATE_FAIL, why);
}

void
stage_retry(struct stage *stage, const struct record *rec, const char *why)
{
	tell(stage, rec, FATE_RETRY, why);
}

enum record_status
stage_take(struct stage *stage, struct record *out)
{
	enum record_status got;

	while ((got = record_take(&stage->in, out)) == RECORD_TOO_LONG) {
		char why[160];

		snprintf(why, sizeof(why),
		    "record %llu at byte %llu is longer than %zu bytes",
		    (unsigned long long)out->number + 1, (unsigned long long)out->offset,
		    stage->in.limit);
		stage_fail(stage, out, why);
	}
	return got;
}

void
stage_fill(struct stage *stage)
{
	if (record_fill(&stage->in) == RECORD_ERROR) {
		int error = errno;

		stage_flush(stage);
		die(STATUS_BROKEN, error, "%s", stage->in_name);
	}
}

enum record_status
stage_next(struct stage *stage, struct record *out)
{
	enum record_status got;

	while ((got = stage_take(stage, out)) == RECORD_NONE) {
		stage_flush(stage);
		stage_fill(stage);
	}
	return got;
}

void
stage_put(struct stage *stage, const void *data, size_t len)
{
	if (writer_put(&stage->out, data, len) < 0)
		die_output(errno, stage->out_name);
}

char *
stage_reserve(struct stage *stage, size_t len)
{
	char *room = writer_reserve(&stage->out, len);

	if (room == NULL)
		die_output(errno, stage->out_name);
	return room;
}

bool
stage_discard(struct stage *stage)
{
	return writer_rewind(&stage->out, stage->mark);
}

enum status
stage_close(struct stage *stage)
{
	stage_flush(stage);
	record_close(&stage->in);
	writer_close(&stage->out);
	free(stage->acks);
	if (stage->out.fd > STDERR_FILENO || stage->out.fd == STDOUT_FILENO)
		if (close(stage->out.fd) < 0 && errno != EINTR)
			die_output(errno, stage->out_name);
	return stage->failed ? STATUS_FAILED : STATUS_OK;
}
