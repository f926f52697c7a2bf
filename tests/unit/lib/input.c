/* SPDX-License-Identifier: ISC */
/*
 * Pipes that are fed by chance, and files: each record of each of them comes once, in
 * order, and nobody who has some waits longer than the others take their turns.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "chance.h"
#include "check.h"
#include "fdio.h"
#include "input.h"
#include "memory.h"
#include "spool.h"

enum { INPUTS = 6, LONGEST = 3000, NAME = 32 };

struct source {
	char name[NAME];
	char text[LONGEST];
	size_t len, fed, taken;
	int fd, feed; /* a pipe, or a file and -1 */
	unsigned passed_over; /* turns of others while it had something */
};

static struct source sources[INPUTS];

static void
open_source(struct source *source, bool file)
{
	source->len = chance_below(chance_one_in(3) ? LONGEST : 40);
	source->fed = source->taken = 0;
	source->passed_over = 0;
	source->feed = -1;
	chance_bytes_of(source->text, source->len, "abcde\n", 6);
	if (file) {
		source->fd = spool_file();
		check_is(fdio_write(source->fd, source->text, source->len), 0);
		source->fed = source->len;
	} else {
		int ends[2];

		check_is(fdio_pipe(ends), 0);
		source->fd = ends[0];
		source->feed = ends[1];
	}
	snprintf(source->name, sizeof(source->name), "/dev/fd/%d", source->fd);
}

static void
close_source(struct source *source)
{
	close(source->fd);
	if (source->feed >= 0)
		close(source->feed);
}

/* Write some more of it; at its end, leave. */
static void
feed(struct source *source)
{
	size_t left = source->len - source->fed, n = chance_below(60);

	if (source->feed < 0)
		return;
	n = n < left ? n : left;
	if (n > 0)
		check_is(write(source->feed, source->text + source->fed, n), n);
	source->fed += n;
	if (source->fed == source->len && chance_one_in(3)) {
		close(source->feed);
		source->feed = -1;
	}
}

static struct source *
named(const char *name)
{
	for (size_t i = 0; i < INPUTS; i++)
		if (strcmp(sources[i].name, name) == 0)
			return &sources[i];
	check_text(name, "one of ours");
	return NULL;
}

/* A run of whole records, the next of its source. */
static void
check_run(const struct inputs *in, const struct record *run)
{
	struct source *source = named(inputs_name(in));
	size_t left = source->len - source->taken;

	check(run->len > 0 && run->data[run->len - 1] == '\n');
	if (run->len == left + 1) { /* the newline at its end is ours */
		check(source->feed < 0);
		check_bytes(run->data, left, source->text + source->taken, left);
		source->taken += left;
	} else {
		check(run->len <= source->fed - source->taken);
		check_bytes(run->data, run->len, source->text + source->taken, run->len);
		source->taken += run->len;
	}
}

static bool
has_record(const struct source *source)
{
	return memchr(source->text + source->taken, '\n', source->fed - source->taken) !=
	    NULL;
}

/* All that is there is taken, before there is nothing. */
static void
take_all(struct inputs *in, bool *ended)
{
	struct record run;
	enum record_status got;

	while ((got = inputs_take(in, &run)) == RECORD_OK)
		check_run(in, &run);
	*ended = got == RECORD_EOF;
	check(*ended || got == RECORD_NONE);
}

static void
one_round(size_t count, size_t file_count)
{
	char *paths[INPUTS];
	struct inputs in;
	bool ended = false;

	for (size_t i = 0; i < INPUTS; i++)
		sources[i].name[0] = '\0';
	for (size_t i = 0; i < count; i++) {
		open_source(&sources[i], i < file_count);
		paths[i] = sources[i].name;
	}
	check_is(inputs_open(&in, paths, count, SIZE_MAX / 2), 0);
	while (!ended) {
		for (size_t i = 0; i < count; i++)
			if (chance_one_in(2))
				feed(&sources[i]);
		check_is(inputs_wait(&in, 0), 0);
		take_all(&in, &ended);
		/* Whoever had a record when we waited has had a turn. */
		for (size_t i = file_count; i < count; i++)
			check(!has_record(&sources[i]));
	}
	for (size_t i = 0; i < count; i++) {
		check_is(sources[i].taken, sources[i].len);
		close_source(&sources[i]);
	}
	inputs_close(&in);
}

static void
agrees(void)
{
	for (uint64_t step = 1; step <= 300; step++) {
		size_t count = chance_from(1, INPUTS);

		check_at(step);
		one_round(count, chance_below(count + 1));
	}
}

