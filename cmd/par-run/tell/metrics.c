/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "anew.h"
#include "clock.h"
#include "diag.h"
#include "fdio.h"
#include "metrics.h"
#include "need.h"

enum { EVERY = 2000 }; /* ms from one state of the file to the next */

/* Something that is told of each worker. */
struct family {
	const char *name, *labels, *type, *help; /* no help: of the one before */
	double (*value)(const struct account *account);
};

static double
done(const struct account *account)
{
	return (double)account->done;
}

static double
failed(const struct account *account)
{
	return (double)account->failed;
}

static double
retries(const struct account *account)
{
	return (double)account->retries;
}

static double
in_flight(const struct account *account)
{
	return (double)account->worker->window.records;
}

static double
restarts(const struct account *account)
{
	return (double)account->restarts;
}

static double
running(const struct account *account)
{
	return account->worker->pid != 0 && !account->worker->ended;
}

static double
busy(const struct account *account)
{
	return (double)account_busy(account) / 1e9;
}

static double
bytes_in(const struct account *account)
{
	return (double)account->bytes_in;
}

static double
bytes_out(const struct account *account)
{
	return (double)account->bytes_out;
}

static const struct family families[] = {
	{ "records_total", ",fate=\"done\"", "counter",
	    "Records that are done, or were given up.", done },
	{ "records_total", ",fate=\"failed\"", NULL, NULL, failed },
	{ "retries_total", "", "counter", "Times that a record was sent again.",
	    retries },
	{ "records_in_flight", "", "gauge", "Records given out and not finished.",
	    in_flight },
	{ "input_bytes_total", "", "counter", "Bytes given out.", bytes_in },
	{ "output_bytes_total", "", "counter", "Bytes of output.", bytes_out },
	{ "busy_seconds_total", "", "counter", "Time in which it had records.", busy },
	{ "restarts_total", "", "counter",
	    "Processes started in place of one that ended.", restarts },
	{ "worker_running", "", "gauge", "Has it a process?", running },
};

/* A family has the name of its samples, which end with _total if it is a counter. */
static void
head(struct bytes *text, const char *name, const char *type, const char *help)
{
	bool counter = strcmp(type, "counter") == 0;
	int len = (int)(strlen(name) - (counter ? strlen("_total") : 0));

	need_print(text, "# TYPE par_run_%.*s %s\n# HELP par_run_%.*s %s\n", len, name,
	    type, len, name, help);
}

/* One number that is not a worker's. */
static void
put_one(struct bytes *text, const char *name, const char *type, const char *help,
    double value)
{
	head(text, name, type, help);
	need_print(text, "par_run_%s %.15g\n", name, value);
}

/* What family says of one place. */
static void
put_line(struct bytes *text, const struct family *family, const struct account *account)
{
	need_print(
	    text, "par_run_%s{worker=\"%u\"", family->name, account->worker->number);
	if (account->host != NULL)
		need_print(text, ",host=\"%s\"", account->host);
	need_print(text, "%s} %.15g\n", family->labels, family->value(account));
}

/* Workers that there are to be. */
static size_t
workers(const struct accounts *accounts)
{
	size_t count = 0;

	for (const struct account *a = accounts->first; a != NULL; a = a->next)
		count += place_may(a->place, PLACE_COUNT);
	return count;
}

static void
make_text(struct metrics *metrics, bool alive)
{
	const struct lists *lists = metrics->intake->lists;
	uint64_t total = lists == NULL ? 0 : lists_total(lists);
	struct bytes *text = &metrics->text;

	bytes_clear(text, SIZE_MAX);
	put_one(text, "running", "gauge", "Has it not ended yet?", alive);
	put_one(text, "workers", "gauge", "Workers that there are to be.",
	    (double)workers(metrics->accounts));
	if (total > 0)
		put_one(text, "expected_records", "gauge",
		    "Records that there are to be.", (double)total);
	put_one(text, "refused_records_total", "counter",
	    "Records that failed before a worker got them.",
	    (double)metrics->tally->refused);
	put_one(text, "read_bytes_total", "counter", "Bytes of input taken.",
	    (double)metrics->intake->offset);
	if (metrics->size > 0)
		put_one(text, "input_size_bytes", "gauge", "Bytes of the input file.",
		    (double)metrics->size);
	if (metrics->files->on) {
		put_one(text, "record_files", "gauge",
		    "Files with records that processes have now.",
		    (double)metrics->files->count);
		put_one(text, "record_files_bytes", "gauge", "Bytes in them.",
		    (double)metrics->files->bytes);
	}
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
		const struct family *family = &families[i];

		if (family->help != NULL)
			head(text, family->name, family->type, family->help);
		for (const struct account *a = metrics->accounts->first; a != NULL;
		     a = a->next)
			put_line(text, family, a);
	}
	need_print(text, "# EOF\n");
}

/* Put the text in the place of what is there.  0, or -1 with errno. */
static int
replace(const char *path, const struct bytes *text)
{
	struct anew anew;

	if (anew_begin(&anew, path) < 0)
		return -1;
	if (fdio_write(anew.fd, text->data, text->len) < 0) {
		anew_drop(&anew);
		return -1;
	}
	if (anew_commit(&anew, 0) < 0)
		return -1;
	close(anew.fd);
	return 0;
}

void
metrics_open(struct metrics *metrics, const char *path)
{
	struct stat st;

	metrics->path = path;
	metrics->next = UINT64_MAX;
	if (metrics->path == NULL)
		return;
	if (stat(metrics->path, &st) == 0 && !S_ISREG(st.st_mode))
		die(STATUS_BROKEN, 0, "%s: is there, and not a file", metrics->path);
	anew_sweep(metrics->path);
	make_text(metrics, true);
	if (replace(metrics->path, &metrics->text) < 0)
		die(STATUS_BROKEN, errno, "%s", metrics->path);
	metrics->next = metrics->times->now + EVERY;
}

/* A file that cannot be written now is no reason to end the run. */
static void
write_now(struct metrics *metrics, bool alive)
{
	make_text(metrics, alive);
	if (replace(metrics->path, &metrics->text) == 0)
		metrics->failed = false;
	else if (!metrics->failed) {
		warn("%s: %s", metrics->path, strerror(errno));
		metrics->failed = true;
	}
	metrics->next = metrics->times->now + EVERY;
}

void
metrics_turn(struct metrics *metrics)
{
	if (metrics->times->now >= metrics->next)
		write_now(metrics, true);
}

void
metrics_end(struct metrics *metrics)
{
	if (metrics->path != NULL)
		write_now(metrics, false);
}

void
metrics_close(struct metrics *metrics)
{
	bytes_free(&metrics->text);
}
