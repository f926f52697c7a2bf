/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "fdio.h"
#include "supervisor.h"

/* A supervisor that takes what words say (NULL: it says nothing), and hears at in. */
static void
begin(struct supervisor *above, const char *words, long pid, int *in)
{
	char value[100];
	int ends[2];

	check_is(fdio_pipe(ends), 0);
	*in = ends[0];
	snprintf(value, sizeof(value), "%d:%ld", ends[1], (long)getpid());
	setenv("PAR_STAGE", value, 1);
	snprintf(value, sizeof(value), "%ld:%s", pid, words == NULL ? "" : words);
	if (words != NULL)
		setenv("PAR_STAGE_TAKES", value, 1);
	check_is(supervisor_find(above), 0);
	check_is(above->fd, ends[1]);
	check(getenv("PAR_STAGE") == NULL && getenv("PAR_STAGE_TAKES") == NULL);
}

/* All that it was told, and its end. */
static void
end(struct supervisor *above, int in, const char *want)
{
	static char heard[1 << 20];
	size_t len = 0;
	ssize_t n;

	check_is(supervisor_flush(above), 0);
	supervisor_withdraw(above);
	while ((n = read(in, heard + len, sizeof(heard) - len)) > 0)
		len += (size_t)n;
	close(in);
	check_bytes(heard, len, want, strlen(want));
}

/* The same outcomes, told to one that takes so much. */
static void
tell(const char *words, long pid, const char *want)
{
	const struct ack failed = { .index = 6,
		.bytes = 1,
		.fate = FATE_FAIL,
		.reason = "why",
		.reason_len = 3 };
	const struct ack together = { .index = 8, .more = 1, .bytes = 3 };
	struct supervisor above;
	int in;

	begin(&above, words, pid, &in);
	supervisor_tell_ok(&above, 0, 5);
	supervisor_tell_ok(&above, 1, 0);
	supervisor_tell_ok(&above, 2, 70);
	supervisor_tell_ok(&above, 4, 8); /* no neighbour */
	supervisor_tell_ok(&above, 5, 9);
	supervisor_tell(&above, &failed);
	supervisor_tell_ok(&above, 7, 2);
	supervisor_tell(&above, &together);
	supervisor_tell_ok(&above, 10, 1);
	check_is(supervisor_flush(&above), 0);
	supervisor_tell_ok(&above, 11, 1); /* one, but for the flush */
	supervisor_tell_ok(&above, 12, 1);
	check_is(supervisor_greet(&above, &(struct hello){ .jobs = 1 }), 0);
	supervisor_tell_ok(&above, 13, 1);
	end(&above, in, want);
}

#define REST "par-stage 1\n13 1 ok\n"

static void
tells_runs(void)
{
	static const char singly[] = "0 5 ok\n1 0 ok\n2 70 ok\n4 8 ok\n5 9 ok\n"
				     "6 1 fail why\n7 2 ok\n8-9 3 ok\n10 1 ok\n"
				     "11 1 ok\n12 1 ok\n" REST;
	long pid = (long)getpid();

	tell(NULL, pid, singly);
	tell("later", pid, singly);
	tell("runs", pid + 1, singly); /* said to another one */
	tell("runs", pid,
	    "0..2 75 ok\n4..5 17 ok\n6 1 fail why\n7 2 ok\n8-9 3 ok\n10 1 ok\n"
	    "11..12 2 ok\n" REST);
	tell("counts", pid,
	    "0 5,0,70 ok\n4 8,9 ok\n6 1 fail why\n7 2 ok\n8-9 3 ok\n10 1 ok\n"
	    "11 1,1 ok\n" REST);
}

/* A run that comes from below goes on with what was told before it. */
static void
joins_runs(void)
{
	struct supervisor above;
	int in;

	begin(&above, "runs", (long)getpid(), &in);
	supervisor_tell_ok(&above, 3, 1);
	supervisor_tell_run(&above, 4, 10, 20);
	supervisor_tell_ok(&above, 14, 300);
	supervisor_tell_run(&above, 16, 1, 4);
	supervisor_tell_run(&above, 17, 2, ACK_BYTES_MOST - 4);
	supervisor_tell_run(&above, 19, 2, 1);
	end(&above, in, "3..14 321 ok\n16..18 281474976710656 ok\n19..20 1 ok\n");
}

/* No line is longer than one may be, and all room for lines is used with care. */
static void
long_lines(void)
{
	const uint64_t bytes[] = { 7, ACK_BYTES_MOST, 123456 };
	struct supervisor above;

	for (size_t i = 0; i < COUNT(bytes); i++) {
		uint64_t index = UINT64_C(1) << 62, next = index;
		const char *line, *newline;
		struct ack ack;
		int in;

		check_at(i);
		begin(&above, "counts", (long)getpid(), &in);
		while (!supervisor_tell_ok(&above, index++, bytes[i]))
			continue;
		/* One more line of the longest kind is always possible. */
		supervisor_tell(&above,
		    &(struct ack){ .index = index,
			.fate = FATE_FAIL,
			.reason = above.lines,
			.reason_len = ACK_LINE_MAX });
		check(above.used <= 64 << 10);
		for (line = above.lines; next < index; line = newline + 1) {
			newline = memchr(line, '\n', above.used);
			check(newline - line < ACK_LINE_MAX);
			check_is(ack_parse(line, (size_t)(newline - line), &ack), 0);
			check_is(ack.index, next);
			check_is(ack.bytes, bytes[i] * (ack.more + 1));
			next += ack.more + 1;
		}
		check_is(next, index);
		supervisor_withdraw(&above);
		close(in);
	}
}

TESTS("supervisor", { "tells runs to one that takes them", tells_runs },
    { "joins runs", joins_runs }, { "lines are not too long", long_lines })
