/* SPDX-License-Identifier: ISC */
/*
 * How much a plain worker gets at a time, by how soon it reads that.
 */
#include <limits.h>
#include <unistd.h>

#include "check.h"
#include "quantum.h"

enum { MOST = 256 << 10, LATE = 11000000 /* ns */, TIMES = 1000 };

/* It was given some, and has read it after so many nanoseconds at least. */
static void
give(struct quantum *quantum, struct worker *worker, uint64_t took)
{
	quantum_given(quantum);
	check_is(quantum->state, QUANTUM_GIVEN);
	quantum_written(quantum);
	quantum->given_at -= took;
	quantum_read(quantum, worker, 1);
}

static void
sizes(void)
{
	static const size_t sizes[] = { 1, 8, 64, 512, 4096, 32768, MOST, MOST };
	struct worker worker = { .in_look = -1 };
	struct quantum quantum;
	int ends[2];

	check_is(pipe(ends), 0);
	worker.in = ends[1];
	quantum_begin(&quantum);
	check_is(quantum.size, 1);
	for (size_t i = 1; i < COUNT(sizes); i++) {
		check_at(i);
		/* This process may be the one that is late. */
		for (size_t k = 0; k < TIMES && quantum.size != sizes[i]; k++) {
			quantum.size = sizes[i - 1];
			give(&quantum, &worker, 0);
		}
		check_is(quantum.state, QUANTUM_OPEN);
		check_is(quantum.size, sizes[i]);
	}
	close(ends[0]);
	close(ends[1]);
}

/* One that has become slow is given more when its pipe is small and empty again. */
static void
slower(void)
{
	static char data[16 << 10];
	struct worker worker = { .in_look = -1 };
	struct quantum quantum;
	int ends[2];

	check_is(pipe(ends), 0);
	worker.in = ends[1];
	quantum_begin(&quantum);
	quantum.size = MOST;
	worker_in_size(&worker, MOST);
	check_is(write(ends[1], data, sizeof(data)), sizeof(data));
	give(&quantum, &worker, LATE);
	check_is(quantum.size, 1);
	if (worker.in_room > PIPE_BUF) { /* there is no other size here */
		check_is(quantum.state, QUANTUM_DRAINING);
		quantum_check(&quantum, &worker);
		check_is(quantum.state, QUANTUM_DRAINING);
		check_is(read(ends[0], data, sizeof(data)), sizeof(data));
	}
	quantum_check(&quantum, &worker);
	check_is(quantum.state, QUANTUM_OPEN);
	give(&quantum, &worker, LATE);
	check_is(quantum.state, QUANTUM_OPEN);
	check_is(quantum.size, 1);
	close(ends[0]);
	close(ends[1]);
}

/* How soon that is depends on how many there are beside it. */
static void
many(void)
{
	static const struct {
		size_t workers;
		uint64_t took; /* ns, and the test itself some more */
		size_t size, then;
	} cases[] = { { 10, 2000000, 8, 8 }, { 100, 2000000, 8, 64 },
		{ 100, 50000000, 8, 8 }, { 1000, 50000000, 8, 64 },
		{ 100, 110000000, 8, 1 }, { 1000, 110000000, 8, 8 },
		{ 1000, 1010000000, 8, 1 } };
	struct worker worker = { .in_look = -1 };
	struct quantum quantum;
	int ends[2];

	check_is(pipe(ends), 0);
	worker.in = ends[1];
	for (size_t i = 0; i < COUNT(cases); i++) {
		check_at(i);
		quantum_begin(&quantum);
		for (size_t k = 0; k < TIMES && quantum.size != cases[i].then; k++) {
			quantum.size = cases[i].size;
			quantum_written(&quantum);
			quantum.given_at -= cases[i].took;
			quantum_read(&quantum, &worker, cases[i].workers);
		}
		check_is(quantum.size, cases[i].then);
	}
	close(ends[0]);
	close(ends[1]);
}

TESTS("quantum", { "grows with each that is read soon", sizes },
    { "one that is slow gets little", slower }, { "one of many is seen later", many })
