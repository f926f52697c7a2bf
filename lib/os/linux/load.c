/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load.h"

/* The number behind name at the begin of a line of file; -1: there is none. */
static long
number_of(FILE *file, const char *name)
{
	size_t len = strlen(name);
	long number = -1;
	char *line = NULL;
	size_t size = 0;

	while (number < 0 && getline(&line, &size, file) >= 0)
		if (strncmp(line, name, len) == 0)
			number = strtol(line + len, NULL, 10);
	free(line);
	return number;
}

int
load_now(double *load)
{
	FILE *file = fopen("/proc/stat", "re");
	long running, blocked;

	if (file == NULL)
		return -1;
	running = number_of(file, "procs_running ");
	blocked = number_of(file, "procs_blocked ");
	fclose(file);
	if (running < 0 || blocked < 0) {
		errno = ENOSYS;
		return -1;
	}
	*load = (double)(running > 0 ? running - 1 : 0) + (double)blocked;
	return 0;
}

/* The number behind "total=" in the first line of file; -1: there is none. */
static int
total_of(FILE *file, uint64_t *total)
{
	char line[128];
	const char *at =
	    fgets(line, sizeof(line), file) == NULL ? NULL : strstr(line, "total=");

	if (at == NULL)
		return -1;
	*total = strtoull(at + strlen("total="), NULL, 10);
	return 0;
}

int
load_pressures(uint64_t waited[static LOAD_PRESSURES])
{
	static const char *const paths[LOAD_PRESSURES] = { "/proc/pressure/cpu",
		"/proc/pressure/memory", "/proc/pressure/io" };

	for (size_t i = 0; i < LOAD_PRESSURES; i++) {
		FILE *file = fopen(paths[i], "re");
		int got = file == NULL ? -1 : total_of(file, &waited[i]);

		if (file == NULL)
			return -1;
		fclose(file);
		if (got == 0)
			continue;
		errno = ENOSYS;
		return -1;
	}
	return 0;
}
