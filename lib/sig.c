/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "fdio.h"
#include "sig.h"

enum { LATE = 4 /* seconds that may go by without a look, once it is to end */ };

/* What the parent gave us, and what of it is passed on. */
static sigset_t blocked;
static bool ignored[NSIG];

/* What is not as our parent gave it, perhaps: SIGPIPE is set in many places. */
static bool changed[NSIG] = { [SIGPIPE] = true, [SIGABRT] = true };

/* A handler has no argument of ours: this is the one descriptor it may use. */
static int handler_fd = -1;
static volatile sig_atomic_t missed[NSIG]; /* came while that had no room */
static volatile sig_atomic_t
    signals_left; /* signals to end by until we give in; 0: none */
static volatile sig_atomic_t urged; /* so many of these came, at most 2 */
static volatile sig_atomic_t last_end; /* the last of them */

/* Process 1 is spared what a signal does by default. */
static void
end_as_by(int number)
{
	_exit(128 + number);
}

/* End by a signal, at once or when its handler is left. */
static void
give_in(int number)
{
	if (getpid() == 1)
		end_as_by(number);
	signal(number, SIG_DFL);
	raise(number);
}

/* SIGALRM: nobody has looked for long; it waits for somebody who does not read. */
static void
too_late(int number)
{
	(void)number;
	give_in(last_end);
}

/* The program was told to end by signal number, maybe not for the first time. */
static void
urge(int number)
{
	last_end = number;
	if (urged < 2)
		urged++;
	if (urged == 2)
		alarm(LATE);
	if (signals_left > 0 && --signals_left == 0)
		give_in(number);
}

static void
handle(int number)
{
	int saved = errno;
	unsigned char byte = (unsigned char)number;
	ssize_t n;

	if (number == SIGINT || number == SIGTERM || number == SIGHUP)
		urge(number);
	do {
		n = write(handler_fd, &byte, 1);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		missed[number] = 1;
	errno = saved;
}

static void
act(int number, void (*handler)(int))
{
	struct sigaction action = { .sa_handler = handler };

	changed[number] = true;
	sigemptyset(&action.sa_mask);
	sigaction(number, &action, NULL);
}

/* Remember what the parent gave us. */
static void
look(void)
{
	struct sigaction was;

	for (int number = 1; number < NSIG; number++)
		ignored[number] =
		    sigaction(number, NULL, &was) == 0 && was.sa_handler == SIG_IGN;
	sigprocmask(SIG_BLOCK, NULL, &blocked);
}

/* As process 1: end as others do, and leave no zombies of those that come to us. */
static void
begin_as_first(void)
{
	static const int ends[] = { SIGHUP, SIGINT, SIGTERM };

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (!ignored[ends[i]])
			act(ends[i], end_as_by);
	act(SIGCHLD, SIG_IGN);
}

void
sig_begin(void)
{
	static const int heard[] = { SIGHUP, SIGINT, SIGPIPE, SIGTERM, SIGCHLD };
	sigset_t set;

	look();
	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(heard) / sizeof(heard[0]); i++)
		sigaddset(&set, heard[i]);
	act(SIGTERM, SIG_DFL);
	act(SIGCHLD, SIG_DFL);
	ignored[SIGTERM] = ignored[SIGCHLD] = false;
	sigdelset(&blocked, SIGTERM);
	sigdelset(&blocked, SIGCHLD);
	if (getpid() == 1)
		begin_as_first();
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

bool
sig_ignored(int number)
{
	return ignored[number];
}

bool
sig_changed(int number)
{
	return changed[number];
}

const sigset_t *
sig_blocked(void)
{
	return &blocked;
}

int
sig_open(const int *signals, size_t count)
{
	int ends[2];
	sigset_t set;

	if (fdio_pipe(ends) < 0)
		return -1;
	if (fdio_nonblocking(ends[0]) < 0 || fdio_nonblocking(ends[1]) < 0)
		return -1;
	handler_fd = ends[1];
	act(SIGALRM, too_late);
	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	for (size_t i = 0; i < count; i++) {
		if (ignored[signals[i]])
			continue;
		act(signals[i], handle);
		sigaddset(&set, signals[i]);
	}
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	return ends[0];
}

void
sig_last_resort(int count)
{
	signals_left = count;
}

bool
sig_to_end(void)
{
	return urged > 0;
}

int
sig_next(int fd)
{
	unsigned char byte;
	ssize_t n;

	do {
		n = read(fd, &byte, 1);
	} while (n < 0 && errno == EINTR);
	if (urged == 2)
		alarm(LATE);
	if (n == 1)
		return byte;
	for (int number = 1; number < NSIG; number++) {
		if (missed[number] == 0)
			continue;
		missed[number] = 0;
		return number;
	}
	return 0;
}
