/* SPDX-License-Identifier: ISC */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "course.h"
#include "life.h"
#include "plan.h"
#include "real.h"
#include "scene.h"
#include "shared.h"

enum { LONGEST = 60 }; /* seconds that a life may take, before something is wrong */

static void
begin(void)
{
	shared->next_serial = 0;
	shared->next_inode = 10;
	shared->now = 0;
	shared->lives = 0;
	shared->hung = false;
	shared->fault[0] = '\0';
	memset(shared->run_id, 0, sizeof(shared->run_id));
	shared->deaths_left = (unsigned)plan.deaths;
	memset(shared->entries, 0, plan.records * sizeof(shared->entries[0]));
	for (size_t i = 0; i < FILES_MOST; i++)
		shared->files[i] = (struct disk_file){ .data = shared->data[i] };
	scene_files();
}

/* One life of the supervisor, in a process of its own. */
static enum life_end
live(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		__real_prctl(PR_SET_PDEATHSIG, SIGKILL);
		__real_alarm(LONGEST);
		life_run();
	}
	if (pid < 0 || __real_waitpid(pid, &status, 0) < 0) {
		snprintf(
		    shared->fault, sizeof(shared->fault), "the simulator cannot fork");
		return LIFE_FAULT;
	}
	if (WIFSIGNALED(status))
		snprintf(shared->fault, sizeof(shared->fault),
		    "the simulation crashed by signal %d", WTERMSIG(status));
	else if (WEXITSTATUS(status) == LIFE_DONE || WEXITSTATUS(status) == LIFE_KILLED)
		return (enum life_end)WEXITSTATUS(status);
	else if (shared->fault[0] == '\0')
		snprintf(shared->fault, sizeof(shared->fault),
		    "the simulation ended with status %d", WEXITSTATUS(status));
	return LIFE_FAULT;
}

const char *
course_run(void)
{
	enum life_end end = LIFE_KILLED;

	begin();
	while (end == LIFE_KILLED)
		end = live();
	shared->counts.runs++;
	shared->counts.records += plan.records;
	return end == LIFE_DONE ? NULL : shared->fault;
}
