/* SPDX-License-Identifier: ISC */
/*
 * A limit of the size of files stands for a disk that is full.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "check.h"
#include "quarantine.h"

enum { ROOM = 256 };

static char folder[] = "/tmp/par-unit.XXXXXX", path[sizeof(folder) + 10];

/* A file of that text is there, and is opened as what records are set aside in. */
static struct quarantine
opened(const char *text)
{
	struct quarantine quarantine;
	FILE *file;

	strcpy(folder, "/tmp/par-unit.XXXXXX");
	check(mkdtemp(folder) != NULL);
	snprintf(path, sizeof(path), "%s/aside", folder);
	file = fopen(path, "w");
	check(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
	check_is(quarantine_open(&quarantine, path), 0);
	return quarantine;
}

static int
add(struct quarantine *quarantine, const char *text)
{
	return quarantine_add(quarantine,
	    &(struct record){ .data = text, .len = strlen(text) }, 1, "why", "", 0);
}

/* It is closed, and the file is this. */
static void
ends_as(struct quarantine *quarantine, const char *expected)
{
	char text[ROOM];
	FILE *file = fopen(path, "r");
	size_t len;

	quarantine_close(quarantine);
	check(file != NULL);
	len = fread(text, 1, sizeof(text) - 1, file);
	text[len] = '\0';
	fclose(file);
	check_text(text, expected);
	unlink(path);
	rmdir(folder);
}

/* Files may have so many bytes. */
static void
limit(rlim_t bytes)
{
	struct rlimit limit;

	signal(SIGXFSZ, SIG_IGN);
	check_is(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes == 0 ? limit.rlim_max : bytes;
	check_is(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void
full(void)
{
	struct quarantine quarantine = opened("");

	limit(5);
	check_is(add(&quarantine, "one"), -1);
	check_is(errno, EFBIG);
	limit(0);
	/* its line is not whole, and no other goes behind that */
	check_is(quarantine_go(&quarantine), 0);
	check_is(quarantine.stuck, false);
	check_is(add(&quarantine, "two"), -1);
	check_is(errno, EFBIG);
	ends_as(&quarantine, "one\t1");
}

static void
cut(void)
{
	struct quarantine quarantine = opened("one\t1");

	check_is(add(&quarantine, "two"), 0);
	ends_as(&quarantine, "one\t1\ntwo\t1\twhy\t\n");
}

static void
whole(void)
{
	struct quarantine quarantine = opened("one\t1\twhy\t\n");

	check_is(add(&quarantine, "two"), 0);
	ends_as(&quarantine, "one\t1\twhy\t\ntwo\t1\twhy\t\n");
	quarantine = opened("");
	check_is(add(&quarantine, "two"), 0);
	ends_as(&quarantine, "two\t1\twhy\t\n");
}

TESTS("quarantine", { "a disk that is full", full },
    { "what such a one has left is ended", cut }, { "appends", whole })
