/* SPDX-License-Identifier: ISC */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "anew.h"
#include "check.h"
#include "memory.h"

static char folder[32], path[64];

static void
begin(void)
{
	strcpy(folder, "/tmp/par-unit.XXXXXX");
	check(mkdtemp(folder) != NULL);
	snprintf(path, sizeof(path), "%s/file", folder);
}

/* How many files are in the folder. */
static int
files(void)
{
	DIR *all = opendir(folder);
	int count = 0;

	while (readdir(all) != NULL)
		count++;
	closedir(all);
	return count - 2;
}

static void
end(void)
{
	DIR *all = opendir(folder);
	const struct dirent *entry;

	while ((entry = readdir(all)) != NULL)
		unlinkat(dirfd(all), entry->d_name, 0);
	closedir(all);
	check_is(rmdir(folder), 0);
}

static void
put(const char *name, const char *text)
{
	FILE *file = fopen(name, "w");

	fputs(text, file);
	fclose(file);
}

static bool
holds(const char *text)
{
	char got[20] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, got, sizeof(got) - 1);

	if (fd >= 0)
		close(fd);
	return n >= 0 && strcmp(got, text) == 0;
}

/* Write new into a file beside path. */
static void
start(struct anew *anew)
{
	struct stat about;

	check_is(anew_begin(anew, path), 0);
	check_is(write(anew->fd, "new", 3), 3);
	check(strncmp(anew->beside, path, strlen(path)) == 0);
	check_is(lstat(anew->beside, &about), 0);
	check(S_ISREG(about.st_mode));
	check_is(about.st_nlink, 1);
}

/* The old one is there until the new one is, by each of the flags. */
static void
commits(void)
{
	static const unsigned flags[] = { 0, ANEW_SYNC, ANEW_FIRST,
		ANEW_SYNC | ANEW_FIRST };

	for (size_t i = 0; i < COUNT(flags); i++) {
		bool first = (flags[i] & ANEW_FIRST) != 0;
		struct anew anew;

		check_at(i + 1);
		begin();
		if (!first)
			put(path, "old");
		start(&anew);
		check(first ? access(path, F_OK) < 0 : holds("old"));
		check_is(files(), first ? 1 : 2);
		check_is(anew_commit(&anew, flags[i]), 0);
		check(holds("new"));
		check_is(files(), 1);
		close(anew.fd);
		end();
	}
}

/* One that is to be the first is not, if there is one; nothing else is left then. */
static void
not_first(void)
{
	struct anew anew;

	begin();
	start(&anew);
	put(path, "old");
	check_is(anew_commit(&anew, ANEW_FIRST), -1);
	check_is(errno, EEXIST);
	check(holds("old"));
	check_is(files(), 1);
	check_is(anew.fd, -1);
	end();
}

static void
drops(void)
{
	struct anew anew;

	begin();
	put(path, "old");
	start(&anew);
	errno = EXDEV;
	anew_drop(&anew);
	check_is(errno, EXDEV);
	check(holds("old"));
	check_is(files(), 1);
	/* where there is no folder */
	snprintf(path, sizeof(path), "%s/none/file", folder);
	check_is(anew_begin(&anew, path), -1);
	check_is(errno, ENOENT);
	snprintf(path, sizeof(path), "%s/file", folder);
	/* a folder cannot be replaced */
	unlink(path);
	check_is(mkdir(path, 0700), 0);
	start(&anew);
	check_is(anew_commit(&anew, 0), -1);
	check_is(errno, EISDIR);
	check_is(files(), 1);
	check_is(rmdir(path), 0);
	end();
}

/* What is swept, and what only looks like it. */
static void
sweeps(void)
{
	static const struct {
		const char *suffix;
		bool stays;
	} rows[] = {
		{ "", true },
		{ ".0123456789abcdef", false },
		{ ".ffffffffffffffff", false },
		{ ".0123456789abcde", true },
		{ ".0123456789abcdef0", true },
		{ ".0123456789abcdeg", true },
		{ ".0123456789ABCDEF", true },
		{ "x.0123456789abcdef", true },
		{ "-0123456789abcdef", true },
		{ ".", true },
	};
	char name[128];
	struct anew anew;

	begin();
	for (size_t i = 0; i < COUNT(rows); i++) {
		snprintf(name, sizeof(name), "%s%s", path, rows[i].suffix);
		put(name, "x");
	}
	anew_sweep(path);
	for (size_t i = 0; i < COUNT(rows); i++) {
		check_at(i + 1);
		snprintf(name, sizeof(name), "%s%s", path, rows[i].suffix);
		check_is(access(name, F_OK) == 0, rows[i].stays);
	}
	/* A link is left alone, and what it leads to. */
	snprintf(name, sizeof(name), "%s.0123456789abcdef", path);
	check_is(symlink(path, name), 0);
	anew_sweep(path);
	check(access(name, F_OK) == 0 && access(path, F_OK) == 0);
	unlink(name);
	/* One that another process has locked is in use. */
	start(&anew);
	if (fork() == 0) {
		anew_sweep(path);
		_exit(access(anew.beside, F_OK) == 0 ? 0 : 1);
	}
	{
		int status = -1;

		wait(&status);
		check_is(status, 0);
	}
	anew_drop(&anew);
	end();
	anew_sweep("/proc/nowhere/file");
	anew_sweep("");
}

/* Who sweeps all the time takes away none that another process is about to lock. */
static void
swept_meanwhile(void)
{
	pid_t me = getpid(), sweeper;

	begin();
	sweeper = fork();
	if (sweeper == 0) {
		while (getppid() == me)
			anew_sweep(path);
		_exit(0);
	}
	for (size_t i = 0; i < 5000; i++) {
		struct anew anew;

		check_at(i);
		check_is(anew_begin(&anew, path), 0);
		check_is(anew_commit(&anew, 0), 0);
		close(anew.fd);
	}
	kill(sweeper, SIGKILL);
	check_is(waitpid(sweeper, NULL, 0), sweeper);
	end();
}

static void
plain(void)
{
	char other[64];
	struct stat about;

	begin();
	snprintf(other, sizeof(other), "%s/other", folder);
	check_is(anew_plain(path), 0);
	check_is(stat(path, &about), 0);
	check_is(about.st_mode & 0777, 0600);
	put(path, "old");
	check_is(anew_plain(path), 0);
	check(holds("old"));
	check_is(symlink(path, other), 0);
	check_is(anew_plain(other), -1);
	check_is(errno, ELOOP);
	unlink(other);
	check_is(mkfifo(other, 0600), 0);
	check_is(anew_plain(other), -1);
	check_is(errno, EINVAL);
	check_is(anew_plain("/proc/nowhere/file"), 0); /* the library will say it */
	end();
}

static void
starve(void)
{
	struct anew anew;

	put(path, "old");
	if (anew_begin(&anew, path) < 0) {
		check(memory_failed());
	} else {
		check_is(anew_commit(&anew, ANEW_SYNC), 0);
		close(anew.fd);
		check(holds(""));
	}
	check_is(files(), 1);
}

static void
starves(void)
{
	begin();
	memory_torment(starve);
	end();
}

TESTS("anew", { "the old one until there is the new one", commits },
    { "not the first", not_first }, { "done without", drops },
    { "what others left is swept", sweeps },
    { "swept by another all the time", swept_meanwhile },
    { "a file that is none else", plain }, { "without memory", starves })
