/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fdio.h"
#include "os.h"
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
 * what would be closed by exec anyway; report is still needed, if there is one.
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
	int report; /* where it says its error, if its memory is not ours; else -1 */
	int error; /* why it could not become the command */
	char **environment; /* these are of it, if the plan has a stage_fd, and takes */
	char stage[64], takes[128];
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
	if (child->plan->stage_fd >= 0 &&
	    (child->plan->takes != NULL || child->plan->named_fd > 0))
		made[used++] = child->takes;
	made[used] = NULL;
	return made;
}

/* In the child: its end of the protocol, and where it is. */
static int
name_stage(struct spawn_child *child)
{
	int fd, used;

	if (child->plan->stage_fd < 0)
		return 0;
	if (child->plan->named_fd > 0 &&
	    give(child->plan->named_fd, child->plan->named_fd) < 0)
		return -1;
	fd = low_descriptor(child->plan->stage_fd, child->report);
	if (fd < 0)
		return -1;
	snprintf(
	    child->stage, sizeof(child->stage), "PAR_STAGE=%d:%ld", fd, (long)getpid());
	used = snprintf(child->takes, sizeof(child->takes), "PAR_STAGE_TAKES=%ld:%s",
	    (long)getpid(), child->plan->takes != NULL ? child->plan->takes : "");
	if (child->plan->named_fd > 0)
		snprintf(child->takes + used, sizeof(child->takes) - (size_t)used,
		    ",named=%d", child->plan->named_fd);
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
		bool waits = sigismember(&waiting, number) == 1;

		if (!waits && !sig_changed(number))
			continue;
		if (waits || sig_ignored(number))
			sigaction(number, &ignore, NULL);
		if (!sig_ignored(number)) /* SIGKILL and the like refuse */
			sigaction(number, &action, NULL);
	}
	sigprocmask(SIG_SETMASK, sig_blocked(), NULL);
}

/* The child: becomes the command, or says why not and has a status to end with. */
static int
become(void *data)
{
	struct spawn_child *child = data;
	const struct spawn_plan *plan = child->plan;

	if (!os_die_with(child->parent))
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
	child->error = errno;
	return NOT_BECOME;
}

/* A copy of us, which says its error through a pipe that exec closes. */
static pid_t
begin_copy(struct spawn_child *child)
{
	int report[2];
	pid_t pid;

	if (fdio_pipe(report) < 0)
		return -1;
	child->report = report[1];
	pid = fork();
	if (pid == 0) {
		int status = become(child);

		fdio_write(report[1], &child->error, sizeof(child->error));
		_exit(status);
	}
	if (pid < 0)
		child->error = errno;
	close(report[1]);
	if (pid > 0)
		fdio_read(report[0], &child->error, sizeof(child->error));
	close(report[0]);
	errno = child->error;
	return pid;
}

static pid_t
begin(struct spawn_child *child)
{
	size_t argc = 0;
	pid_t pid;

	while (child->plan->argv[argc] != NULL)
		argc++;
	pid = os_begin(become, child, argc);
	return pid < 0 && errno == ENOTSUP ? begin_copy(child) : pid;
}

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
	struct spawn_child child = { .plan = plan, .parent = getpid(), .report = -1 };
	pid_t pid = -1;
	int error;

	child.environment = make_environment(&child);
	if (child.environment != NULL)
		pid = start(&child);
	error = pid < 0 ? errno : child.error;
	free(child.environment);
	if (error == 0)
		return pid;
	if (pid > 0)
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
	errno = error;
	return -1;
}

bool
spawn_is_shortage(int error)
{
	return error == EAGAIN || error == ENOMEM || error == EMFILE || error == ENFILE;
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
