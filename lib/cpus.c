/* SPDX-License-Identifier: ISC */
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cpus.h"

#ifdef __linux__
enum { PATH_SIZE = 4096 };

static unsigned
affinity(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) < 0)
		return 0;
	return (unsigned)CPU_COUNT(&set);
}

/* Processors that quota of period microseconds makes, rounded up; 0: no limit. */
static unsigned
share(long long quota, long long period)
{
	if (quota <= 0 || period <= 0)
		return 0;
	return (unsigned)((quota + period - 1) / period);
}

/* The numbers in a file of a control group, at most two; how many were there. */
static int
read_numbers(const char *folder, const char *name, long long numbers[2])
{
	char path[PATH_SIZE + 64], line[64], *at = line, *end;
	FILE *file;
	int got = 0;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "re");
	if (file == NULL)
		return 0;
	if (fgets(line, sizeof(line), file) == NULL)
		*line = '\0';
	fclose(file);
	while (got < 2) {
		numbers[got] = strtoll(at, &end, 10);
		if (end == at)
			break;
		at = end;
		got++;
	}
	return got;
}

/* The limit of one control group, either version; 0: none. */
static unsigned
group_limit(const char *folder)
{
	long long max[2], quota[2], period[2];

	if (read_numbers(folder, "cpu.max", max) == 2)
		return share(max[0], max[1]);
	if (read_numbers(folder, "cpu.cfs_quota_us", quota) >= 1 &&
	    read_numbers(folder, "cpu.cfs_period_us", period) >= 1)
		return share(quota[0], period[0]);
	return 0;
}

/* The least limit of the group path and those above it, under mount. */
static unsigned
least_limit(const char *mount, const char *path)
{
	char folder[PATH_SIZE];
	size_t root = strlen(mount);
	unsigned least = 0;

	if (snprintf(folder, sizeof(folder), "%s%s", mount, path) >= (int)sizeof(folder))
		return 0;
	for (;;) {
		unsigned limit = group_limit(folder);
		char *slash = strrchr(folder, '/');

		if (limit != 0 && (least == 0 || limit < least))
			least = limit;
		if (strlen(folder) <= root || slash == NULL)
			return least;
		*slash = '\0';
	}
}

/* Does the list of controllers name the one of processors?  Empty: version 2. */
static bool
about_cpu(const char *controllers)
{
	return *controllers == '\0' || strcmp(controllers, "cpu") == 0 ||
	    strncmp(controllers, "cpu,", 4) == 0 || strstr(controllers, ",cpu,") != NULL;
}

static unsigned
quota(void)
{
	char line[PATH_SIZE], *controllers, *path;
	unsigned least = 0;
	FILE *file = fopen("/proc/self/cgroup", "re");

	if (file == NULL)
		return 0;
	while (fgets(line, sizeof(line), file) != NULL) {
		unsigned limit;

		line[strcspn(line, "\n")] = '\0';
		controllers = strchr(line, ':');
		path = controllers == NULL ? NULL : strchr(controllers + 1, ':');
		if (path == NULL)
			continue;
		*path++ = '\0';
		controllers++;
		if (!about_cpu(controllers))
			continue;
		limit = least_limit(
		    *controllers == '\0' ? "/sys/fs/cgroup" : "/sys/fs/cgroup/cpu", path);
		if (limit != 0 && (least == 0 || limit < least))
			least = limit;
	}
	fclose(file);
	return least;
}
#else
static unsigned
affinity(void)
{
	return 0;
}

static unsigned
quota(void)
{
	return 0;
}
#endif

unsigned
cpus_usable(void)
{
	unsigned count = affinity(), limit = quota();
	long online;

	if (count == 0) {
		online = sysconf(_SC_NPROCESSORS_ONLN);
		count = online < 1 ? 1 : (unsigned)online;
	}
	return limit != 0 && limit < count ? limit : count;
}
