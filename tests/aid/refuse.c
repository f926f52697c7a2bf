/* SPDX-License-Identifier: ISC */
/*
 * Preloaded: clone(2) fails as often as REFUSE says, with EAGAIN, as when there are too
 * many processes; so does pipe2(2), with EMFILE, as often as REFUSE_PIPES says, but for
 * the first eight.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <sched.h>
#include <stdlib.h>

static int
refused(const char *name, int *count)
{
	const char *most = getenv(name);

	return most != NULL && (*count)++ < atoi(most);
}

int
clone(int (*fn)(void *), void *stack, int flags, void *arg, ...)
{
	static int count;
	int (*real)(int (*)(void *), void *, int, void *, ...) =
	    dlsym(RTLD_NEXT, "clone");

	if (refused("REFUSE", &count)) {
		errno = EAGAIN;
		return -1;
	}
	return real(fn, stack, flags, arg);
}

int
pipe2(int ends[2], int flags)
{
	static int count, made;
	int (*real)(int[2], int) = dlsym(RTLD_NEXT, "pipe2");

	if (++made > 8 && refused("REFUSE_PIPES", &count)) {
		errno = EMFILE;
		return -1;
	}
	return real(ends, flags);
}
