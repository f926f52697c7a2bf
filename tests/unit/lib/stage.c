/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "fdio.h"
#include "memory.h"
#include "stage.h"

static char said[256];

static void
say_line(const char *format, ...)
{
	snprintf(said, sizeof(said), "%s", format);
}

static void
say_record(const void *data, size_t len, const char *why)
{
	snprintf(said, sizeof(said), "%.*s: %s", (int)len, (const char *)data, why);
}

static const struct says says = { .line = say_line, .record = say_record };

/* A stage between pipes: lines go in at in, output comes out at out. */
struct ends_of_it {
	struct stage stage;
	int in, out;
};

static int
begin(struct ends_of_it *it, const char *input)
{
	int in[2], out[2];
	struct stage_plan plan = { .max_record = 10, .says = &says };

	check(fdio_pipe(in) == 0 && fdio_pipe(out) == 0);
	check(fdio_write(in[1], input, strlen(input)) == 0);
	it->in = in[1];
	it->out = out[0];
	plan.in = in[0];
	plan.out = out[1];
	return stage_open(&it->stage, &plan);
}

/* Its input is closed by us, its output by stage_close(). */
static int
end(struct ends_of_it *it, enum status *status)
{
	int got = stage_close(&it->stage, status);

	close(it->stage.in.fd);
	if (it->in >= 0)
		close(it->in);
	if (it->out >= 0)
		close(it->out);
	return got;
}

static void
names_what_failed(void)
{
	struct ends_of_it it;
	struct record rec;
	enum status status;

	check_is(begin(&it, "one\nfar too long for it\n"), 0);
	close(it.in);
	it.in = -1;
	check_is(stage_next(&it.stage, &rec), RECORD_OK);
	stage_ok(&it.stage, rec.number);
	check_is(stage_next(&it.stage, &rec), RECORD_EOF);
	check_text(said,
	    "far too long for it: record 2 at byte 4 is longer than 10 bytes; see "
	    "--max-record");
	check_is(end(&it, &status), 0);
	check_is(status, STATUS_FAILED);
}

/* Nobody reads: the first call that writes says so, and all after it do nothing. */
static void
keeps_trouble(void)
{
	struct ends_of_it it;
	struct record rec;
	enum status status;
	void (*was)(int) = signal(SIGPIPE, SIG_IGN);

	check_is(begin(&it, "one\ntwo\n"), 0);
	close(it.out);
	it.out = -1;
	check_is(stage_next(&it.stage, &rec), RECORD_OK);
	stage_put(&it.stage, "out\n", 4);
	stage_ok(&it.stage, rec.number);
	check_is(stage_flush(&it.stage), -1);
	check_is(it.stage.trouble.kind, TROUBLE_OUTPUT);
	check_is(it.stage.trouble.error, EPIPE);
	check_text(it.stage.trouble.what, "standard output");
	check_is(stage_next(&it.stage, &rec), RECORD_ERROR);
	check(stage_reserve(&it.stage, 10) == NULL);
	stage_put(&it.stage, "out\n", 4);
	check_is(stage_fill(&it.stage), -1);
	check_is(stage_flush_now(&it.stage), -1);
	check_is(stage_offer(&it.stage, "out\n", 4), -1);
	check_is(end(&it, &status), -1);
	check_is(it.stage.trouble.error, EPIPE);
	signal(SIGPIPE, was);
}

/* An input that cannot be read: what is finished goes out before it is said. */
static void
reads_badly(void)
{
	struct ends_of_it it;
	struct record rec;
	enum status status;
	char out[10];
	int folder;

	check_is(begin(&it, "one\n"), 0);
	check_is(stage_next(&it.stage, &rec), RECORD_OK);
	stage_put(&it.stage, "out\n", 4);
	stage_ok(&it.stage, rec.number);
	folder = open("/", O_RDONLY | O_CLOEXEC);
	check(folder >= 0 && dup2(folder, it.stage.in.fd) >= 0 && close(folder) == 0);
	check_is(stage_next(&it.stage, &rec), RECORD_ERROR);
	check_is(it.stage.trouble.kind, TROUBLE_STATUS);
	check_is(it.stage.trouble.error, EISDIR);
	check_text(it.stage.trouble.what, "standard input");
	check_is(read(it.out, out, sizeof(out)), 4);
	check_is(end(&it, &status), -1);
}

static void
starved(void)
{
	struct ends_of_it it;
	enum status status;
	int got = begin(&it, "");

	check_is(got, memory_failed() ? -1 : 0);
	if (got < 0) {
		check_is(it.stage.trouble.error, ENOMEM);
		check_text(it.stage.trouble.what, "buffers");
	}
	check_is(end(&it, &status), got);
}

static void
without_memory(void)
{
	memory_torment(starved);
}

TESTS("stage", { "names what failed", names_what_failed },
    { "keeps its trouble", keeps_trouble }, { "tells of its input", reads_badly },
    { "tells of memory", without_memory })
