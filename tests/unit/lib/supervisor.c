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
begin(struct supervisor *parent, const char *words, long pid, int *in)
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
	check_is(supervisor_find(parent), 0);
	check_is(parent->fd, ends[1]);
	check(getenv("PAR_STAGE") == NULL && getenv("PAR_STAGE_TAKES") == NULL);
}

/* All that it was told, and its end. */
static void
end(struct supervisor *parent, int in, const char *want)
{
	static char heard[1 << 20];
	size_t len = 0;
	ssize_t n;

	check_is(supervisor_flush(parent), 0);
	supervisor_withdraw(parent);
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
		.outcome = OUTCOME_FAIL,
		.reason = "why",
		.reason_len = 3 };
	const struct ack together = { .index = 8, .more = 1, .bytes = 3 };
	struct supervisor parent;
	int in;

	begin(&parent, words, pid, &in);
	supervisor_report_ok(&parent, 0, 5);
	supervisor_report_ok(&parent, 1, 0);
	supervisor_report_ok(&parent, 2, 70);
	supervisor_report_ok(&parent, 4, 8); /* no neighbour */
	supervisor_report_ok(&parent, 5, 9);
	supervisor_report(&parent, &failed);
	supervisor_report_ok(&parent, 7, 2);
	supervisor_report(&parent, &together);
	supervisor_report_ok(&parent, 10, 1);
	check_is(supervisor_flush(&parent), 0);
	supervisor_report_ok(&parent, 11, 1); /* one, but for the flush */
	supervisor_report_ok(&parent, 12, 1);
	check_is(supervisor_greet(&parent, &(struct hello){ .jobs = 1 }), 0);
	check_is(supervisor_flush(&parent), 0);
	supervisor_report_ok(&parent, 13, 1);
	end(&parent, in, want);
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

/* What is for its trace goes between, if it takes any, and is cut nowhere. */
static void
tells_trace(void)
{
	static char text[ACK_LINE_MAX];
	struct supervisor parent;
	size_t used;
	int in;

	memset(text, 'x', sizeof(text));
	begin(&parent, "runs,trace=70000", (long)getpid(), &in);
	check_is(parent.trace, 70000);
	supervisor_report_ok(&parent, 0, 1);
	supervisor_report_ok(&parent, 1, 1);
	supervisor_trace(&parent, "a b", 3);
	supervisor_report_ok(&parent, 2, 1);
	supervisor_trace(&parent, text, sizeof(text) - 6); /* too long, with its word */
	end(&parent, in, "0..1 2 ok\ntrace a b\n2 1 ok\n");

	begin(&parent, "trace=1", (long)getpid(), &in);
	for (used = SIZE_MAX; used != parent.used; supervisor_trace(&parent, text, 4000))
		used = parent.used;
	check(!supervisor_idle(&parent) && used <= 64 << 10);
	check(supervisor_full(&parent));
	parent.used = 0;
	check(supervisor_idle(&parent));
	end(&parent, in, "");
}

/* A run that comes from below goes on with what was told before it. */
static void
joins_runs(void)
{
	struct supervisor parent;
	int in;

	begin(&parent, "runs", (long)getpid(), &in);
	supervisor_report_ok(&parent, 3, 1);
	supervisor_report_run(&parent, 4, 10, 20);
	supervisor_report_ok(&parent, 14, 300);
	supervisor_report_run(&parent, 16, 1, 4);
	supervisor_report_run(&parent, 17, 2, ACK_BYTES_MOST - 4);
	supervisor_report_run(&parent, 19, 2, 1);
	end(&parent, in, "3..14 321 ok\n16..18 281474976710656 ok\n19..20 1 ok\n");
}

/* No line is longer than one may be, and all room for lines is used with care. */
static void
long_lines(void)
{
	const uint64_t bytes[] = { 7, ACK_BYTES_MOST, 123456 };
	struct supervisor parent;

	for (size_t i = 0; i < COUNT(bytes); i++) {
		uint64_t index = UINT64_C(1) << 62, next = index;
		const char *line, *newline;
		struct ack ack;
		int in;

		check_at(i);
		begin(&parent, "counts", (long)getpid(), &in);
		while (!supervisor_report_ok(&parent, index++, bytes[i]))
			continue;
		/* One more line of the longest kind is always possible. */
		supervisor_report(&parent,
		    &(struct ack){ .index = index,
			.outcome = OUTCOME_FAIL,
			.reason = parent.lines,
			.reason_len = ACK_LINE_MAX });
		check(parent.used <= 64 << 10);
		for (line = parent.lines; next < index; line = newline + 1) {
			newline = memchr(line, '\n', parent.used);
			check(newline - line < ACK_LINE_MAX);
			check_is(ack_parse(line, (size_t)(newline - line), &ack), 0);
			check_is(ack.index, next);
			check_is(ack.bytes, bytes[i] * (ack.more + 1));
			next += ack.more + 1;
		}
		check_is(next, index);
		supervisor_withdraw(&parent);
		close(in);
	}
}

/* Descriptors 0 to 2 are something else. */
static void
descriptors(void)
{
	static const char *const none[] = { "2:", "0:", "x:", "", "3" };
	struct supervisor parent;
	char value[64];

	for (size_t i = 0; i < COUNT(none); i++) {
		snprintf(value, sizeof(value), "%s%ld", none[i], (long)getpid());
		setenv("PAR_STAGE", value, 1);
		check_is(supervisor_find(&parent), 0);
		check_is(parent.fd, -1);
		unsetenv("PAR_STAGE");
	}
}

/* Which descriptor is offered for records that are named. */
static void
offers(void)
{
	static const struct {
		const char *before, *behind;
		bool is;
	} words[] = { { "named=", "", true }, { "runs,named=", "", true },
		{ "named=", ",runs", true }, { "names=", "", false },
		{ "named=x", "", false } };
	struct supervisor parent;
	char value[64];
	int in, fd = dup(STDERR_FILENO);

	for (size_t i = 0; i < COUNT(words); i++) {
		snprintf(
		    value, sizeof(value), "%s%d%s", words[i].before, fd, words[i].behind);
		begin(&parent, value, getpid(), &in);
		check_is(parent.named, words[i].is ? fd : 0);
		end(&parent, in, "");
	}
	begin(&parent, "named=2", getpid(), &in);
	check_is(parent.named, 0);
	end(&parent, in, "");
	close(fd);
}

TESTS("supervisor", { "tells runs to one that takes them", tells_runs },
    { "tells what is for its trace", tells_trace }, { "joins runs", joins_runs },
    { "which descriptor it is", descriptors }, { "which descriptor it offers", offers },
    { "lines are not too long", long_lines })
