/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan.h"
#include "process.h"
#include "shortage.h"
#include "stage.h"
#include "trace.h"

enum { MOST_PROCESSES = 60000, FIRST_PID = 1000 };

static struct {
	struct process *all[MOST_PROCESSES]; /* of this life, by serial */
	size_t count, waited; /* those before it were all waited for */
	unsigned first; /* serial of the first */
	struct process *child; /* that is being made */
	struct descriptor_table child_table;
	jmp_buf became;
} processes;

struct process *
process_by_serial(unsigned serial)
{
	if (serial < processes.first || serial - processes.first >= processes.count)
		return NULL;
	return processes.all[serial - processes.first];
}

static struct process *
add(void)
{
	struct process *process = kernel_memory(sizeof(*process));

	if (processes.count == MOST_PROCESSES)
		fault("%d processes were started, without end", MOST_PROCESSES);
	if (processes.count == 0)
		processes.first = shared->next_serial + 1;
	process->serial = ++shared->next_serial;
	process->pid = (pid_t)(FIRST_PID + process->serial);
	process->actor.due = NEVER;
	processes.all[processes.count++] = process;
	return process;
}

bool
process_in_child(void)
{
	return processes.child != NULL;
}

pid_t
process_child_pid(void)
{
	return processes.child->pid;
}

/* All that the child had open, but for what it keeps, is closed. */
static void
close_table(struct descriptor_table *table)
{
	for (int fd = table->end; fd-- > 0;)
		if (table->all[fd].opening != NULL)
			kernel_close(table->all[fd].opening);
	table->end = 0;
}

pid_t
process_make(int (*call)(void *arg), void *arg)
{
	struct descriptor_table *ours = kernel_table;
	struct process *process;
	int status;

	if (shortage_of_processes())
		return -1;
	process = add();
	table_copy(&processes.child_table, ours);
	kernel_table = &processes.child_table;
	processes.child = process;
	if (setjmp(processes.became) == 0) {
		status = call(arg);
		process = processes.child;
		trace("process %u becomes nothing: status %d", process->serial, status);
		process->state = PROCESS_RUNS;
		processes.child = NULL;
		kernel_table = ours;
		close_table(&processes.child_table);
		process_end(process, status, 0);
		return process->pid;
	}
	process = processes.child;
	processes.child = NULL;
	kernel_table = ours;
	return process->pid;
}

static enum takes
takes(const struct process *process, const char *value)
{
	char pid[32];
	size_t len = (size_t)snprintf(pid, sizeof(pid), "%ld:", (long)process->pid);

	if (strncmp(value, pid, len) != 0)
		fault("PAR_STAGE_TAKES of process %u is not its own: %s", process->serial,
		    value);
	value += len;
	len = strcspn(value, ",");
	return len == 4 && memcmp(value, "runs", len) == 0  ? TAKES_RUNS
	    : len == 6 && memcmp(value, "counts", len) == 0 ? TAKES_COUNTS
							    : TAKES_NONE;
}

/* What the environment says of the records that it is for. */
static void
read_parcel(struct parcel *parcel, const char *var)
{
	unsigned long long number;

	if (sscanf(var, "PAR_RECORD=%llu", &number) == 1) {
		parcel->known = true;
		parcel->first = number - 1;
	} else if (sscanf(var, "PAR_RECORDS=%llu", &number) == 1) {
		parcel->count = number;
	} else if (sscanf(var, "PAR_TRY=%llu", &number) == 1) {
		parcel->tries = number - 1;
	} else if (strncmp(var, "PAR_ID=", 7) == 0) {
		snprintf(parcel->id, sizeof(parcel->id), "%s", var + 7);
	}
}

/* The descriptor where records that are named would come, or -1: no stage wants it. */
static int
named(const char *value)
{
	const char *word = strstr(value, ",named=");

	return word == NULL ? -1 : (int)strtol(word + strlen(",named="), NULL, 10);
}

/* The descriptors of the protocol and the number of the worker, by its environment. */
struct inherited {
	int stage, named; /* -1: it has none */
};

static struct inherited
read_environment(struct process *process, char *const *environment)
{
	char pid[32];
	struct inherited has = { -1, -1 };

	for (char *const *var = environment; *var != NULL; var++) {
		if (strncmp(*var, "PAR_WORKER=", 11) == 0)
			process->worker = (unsigned)strtoul(*var + 11, NULL, 10);
		if (strncmp(*var, "PAR_STAGE_TAKES=", 16) == 0)
			has.named = named(*var + 16);
		if (strncmp(*var, "PAR_STAGE_TAKES=", 16) == 0)
			process->takes = takes(process, *var + 16);
		read_parcel(&process->parcel, *var);
		if (strncmp(*var, "PAR_STAGE=", 10) != 0)
			continue;
		has.stage = (int)strtol(*var + 10, NULL, 10);
		snprintf(pid, sizeof(pid), ":%ld", (long)process->pid);
		if (strstr(*var, pid) == NULL)
			fault("PAR_STAGE of process %u is not its own: %s",
			    process->serial, *var);
	}
	return has;
}

