/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bytes.h"
#include "diag.h"
#include "fdio.h"
#include "field.h"
#include "formats.h"
#include "job.h"
#include "num.h"
#include "printable.h"

enum { JOB_MOST = 8 << 20, LINE_MOST = 64 }; /* bytes */

/* The versions of a job that an older par-run reads as well. */
enum { WITHOUT_BLOCKS = 1, WITHOUT_RUNS = 2 };

static const char format_name[] = "par-job";

/* What is written, as far as there was memory for it. */
struct job_text {
	struct bytes bytes;
	bool short_of;
};

static void
put(struct job_text *text, const char *data, size_t len)
{
	if (text->short_of || bytes_put(&text->bytes, data, len) < 0)
		text->short_of = true;
}

static void
put_word(struct job_text *text, const char *word)
{
	put(text, word, strlen(word) + 1);
}

/* An option with a number; none if it is 0. */
static void
put_number(struct job_text *text, const char *name, uint64_t value, const char *unit)
{
	char word[64];

	if (value == 0)
		return;
	snprintf(word, sizeof(word), "--%s=%" PRIu64 "%s", name, value, unit);
	put_word(text, word);
}

/* Put an option whose value is thousandths. */
static void
put_factor(struct job_text *text, const char *name, uint64_t value)
{
	char word[64];

	if (value == 0)
		return;
	snprintf(word, sizeof(word), "--%s=%" PRIu64 ".%03" PRIu64, name, value / 1000,
	    value % 1000);
	put_word(text, word);
}

/* Which workers there are replaced, and helped. */
static void
put_replacement(struct job_text *text, const struct run_options *options)
{
	if (options->renewal.given != NULL) {
		put_word(text, "--replace-after");
		put_word(text, options->renewal.given);
	}
	put_factor(text, "speculate", options->speculate);
}

/* How much a silent worker there may have, if that was said. */
static void
put_ahead(struct job_text *text, const struct ahead_limit *limit)
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
put_restarts(struct job_text *text, const struct restarts_limit *limit)
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
put_block(struct job_text *text, const struct run_options *options)
{
	if (options->block_records != UINT64_MAX)
		put_number(text, "records", options->block_records, "");
	if (options->block_bytes != SIZE_MAX)
		put_number(text, "block", options->block_bytes, "");
}

/* What is done to what processes write. */
static void
put_voice(struct job_text *text, const struct run_options *options)
{
	if (options->tag)
		put_word(text, "--tag");
	if (options->tag_format != NULL) {
		put_word(text, "--tag-format");
		put_word(text, options->tag_format);
	}
	if (options->line_buffer)
		put_word(text, "--line-buffer");
	if (options->results != NULL)
		put_word(text, "--results=."); /* over the link, wherever it is here */
	if (options->results_failed)
		put_word(text, "--results-on=failed");
}

/* What stands for records in the command: by names with a TAB, as in a header. */
static void
put_places(struct job_text *text, const char *mark, const char *names)
{
	if (mark != NULL) {
		put_word(text, "--replace");
		put_word(text, mark);
	}
	if (names != NULL) {
		put(text, "--fields=", strlen("--fields="));
		put(text, names, strlen(names));
		put_word(text, "\t");
	}
}

/* What they read first: escaped, so that it is a word whatever it holds. */
static void
put_before(struct job_text *text, const struct bytes *before)
{
	char *to;

	if (before->len == 0)
		return;
	put(text, "--before=", strlen("--before="));
	to = text->short_of ? NULL : bytes_reserve(&text->bytes, 2 * before->len);
	if (to == NULL)
		text->short_of = true;
	else
		text->bytes.len += field_escape(to, before->data, before->len);
	put(text, "", 1);
}

/* Processes there read records as they were: what each ended with goes along. */
static void
put_stdin(struct job_text *text, const struct run_options *options)
{
	char byte[3] = { 0 };

	if (options->on_stdin)
		put_word(text, "--stdin");
	if (!(options->on_stdin || options->on_file) || !options->separator.on ||
	    options->separator.byte == '\n')
		return;
	field_escape(byte, &options->separator.byte, 1);
	put_word(text, "--separator");
	put_word(text, byte);
}

/*
 * What PAR_STAGE_TAKES would say, in an option that means nothing to the par-run at the
 * other end of a link, and which one that does not know of this passes over, too.
 */
static void
put_takes(struct job_text *text, const struct job_takes *takes)
{
	static const char option[] = "--remote=";
	char words[TAKES_MOST];

	if (takes_text(words, takes->runs, takes->trace) == NULL)
		return;
	put(text, option, strlen(option));
	put_word(text, words);
}

