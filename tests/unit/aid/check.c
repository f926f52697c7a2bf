/* SPDX-License-Identifier: ISC */
/*
 * usage: PROGRAM [--tap | --stop] [NAME...]
 *
 * Runs the tests whose "SUBJECT: NAME" begins with one of these, or all; with --stop up
 * to the first that fails.  SEED, from the environment, is what those go by that try what
 * chance says; 1 if it is not there.  Ends with 1 if a test failed, 2 if there is none.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "chance.h"
#include "check.h"
#include "memory.h"

enum { NAME_ROOM = 256, SHOWN = 32 };

static struct {
	struct subject *subjects;
	const char *program;
	uint64_t seed;
	bool tap, stop;
	unsigned long passed, failed;
	char name[NAME_ROOM]; /* of the test at work */
	uint64_t step; /* of it, see check_at() */
	jmp_buf end; /* of it */
} frame;

/* By name, so that their order is the same wherever they are linked. */
void
check_enter(struct subject *subject)
{
	struct subject **at = &frame.subjects;

	while (*at != NULL && strcmp((*at)->name, subject->name) < 0)
		at = &(*at)->next;
	subject->next = *at;
	*at = subject;
}

void
check_at(uint64_t step)
{
	frame.step = step;
}

_Noreturn static void
give_up(void)
{
	memory_back();
	longjmp(frame.end, 1);
}

static void
say_where(const char *file, int line, const char *what)
{
	printf("# %s:%d: %s\n", file, line, what);
	if (frame.step != 0)
		printf("#   at step %" PRIu64 "\n", frame.step);
}

void
check_failed(const char *file, int line, const char *what)
{
	say_where(file, line, what);
	give_up();
}

void
check_numbers(const char *file, int line, const char *what, uint64_t a, uint64_t b)
{
	if (a == b)
		return;
	say_where(file, line, what);
	printf("#   %" PRId64 " and %" PRId64 "\n", (int64_t)a, (int64_t)b);
	give_up();
}

void
check_texts(const char *file, int line, const char *what, const char *a, const char *b)
{
	if (a == b || (a != NULL && b != NULL && strcmp(a, b) == 0))
		return;
	say_where(file, line, what);
	printf("#   %s\n#   %s\n", a == NULL ? "(NULL)" : a, b == NULL ? "(NULL)" : b);
	give_up();
}

/* Bytes from at on, as hexadecimal digits. */
static void
show(const unsigned char *bytes, size_t len, size_t at)
{
	printf("#   %zu bytes, from %zu on:", len, at);
	for (size_t i = at; i < len && i < at + SHOWN; i++)
		printf(" %02x", bytes[i]);
	printf("\n");
}

void
check_runs(const char *file, int line, const char *what, const void *a, size_t a_len,
    const void *b, size_t b_len)
{
	const unsigned char *one = a, *other = b;
	size_t at = 0;

	while (at < a_len && at < b_len && one[at] == other[at])
		at++;
	if (at == a_len && at == b_len)
		return;
	say_where(file, line, what);
	show(one, a_len, at);
	show(other, b_len, at);
	give_up();
}

/* The least descriptor that is free. */
static int
free_descriptor(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	close(fd);
	return fd;
}

/* Run it; true if all of its checks held. */
static bool
run(const struct test *test)
{
	long live = memory_live();
	int fd = free_descriptor();

	frame.step = 0;
	chance_begin(frame.seed, frame.name);
	if (setjmp(frame.end) != 0)
		return false;
	test->run();
	frame.step = 0;
	check_is(memory_live(), live);
	check_is(free_descriptor(), fd);
	return true;
}

static double
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void
run_and_tell(const struct test *test)
{
	double begin = seconds();
	bool good = run(test);

	if (good)
		frame.passed++;
	else
		frame.failed++;
	if (!good)
		printf("# SEED=%" PRIu64 " %s '%s'\n", frame.seed, frame.program,
		    frame.name);
	printf("%s ", good ? "ok" : "not ok");
	if (frame.tap)
		printf("%lu ", frame.passed + frame.failed);
	printf("%s in %.0fms\n", frame.name, (seconds() - begin) * 1000);
}

/* Is this test asked for?  Its name is in the frame then. */
static bool
wanted(const struct subject *subject, const struct test *test, char **names)
{
	snprintf(
	    frame.name, sizeof(frame.name), "unit %s: %s", subject->name, test->name);
	if (*names == NULL)
		return true;
	for (; *names != NULL; names++)
		if (strncmp(frame.name, *names, strlen(*names)) == 0 ||
		    strncmp(frame.name + strlen("unit "), *names, strlen(*names)) == 0)
			return true;
	return false;
}

/* All that are asked for, or how many those are. */
static unsigned long
each(char **names, void (*call)(const struct test *test))
{
	unsigned long count = 0;

	for (const struct subject *s = frame.subjects; s != NULL; s = s->next) {
		for (size_t i = 0; i < s->count; i++) {
			if (!wanted(s, &s->tests[i], names))
				continue;
			count++;
			if (call != NULL && !(frame.stop && frame.failed > 0))
				call(&s->tests[i]);
		}
	}
	return count;
}

int
main(int argc, char **argv)
{
	const char *seed = getenv("SEED");
	unsigned long count;

	(void)argc;
	signal(SIGTERM, SIG_DFL); /* tests end processes by it, which inherit this */
	setvbuf(stdout, NULL, _IOLBF, 0);
	frame.program = *argv++;
	frame.seed = seed == NULL || *seed == '\0' ? 1 : strtoull(seed, NULL, 10);
	frame.tap = *argv != NULL && strcmp(*argv, "--tap") == 0;
	frame.stop = *argv != NULL && strcmp(*argv, "--stop") == 0;
	if (frame.tap || frame.stop)
		argv++;
	count = each(argv, NULL);
	if (frame.tap)
		printf("1..%lu\n", count);
	if (count == 0) {
		fprintf(stderr, "%s: there is no such test\n", frame.program);
		return 2;
	}
	each(argv, run_and_tell);
	if (!frame.tap)
		printf("%lu passed, %lu failed\n", frame.passed, frame.failed);
	return frame.failed > 0;
}
