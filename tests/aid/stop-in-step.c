/* SPDX-License-Identifier: ISC */
/*
 * Preloaded: the process stops itself, as SIGSTOP does it, in the first fdatasync(2) once
 * there is a file named stop here, which it removes.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <unistd.h>

int
fdatasync(int fd)
{
	int (*real)(int) = dlsym(RTLD_NEXT, "fdatasync");

	if (unlink("stop") == 0)
		raise(SIGSTOP);
	return real(fd);
}
