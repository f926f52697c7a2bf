/* SPDX-License-Identifier: ISC */
/*
 * Which places of a program are run: a byte for each, in a file that all its processes
 * share, so that what one has run that is killed is in it as well.
 *
 * A compiler with -fsanitize-coverage=trace-pc calls the last function here wherever code
 * begins that has no branch.  PAR_COVER names the file, with the program behind a dot.
 */
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* No two calls are nearer to each other than so many bytes. */
enum { NEAREST = 4 };

extern char __executable_start, etext;

static unsigned char *seen;

__attribute__((constructor)) static void
begin(void)
{
	const size_t size = (size_t)(&etext - &__executable_start) / NEAREST + 1;
	const char *name = getenv("PAR_COVER");
	struct rlimit limit, none = { RLIM_INFINITY, RLIM_INFINITY };
	char path[PATH_MAX];
	void *map;
	int fd;

	if (name == NULL)
		return;
	snprintf(path, sizeof(path), "%s.%s", name, program_invocation_short_name);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (fd < 0)
		return;
	/* a limit of the test's for the size of files is none for this one */
	getrlimit(RLIMIT_FSIZE, &limit);
	setrlimit(RLIMIT_FSIZE, &none);
	if (ftruncate(fd, (off_t)size) == 0) {
		map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		seen = map == MAP_FAILED ? NULL : map;
	}
	setrlimit(RLIMIT_FSIZE, &limit);
	close(fd);
}

void __sanitizer_cov_trace_pc(void);

void
__sanitizer_cov_trace_pc(void)
{
	const char *here = __builtin_return_address(0);

	if (seen != NULL)
		seen[(here - &__executable_start) / NEAREST] = 1;
}
