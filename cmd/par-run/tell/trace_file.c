/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "diag.h"
#include "fdio.h"
#include "json_string.h"
#include "need.h"
#include "num.h"
#include "trace_file.h"

enum {
	SEND_FROM = 64 << 10, /* bytes */
	WAITS_MOST = 1 << 20, /* bytes that wait for a reader before it takes no more */
	SIZE = 100 << 20, /* bytes that it may have unless that is said */
	ROW = 4096, /* bytes that the events of one row in one turn have at most */
	PARTS = 32, /* workers may each send so small a part of it */
	LAST = 16, /* this part of it is kept for the end */
	SPAN = 1000 * 1000, /* ns of the shortest slice, at first */
	GROUPS_FROM = 1 << 22, /* as many processes as there may be on Linux */
	LONGER = 4 /* times, whenever half of what was left is full */
};

/* It cannot be written any more. */
static void
give_up(struct trace_file *file, int error)
{
	warn("%s: %s; the trace ends here", file->path, strerror(error));
	file->on = false;
}

/* 0, or -1 with errno. */
static int
open_file(struct trace_file *file)
{
	int fd = open(file->path, O_WRONLY | O_CREAT | O_NOCTTY | O_CLOEXEC, 0666);

	if (fd < 0)
		return -1;
	fdio_nonblocking(fd); /* now that it has a reader */
	return writer_open(&file->out, fd);
}

void
trace_file_open(
    struct trace_file *file, const char *path, uint64_t limit, struct supervisor *up)
{
	struct timespec now;

