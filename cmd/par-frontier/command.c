/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command.h"
#include "diag.h"
#include "fdio.h"
#include "need.h"
#include "spawn.h"

enum {
	GRACE = 2000, /* ms from telling it to end to killing it */
	MOST_STARTS = 10 /* that may fail for now, in a row */
};

/* Close what there is of pipes; errno stays. */
static void
close_all(const int *fds, size_t count)
{
	int error = errno;

	for (size_t i = 0; i < count; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	errno = error;
}

/* Start it: 0, or -1 with errno, and nothing is left of it. */
static int
run(struct crawl_command *command)
{
	const char *const env[] = { NULL };
	int fds[] = { -1, -1, -1, -1 }, *in = fds, *out = fds + 2;

	if (fdio_pipe(in) < 0 || fdio_pipe(out) < 0 || fdio_nonblocking(in[1]) < 0 ||
	    fdio_nonblocking(out[0]) < 0 ||
	    record_open(&command->from, out[0], command->max_record) < 0) {
		close_all(fds, 4);
		return -1;
	}
	command->pid = spawn(&(struct spawn_plan){ .argv = command->argv,
	    .fds = { in[0], out[1], -1 },
	    .stage_fd = -1,
	    .env = env });
	if (command->pid < 0) {
		command->pid = 0;
		record_close(&command->from);
		close_all(fds, 4);
		return -1;
	}
	close(in[0]);
	close(out[1]);
	command->in = in[1];
	command->out = out[0];
	return 0;
}

/* The command could not be started: for now, or the program ends. */
static void
start_failed(struct crawl_command *command, int error, uint64_t now)
{
	static const struct restarts_limit limit = { .most = MOST_STARTS, .given = true };
	struct restarts *restarts = &command->restarts;

	restarts->limit = limit;
	if (restarts_again(restarts, error, now, &diag_says, command->argv[0]) < 0 ||
	    restarts_over(restarts, 1))
		die_start(error, command->argv[0]);
	command->start_at = restarts->next_at;
}

bool
command_start(struct crawl_command *command, uint64_t now)
{
	if (now < command->start_at)
		return false;
	if (run(command) < 0) {
		start_failed(command, errno, now);
		return false;
	}
	restarts_begun(&command->restarts, 0);
	restarts_progress(&command->restarts);
	command->ended = command->silent = false;
	command->kill_at = 0;
	bytes_clear(&command->send, SIZE_MAX);
	command->sent = 0;
	return true;
}

void
command_give(struct crawl_command *command, const char *data, size_t len)
{
	need_put(&command->send, data, len);
	need_put(&command->send, "\n", 1);
}

bool
command_unsent(const struct crawl_command *command)
{
	return command->in >= 0 && command->sent < command->send.len;
}

void
command_feed(struct crawl_command *command)
{
	while (command_unsent(command)) {
		ssize_t n = write(command->in, command->send.data + command->sent,
		    command->send.len - command->sent);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return;
		if (n < 0) { /* it reads no more; what that means its end will tell */
			close(command->in);
			command->in = -1;
			return;
		}
		command->sent += (size_t)n;
	}
	bytes_clear(&command->send, RECORD_BUFFER);
	command->sent = 0;
}

void
command_end_input(struct crawl_command *command)
{
	if (command->in >= 0)
		close(command->in);
	command->in = -1;
}

bool
command_ended(struct crawl_command *command)
{
	const char *name = command->argv[0];
	char text[SPAWN_TEXT];

	while (!command->ended) {
		int code, signal;

		switch (spawn_look(command->pid, &code, &signal)) {
		case SPAWN_NO_NEWS:
			return false;
		case SPAWN_ENDED:
			command->ended = true;
			command->how = signal != 0 ? -signal : code;
			break;
		case SPAWN_STOPPED:
			if (command->kill_at != UINT64_MAX)
				warn("%s",
				    spawn_stopped_text(name, command->pid, signal, text));
			break;
		case SPAWN_GOES_ON:
			warn("%s", spawn_stopped_text(name, command->pid, 0, text));
			break;
		}
	}
	return true;
}

void
command_force(struct crawl_command *command, uint64_t now)
{
	bool kill = command->kill_at != 0;

	if (command->kill_at != 0 && now < command->kill_at)
		return;
	command->kill_at = kill ? UINT64_MAX : now + GRACE;
	kin_signal(&command->kin, &command->pid, 1, kill ? SIGKILL : SIGTERM);
}

int
command_reap(struct crawl_command *command)
{
	command_end_input(command);
	close(command->out);
	command->out = -1;
	record_close(&command->from);
	if (command->kill_at != 0) /* what is left of one that we ended */
		kin_signal(&command->kin, &command->pid, 1, SIGKILL);
	kin_free(&command->kin);
	while (waitpid(command->pid, NULL, 0) < 0 && errno == EINTR)
		;
	command->pid = 0;
	return command->how;
}
