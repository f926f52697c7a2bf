/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "fdio.h"
#include "field.h"
#include "log.h"
#include "num.h"
#include "run.h"

enum { LINE_ROOM = 256 + HOST_NAME_MOST }; /* for all of a line but the reason */

static const char head[] =
    "record\tworker\tstart\tseconds\tin\tout\ttries\tstatus\treason\n";

static void
put(struct run *run, const char *data, size_t len)
{
	if (writer_put(&run->log.out, data, len) < 0)
		ending_broken(&run->ending, errno, run->options->log);
}

void
log_open(struct run *run)
{
	const char *path = run->options->log;
	struct timespec now;
	int fd = STDOUT_FILENO;

	if (path == NULL)
		return;
	if (strcmp(path, "-") != 0)
		fd = open(path, O_WRONLY | O_CREAT | O_NOCTTY | O_CLOEXEC, 0666);
	if (fd < 0 || writer_open(&run->log.out, fd) < 0)
		die(STATUS_BROKEN, errno, "%s", path);
	writer_share(&run->log.out, &diag_says);
	run->log.on = true;
	clock_gettime(CLOCK_REALTIME, &now);
	run->log.epoch =
	    (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000 - run->now;
}

void
log_begin(struct run *run)
{
	struct log *log = &run->log;

	if (!log->on || log->begun)
		return;
	log->begun = true;
	if (log->out.fd != STDOUT_FILENO && fdio_cut(log->out.fd, 0) < 0)
		ending_broken(&run->ending, errno, run->options->log);
	put(run, head, sizeof(head) - 1);
	log_flush(run);
}

/* When a record was begun, run_work_time(). */
static uint64_t
begun_at(const struct slot *slot, const struct log_entry *entry)
{
	const struct worker *worker = &slot->worker;

	/* One that works on one record at a time had the one before until then. */
	if (worker->kind != WORKER_BLOCK && worker->hello.jobs == 1 &&
	    slot->progress_at > entry->given_at)
		return slot->progress_at;
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
put_worker(char *to, const struct slot *slot)
{
	if (slot == NULL || slot->host == NULL)
		return put_number(to, slot == NULL ? 0 : slot->worker.number);
	to = stpcpy(to, slot->host->name);
	*to++ = '\t';
	return to;
}

void
log_add(struct run *run, const struct slot *slot, const struct log_entry *entry)
{
	struct log *log = &run->log;
	const char *status = entry->why == NULL ? "done\t" : "failed\t";
	char *line, *to;
	uint64_t took = slot == NULL ? 0 : run_work_time(run) - begun_at(slot, entry);

	log_begin(run);
	line = to = writer_reserve(&log->out, LINE_ROOM + 2 * entry->why_len);
	if (line == NULL) {
		ending_broken(&run->ending, errno, run->options->log);
		return;
	}
	to = put_number(to, entry->number + 1);
	to = put_worker(to, slot);
	to = put_seconds(to, log->epoch + run->now - took);
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
log_flush(struct run *run)
{
	if (run->log.on && writer_flush(&run->log.out) < 0)
		ending_broken(&run->ending, errno, run->options->log);
}

void
log_end(struct run *run)
{
	log_flush(run);
	if (!run->log.on)
		return;
	if (run->log.out.fd != STDOUT_FILENO && close(run->log.out.fd) < 0 &&
	    errno != EINTR)
		ending_broken(&run->ending, errno, run->options->log);
	log_close(&run->log);
}

void
log_close(struct log *log)
{
	if (log->on)
		writer_close(&log->out);
	log->on = false;
}
