/* SPDX-License-Identifier: ISC */
/*
 * Calls on processes, signals, time and memory, as the supervisor makes them.
 */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "calls.h"
#include "kernel.h"
#include "life.h"
#include "plan.h"
#include "process.h"
#include "real.h"
#include "shortage.h"
#include "trace.h"
#include "world.h"

enum { OURS = 100 }; /* the supervisor's pid */

/* 2026-01-01, when each run begins, in seconds since 1970 */
#define BEGIN 1767225600

static int
fails(int error)
{
	errno = error;
	return -1;
}

int
__wrap_clone(int (*call)(void *), void *stack, int flags, void *arg, ...)
{
	(void)stack, (void)flags;
	world_tick();
	return process_make(call, arg);
}

int
__wrap_execvp(const char *name, char *const *argv)
{
	return process_become(name, argv, environ);
}

pid_t
__wrap_getpid(void)
{
	return process_in_child() ? process_child_pid() : OURS;
}

pid_t
__wrap_getppid(void)
{
	return process_in_child() ? OURS : 1;
}

int
__wrap_setpgid(pid_t pid, pid_t group)
{
	(void)pid, (void)group;
	return 0;
}

pid_t
__wrap_getpgid(pid_t pid)
{
	return process_of(pid) == NULL ? fails(ESRCH) : pid;
}

long
__wrap_sysconf(int name)
{
	return name == _SC_ARG_MAX && plan.words_most != 0 ? (long)plan.words_most
							   : __real_sysconf(name);
}

int
__wrap_prctl(int option, ...)
{
	(void)option;
	return 0;
}

int
__wrap_kill(pid_t pid, int number)
{
	world_tick();
	return process_signal(pid, number);
}

/* One that has ended, of pid or of all if that is -1; waits for it, or NULL. */
static struct process *
ended(pid_t pid, bool now)
{
	for (;;) {
		struct process *process = pid == -1 ? process_ended() : process_of(pid);

		if (pid == -1 ? !process_any() : process == NULL) {
			errno = ECHILD;
			return NULL;
		}
		if (process != NULL && process->state == PROCESS_DEAD)
			return process;
		errno = 0;
		if (now)
			return NULL;
		world_wait(NEVER);
	}
}

pid_t
__wrap_waitpid(pid_t pid, int *status, int options)
{
	struct process *process;

	world_tick();
	process = ended(pid, (options & WNOHANG) != 0);
	if (process == NULL)
		return errno == 0 ? 0 : -1;
	if (status != NULL)
		*status = process->signal != 0 ? process->signal : process->code << 8;
	process_forget(process);
	return process->pid;
}

int
__wrap_waitid(idtype_t type, id_t id, siginfo_t *info, int options)
{
	struct process *process;

	world_tick();
	memset(info, 0, sizeof(*info));
	if ((options & WEXITED) == 0)
		return 0;
	process = ended(type == P_ALL ? -1 : (pid_t)id, (options & WNOHANG) != 0);
	if (process == NULL)
		return errno == 0 ? 0 : -1;
	info->si_pid = process->pid;
	info->si_code = process->signal != 0 ? CLD_KILLED : CLD_EXITED;
	info->si_status = process->signal != 0 ? process->signal : process->code;
	if ((options & WNOWAIT) == 0)
		process_forget(process);
	return 0;
}

int
__wrap_sigaction(int number, const struct sigaction *action, struct sigaction *old)
{
	if (process_in_child())
		return 0;
	if (old != NULL) {
		memset(old, 0, sizeof(*old));
		old->sa_handler = world_handler(number);
	}
	if (action != NULL)
		world_handle(number, action->sa_handler);
	return 0;
}

void (*__wrap_signal(int number, void (*handler)(int)))(int)
{
	void (*old)(int) = world_handler(number);

	world_handle(number, handler);
	return old;
}

int
__wrap_sigprocmask(int how, const sigset_t *set, sigset_t *old)
{
	if (old != NULL)
		sigemptyset(old);
	if (how == SIG_SETMASK && set != NULL && !process_in_child())
		world_block(sigismember(set, SIGTERM) == 1);
	return 0;
}

int
__wrap_sigpending(sigset_t *set)
{
	return sigemptyset(set);
}

int
__wrap_raise(int number)
{
	world_signal(number);
	world_deliver();
	return 0;
}

/* Time goes by where somebody looks: nobody waits too long. */
unsigned
__wrap_alarm(unsigned seconds)
{
	(void)seconds;
	return 0;
}

int
__wrap_clock_gettime(clockid_t clock, struct timespec *now)
{
	world_tick();
	now->tv_sec = (time_t)(shared->now / 1000000000 + 1000);
	now->tv_nsec = (long)(shared->now % 1000000000);
	if (clock == CLOCK_REALTIME)
		now->tv_sec += BEGIN;
	return 0;
}

_Noreturn void
__wrap_exit(int status)
{
	life_end(status);
}

_Noreturn void
__wrap__exit(int status)
{
	life_end(status);
}

void *
__wrap_malloc(size_t size)
{
	return shortage_of_memory() ? NULL : __real_malloc(size);
}

void *
__wrap_calloc(size_t count, size_t size)
{
	return shortage_of_memory() ? NULL : __real_calloc(count, size);
}

void *
__wrap_realloc(void *old, size_t size)
{
	return shortage_of_memory() ? NULL : __real_realloc(old, size);
}
