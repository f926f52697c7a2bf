/* SPDX-License-Identifier: ISC */
/*
 * Preloaded: for the program, time goes HURRY times as fast as it does, so that what it
 * waits for a minute for can be waited for.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

static int
times(void)
{
	const char *hurry = getenv("HURRY");

	return hurry == NULL ? 1 : atoi(hurry);
}

int
clock_gettime(clockid_t id, struct timespec *out)
{
	int (*real)(clockid_t, struct timespec *) = dlsym(RTLD_NEXT, "clock_gettime");
	int status = real(id, out);
	uint64_t ns;

	if (status < 0 || id != CLOCK_MONOTONIC)
		return status;
	ns = ((uint64_t)out->tv_sec % 1000000 * 1000000000 + (uint64_t)out->tv_nsec) *
	    (uint64_t)times();
	out->tv_sec = (time_t)(ns / 1000000000);
	out->tv_nsec = (long)(ns % 1000000000);
	return 0;
}

int
poll(struct pollfd *polls, nfds_t count, int ms)
{
	int (*real)(struct pollfd *, nfds_t, int) = dlsym(RTLD_NEXT, "poll");
	int by = times();

	return real(polls, count, ms <= 0 ? ms : (ms + by - 1) / by);
}
