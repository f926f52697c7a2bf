/* SPDX-License-Identifier: ISC */
/*
 * What MAKEFLAGS says of a jobserver, and its tokens.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "jobserver.h"

static void
finding(void)
{
	static const struct {
		const char *flags, *fifo;
		int from, to;
	} rows[] = {
		{ NULL, NULL, -1, -1 },
		{ "", NULL, -1, -1 },
		{ "ks -j3", NULL, -1, -1 },
		{ " -j3 --jobserver-auth=3,4", NULL, 3, 4 },
		{ "-j --jobserver-fds=5,6 --jobserver-auth=7,8", NULL, 7, 8 },
		{ "w --jobserver-fds=3,4 -j", NULL, 3, 4 },
		{ " -j4 --jobserver-auth=fifo:/tmp/GMfifo1", "/tmp/GMfifo1", -1, -1 },
		{ "--jobserver-auth=3,4\t--jobserver-auth=fifo:/x -k", "/x", -1, -1 },
		{ "--jobserver-auth=fifo:/x --jobserver-auth=3,4", NULL, 3, 4 },
		{ "--jobserver-auth=3,4 --jobserver-auth=-2,-2", NULL, -1, -1 },
		{ "--jobserver-auth=3,", NULL, -1, -1 },
		{ "--jobserver-auth=3", NULL, -1, -1 },
		{ "--jobserver-auth=", NULL, -1, -1 },
		{ "--jobserver-auth=3,99999999999", NULL, -1, -1 },
		{ "k -- A=1 --jobserver-auth=3,4", NULL, -1, -1 },
		{ "--jobserver-auth=fifo:", "", -1, -1 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct jobserver_named named = jobserver_find(rows[i].flags);

		check_at(i + 1);
		check((named.fifo != NULL) == (rows[i].fifo != NULL));
		if (named.fifo != NULL && rows[i].fifo != NULL)
			check(named.len == strlen(rows[i].fifo) &&
			    memcmp(named.fifo, rows[i].fifo, named.len) == 0);
		check(named.from == rows[i].from && named.to == rows[i].to);
	}
}

static void
naming(void)
{
	static const struct {
		const char *flags, *made;
	} rows[] = {
		{ NULL, " -j3 --jobserver-auth=7,8" },
		{ "", " -j3 --jobserver-auth=7,8" },
		{ " -j9 --jobserver-auth=3,4", " -j3 --jobserver-auth=7,8" },
		{ "ks -j --jobserver-fds=3,4 -O", "ks -O -j3 --jobserver-auth=7,8" },
		{ "k -j9 -- A=-j  B=\\ 2", "k -j3 --jobserver-auth=7,8 -- A=-j  B=\\ 2" },
		{ " -- A=1", " -j3 --jobserver-auth=7,8 -- A=1" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		char *made = jobserver_flags(rows[i].flags, 3, "7,8");

		check_at(i + 1);
		check(made != NULL && strcmp(made, rows[i].made) == 0);
		free(made);
	}
}

/* Tokens of a pipe, which is to be read without waiting, or whose reads wait. */
static void
take_all(bool waits)
{
	struct jobserver jobserver = { .on = true, .waits = waits };
	int ends[2];
	char back[8];

	check(pipe(ends) == 0);
	if (!waits)
		fcntl(ends[0], F_SETFL, O_NONBLOCK);
	jobserver.from = ends[0];
	jobserver.to = ends[1];
	check(write(ends[1], "abc", 3) == 3);
	for (int i = 0; i < 3; i++)
		check(jobserver_take(&jobserver));
	check(!jobserver_take(&jobserver));
	jobserver_give_back(&jobserver, 1);
	check_is(jobserver.count, 1);
	check(read(ends[0], back, sizeof(back)) == 2 && memcmp(back, "cb", 2) == 0);
	ends[0] = dup(ends[0]);
	jobserver_close(&jobserver);
	check(read(ends[0], back, sizeof(back)) == 1 && *back == 'a');
	close(ends[0]);
	jobserver_close(&jobserver);
}

static void
taking(void)
{
	take_all(false);
	take_all(true);
}

/* Two ends of one pipe are one, and nothing else is. */
static void
joining(void)
{
	struct jobserver jobserver = { 0 };
	char why[JOBSERVER_TEXT], flags[64];
	int one[2], two[2];

	check(pipe(one) == 0 && pipe(two) == 0);
	const int wrong[][2] = { { one[1], one[0] }, { one[0], two[1] }, { one[0], 99 },
		{ STDERR_FILENO, one[1] } };

	for (size_t i = 0; i < COUNT(wrong); i++) {
		snprintf(flags, sizeof(flags), "--jobserver-auth=%d,%d", wrong[i][0],
		    wrong[i][1]);
		setenv("MAKEFLAGS", flags, 1);
		check_at(i + 1);
		check(!jobserver_join(&jobserver, why) && !jobserver.on);
	}
	snprintf(flags, sizeof(flags), "--jobserver-auth=%d,%d", one[0], one[1]);
	setenv("MAKEFLAGS", flags, 1);
	check(jobserver_join(&jobserver, why) && jobserver.on);
	check(!jobserver_take(&jobserver));
	check(write(one[1], "x", 1) == 1 && jobserver_take(&jobserver));
	jobserver_close(&jobserver);
	check((fcntl(one[0], F_GETFL) & O_NONBLOCK) == 0);
	unsetenv("MAKEFLAGS");
	check(jobserver_join(&jobserver, why) && !jobserver.on);
	for (int i = 0; i < 2; i++) {
		close(one[i]);
		close(two[i]);
	}
}

/* One of ours. */
static void
making(void)
{
	struct jobserver jobserver = { 0 };
	char byte;

	check(jobserver_make(&jobserver, JOBSERVER_PIPE, 2) == 0);
	check(!jobserver.waits); /* it was opened anew */
	check(strstr(getenv("MAKEFLAGS"), " -j2 --jobserver-auth=") != NULL);
	check(jobserver_take(&jobserver) && !jobserver_take(&jobserver));
	jobserver_give_back(&jobserver, 0);
	check(read(jobserver.from, &byte, 1) == 1 && byte == '+');
	jobserver_close(&jobserver);
	unsetenv("MAKEFLAGS");
}

TESTS("jobserver", { "which one is named", finding }, { "it is named", naming },
    { "tokens are taken and given back", taking }, { "a pipe is joined", joining },
    { "one is made", making })
