/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif
#include <sys/wait.h>
#include <unistd.h>

#include "fdio.h"
#include "sig.h"
#include "spawn.h"

enum {
	NOT_BECOME = 127, /* status of a child that could not become the command */
	NOT_TOLD = 255 /* of one whose status nobody knows */
};

/* In the child: fd becomes to, open across exec. */
static int
give(int fd, int to)
{
	if (fd == to)
		return fcntl(fd, F_SETFD, 0);
	return dup2(fd, to) < 0 ? -1 : 0;
}

/*
 * In the child: make fd one that a shell can name, 3 to 9, that nobody uses but
 * what would be closed by exec anyway; report is still needed.
 */
static int
low_descriptor(int fd, int report)
{
	for (int to = 3; to <= 9; to++) {
		int flags = fcntl(to, F_GETFD);

		if (to != report && (flags < 0 || (flags & FD_CLOEXEC) != 0))
			return give(fd, to) < 0 ? -1 : to;
	}
	return give(fd, fd) < 0 ? -1 : fd;
}

/* What a child is made from; with what becomes its environment. */
struct spawn_child {
	const struct spawn_plan *plan;
	pid_t parent;
	int report; /* where it says why it could not become the command */
	char **environment; /* these are of it, if the plan has a stage_fd, and takes */
	char stage[64], takes[64];
};

/* Is this NAME=VALUE of a name that is set anew? */
static bool
is_replaced(const char *var, const struct spawn_plan *plan)
{
	size_t name = strcspn(var, "=");

	if ((name == 9 && memcmp(var, "PAR_STAGE", 9) == 0) ||
	    (name == 15 && memcmp(var, "PAR_STAGE_TAKES", 15) == 0))
		return true;
	for (const char *const *set = plan->env; *set != NULL; set++)
		if (strncmp(var, *set, name) == 0 && (*set)[name] == '=')
			return true;
	return false;
}

/* Ours, with what the plan changes.  NULL without memory. */
static char **
make_environment(struct spawn_child *child)
{
	size_t count = 0, used = 0;
	char **made;

	while (environ[count] != NULL)
		count++;
	for (const char *const *set = child->plan->env; *set != NULL; set++)
		count++;
	made = malloc((count + 3) * sizeof(*made));
	if (made == NULL)
		return NULL;
	for (char **var = environ; *var != NULL; var++)
		if (!is_replaced(*var, child->plan))
			made[used++] = *var;
	for (const char *const *set = child->plan->env; *set != NULL; set++)
		made[used++] = (char *)(uintptr_t)*set;
	if (child->plan->stage_fd >= 0)
		made[used++] = child->stage;
	if (child->plan->stage_fd >= 0 && child->plan->takes != NULL)
		made[used++] = child->takes;
	made[used] = NULL;
	return made;
}

/* In the child: its end of the protocol, and where it is. */
static int
name_stage(struct spawn_child *child)
{
	int fd;

	if (child->plan->stage_fd < 0)
		return 0;
	fd = low_descriptor(child->plan->stage_fd, child->report);
	if (fd < 0)
		return -1;
	snprintf(
	    child->stage, sizeof(child->stage), "PAR_STAGE=%d:%ld", fd, (long)getpid());
	if (child->plan->takes != NULL)
		snprintf(child->takes, sizeof(child->takes), "PAR_STAGE_TAKES=%ld:%s",
		    (long)getpid(), child->plan->takes);
	return 0;
}

/*
 * In the child, with all signals blocked: they are what our parent gave us.  What was
 * sent to our group before the child left that is none of its business: ignoring a
 * signal forgets it.
 */
static void
pass_signals_on(void)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct sigaction action = { .sa_handler = SIG_DFL };
	sigset_t waiting;

	sigemptyset(&ignore.sa_mask);
	sigemptyset(&action.sa_mask);
	sigpending(&waiting);
	for (int number = 1; number < NSIG; number++) {
		if (sigismember(&waiting, number) == 1 || sig_ignored(number))
			sigaction(number, &ignore, NULL);
		if (!sig_ignored(number)) /* SIGKILL and the like refuse */
			sigaction(number, &action, NULL);
	}
	sigprocmask(SIG_SETMASK, sig_blocked(), NULL);
}

/*
 * In the child: do not outlive the parent, where the system can see to that.  False if
 * the parent is dead already.
 */
static bool
die_with(pid_t parent)
{
#ifdef __linux__
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	return getppid() == parent;
#else
	(void)parent;
	return true;
#endif
}

