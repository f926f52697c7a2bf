/* SPDX-License-Identifier: ISC */
/*
 * Preloaded: poll(2) first sees what pipes hold after the end of the process that wrote
 * it was seen, and no time has passed meanwhile.  So it may be: it looks at one
 * descriptor after the other.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

static struct timespec before; /* the time of the last poll(2) */
static bool stands; /* it is still that time */

int
clock_gettime(clockid_t id, struct timespec *out)
{
	int (*real)(clockid_t, struct timespec *) = dlsym(RTLD_NEXT, "clock_gettime");

	if (!stands || id != CLOCK_MONOTONIC)
		return real(id, out);
	*out = before;
	return 0;
}

static bool
is_pipe(int fd)
{
	struct stat stat;

	return fd > 2 && fstat(fd, &stat) == 0 && S_ISFIFO(stat.st_mode);
}

enum { LONGEST = 300 }; /* ms */

/*
 * Wait for a child to end; it stays to be waited for.  One that waits for us does not end:
 * no longer than that, then.
 */
static bool
ends(void)
{
	const struct timespec moment = { .tv_nsec = 1000 * 1000 };
	siginfo_t info = { 0 };

	for (int ms = 0; ms < LONGEST; ms++) {
		if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0)
			return false;
		if (info.si_pid != 0)
			return true;
		nanosleep(&moment, NULL);
	}
	return false;
}

int
poll(struct pollfd *polls, nfds_t count, int ms)
{
	int (*real)(struct pollfd *, nfds_t, int) = dlsym(RTLD_NEXT, "poll");
	static bool seen;
	bool written = false;
	int got;

	stands = false;
	clock_gettime(CLOCK_MONOTONIC, &before);
	got = real(polls, count, ms);
	for (nfds_t i = 0; got > 0 && i < count; i++)
		written = written ||
		    ((polls[i].revents & (POLLIN | POLLHUP)) != 0 &&
			is_pipe(polls[i].fd));
	if (seen || !written || !ends())
		return got;
	seen = stands = true;
	got = real(polls, count, ms);
	for (nfds_t i = 0; i < count; i++) {
		if (polls[i].revents == 0 || !is_pipe(polls[i].fd))
			continue;
		polls[i].revents = 0;
		got--;
	}
	return got;
}
