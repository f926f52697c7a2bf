/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif
#include <sys/wait.h>
#include <unistd.h>

#include "fdio.h"
#include "spawn.h"

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

static int
set_variables(const struct spawn_plan *plan, int report)
{
	char stage[64];
	int fd;

	for (const char *const *var = plan->env; *var != NULL; var++)
		if (putenv((char *)(uintptr_t)*var) != 0)
			return -1;
	if (plan->stage_fd < 0)
		return unsetenv("PAR_STAGE");
	fd = low_descriptor(plan->stage_fd, report);
	if (fd < 0)
		return -1;
	snprintf(stage, sizeof(stage), "%d:%ld", fd, (long)getpid());
	return setenv("PAR_STAGE", stage, 1);
}

/*
 * In the child, with all signals blocked.  What was sent to the parent's group before
 * the child left that is none of its business: ignoring a signal forgets it.
 */
static void
reset_signals(void)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct sigaction action = { .sa_handler = SIG_DFL };
	sigset_t none;

	sigemptyset(&ignore.sa_mask);
	sigemptyset(&action.sa_mask);
	for (int number = 1; number < NSIG; number++) {
		sigaction(number, &ignore, NULL); /* SIGKILL and the like refuse */
		sigaction(number, &action, NULL);
	}
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* In the child: do not outlive the parent, where the system can see to that. */
static void
die_with(pid_t parent)
{
#ifdef __linux__
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(127);
#else
	(void)parent;
#endif
}

/* In the child: become the command, or say why not on report. */
static _Noreturn void
become(const struct spawn_plan *plan, int report, pid_t parent)
{
	int error;

	die_with(parent);
	setpgid(0, 0);
	reset_signals();
	for (int i = 0; i < 3; i++)
		if (plan->fds[i] >= 0 && give(plan->fds[i], i) < 0)
			goto fail;
	if (set_variables(plan, report) < 0)
		goto fail;
	execvp(plan->argv[0], plan->argv);
fail:
	error = errno;
	fdio_write(report, &error, sizeof(error));
	_exit(127);
}

pid_t
spawn(const struct spawn_plan *plan)
{
	sigset_t all, before;
	int report[2], error = 0;
	ssize_t n;
	pid_t pid, parent = getpid();

	if (fdio_pipe(report) < 0)
		return -1;
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before); /* no handler of ours in the child */
	pid = fork();
	if (pid == 0)
		become(plan, report[1], parent);
	if (pid < 0)
		error = errno;
	sigprocmask(SIG_SETMASK, &before, NULL);
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
