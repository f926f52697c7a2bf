/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "fdio.h"
#include "sig.h"

/* A handler has no argument of ours: this is the one descriptor it may use. */
static int handler_fd = -1;
static volatile sig_atomic_t patience; /* signals to end by until we give in; 0: none */

static void
handle(int number)
{
	int saved = errno;
	unsigned char byte = (unsigned char)number;

	if ((number == SIGINT || number == SIGTERM || number == SIGHUP) && patience > 0 &&
	    --patience == 0) {
		signal(number, SIG_DFL);
		raise(number);
	}
	/* Full pipe: as many signals wait there already; none is needed twice. */
	while (write(handler_fd, &byte, 1) < 0 && errno == EINTR)
		;
	errno = saved;
}

int
sig_open(const int *signals, size_t count)
{
	struct sigaction action = { .sa_handler = handle };
	int ends[2];

	if (fdio_pipe(ends) < 0)
		return -1;
	if (fdio_nonblocking(ends[0]) < 0 || fdio_nonblocking(ends[1]) < 0)
		return -1;
	handler_fd = ends[1];
	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < count; i++)
		if (sigaction(signals[i], &action, NULL) < 0)
			return -1;
	return ends[0];
}

void
sig_last_resort(int count)
{
	patience = count;
}

int
sig_next(int fd)
{
	unsigned char byte;
	ssize_t n;

	do {
		n = read(fd, &byte, 1);
	} while (n < 0 && errno == EINTR);
	return n == 1 ? byte : 0;
}
