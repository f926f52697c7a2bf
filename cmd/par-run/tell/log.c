/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "diag.h"
#include "fdio.h"
#include "field.h"
#include "fifo.h"
#include "log.h"
#include "num.h"

enum {
	LINE_ROOM = 256 + HOST_NAME_MOST, /* for all of a line but the reason */
	SEND_FROM = 128 << 10 /* bytes */
};

static const char head[] =
    "record\tworker\tstart\tseconds\tin\tout\ttries\tstatus\treason\n";

/* The log cannot be written on: the run ends, as by its output where that is where it
 * goes. */
static void
broken(const struct log *log, int error)
{
	if (log->beside)
		ending_output(log->ending, error, "standard output");
	else
		ending_broken(log->ending, error, log->path);
}

static void
put(struct log *log, const char *data, size_t len)
{
	char *to = writer_room(&log->out, len);

	if (to == NULL) {
		broken(log, errno);
		return;
	}
	memcpy(to, data, len);
	writer_commit(&log->out, len);
}

void
log_open(struct log *log, const char *path)
{
	struct timespec now;
	int fd;

	log->path = path;
	if (path == NULL)
		return;
	log->beside = strcmp(path, "-") == 0;
	fd = log->beside ? fifo_reopen_write(STDOUT_FILENO)
			 : open(path, O_WRONLY | O_CREAT | O_NOCTTY | O_CLOEXEC, 0666);
	if (fd >= 0 && !log->beside)
		fdio_nonblocking(fd); /* now that it has a reader */
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
	if (!log->beside && fdio_cut(log->out.to.fd, 0) < 0)
		broken(log, errno);
	if (log->joblog != NULL)
		put(log, joblog_head, strlen(joblog_head));
	else
		put(log, head, sizeof(head) - 1);
	log_flush(log);
}

/* When a record was begun, times_work(). */
static uint64_t
begun_at(const struct account *who, const struct log_entry *entry)
{
	/* One that works on one record at a time had the one before until then. */
	if (who->worker->kind != WORKER_BLOCK && who->worker->hello.jobs == 1 &&
	    who->progress_at > entry->given_at)
		return who->progress_at;
	return entry->given_at;
}

/* Add a number, and a TAB. */
static inline char *
put_number(char *to, uint64_t value)
{
	if (value < 10)
		*to++ = (char)('0' + value);
	else
		to = num_format(to, value);
	*to++ = '\t';
	return to;
}

/* Put ms, as seconds. */
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

/* The number of a record, which follows on the one before, mostly. */
static inline char *
put_record(struct log *log, char *to, uint64_t number)
{
	size_t len = log->digits_len;

	if (len > 0 && number == log->number + 1 && log->digits[len - 1] != '9')
		log->digits[len - 1]++;
	else
		len = (size_t)(num_format(log->digits, number) - log->digits);
	log->digits_len = len;
	log->number = number;
	memcpy(to, log->digits, sizeof(log->digits)); /* there is room */
	to[len] = '\t';
	return to + len + 1;
}

/* Who had a record, and when it was begun: what many in a row have in common. */
static inline char *
put_common(struct log *log, char *to, const struct account *who, uint64_t took)
{
	uint64_t start = log->epoch + log->times->now - took;
	char *end;

	if (log->common_len == 0 || who != log->who || start != log->start ||
	    took != log->took || (who != NULL && who->host != NULL)) {
		log->who = who;
		log->start = start;
		log->took = took;
		end = put_seconds(put_seconds(put_worker(log->common, who), start), took);
		log->common_len = (size_t)(end - log->common);
	}
	if (log->common_len <= LOG_SHORT)
		memcpy(to, log->common, LOG_SHORT);
	else
		memcpy(to, log->common, log->common_len);
	return to + log->common_len;
}

/* The line that GNU parallel would write. */
static void
add_job(struct log *log, const struct account *who, const struct log_entry *entry,
    uint64_t took)
{
	const struct joblog_job job = { .number = entry->number,
		.worker = who == NULL ? 0 : who->worker->number,
		.host = who == NULL ? NULL : who->host,
		.start = log->epoch + log->times->now - took,
		.took = took,
		.bytes_in = entry->bytes_in,
		.bytes_out = entry->bytes_out,
		.data = entry->data,
		.len = entry->len,
		.count = entry->count,
		.why = entry->why,
		.why_len = entry->why_len };

	if (joblog_make(log->joblog, &job) < 0)
		broken(log, ENOMEM);
	else
		put(log, log->joblog->line.data, log->joblog->line.len);
}

void
log_add(struct log *log, const struct account *who, const struct log_entry *entry)
{
	char *line, *to;
	uint64_t took = who == NULL ? 0 : times_work(log->times) - begun_at(who, entry);

	if (!log->begun)
		log_begin(log);
	if (log->out.used >= SEND_FROM && !log->stuck)
		log_flush(log);
	if (log->joblog != NULL) {
		add_job(log, who, entry, took);
		return;
	}
	line = to = writer_room(&log->out, LINE_ROOM + 2 * entry->why_len);
	if (line == NULL) {
		broken(log, errno);
		return;
	}
	to = put_record(log, to, entry->number + 1);
	to = put_common(log, to, who, took);
	to = put_number(to, entry->bytes_in);
	to = put_number(to, entry->bytes_out);
	to = put_number(to, entry->attempts);
	if (entry->why == NULL) {
		to = stpcpy(to, "done\t\n");
	} else {
		to = stpcpy(to, "failed\t");
		to += field_escape(to, entry->why, entry->why_len);
		*to++ = '\n';
	}
	writer_commit(&log->out, (size_t)(to - line));
}

void
log_flush(struct log *log)
{
	if (!log->on)
		return;
	if (writer_flush_now(&log->out) < 0)
		broken(log, errno);
	log->stuck = log->out.used > 0;
}

void
log_end(struct log *log)
{
	log_flush(log);
	if (!log->on)
		return;
	if (log->stuck)
		warn("%s: nobody read the end of it", log->path);
	if (close(log->out.to.fd) < 0 && errno != EINTR)
		broken(log, errno);
	log_close(log);
}

void
log_close(struct log *log)
{
	if (log->on)
		writer_close(&log->out);
	if (log->joblog != NULL)
		joblog_free(log->joblog);
	log->on = false;
}