/* On each host it is one of that host. */
static void
put_jobserver(struct job_text *text, enum jobserver_how how)
{
	if (how == JOBSERVER_JOIN)
		return;
	put_word(text, "--jobserver");
	put_word(text, jobserver_word(how));
}

/* How many workers, when they are started, and what each has of its own. */
static void
put_workers(struct job_text *text, uint64_t workers, const struct run_options *options)
{
	put_number(text, "workers", workers, "");
	if (options->tuned && workers == 0)
		put_word(text, "--workers=auto");
	if (options->admit.given != NULL) {
		put_word(text, "--admit");
		put_word(text, options->admit.given);
	}
	put_jobserver(text, options->jobserver);
	for (size_t i = 0; i < options->per_worker.count; i++) {
		put_word(text, "--env-per-worker");
		put_word(text, options->per_worker.list[i].text);
	}
}

char *
job_write(const char *name, uint64_t workers, const struct run_options *options,
    const struct header *header, const char *id, const struct job_takes *takes,
    size_t *len)
{
	bool blocks = options->block_records != 0;
	struct job_text text = { 0 }, job = { 0 };
	char line[LINE_MOST];

	put_word(&text, name);
	put_word(&text, "--serve");
	put_word(&text, "--retries=0"); /* we try again, on whatever host */
	put_workers(&text, workers, options);
	if (options->hidden)
		put_word(&text, "--no-top");
	put_number(&text, "timeout", options->timeout, "ms");
	put_number(&text, "max-output", options->max_output, "");
	put_number(&text, "max-record", options->max_record, "");
	if (options->host_beat != OPTIONS_HOST_BEAT) /* an older one does not know it */
		put_number(&text, "host-beat", options->host_beat, "ms");
	put_restarts(&text, &options->restarts);
	put_block(&text, options);
	put_replacement(&text, options);
	if (options->ok_status.given != NULL) {
		put_word(&text, "--ok-status");
		put_word(&text, options->ok_status.given);
	}
	if (options->raw)
		put_word(&text, "--raw");
	if (options->map)
		put_word(&text, "--map");
	put_ahead(&text, &options->ahead);
	put_voice(&text, options);
	put_places(&text, options->replace, header->names);
	put_before(&text, &header->text);
	if (options->escaped)
		put_word(&text, "--escaped");
	put_stdin(&text, options);
	if (blocks && id != NULL && *id != '\0') {
		put_word(&text, "--id");
		put_word(&text, id);
	}
	put_takes(&text, takes);
	put_word(&text, "--");
	for (char **word = options->command; *word != NULL; word++)
		put_word(&text, *word);
	snprintf(line, sizeof(line), "%s %d %zu\n", format_name,
	    !blocks	     ? WITHOUT_BLOCKS
		: id != NULL ? WITHOUT_RUNS
			     : FORMAT_JOB,
	    text.bytes.len);
	put(&job, line, strlen(line));
	put(&job, text.bytes.data, text.bytes.len);
	job.short_of = job.short_of || text.short_of;
	bytes_free(&text.bytes);
	if (job.short_of)
		bytes_free(&job.bytes);
	*len = job.bytes.len;
	return job.bytes.data;
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

/* NAME VERSION LENGTH, of a version that we read; false if it is none. */
static bool
parse_line(const char *line, size_t len, uint64_t *length)
{
	size_t name = strlen(format_name) + 1, digits = 0;
	uint64_t version;

	if (len < name || memcmp(line, format_name, name - 1) != 0 ||
	    line[name - 1] != ' ')
		return false;
	line += name;
	len -= name;
	while (digits < len && line[digits] != ' ')
		digits++;
	return digits < len &&
	    num_parse_bytes(line, digits, 1, FORMAT_JOB, &version) == 0 &&
	    num_parse_bytes(line + digits + 1, len - digits - 1, 1, JOB_MOST, length) ==
	    0;
}

/* The first line: how many bytes follow. */
static size_t
read_length(void)
{
	char line[LINE_MOST], shown[2 * LINE_MOST], newer[FORMAT_TEXT];
	size_t used = 0;
	uint64_t len;

	do {
		read_whole(line + used, 1);
	} while (line[used++] != '\n' && used < sizeof(line));
	if (formats_newer(newer, format_name, FORMAT_JOB, line, used - 1) != NULL)
		die(STATUS_MISUSE, 0, "--serve: %s here, too", newer);
	if (!parse_line(line, used - 1, &len)) {
		printable(shown, sizeof(shown), line, used - 1);
		die(STATUS_MISUSE, 0, "--serve: not a job: %s", shown);
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
