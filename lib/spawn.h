/* SPDX-License-Identifier: ISC */
/*
 * spawn - start a command with the descriptors and variables of a plan.
 */
#ifndef PAR_SPAWN_H
#define PAR_SPAWN_H

#include <stdbool.h>
#include <sys/types.h>

struct spawn_plan {
	char *const *argv; /* searched on PATH; no shell in between */
	int fds[3]; /* what becomes 0, 1 and 2; -1: ours */
	int stage_fd; /* left open and named by PAR_STAGE; -1: none */
	const char *takes; /* what is said by PAR_STAGE_TAKES then; NULL: nothing */
	int named_fd; /* left open, and named there, after takes; 0: none */
	const char *const *env; /* NAME=VALUE to add, ended by NULL */
};

/*
 * Start it, in a process group of its own, with the signals as our parent gave them to
 * us, see sig.h; on Linux it is killed when this process dies, so that a killed
 * supervisor leaves nobody.  The descriptors of the plan stay the caller's to close, and
 * must be close-on-exec. Returns the process id once the command runs, or -1 with errno:
 * also when the command could not be executed.
 */
pid_t spawn(const struct spawn_plan *plan);

/* Is what failed of a start with error a shortage of the system, which may pass? */
bool spawn_is_shortage(int error);

enum spawn_news {
	SPAWN_NO_NEWS,
	SPAWN_ENDED, /* it stays a zombie, so that its process group stays ours to signal
		      */
	SPAWN_STOPPED, /* by a signal; told once */
	SPAWN_GOES_ON
};

/*
 * What is new of the process pid that spawn() started.  *code is its exit status, or
 * *signal what ended or stopped it; the other is 0.
 */
enum spawn_news spawn_look(pid_t pid, int *code, int *signal);

enum { SPAWN_TEXT = 256 }; /* bytes of a text below, with its NUL */

/* That the process, which is called name, is stopped, or goes on if signal is 0. */
const char *
spawn_stopped_text(const char *name, pid_t pid, int signal, char text[static SPAWN_TEXT]);

/*
 * Reap children that we did not start: those that are left to process 1, or came with
 * exec(2).  ours() tells for one that has ended whether it is to stay.
 */
void spawn_reap_others(bool (*ours)(const void *context, pid_t pid), const void *context);

#endif
