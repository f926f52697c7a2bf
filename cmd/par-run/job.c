/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diag.h"
#include "fdio.h"
#include "job.h"
#include "need.h"
#include "num.h"
#include "printable.h"

enum { JOB_MOST = 8 << 20, LINE_MOST = 64 }; /* bytes */

static const char greeting[] = "par-job 1 ";

static void
put_word(struct bytes *text, const char *word)
{
	need_put(text, word, strlen(word) + 1);
}

/* An option with a number; none if it is 0. */
static void
put_number(struct bytes *text, const char *name, uint64_t value, const char *unit)
{
	char word[64];

	if (value == 0)
		return;
	snprintf(word, sizeof(word), "--%s=%" PRIu64 "%s", name, value, unit);
	put_word(text, word);
}

/* How much a silent worker there may have, if that was said. */
static void
put_ahead(struct bytes *text, const struct ahead_limit *limit)
{
	char word[80];

	if (!limit->given)
		return;
	snprintf(word, sizeof(word), "--ahead=%" PRIu64 "/%" PRIu64, limit->bytes,
	    limit->records);
	put_word(text, word);
}

/* How many processes may die there, if that was said. */
static void
put_restarts(struct bytes *text, const struct restarts_limit *limit)
{
	char word[80];

	if (!limit->given)
		return;
	snprintf(word, sizeof(word), "--max-restarts=%" PRIu64, limit->most);
	if (limit->within != 0)
		snprintf(word + strlen(word), sizeof(word) - strlen(word),
		    "/%" PRIu64 "ms", limit->within);
	put_word(text, word);
}

/* Records are cut off from the rest by either of two options, which set both. */
static void
put_block(struct bytes *text, const struct run_options *options)
{
	if (options->block_records != UINT64_MAX)
		put_number(text, "records", options->block_records, "");
	if (options->block_bytes != SIZE_MAX)
		put_number(text, "block", options->block_bytes, "");
}

char *
job_write(
    const char *name, uint64_t workers, const struct run_options *options, size_t *len)
{
	struct bytes text = { 0 }, job = { 0 };
	char line[LINE_MOST];

	put_word(&text, name);
	put_word(&text, "--serve");
	put_word(&text, "--retries=0"); /* we try again, on whatever host */
	put_number(&text, "workers", workers, "");
	put_number(&text, "timeout", options->timeout, "ms");
	put_number(&text, "max-output", options->max_output, "");
	put_number(&text, "max-record", options->max_record, "");
	put_restarts(&text, &options->restarts);
	put_block(&text, options);
	if (options->raw)
		put_word(&text, "--raw");
	if (options->map)
		put_word(&text, "--map");
	put_ahead(&text, &options->ahead);
	put_word(&text, "--");
	for (char **word = options->command; *word != NULL; word++)
		put_word(&text, *word);
	snprintf(line, sizeof(line), "%s%zu\n", greeting, text.len);
	need_put(&job, line, strlen(line));
	need_put(&job, text.data, text.len);
	bytes_free(&text);
	*len = job.len;
	return job.data;
}

/* Read len bytes, or end. */
static void
read_whole(char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = fdio_read(STDIN_FILENO, data, len);

		if (n < 0)
			die(STATUS_BROKEN, errno, "standard input");
		if (n == 0)
			die(STATUS_MISUSE, 0, "--serve: no job, and no command");
		data += n;
		len -= (size_t)n;
	}
}

/* The first line: how many bytes follow. */
static size_t
read_length(void)
{
	char line[LINE_MOST], shown[2 * LINE_MOST];
	size_t used = 0, skip = strlen(greeting);
	uint64_t len;

	do {
		read_whole(line + used, 1);
	} while (line[used++] != '\n' && used < sizeof(line));
	if (used <= skip || memcmp(line, greeting, skip) != 0 ||
	    num_parse_bytes(line + skip, used - skip - 1, 1, JOB_MOST, &len) < 0) {
		printable(shown, sizeof(shown), line, used - 1);
		die(STATUS_MISUSE, 0, "--serve: not a job of this version: %s", shown);
	}
	return (size_t)len;
}

void
job_read(struct job *job)
{
	size_t len = read_length(), count = 0;
	char *word;

	job->text = malloc(len + 1);
	if (job->text == NULL)
		die(STATUS_BROKEN, errno, "job");
	read_whole(job->text, len);
	job->text[len] = '\0';
	for (size_t i = 0; i < len; i++)
		count += job->text[i] == '\0';
	job->argv = calloc(count + 2, sizeof(char *));
	if (job->argv == NULL)
		die(STATUS_BROKEN, errno, "job");
	word = job->text;
	for (size_t i = 0; i < count; i++, word += strlen(word) + 1)
		job->argv[i] = word;
	job->argc = (int)count;
	if (count == 0 || job->text[len - 1] != '\0' ||
	    setenv("PAR_HOST", job->argv[0], 1) < 0)
		die(STATUS_MISUSE, 0, "--serve: not a job");
}

void
job_free(struct job *job)
{
	free(job->argv);
	free(job->text);
}
