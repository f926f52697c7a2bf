/* SPDX-License-Identifier: ISC */
/*
 * sig - signals: as a filter has them from its start on, whatever its parent left,
 * and as a readable descriptor for event loops.
 */
#ifndef PAR_SIG_H
#define PAR_SIG_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * The first that each program does.  SIGTERM ends it, and SIGCHLD comes, though the
 * parent ignored or blocked them; SIGHUP, SIGINT and SIGPIPE are not blocked, and stay
 * ignored if they were.  Process 1 ends by signals, too, and has no zombies.
 */
void sig_begin(void);

/*
 * What the parent ignored and blocked, without what sig_begin() changes for good: so
 * it is for those that we start.
 */
bool sig_ignored(int number);
bool sig_changed(int number); /* or may it be another way since? */
const sigset_t *sig_blocked(void);

/*
 * Catch the count signals, but those that sig_ignored() tells of.  Calls that wait are
 * interrupted by them (EINTR).  Returns a close-on-exec descriptor that is readable
 * when one has come, or -1 with errno.  One such descriptor a process.
 *
 * After the second of SIGINT, SIGTERM and SIGHUP it does what it does by default when
 * sig_next() is not called for four seconds: the program waits for somebody who does
 * not read, where nothing else can be done.
 */
int sig_open(const int *signals, size_t count);

/*
 * The count-th of SIGINT, SIGTERM and SIGHUP does what it does by default, even
 * when the program is stuck in a call that goes on after a signal.
 */
void sig_last_resort(int count);

/* Has one of SIGINT, SIGTERM and SIGHUP come that sig_open() catches? */
bool sig_to_end(void);

/* A signal that has come, or 0 if there is none: to be called until there is none. */
int sig_next(int fd);

#endif
