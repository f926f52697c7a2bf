/* SPDX-License-Identifier: ISC */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "fdio.h"
#include "lists.h"
#include "memory.h"
#include "spool.h"

enum { MOST = 10 };

/* All records, with newlines as semicolons, in pieces of size bytes. */
static void
try(const char *const *words, const char *wanted, size_t size)
{
	char text[4096], *newline;
	const char *name;
	struct lists lists;
	size_t len = 0;
	long n;

	check_is(
	    lists_read(&lists, words[0], (char **)(uintptr_t)(words + 1), '\n', &name),
	    0);
	while ((n = lists_next(&lists, text + len, size)) > 0)
		len += (size_t)n;
	check_is(n, 0);
	text[len] = '\0';
	while ((newline = strchr(text, '\n')) != NULL)
		*newline = ';';
	check_text(text, wanted);
	lists_free(&lists);
}

static void
combinations(void)
{
	static const struct {
		const char *words[MOST], *wanted;
	} rows[] = {
		{ { ":::", "a", "b", "c" }, "a;b;c;" },
		{ { ":::" }, "" },
		{ { ":::", "" }, ";" },
		{ { ":::", "a b", "c\td", "e\\", "f\ng" }, "a b;c\\td;e\\\\;f\\ng;" },
		{ { ":::", "a", "b", ":::", "1", "2" }, "a\t1;a\t2;b\t1;b\t2;" },
		{ { ":::", "a", ":::", ":::", "1" }, "" },
		{ { ":::", "a", "b", ":::", "1", ":::", "x", "y" },
		    "a\t1\tx;a\t1\ty;b\t1\tx;b\t1\ty;" },
		{ { ":::", "a", "b", ":::+", "1", "2" }, "a\t1;b\t2;" },
		{ { ":::", "a", "b", "c", ":::+", "1", "2" }, "a\t1;b\t2;" },
		{ { ":::", "a", ":::+", "1", "2" }, "a\t1;" },
		{ { ":::", "a", ":::+" }, "" },
		{ { ":::+", "a", "b" }, "a;b;" },
		{ { ":::", "a", "b", ":::+", "1", "2", ":::", "x", "y" },
		    "a\t1\tx;a\t1\ty;b\t2\tx;b\t2\ty;" },
		{ { ":::", "x", "y", ":::", "a", "b", ":::+", "1", "2" },
		    "x\ta\t1;x\tb\t2;y\ta\t1;y\tb\t2;" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		check_at(i);
		try(rows[i].words, rows[i].wanted, 1);
		try(rows[i].words, rows[i].wanted, 4000);
	}
}

static void
files(void)
{
	const char *words[] = { "::::", NULL, ":::", "1", "2", NULL };
	char path[40];
	int fd = spool_file();

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	words[1] = path;
	if (access(path, R_OK) < 0) { /* there is no such place */
		close(fd);
		return;
	}
	check_is(fdio_write(fd, "a\nb", 3), 0);
	try(words, "a\t1;a\t2;b\t1;b\t2;", 7);
	words[2] = NULL;
	try(words, "a;b;", 7);
	words[2] = path;
	words[3] = NULL;
	try(words, "a;b;a;b;", 7);
	close(fd);
}

static void
no_file(void)
{
	char *const words[] = { (char *)(uintptr_t) "/no/such", NULL };
	struct lists lists;
	const char *name;

	check_is(lists_read(&lists, "::::", words, '\n', &name), -1);
	check_text(name, "/no/such");
	lists_free(&lists);
}

static void
starved(void)
{
	static const char *const words[] = { "a", "b", ":::", "1", ":::", "2", "3",
		NULL };
	struct lists lists;
	const char *name;
	char text[100];
	long n = -1;

	if (lists_read(&lists, ":::", (char **)(uintptr_t)words, '\n', &name) == 0)
		n = lists_next(&lists, text, sizeof(text));
	check((n < 0) == memory_failed());
	lists_free(&lists);
}

static void
no_memory(void)
{
	memory_torment(starved);
}

TESTS("lists", { "combinations", combinations }, { "of files", files },
    { "a file that is not there", no_file }, { "no memory", no_memory })
