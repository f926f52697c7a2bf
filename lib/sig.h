/* SPDX-License-Identifier: ISC */
/*
 * sig - signals as a readable descriptor, for event loops.
 */
#ifndef PAR_SIG_H
#define PAR_SIG_H

#include <stddef.h>

/*
 * Catch the count signals.  Calls that wait are interrupted by them (EINTR).
 * Returns a close-on-exec descriptor that is readable when one has come, or -1
 * with errno.  One such descriptor a process.
 */
int sig_open(const int *signals, size_t count);

/*
 * The count-th of SIGINT, SIGTERM and SIGHUP does what it does by default, even
 * when the program is stuck in a call that goes on after a signal.
 */
void sig_last_resort(int count);

/* A signal that has come, or 0 if there is none. */
int sig_next(int fd);

#endif
