/* SPDX-License-Identifier: ISC */
/*
 * sim [-qv] SEED COUNT [NAME=NUMBER ...] - runs of par-run that follow from seeds, with
 * everything around it simulated.  See README.
 *
 *	main.c        (this file)  as many processes as processors, each with its seeds
 *	shared.h      what all lives of a supervisor see: the disk, what became of records
 *	plan.[ch]     what a run is like, drawn from its seed
 *	course.[ch]   one run, life by life
 *	life.[ch]     one life of the supervisor
 *	scene.[ch]    who writes its input, reads its output, sends signals and commands
 *	parent.[ch]   the supervisor that it is a stage of
 *	stage*.[ch]   the model of a worker; answer.c: what it does with a record
 *	link.[ch]     what a host is told: a job, and blocks
 *	machines.[ch] the hosts that are to be used
 *	parcel.[ch]   records that one process has together
 *	judge.[ch]    the rules, looked at with all that happens
 *	inside.[ch]   the same of what par-run itself knows
 *	calls.[ch]    the system as the supervisor sees it; files.c, system.c
 *	shortage.[ch] calls that fail
 *	process.[ch]  children of the supervisor
 *	world.[ch]    the clock, and who acts when
 *	kernel.[ch]   pipes, files, descriptors
 *	trace.[ch]    what happens, for a person
 *	shrink.[ch]   the same fault with less
 *	dice.[ch]     numbers that follow from a seed
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "course.h"
#include "plan.h"
#include "real.h"
#include "shared.h"
#include "shrink.h"
#include "trace.h"

enum { JOBS_MOST = 64 };

/* What the processes tell each other. */
struct findings {
	uint64_t failed; /* the least seed that did; UINT64_MAX: none has */
	struct counts counts[JOBS_MOST];
};

struct shared *shared;
static struct findings *findings;

static _Noreturn void
misuse(void)
{
	fprintf(stderr, "usage: sim [-qv] SEED COUNT [NAME=NUMBER ...]\n");
	exit(2);
}

static void *
common_memory(size_t size)
{
	void *memory = __real_mmap(
	    NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED) {
		perror("sim");
		exit(2);
	}
	return memory;
}

static uint64_t
number(const char *text)
{
	char *end;
	uint64_t value;

	errno = 0;
	value = strtoull(text, &end, 10);
	if (errno != 0 || *end != '\0' || end == text)
		misuse();
	return value;
}

/* NAME=NUMBER of the command line. */
static void
set_field(const char *word)
{
	const char *equals = strchr(word, '=');
	size_t len = equals == NULL ? 0 : (size_t)(equals - word);

	for (size_t i = 0; i < plan_field_count; i++) {
		if (strlen(plan_fields[i].name) != len ||
		    strncmp(plan_fields[i].name, word, len) != 0)
			continue;
		*plan_number(i) = number(equals + 1);
		return;
	}
	misuse();
}

static void
make_plan(uint64_t seed, char **fields)
{
	plan_draw(seed);
	for (; *fields != NULL; fields++)
		set_field(*fields);
}

/* The seeds of one process. */
static _Noreturn void
work(size_t job, size_t jobs, uint64_t seed, uint64_t count, char **fields)
{
	__real_prctl(PR_SET_PDEATHSIG, SIGKILL);
	shared = common_memory(sizeof(*shared));
	for (uint64_t i = job; i < count && seed + i < findings->failed; i += jobs) {
		make_plan(seed + i, fields);
		if (course_run() != NULL && seed + i < findings->failed)
			findings->failed = seed + i;
	}
	findings->counts[job] = shared->counts;
	__real__exit(0);
}

/* All of them; the sum of what they counted. */
static struct counts
work_all(uint64_t seed, uint64_t count, char **fields)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	size_t jobs = processors < 1 ? 1
	    : processors > JOBS_MOST ? JOBS_MOST
				     : (size_t)processors;
	struct counts sum = { 0 };
	uint64_t *to = (uint64_t *)(void *)&sum;
	pid_t pids[JOBS_MOST];

	for (size_t job = 0; job < jobs; job++) {
		pids[job] = fork();
		if (pids[job] == 0)
			work(job, jobs, seed, count, fields);
	}
	for (size_t job = 0; job < jobs; job++) {
		const uint64_t *from = (const uint64_t *)(void *)&findings->counts[job];
		int status;

		if (__real_waitpid(pids[job], &status, 0) < 0 || status != 0) {
			fprintf(stderr, "sim: a process of it failed\n");
			exit(2);
		}
		for (size_t i = 0; i < sizeof(sum) / sizeof(uint64_t); i++)
			to[i] += from[i];
	}
	return sum;
}

static void
show(const struct counts *counts)
{
	printf("%llu runs, %llu records, %llu starts, %llu turns; deaths: %llu of "
	       "workers, %llu of hosts, %llu of supervisors: %llu\n",
	    (unsigned long long)counts->runs, (unsigned long long)counts->records,
	    (unsigned long long)counts->starts, (unsigned long long)counts->turns,
	    (unsigned long long)counts->workers, (unsigned long long)counts->hosts,
	    (unsigned long long)counts->supervisors,
	    (unsigned long long)(counts->workers + counts->hosts + counts->supervisors));
}

int
main(int argc, char **argv)
{
	uint64_t seed;
	struct counts counts;
	bool quiet = false;

	if (argc > 1 && strcmp(argv[1], "-v") == 0) {
		trace_on = true;
		argc--;
		argv++;
	}
	if (argc > 1 && strcmp(argv[1], "-q") == 0) {
		quiet = true;
		argc--;
		argv++;
	}
	if (argc < 3)
		misuse();
	seed = number(argv[1]);
	findings = common_memory(sizeof(*findings));
	findings->failed = UINT64_MAX;
	counts = work_all(seed, number(argv[2]), argv + 3);
	if (findings->failed == UINT64_MAX) {
		show(&counts);
		return 0;
	}
	shared = common_memory(sizeof(*shared));
	make_plan(findings->failed, argv + 3);
	course_run();
	printf("seed %llu: %s\n", (unsigned long long)plan.seed, shared->fault);
	fflush(stdout);
	if (!quiet)
		shrink(shared->fault);
	return 1;
}
