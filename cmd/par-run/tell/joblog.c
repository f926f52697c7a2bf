/* SPDX-License-Identifier: ISC */
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "joblog.h"
#include "num.h"
#include "quote.h"

enum { KEPT = 1 << 20 }; /* of rooms, bytes */

const char joblog_head[] =
    "Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand\n";

/* The number that stands behind text, if why begins with that; or -1. */
static int
number_after(const char *why, size_t len, const char *text)
{
	size_t skip = strlen(text), digits = 0;
	uint64_t number;

	if (len < skip || memcmp(why, text, skip) != 0)
		return -1;
	while (
	    skip + digits < len && why[skip + digits] >= '0' && why[skip + digits] <= '9')
		digits++;
	return num_parse_bytes(why + skip, digits, 0, 255, &number) < 0 ? -1
									: (int)number;
}

void
joblog_end(const char *why, size_t len, int *status, int *signal)
{
	static const char late[] = "took longer than ";
	int code = number_after(why, len, "exited with status ");
	int by = number_after(why, len, "killed by signal ");

	*signal = by > 0 ? by : 0;
	*status = by > 0 ? 0 : code > 0 ? code : 1;
	if (len >= sizeof(late) - 1 && memcmp(why, late, sizeof(late) - 1) == 0) {
		*status = -1;
		*signal = SIGTERM;
	}
}

/* The words of its process, as far as that is known; NULL without memory. */
static char *const *
words_of(struct joblog *joblog, const struct joblog_job *job)
{
	const struct template_records records = { .data = job->data,
		.len = job->len,
		.count = job->count,
		.first = job->number,
		.worker = job->worker };
	struct template_fault fault;
	char **words;

	bytes_clear(&joblog->room, KEPT);
	if (!joblog->arguments->on || job->data == NULL)
		return joblog->options->command;
	words =
	    template_fill(&joblog->arguments->template, &records, &joblog->room, &fault);
	if (words != NULL)
		return words;
	return fault.record == UINT64_MAX ? NULL : joblog->options->command;
}

static int
print(struct bytes *line, const char *format, ...) __attribute__((format(printf, 2, 3)));

static int
print(struct bytes *line, const char *format, ...)
{
	va_list args;
	int printed;

	va_start(args, format);
	printed = bytes_print(line, format, args);
	va_end(args);
	return printed;
}

int
joblog_make(struct joblog *joblog, const struct joblog_job *job)
{
	struct bytes *line = &joblog->line;
	char *const *words = words_of(joblog, job);
	int status = 0, signal = 0;
	size_t from;

	if (words == NULL)
		return -1;

	if (job->why != NULL)
		joblog_end(job->why, job->why_len, &status, &signal);
	bytes_clear(line, KEPT);
	if (print(line,
		"%" PRIu64 "\t%s\t%" PRIu64 ".%03u\t%6" PRIu64 ".%03u\t%" PRIu64
		"\t%" PRIu64 "\t%d\t%d\t",
		job->number + 1, job->host == NULL ? ":" : job->host, job->start / 1000,
		(unsigned)(job->start % 1000), job->took / 1000,
		(unsigned)(job->took % 1000), job->bytes_in, job->bytes_out, status,
		signal) < 0)
		return -1;
	from = line->len;
	if (quote_words(line, words) < 0)
		return -1;
	/* A job is one line: GNU parallel puts a NUL for a newline of its command. */
	for (; from + 1 < line->len; from++)
		if (line->data[from] == '\n')
			line->data[from] = '\0';
	return 0;
}

void
joblog_free(struct joblog *joblog)
{
	bytes_free(&joblog->room);
	bytes_free(&joblog->line);
}
