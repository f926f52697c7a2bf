/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "diag.h"
#include "fdio.h"
#include "json_string.h"
#include "need.h"
#include "trace_file.h"

enum {
	SEND_FROM = 64 << 10, /* bytes */
	WAITS_MOST = 1 << 20, /* bytes that wait for a reader before it takes no more */
	SIZE = 100 << 20, /* bytes that it may have unless that is said */
	ROW = 4096, /* bytes that the events of one row in one turn have at most */
	LAST = 16, /* this part of it is kept for the end */
	SPAN = 1000 * 1000, /* ns of the shortest slice, at first */
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
trace_file_open(struct trace_file *file, const char *path, uint64_t limit)
{
	struct timespec now;

	*file = (struct trace_file){ .path = path };
	if (path == NULL)
		return;
	if (open_file(file) < 0)
		die(STATUS_BROKEN, errno, "%s", path);
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

bool
trace_file_takes(const struct trace_file *file)
{
	return file->on && file->out.used < WAITS_MOST &&
	    file->out.total + ROW <= room(file);
}

/* Add the line: the first one opens the array, others follow on a comma. */
static void
put_line(struct trace_file *file)
{
	const char *before = file->out.total == 0 ? "[\n" : ",\n";
	size_t len = file->line.len + 2;
	char *to = writer_room(&file->out, len);

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

/* What all events begin with; kind as the format has it. */
static void
begin_line(
    struct trace_file *file, char kind, unsigned row, uint64_t at, const char *name)
{
	bytes_clear(&file->line, SIZE_MAX);
	need_print(&file->line, "{\"ph\":\"%c\",\"pid\":%ld,\"tid\":%u,\"ts\":%llu", kind,
	    file->pid, row, (unsigned long long)((file->epoch + at) / 1000));
	if (name != NULL) {
		need_put(&file->line, ",\"name\":", 8);
		put_text(file, name);
	}
}

/* A slice is longer from now on, and the file says so. */
static void
sum_more(struct trace_file *file, uint64_t at)
{
	file->fuller += (file->limit - file->fuller) / 2;
	file->span *= LONGER;
	begin_line(file, 'i', TRACE_RUN, at, NULL);
	need_print(&file->line,
	    ",\"s\":\"p\",\"name\":\"from here on a slice is of at least %llu ms\"}",
	    (unsigned long long)file->span / 1000000);
	put_line(file);
}

/* What all events end with. */
static void
end_line(struct trace_file *file, const struct trace_arg *args)
{
	const char *before = ",\"args\":{";

	for (; args != NULL && args->name != NULL; args++) {
		need_print(&file->line, "%s\"%s\":", before, args->name);
		if (args->text != NULL)
			put_text(file, args->text);
		else
			need_print(&file->line, "%llu", (unsigned long long)args->number);
		before = ",";
	}
	need_print(&file->line, before[1] == '\0' ? "}}" : "}");
	if (file->out.total + file->line.len + 2 > room(file))
		return;
	put_line(file);
	if (file->out.total > file->fuller)
		sum_more(file, clock_ns());
	if (file->begun && file->out.used >= SEND_FROM)
		trace_file_flush(file);
}

void
trace_file_name(struct trace_file *file, unsigned row, const char *name)
{
	const struct trace_arg args[] = { { .name = "name", .text = name }, { 0 } };

	begin_line(file, 'M', row, clock_ns(),
	    row == TRACE_RUN ? "process_name" : "thread_name");
	end_line(file, args);
}

void
trace_file_slice(struct trace_file *file, unsigned row, uint64_t begin, uint64_t end,
    const char *name, const struct trace_arg *args)
{
	begin_line(file, 'X', row, begin, name);
	need_print(&file->line, ",\"dur\":%llu",
	    (unsigned long long)((file->epoch + end) / 1000 -
		(file->epoch + begin) / 1000));
	end_line(file, args);
}

void
trace_file_begin(struct trace_file *file, unsigned row, uint64_t at, const char *name,
    const struct trace_arg *args)
{
	begin_line(file, 'B', row, at, name);
	end_line(file, args);
}

void
trace_file_end(struct trace_file *file, unsigned row, uint64_t at)
{
	begin_line(file, 'E', row, at, NULL);
	end_line(file, NULL);
}

void
trace_file_instant(struct trace_file *file, unsigned row, uint64_t at, const char *name)
{
	begin_line(file, 'i', row, at, name);
	need_print(&file->line, ",\"s\":\"t\"");
	end_line(file, NULL);
}

void
trace_file_counter(
    struct trace_file *file, uint64_t at, const char *name, const struct trace_arg *args)
{
	begin_line(file, 'C', TRACE_RUN, at, name);
	end_line(file, args);
}

void
trace_file_flush(struct trace_file *file)
{
	if (!file->on)
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