/* What is open after exec(2) is its own; nothing else of the supervisor may be. */
static void
take_openings(struct process *process, struct inherited has)
{
	struct descriptor_table *table = &processes.child_table;
	struct opening **own[] = { &process->in, &process->out, &process->errors };

	for (int fd = 0; fd < table->end; fd++) {
		struct descriptor *descriptor = &table->all[fd];

		if (descriptor->opening == NULL)
			continue;
		if (descriptor->cloexec || fd == has.named) {
			kernel_close(descriptor->opening);
			continue;
		}
		if (fd > 2 && fd != has.stage)
			fault("process %u inherits descriptor %d", process->serial, fd);
		*(fd == has.stage ? &process->tell : own[fd]) = descriptor->opening;
	}
	table->end = 0;
	if (process->in == NULL || process->out == NULL)
		fault("process %u has no input or output", process->serial);
	if (process->errors != NULL && process->errors->errors) {
		kernel_close(process->errors); /* that of the supervisor itself */
		process->errors = NULL;
	}
}

/* Do the words and the environment fit in what the system takes? */
static bool
fit(char *const *argv, char *const *environment)
{
	uint64_t most = plan.words_most - plan.words_less, used = 0;

	for (; *argv != NULL; argv++) {
		if (plan.word_most != 0 && strlen(*argv) > plan.word_most)
			return false;
		used += strlen(*argv) + 1 + sizeof(*argv);
	}
	for (; *environment != NULL; environment++)
		used += strlen(*environment) + 1 + sizeof(*environment);
	return plan.words_most == 0 || used <= most;
}

/* The system takes no such words; of a record alone it never will. */
static void
note_too_long(char *const *environment)
{
	struct parcel parcel = { .known = false };

	for (; *environment != NULL; environment++)
		read_parcel(&parcel, *environment);
	if (parcel.count == 1 && parcel.first < plan.records)
		shared->entries[parcel.first].too_long = true;
}

int
process_become(const char *name, char *const *argv, char *const *environment)
{
	struct process *process = processes.child;

	(void)name;
	if (!fit(argv, environment)) {
		note_too_long(environment);
		errno = E2BIG;
		return -1;
	}
	take_openings(process, read_environment(process, environment));
	process->state = PROCESS_RUNS;
	shared->counts.starts++;
	stage_begin(process, argv);
	world_add(&process->actor);
	longjmp(processes.became, 1);
}

static void
close_own(struct opening **opening)
{
	if (*opening != NULL)
		kernel_close(*opening);
	*opening = NULL;
}

void
process_end(struct process *process, int code, int signal)
{
	if (process->state != PROCESS_RUNS)
		return;
	process->state = PROCESS_DEAD;
	process->actor.gone = true;
	process->code = code;
	process->signal = signal;
	if (process->stage != NULL)
		stage_ended(process);
	close_own(&process->in);
	close_own(&process->out);
	close_own(&process->tell);
	close_own(&process->errors);
	world_signal(SIGCHLD);
}

/* The default of most signals; some models do not mind those that can be ignored. */
static void
signal_one(struct process *process, int number)
{
	process->late =
	    process->late || (number == SIGTERM && process->state == PROCESS_DEAD);
	if (process->state != PROCESS_RUNS || number == 0)
		return;
	trace("the supervisor sends process %u signal %d", process->serial, number);
	if (number == SIGSTOP) {
		process->stopped = true;
		return;
	}
	if (number == SIGCONT) {
		process->stopped = false;
		world_wake(&process->actor, 0);
		return;
	}
	process->killed = true;
	if (number != SIGKILL && stage_ignores(process, number))
		return;
	process_end(process, 0, number);
}

struct process *
process_of(pid_t pid)
{
	size_t at = (size_t)pid - FIRST_PID - processes.first;

	if (pid < FIRST_PID || at >= processes.count ||
	    processes.all[at]->state == PROCESS_WAITED)
		return NULL;
	return processes.all[at];
}

int
process_signal(pid_t pid, int number)
{
	struct process *process = process_of(pid < 0 ? -pid : pid);

	if (process == NULL) {
		errno = ESRCH;
		return -1;
	}
	signal_one(process, number);
	return 0;
}

struct process *
process_ended(void)
{
	for (size_t i = processes.waited; i < processes.count; i++)
		if (processes.all[i]->state == PROCESS_DEAD)
			return processes.all[i];
	return NULL;
}

bool
process_any(void)
{
	for (size_t i = processes.waited; i < processes.count; i++)
		if (processes.all[i]->state != PROCESS_WAITED)
			return true;
	return false;
}

void
process_forget(struct process *process)
{
	process->state = PROCESS_WAITED;
	if (process->stage != NULL)
		stage_forgotten(process);
	while (processes.waited < processes.count &&
	    processes.all[processes.waited]->state == PROCESS_WAITED)
		processes.waited++;
}

struct process *
process_somebody(struct dice *dice)
{
	struct process *found = NULL;
	uint64_t seen = 0;

	for (size_t i = processes.waited; i < processes.count; i++)
		if (processes.all[i]->state == PROCESS_RUNS && dice_one_in(dice, ++seen))
			found = processes.all[i];
	return found;
}
