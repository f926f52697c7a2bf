/* SPDX-License-Identifier: ISC */
/*
 * Fuzz par-run: the job that comes over a link.  It is taken as a whole or not at all,
 * with not a byte more; one that was written means the same at the other end.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diag.h"
#include "fuzz.h"
#include "job.h"
#include "lists.h"

static void
read_job(void *job)
{
	job_read(job);
}

/* Read it from a pipe; the status it ends with, or -1, and how many bytes are left. */
static int
take(struct job *job, const void *data, size_t len, size_t *left)
{
	static char rest[128 << 10];
	int fd = pipe_of(data, &len), status;
	ssize_t n;

	must(dup2(fd, STDIN_FILENO) == STDIN_FILENO);
	status = status_of(read_job, job);
	n = read(STDIN_FILENO, rest, sizeof(rest));
	*left = n < 0 ? 0 : (size_t)n;
	close(fd);
	close(STDIN_FILENO);
	return status;
}

/* The line says how long it is. */
static void
check_any(const char *data, size_t size)
{
	struct job job = { 0 };
	size_t left, words = 0;
	char line[32];

	if (take(&job, data, size, &left) >= 0) {
		free(job.text);
		return;
	}
	must(job.argc >= 1 && job.argv[job.argc] == NULL);
	for (int i = 0; i < job.argc; i++) {
		must(job.argv[i] == job.text + words);
		words += strlen(job.argv[i]) + 1;
	}
	must(strcmp(getenv("PAR_HOST"), job.argv[0]) == 0);
	must(size - left > words && data[size - left - words - 1] == '\n');
	must(memcmp(data + size - left - words, job.text, words) == 0);
	must(sscanf(data, "par-job %*[123] %31[0-9]", line) == 1 &&
	    strtoul(line, NULL, 10) == words);
	job_free(&job);
}

/* What the words mean at the other end. */
struct told {
	struct job job;
	struct run_options options;
};

static void
read_options(void *arg)
{
	struct told *told = arg;

	optind = 0;
	options_read(&told->options, told->job.argc, told->job.argv);
}

static void
check_same(const struct run_options *a, const struct run_options *b)
{
	must(b->serve && b->retries == 0);
	must(a->timeout == b->timeout && a->max_record == b->max_record);
	/* With a place for records in a word this end would have blocks of one, too. */
	must(a->block_records == b->block_records ||
	    (b->arguments && a->block_records == 0 && b->block_records == 1));
	must(a->block_bytes == b->block_bytes ||
	    (b->arguments && a->block_bytes == 0 && b->block_bytes == SIZE_MAX));
	must(a->raw == b->raw && a->map == b->map);
	must(a->restarts.given == b->restarts.given &&
	    a->restarts.most == b->restarts.most &&
	    a->restarts.within == b->restarts.within);
	must(a->ahead.given == b->ahead.given);
	must(!a->ahead.given ||
	    (a->ahead.bytes == b->ahead.bytes && a->ahead.records == b->ahead.records));
	for (char **x = a->command, **y = b->command; *x != NULL || *y != NULL; x++, y++)
		must(*x != NULL && *y != NULL && strcmp(*x, *y) == 0);
}

/* Some options that fit together. */
static void
choose(struct run_options *options, struct pieces *in)
{
	unsigned char way = pieces_byte(in);

	options->timeout = pieces_number(in) >> (pieces_byte(in) & 63);
	options->max_record = 1 + pieces_number(in) % (1 << 30);
	if (way & 1)
		options->map = true;
	else if (way & 6)
		options->raw = way & 8;
	if ((way & 3) == 2) {
		options->block_records = 1 + pieces_byte(in);
		options->block_bytes = SIZE_MAX;
	} else if ((way & 7) == 4) {
		options->block_records = UINT64_MAX;
		options->block_bytes = 1 + pieces_byte(in);
	}
	if (way & 16)
		options->restarts = (struct restarts_limit){ .given = true,
			.most = pieces_byte(in),
			.within = pieces_number(in) >> 2 };
	if (way & 32)
		options->ahead = (struct ahead_limit){ .given = true,
			.bytes = 1 + pieces_byte(in),
			.records = 1 + pieces_byte(in) };
}

static void
check_own(struct pieces in)
{
	struct run_options options = { 0 };
	struct header header = { 0 };
	struct told told = { 0 };
	char *words[9], *job;
	size_t count = 0, len, left;
	bool places = false; /* what has places for records gets no header */

	choose(&options, &in);
	while (in.left > 0 && count < 8) {
		const char *word = pieces_until(&in, '\0', &len);

		words[count] = copy_of("", len + 1 > 0 ? 1 : 0);
		words[count] = realloc(words[count], len + 1);
		must(words[count] != NULL);
		memcpy(words[count], word, len);
		places = places || memchr(word, '{', len) != NULL;
		words[count++][len] = '\0';
		if (lists_begin(words[count - 1])) /* such were taken off */
			break;
	}
	if (count > 0 && lists_begin(words[count - 1]))
		free(words[--count]);
	words[count] = NULL;
	options.command = words;
	if (options.block_records != 0 && !places)
		must(bytes_put(&header.text, "a\\\tb\0\n", 6) == 0);
	job = job_write("host", 3, &options, &header, "", &(struct job_takes){ 0 }, &len);
	if (count > 0 && len <= 60 << 10) {
		must(take(&told.job, job, len, &left) == -1 && left == 0);
		must(status_of(read_options, &told) == -1 && told.options.workers == 3);
		check_same(&options, &told.options);
		must(told.options.arguments || header.text.len == 0 ||
		    strcmp(told.options.before, "a\\\\\\tb\\0\\n") == 0);
		job_free(&told.job);
	}
	free(job);
	bytes_free(&header.text);
	while (count > 0)
		free(words[--count]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = calloc(size + 1, 1);

	must(text != NULL);
	if (size > 0)
		memcpy(text, data, size);
	if (size <= 60 << 10)
		check_any(text, size);
	check_own(pieces_of(data, size));
	free(text);
	return 0;
}