/* From its call on only what has begun is read, and not a byte beyond. */
static void
finishes(void)
{
	static const struct {
		const char *before, *after, *want, *rest;
	} rows[] = {
		{ "", "a\n", "", "a\n" },
		{ "a\n", "b\n", "a\n", "b\n" },
		{ "a\nb", "c\nd\n", "a\nbc\n", "d\n" },
		{ "a", "", "a\n", "" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		char *paths[1] = { sources[0].name }, rest[20], got[20];
		size_t len = 0;
		struct inputs in;
		struct record run;
		enum record_status status;
		bool late = false;

		check_at(i + 1);
		open_source(&sources[0], false);
		fdio_nonblocking(sources[0].fd);
		check_is(inputs_open(&in, paths, 1, 100), 0);
		check_is(
		    fdio_write(sources[0].feed, rows[i].before, strlen(rows[i].before)),
		    0);
		while ((status = inputs_take(&in, &run)) != RECORD_EOF) {
			if (status == RECORD_OK) {
				memcpy(got + len, run.data, run.len);
				len += run.len;
				continue;
			}
			check_is(status, RECORD_NONE);
			check_is(inputs_wait(&in, 0), 0);
			check(!late || !in.file_due); /* else no wait would wait */
			if (in.polls[0].revents != 0 || late)
				continue;
			/* All that came was read; now the rest comes. */
			inputs_finish(&in);
			late = true;
			check_is(fdio_write(sources[0].feed, rows[i].after,
				     strlen(rows[i].after)),
			    0);
			if (*rows[i].after == '\0') {
				close(sources[0].feed);
				sources[0].feed = -1;
			}
		}
		check_bytes(got, len, rows[i].want, strlen(rows[i].want));
		inputs_close(&in);
		len = strlen(rows[i].rest);
		check_is(read(sources[0].fd, rest, sizeof(rest)),
		    len == 0 && sources[0].feed >= 0 ? -1 : (ssize_t)len);
		check_bytes(rest, len, rows[i].rest, len);
		close_source(&sources[0]);
	}
}

/* One by one, for merging: of each its own records. */
static void
of_each(void)
{
	for (uint64_t step = 1; step <= 100; step++) {
		char *paths[2] = { sources[0].name, sources[1].name };
		struct inputs in;
		struct record record;

		check_at(step);
		open_source(&sources[0], false);
		open_source(&sources[1], true);
		check_is(fdio_write(sources[0].feed, sources[0].text, sources[0].len), 0);
		close(sources[0].feed);
		sources[0].feed = -1;
		check_is(inputs_open(&in, paths, 2, SIZE_MAX / 2), 0);
		for (bool open[2] = { true, true }; open[0] || open[1];) {
			size_t i = chance_below(2);
			enum record_status got = inputs_take_of(&in, i, &record);

			if (got == RECORD_NONE) {
				check_is(inputs_fill_of(&in, i), RECORD_OK);
			} else if (got == RECORD_EOF) {
				open[i] = false;
			} else {
				check_is(got, RECORD_OK);
				check_bytes(record.data, record.len,
				    sources[i].text + sources[i].taken, record.len);
				sources[i].taken += record.len;
				check(sources[i].taken == sources[i].len ||
				    sources[i].text[sources[i].taken++] == '\n');
			}
		}
		for (size_t i = 0; i < 2; i++) {
			check_is(sources[i].taken, sources[i].len);
			close_source(&sources[i]);
		}
		inputs_close(&in);
	}
}

/* What cannot be opened is named, and the others go on. */
static void
errors(void)
{
	char *paths[3] = { sources[0].name, sources[1].name, sources[2].name };
	struct inputs in;
	struct record run;
	int got[3] = { 0 }, errors_seen = 0;
	enum record_status status;

	open_source(&sources[0], true);
	open_source(&sources[2], true);
	strcpy(sources[1].name, "/proc/nowhere");
	check_is(inputs_open(&in, paths, 3, SIZE_MAX / 2), 0);
	while ((status = inputs_take(&in, &run)) != RECORD_EOF) {
		if (status == RECORD_NONE)
			check_is(inputs_wait(&in, 0), 0);
		if (status == RECORD_OK) {
			got[named(inputs_name(&in)) - sources]++;
			check_run(&in, &run);
		}
		if (status == RECORD_ERROR) {
			check_is(errno, ENOENT);
			check_text(inputs_name(&in), "/proc/nowhere");
			errors_seen++;
		}
	}
	check_is(errors_seen, 1);
	for (size_t i = 0; i < 3; i += 2) {
		check_is(sources[i].taken, sources[i].len);
		close_source(&sources[i]);
	}
	inputs_close(&in);
}

static void
starve(void)
{
	char *paths[2] = { sources[0].name, sources[1].name };
	struct inputs in;
	struct record run;
	enum record_status got = RECORD_EOF;

	sources[0].taken = sources[1].taken = 0;
	if (inputs_open(&in, paths, 2, SIZE_MAX / 2) < 0)
		check(memory_failed());
	else
		while ((got = inputs_take(&in, &run)) != RECORD_EOF) {
			if (got == RECORD_NONE)
				check_is(inputs_wait(&in, 0), 0);
			check(got != RECORD_ERROR || memory_failed());
		}
	inputs_close(&in);
}

static void
starves(void)
{
	open_source(&sources[0], true);
	open_source(&sources[1], true);
	memory_torment(starve);
	close_source(&sources[0]);
	close_source(&sources[1]);
}

TESTS("input", { "agrees with each of them", agrees }, { "is finished", finishes },
    { "of each its own", of_each }, { "what cannot be opened", errors },
    { "without memory", starves })
