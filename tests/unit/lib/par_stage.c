/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "fdio.h"
#include "memory.h"
#include "par_stage.h"

/* A stage between pipes: records go in at in, output comes out at out. */
struct kit {
	struct par_stage *stage;
	int in, from, out,
	    lines; /* lines: what the supervisor hears; -1: there is none */
	char heard[256];
};

static void
hear(void *context, const char *data, size_t len, const char *why)
{
	struct kit *kit = context;

	snprintf(kit->heard, sizeof(kit->heard), "%.*s: %s", (int)len, data, why);
}

static void
begin(struct kit *kit, const char *input, bool supervised)
{
	int in[2], out[2], lines[2] = { -1, -1 };
	char place[64];

	check(fdio_pipe(in) == 0 && fdio_pipe(out) == 0);
	check(!supervised || fdio_pipe(lines) == 0);
	check(fdio_write(in[1], input, strlen(input)) == 0 && close(in[1]) == 0);
	*kit = (struct kit){ .from = in[0], .out = out[0], .lines = lines[0] };
	if (supervised) {
		snprintf(place, sizeof(place), "%d:%d", lines[1], (int)getpid());
		check(setenv("PAR_STAGE", place, 1) == 0);
	}
	kit->stage = par_new();
	if (kit->stage == NULL) {
		close(out[1]);
		if (supervised)
			close(lines[1]);
		unsetenv("PAR_STAGE");
		return;
	}
	par_set_input(kit->stage, in[0]);
	par_set_output(kit->stage, out[1]);
	par_set_max_record(kit->stage, 10);
	par_set_window(kit->stage, 7);
	par_set_jobs(kit->stage, 2);
	par_set_failed(kit->stage, hear, kit);
}

/* What is there at fd, to its end, as text. */
static void
slurp(int fd, char *text, size_t size)
{
	size_t used = 0;
	ssize_t n;

	while ((n = read(fd, text + used, size - 1 - used)) > 0)
		used += (size_t)n;
	text[used] = '\0';
}

static void
end(struct kit *kit)
{
	par_free(kit->stage);
	close(kit->from);
	close(kit->out);
	if (kit->lines >= 0)
		close(kit->lines);
}

static void
filters(void)
{
	const char *data;
	struct kit kit;
	char text[64];
	size_t len;

	begin(&kit, "one\nfar too long\nlast", false);
	check_is(par_open(kit.stage), 0);
	check(!par_supervised(kit.stage));
	check_is(par_next(kit.stage, &data, &len), PAR_RECORD);
	check_bytes(data, len, "one", 3);
	check_is(par_put(kit.stage, data, len), 0);
	check_is(par_put_escaped(kit.stage, "\t\n", 2), 0);
	check_is(par_put(kit.stage, "\n", 1), 0);
	check_is(par_done(kit.stage), 0);
	check_is(par_next(kit.stage, &data, &len), PAR_RECORD);
	check_text(kit.heard, "far too long: record 2 at byte 4 is longer than 10 bytes");
	check_bytes(data, len, "last", 4);
	check_is(par_number(kit.stage), 2);
	check_is(par_fail(kit.stage, "no good"), 0);
	check_text(kit.heard, "last: no good");
	check_is(par_next(kit.stage, &data, &len), PAR_END);
	check_is(par_finish(kit.stage), 1);
	check_is(par_finish(kit.stage), 1);
	check(par_error(kit.stage) == NULL);
	slurp(kit.out, text, sizeof(text));
	check_text(text, "one\\t\\n\n");
	end(&kit);
}

static void
tells(void)
{
	const char *data;
	struct kit kit;
	char text[256], *room;
	size_t len;

	begin(&kit, "a\nb\nc\n", true);
	check_is(par_open(kit.stage), 0);
	check(getenv("PAR_STAGE") == NULL);
	check(par_supervised(kit.stage));
	for (int i = 0; i < 3; i++)
		check_is(par_next(kit.stage, &data, &len), PAR_RECORD);
	room = par_reserve(kit.stage, 8);
	check(room != NULL);
	memcpy(room, "third\n", 6);
	par_commit(kit.stage, 6);
	check_is(par_done_at(kit.stage, 2), 0);
	check_is(par_retry_at(kit.stage, 0, NULL, 0, "not now"), 0);
	check_is(par_fail_at(kit.stage, 1, NULL, 0, "never"), 0);
	check_is(par_flush(kit.stage), 0);
	check_is(par_finish(kit.stage), 0);
	slurp(kit.lines, text, sizeof(text));
	check_text(text,
	    "par-stage 1 window=7 jobs=2\n"
	    "2 6 ok\n0 0 retry not now\n1 0 fail never\n");
	slurp(kit.out, text, sizeof(text));
	check_text(text, "third\n");
	check_text(kit.heard, "");
	end(&kit);
}

