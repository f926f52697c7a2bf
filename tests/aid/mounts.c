/* SPDX-License-Identifier: ISC */
/* Preloaded: what is mounted is what the file mountinfo here says. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

static const char *
instead(const char *path)
{
	return strcmp(path, "/proc/self/mountinfo") == 0 ? "mountinfo" : path;
}

FILE *
fopen(const char *path, const char *mode)
{
	FILE *(*real)(const char *, const char *) = dlsym(RTLD_NEXT, "fopen");

	return real(instead(path), mode);
}

FILE *
fopen64(const char *path, const char *mode)
{
	FILE *(*real)(const char *, const char *) = dlsym(RTLD_NEXT, "fopen64");

	return real(instead(path), mode);
}