	*file = (struct trace_file){ .path = path };
	if (path == NULL && up->trace == 0)
		return;
	if (path == NULL) {
		file->up = up;
		limit = up->trace;
	} else if (open_file(file) < 0) {
		die(STATUS_BROKEN, errno, "%s", path);
	}
	clock_gettime(CLOCK_REALTIME, &now);
	file->epoch =
	    (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec - clock_ns();
	file->pid = (long)getpid();
	file->on = true;
	file->limit = limit == 0 ? SIZE : limit;
	file->fuller = file->limit / 2;
	file->span = SPAN;
}

/* So much may be in it now. */
static uint64_t
room(const struct trace_file *file)
{
	return file->last ? file->limit - 4 : file->limit - file->limit / LAST;
}

/* So much is in it. */
static uint64_t
total(const struct trace_file *file)
{
	return file->up != NULL ? file->total : file->out.total;
}

/* Is the reader so slow that no more is to wait for it? */
static bool
lags(const struct trace_file *file)
{
	return file->up != NULL ? !supervisor_idle(file->up)
				: file->out.used >= WAITS_MOST;
}

bool
trace_file_takes(const struct trace_file *file)
{
	return file->on && (file->last || !lags(file)) && total(file) + ROW <= room(file);
}

uint64_t
trace_file_share(const struct trace_file *file)
{
	uint64_t part = file->limit / PARTS;

	return !file->on ? 0 : part > SUPERVISOR_TRACE ? part : SUPERVISOR_TRACE;
}

/* Add the line: the first one opens the array, others follow on a comma. */
static void
put_line(struct trace_file *file)
{
	const char *before = file->out.total == 0 ? "[\n" : ",\n";
	size_t len = file->line.len + 2;
	char *to;

	if (total(file) + len > room(file))
		return;
	if (file->up != NULL) {
		supervisor_trace(file->up, file->line.data, file->line.len);
		file->total += len;
		return;
	}
	to = writer_room(&file->out, len);
	if (to == NULL) {
		give_up(file, errno);
		return;
	}
	memcpy(to, before, 2);
	memcpy(to + 2, file->line.data, file->line.len);
	writer_commit(&file->out, len);
}

static void
put_text(struct trace_file *file, const char *text)
{
	if (json_string(&file->line, text, strlen(text), JSON_REPLACED) < 0)
		need_failed(file->line.len);
}

/* Add text and a number, without printf(3): there are thousands in a second. */
static void
put_number(struct trace_file *file, const char *text, uint64_t number)
{
	enum { DIGITS = 24 };
	size_t len = strlen(text);
	char *to = need_room(&file->line, len + DIGITS);

	memcpy(to, text, len);
	file->line.len = (size_t)(num_format(to + len, number) - file->line.data);
}

static void
put_literal(struct trace_file *file, const char *text)
{
	need_put(&file->line, text, strlen(text));
}

/* The numbers of an event. */
static void
put_args(struct trace_file *file, const struct trace_arg *arg)
{
	bool any = arg != NULL && arg->name != NULL;

	for (const char *before = ",\"args\":{\""; arg != NULL && arg->name != NULL;
	     arg++, before = ",\"") {
		put_literal(file, before);
		put_literal(file, arg->name);
		put_number(file, "\":", arg->number);
	}
	put_literal(file, any ? "}}" : "}");
}

/* Groups are processes beyond all numbers that these have. */
static uint64_t
process_of(const struct trace_file *file, unsigned group)
{
	return group == 0 ? (uint64_t)file->pid : (uint64_t)GROUPS_FROM + group;
}

/* Make the line of an event. */
static void
make_line(struct trace_file *file, const struct trace_event *event)
{
	uint64_t at = (file->epoch + event->at) / 1000;
	char kind[] = { (char)event->kind, '\0' };
	bool named = event->kind == TRACE_NAMED, run = event->row == TRACE_RUN;

	put_literal(file, "{\"ph\":\"");
	put_literal(file, kind);
	put_number(file, "\",\"pid\":", process_of(file, event->group));
	put_number(file, ",\"tid\":", event->row);
	put_number(file, ",\"ts\":", at);
	if (event->kind == TRACE_SLICE)
		put_number(file,
		    ",\"dur\":", (file->epoch + event->at + event->length) / 1000 - at);
	if (event->kind == TRACE_INSTANT)
		put_literal(file, run ? ",\"s\":\"p\"" : ",\"s\":\"t\"");
	if (named)
		put_literal(file,
		    run ? ",\"name\":\"process_name\",\"args\":{\"name\":"
			: ",\"name\":\"thread_name\",\"args\":{\"name\":");
	else if (event->name != NULL)
		put_literal(file, ",\"name\":");
	if (event->name != NULL)
		put_text(file, event->name);
	if (named)
		put_literal(file, "}}");
	else
		put_args(file, event->args);
}

/* Add it, whatever becomes of the room. */
static void
put_event(struct trace_file *file, const struct trace_event *event)
{
	bytes_clear(&file->line, SIZE_MAX);
	if (file->up == NULL)
		make_line(file, event);
	else if (trace_line_put(&file->line, event) < 0)
		need_failed(file->line.len);
	put_line(file);
}

/* A slice is longer from now on, and the file says so. */
static void
sum_more(struct trace_file *file, uint64_t at)
{
	char name[80];

	file->fuller += (file->limit - file->fuller) / 2;
	file->span *= LONGER;
	snprintf(name, sizeof(name), "from here on a slice is of at least %llu ms",
	    (unsigned long long)file->span / 1000000);
	put_event(file,
	    &(struct trace_event){
		.kind = TRACE_INSTANT, .row = TRACE_RUN, .at = at, .name = name });
}

void
trace_file_put(struct trace_file *file, const struct trace_event *event)
{
	if (!file->on)
		return;
	put_event(file, event);
	if (total(file) > file->fuller)
		sum_more(file, clock_ns());
	if (file->begun && file->out.used >= SEND_FROM)
		trace_file_flush(file);
}

void
trace_file_name(struct trace_file *file, unsigned row, const char *name)
{
	uint64_t now = clock_ns();

	trace_file_put(file,
	    &(struct trace_event){ .kind = TRACE_NAMED,
		.row = row,
		.at = now,
		.length = row == TRACE_RUN ? file->epoch + now : 0,
		.name = name });
}

void
trace_file_slice(struct trace_file *file, unsigned row, uint64_t begin, uint64_t end,
    const char *name, const struct trace_arg *args)
{
	trace_file_put(file,
	    &(struct trace_event){ .kind = TRACE_SLICE,
		.row = row,
		.at = begin,
		.length = end - begin,
		.name = name,
		.args = args });
}

void
trace_file_begin(struct trace_file *file, unsigned row, uint64_t at, const char *name,
    const struct trace_arg *args)
{
	trace_file_put(file,
	    &(struct trace_event){
		.kind = TRACE_BEGIN, .row = row, .at = at, .name = name, .args = args });
}

void
trace_file_end(struct trace_file *file, unsigned row, uint64_t at)
{
	trace_file_put(
	    file, &(struct trace_event){ .kind = TRACE_END, .row = row, .at = at });
}

void
trace_file_instant(struct trace_file *file, unsigned row, uint64_t at, const char *name)
{
	trace_file_put(file,
	    &(struct trace_event){
		.kind = TRACE_INSTANT, .row = row, .at = at, .name = name });
}

void
trace_file_counter(
    struct trace_file *file, uint64_t at, const char *name, const struct trace_arg *args)
{
	trace_file_put(file,
	    &(struct trace_event){ .kind = TRACE_COUNTER,
		.row = TRACE_RUN,
		.at = at,
		.name = name,
		.args = args });
}

void
trace_file_flush(struct trace_file *file)
{
	if (!file->on || file->up != NULL)
		return;
	if (!file->begun && fdio_cut(file->out.to.fd, 0) < 0) {
		give_up(file, errno);
		return;
	}
	file->begun = true;
	if (writer_flush_now(&file->out) < 0)
		give_up(file, errno);
}

void
trace_file_last(struct trace_file *file)
{
	file->last = true;
}

void
trace_file_finish(struct trace_file *file)
{
	char *to;

	if (!file->on)
		return;
	file->on = file->up == NULL;
	if (!file->on)
		return;
	to = writer_room(&file->out, 4);
	if (to == NULL) {
		give_up(file, errno);
		return;
	}
	writer_commit(&file->out,
	    (size_t)(stpcpy(to, file->out.total == 0 ? "[]\n" : "\n]\n") - to));
	trace_file_flush(file);
	if (file->on && file->out.used > 0)
		warn("%s: nobody read the end of it", file->path);
	if (file->on && close(file->out.to.fd) < 0 && errno != EINTR)
		give_up(file, errno);
	file->on = false;
}

void
trace_file_close(struct trace_file *file)
{
	if (file->path != NULL)
		writer_close(&file->out);
	bytes_free(&file->line);
	file->path = NULL;
}
