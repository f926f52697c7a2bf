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
#ifdef __linux__
#include <sys/epoll.h>
#endif
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

static int
hurried(int ms)
{
	int by = times();

	return ms <= 0 ? ms : (ms + by - 1) / by;
}

int
poll(struct pollfd *polls, nfds_t count, int ms)
{
	int (*real)(struct pollfd *, nfds_t, int) = dlsym(RTLD_NEXT, "poll");

	return real(polls, count, hurried(ms));
}

#ifdef __linux__
/* The same, where its caller is compiled with _FORTIFY_SOURCE. */
int __poll_chk(struct pollfd *polls, nfds_t count, int ms, size_t size);

int
__poll_chk(struct pollfd *polls, nfds_t count, int ms, size_t size)
{
	(void)size;
	return poll(polls, count, ms);
}

int
epoll_wait(int fd, struct epoll_event *events, int count, int ms)
{
	int (*real)(int, struct epoll_event *, int, int) = dlsym(RTLD_NEXT, "epoll_wait");

	return real(fd, events, count, hurried(ms));
}
#endif
