/* SPDX-License-Identifier: ISC */
/* Preloaded: the clock of the machine is an hour behind; others stay as they are. */
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { BEHIND = 3600 };

int
clock_gettime(clockid_t id, struct timespec *now)
{
	int status = (int)syscall(SYS_clock_gettime, id, now);

	if (status == 0 && id == CLOCK_REALTIME)
		now->tv_sec -= BEHIND;
	return status;
}

int
gettimeofday(struct timeval *now, void *zone)
{
	struct timespec exact;

	(void)zone;
	if (clock_gettime(CLOCK_REALTIME, &exact) < 0)
		return -1;
	now->tv_sec = exact.tv_sec;
	now->tv_usec = exact.tv_nsec / 1000;
	return 0;
}

time_t
time(time_t *now)
{
	struct timespec exact;

	if (clock_gettime(CLOCK_REALTIME, &exact) < 0)
		return -1;
	if (now != NULL)
		*now = exact.tv_sec;
	return exact.tv_sec;
}
