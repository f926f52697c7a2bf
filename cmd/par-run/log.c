/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "diag.h"
#include "fdio.h"
#include "field.h"
#include "log.h"
#include "num.h"

enum { LINE_ROOM = 256 + HOST_NAME_MOST }; /* for all of a line but the reason */

static const char head[] =
    "record\tworker\tstart\tseconds\tin\tout\ttries\tstatus\treason\n";

static void
put(struct log *log, const char *data, size_t len)
{
	if (writer_put(&log->out, data, len) < 0)
		ending_broken(log->ending, errno, log->path);
}

void
log_open(struct log *log, const char *path)
{
	struct timespec now;
	int fd = STDOUT_FILENO;

	log->path = path;
	if (path == NULL)
		return;
	if (strcmp(path, "-") != 0)
		fd = open(path, O_WRONLY | O_CREAT | O_NOCTTY | O_CLOEXEC, 0666);
	if (fd < 0 || writer_open(&log->out, fd) < 0)
		die(STATUS_BROKEN, errno, "%s", path);
	writer_share(&log->out, &diag_says);
	log->on = true;
	clock_gettime(CLOCK_REALTIME, &now);
	log->epoch = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000 -
	    log->times->now;
}

void
log_begin(struct log *log)
{
	if (!log->on || log->begun)
		return;
	log->begun = true;
	if (log->out.fd != STDOUT_FILENO && fdio_cut(log->out.fd, 0) < 0)
		ending_broken(log->ending, errno, log->path);
	put(log, head, sizeof(head) - 1);
	log_flush(log);
}

/* When a record was begun, times_work(). */
static uint64_t
begun_at(const struct worker *worker, const struct log_entry *entry)
{
	/* One that works on one record at a time had the one before until then. */
	if (worker->kind != WORKER_BLOCK && worker->hello.jobs == 1 &&
	    entry->progress_at > entry->given_at)
		return entry->progress_at;
	return entry->given_at;
}

/* Add a number, and a TAB. */
static char *
put_number(char *to, uint64_t value)
{
	to = num_format(to, value);
	*to++ = '\t';
	return to;
}

/* The same for ms, as seconds. */
static char *
put_seconds(char *to, uint64_t ms)
{
	to = num_format(to, ms / 1000);
	*to++ = '.';
	*to++ = (char)('0' + ms / 100 % 10);
	*to++ = (char)('0' + ms / 10 % 10);
	*to++ = (char)('0' + ms % 10);
	*to++ = '\t';
	return to;
}

/* Whose it was: a number, or the name of a host. */
static char *
put_worker(char *to, const struct account *who)
{
	if (who == NULL || who->host == NULL)
		return put_number(to, who == NULL ? 0 : who->worker->number);
	to = stpcpy(to, who->host);
	*to++ = '\t';
	return to;
}

void
log_add(struct log *log, const struct account *who, const struct log_entry *entry)
{
	const char *status = entry->why == NULL ? "done\t" : "failed\t";
	char *line, *to;
	uint64_t took =
	    who == NULL ? 0 : times_work(log->times) - begun_at(who->worker, entry);

	log_begin(log);
	line = to = writer_reserve(&log->out, LINE_ROOM + 2 * entry->why_len);
	if (line == NULL) {
		ending_broken(log->ending, errno, log->path);
		return;
	}
	to = put_number(to, entry->number + 1);
	to = put_worker(to, who);
	to = put_seconds(to, log->epoch + log->times->now - took);
	to = put_seconds(to, took);
	to = put_number(to, entry->bytes_in);
	to = put_number(to, entry->bytes_out);
	to = put_number(to, entry->attempts);
	memcpy(to, status, strlen(status));
	to += strlen(status);
	if (entry->why != NULL)
		to += field_escape(to, entry->why, entry->why_len);
	*to++ = '\n';
	writer_commit(&log->out, (size_t)(to - line));
}

void
log_flush(struct log *log)
{
	if (log->on && writer_flush(&log->out) < 0)
		ending_broken(log->ending, errno, log->path);
}

void
log_end(struct log *log)
{
	log_flush(log);
	if (!log->on)
		return;
	if (log->out.fd != STDOUT_FILENO && close(log->out.fd) < 0 && errno != EINTR)
		ending_broken(log->ending, errno, log->path);
	log_close(log);
}

void
log_close(struct log *log)
{
	if (log->on)
		writer_close(&log->out);
	log->on = false;
}