/* By hand: nothing is read but by par_fill(). */
static void
waits_for_nothing(void)
{
	const char *data;
	struct kit kit;
	size_t len;

	begin(&kit, "a\n", false);
	check_is(par_open(kit.stage), 0);
	check_is(par_take(kit.stage, &data, &len), PAR_NONE);
	check_is(par_fill(kit.stage), PAR_NONE);
	check_is(par_take(kit.stage, &data, &len), PAR_RECORD);
	check_is(par_done(kit.stage), 0);
	check_is(par_take(kit.stage, &data, &len), PAR_NONE);
	check_is(par_fill(kit.stage), PAR_END);
	check_is(par_take(kit.stage, &data, &len), PAR_END);
	end(&kit); /* unfinished */
}

static void
refuses(struct par_stage *stage)
{
	const char *data = "";
	size_t len = 1;

	check_is(par_next(stage, &data, &len), PAR_TROUBLE);
	check(data == NULL && len == 0);
	check_is(par_take(stage, &data, &len), PAR_TROUBLE);
	check_is(par_fill(stage), PAR_TROUBLE);
	check_is(par_put(stage, "a", 1), -1);
	check_is(par_put_escaped(stage, "a", 1), -1);
	check(par_reserve(stage, 1) == NULL);
	par_commit(stage, 1);
	check_is(par_done(stage), -1);
	check_is(par_fail(stage, "a"), -1);
	check_is(par_retry(stage, "a"), -1);
	check_is(par_flush(stage), -1);
}

static void
keeps_its_trouble(void)
{
	void (*was)(int) = signal(SIGPIPE, SIG_IGN);
	struct kit kit;

	begin(&kit, "a\n", false);
	refuses(kit.stage); /* it is not open */
	check_is(errno, EINVAL);
	check_is(par_open(kit.stage), 0);
	check_is(par_open(kit.stage), -1);
	close(kit.out);
	kit.out = -1;
	check_is(par_put(kit.stage, "a\n", 2), 0);
	check_is(par_flush(kit.stage), -1);
	check_text(par_error(kit.stage), "output: Broken pipe");
	check_is(par_errno(kit.stage), EPIPE);
	refuses(kit.stage);
	check_is(errno, EPIPE);
	check_is(par_finish(kit.stage), 3);
	refuses(kit.stage);
	check_text(par_error(kit.stage), "output: Broken pipe");
	par_free(NULL);
	end(&kit);
	signal(SIGPIPE, was);
}

static void
starved(void)
{
	struct kit kit;
	int got;

	begin(&kit, "a\n", true);
	if (kit.stage != NULL) {
		got = par_open(kit.stage);
		check_is(got, memory_failed() ? -1 : 0);
		if (got < 0)
			check_text(
			    par_error(kit.stage), "buffers: Cannot allocate memory");
		check_is(par_finish(kit.stage), got < 0 ? 3 : 0);
	} else {
		check(memory_failed());
	}
	end(&kit);
}

static void
without_memory(void)
{
	memory_torment(starved);
}

static void
knows_fields(void)
{
	char text[32];
	const char *field;
	size_t len;

	check_is(par_field("a\tb\\n", 5, 1, &field, &len), 1);
	check_bytes(field, len, "b\\n", 3);
	check_is(par_unescape(text, field, len), 2);
	check_bytes(text, 2, "b\n", 2);
	check_is(par_escape(text, "\\", 1), 2);
	check_is(par_field("a\tb", 3, 2, &field, &len), 0);
	check_is(par_printable(text, sizeof(text), "a\033", 2), 5);
	check_text(text, "a\\x1b");
	check_text(par_version(), PAR_VERSION);
}

TESTS("par_stage", { "is a filter by itself", filters },
    { "tells of each record", tells },
    { "waits for nothing in an event loop", waits_for_nothing },
    { "keeps its trouble", keeps_its_trouble }, { "tells of memory", without_memory },
    { "knows fields", knows_fields })