/* The child: becomes the command, or says why not and has a status to end with. */
static int
become(void *data)
{
	struct spawn_child *child = data;
	const struct spawn_plan *plan = child->plan;
	int error;

	if (!die_with(child->parent))
		return NOT_BECOME;
	setpgid(0, 0);
	pass_signals_on();
	for (int i = 0; i < 3; i++)
		if (plan->fds[i] >= 0 && give(plan->fds[i], i) < 0)
			goto fail;
	if (name_stage(child) < 0)
		goto fail;
	execvp(plan->argv[0], plan->argv);
fail:
	error = errno;
	fdio_write(child->report, &error, sizeof(error));
	return NOT_BECOME;
}

#ifdef __linux__

/*
 * A process that shares our memory until it has become the command, while we wait:
 * none of it is copied.  It has a stack of its own, with room for execvp(3) to put
 * the shell before the arguments of a script that names none.
 */
static pid_t
begin(struct spawn_child *child)
{
	size_t size = 64 << 10;
	char *stack;
	pid_t pid;
	int error;

	for (char *const *arg = child->plan->argv; *arg != NULL; arg++)
		size += sizeof(*arg);
	size = (size + 63) / 64 * 64;
	stack = aligned_alloc(64, size);
	if (stack == NULL)
		return -1;
	pid = clone(become, stack + size, CLONE_VM | CLONE_VFORK | SIGCHLD, child);
	error = errno;
	free(stack);
	errno = error;
	return pid;
}

#else

static pid_t
begin(struct spawn_child *child)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(become(child));
	return pid;
}

#endif

/* Start it with all signals blocked, so that no handler of ours runs in it. */
static pid_t
start(struct spawn_child *child)
{
	char **ours = environ;
	sigset_t all, before;
	pid_t pid;
	int error;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	environ = child->environment; /* where execvp(3) looks */
	pid = begin(child);
	error = errno;
	environ = ours;
	sigprocmask(SIG_SETMASK, &before, NULL);
	errno = error;
	return pid;
}

pid_t
spawn(const struct spawn_plan *plan)
{
	struct spawn_child child = { .plan = plan, .parent = getpid() };
	int report[2], error = 0;
	ssize_t n;
	pid_t pid;

	if (fdio_pipe(report) < 0)
		return -1;
	child.report = report[1];
	child.environment = make_environment(&child);
	pid = child.environment == NULL ? -1 : start(&child);
	if (pid < 0)
		error = errno;
	free(child.environment);
	close(report[1]);
	n = pid < 0 ? 0 : fdio_read(report[0], &error, sizeof(error));
	close(report[0]);
	if (pid > 0 && n > 0)
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
	if (error == 0)
		return pid;
	errno = error;
	return -1;
}

enum spawn_news
spawn_look(pid_t pid, int *code, int *signal)
{
	static const int changes = WSTOPPED | WCONTINUED;
	siginfo_t info = { 0 };

	*code = *signal = 0;
	if (waitid(P_PID, (id_t)pid, &info, WEXITED | changes | WNOHANG | WNOWAIT) < 0) {
		*code = NOT_TOLD; /* somebody else took it */
		return errno == ECHILD ? SPAWN_ENDED : SPAWN_NO_NEWS;
	}
	if (info.si_pid == 0)
		return SPAWN_NO_NEWS;
	if (info.si_code == CLD_EXITED)
		*code = info.si_status;
	else
		*signal = info.si_status;
	if (info.si_code != CLD_STOPPED && info.si_code != CLD_CONTINUED)
		return SPAWN_ENDED;
	waitid(P_PID, (id_t)pid, &info, changes | WNOHANG); /* it was told */
	return info.si_code == CLD_STOPPED ? SPAWN_STOPPED : SPAWN_GOES_ON;
}

const char *
spawn_stopped_text(const char *name, pid_t pid, int signal, char text[static SPAWN_TEXT])
{
	const char *by = signal == SIGSTOP ? "SIGSTOP"
	    : signal == SIGTSTP		   ? "SIGTSTP"
	    : signal == SIGTTIN		   ? "SIGTTIN: it reads the terminal"
	    : signal == SIGTTOU		   ? "SIGTTOU: it sets or writes to the terminal"
					   : "a signal";

	if (signal == 0)
		snprintf(text, SPAWN_TEXT, "%.180s (pid %ld) goes on", name, (long)pid);
	else
		snprintf(text, SPAWN_TEXT, "%.180s (pid %ld) is stopped by %s", name,
		    (long)pid, by);
	return text;
}

void
spawn_reap_others(bool (*ours)(const void *context, pid_t pid), const void *context)
{
	for (;;) {
		siginfo_t info = { 0 };

		if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) < 0 ||
		    info.si_pid == 0 || ours(context, info.si_pid))
			return;
		waitpid(info.si_pid, NULL, WNOHANG);
	}
}
