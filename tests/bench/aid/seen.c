/* SPDX-License-Identifier: ISC */
/*
 * seen DIR N - add N keys to what a crawl has seen, in files of DIR, and look for two old
 * ones for each, as a page has a link that is new and two that are not.  A line for each
 * power of ten: the time, and the CPU, of each since the last one.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "seen.h"

enum { NOTE_EVERY = 2048 }; /* keys: as often as par-frontier notes what it did */

static struct hash_wide
key_of(uint64_t number)
{
	static const struct hash_key key = { { 1, 2 } };

	return hash_keyed_wide(&number, sizeof(number), &key);
}

static double
seconds_of(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void
need(int got, int wanted)
{
	if (got == wanted)
		return;
	fprintf(stderr, "seen: %d and not %d\n", got, wanted);
	exit(3);
}

static void
step(struct seen *seen, uint64_t i)
{
	struct hash_wide fresh = key_of(i), half = key_of(i / 2),
			 some = key_of(i * 2654435761 % (i + 1));

	need(seen_add(seen, &fresh), 1);
	need(seen_add(seen, &half), 0);
	need(seen_add(seen, &some), 0);
	if (i % NOTE_EVERY == 0)
		seen_noted(seen);
}

static long
faults(void)
{
	struct rusage use;

	getrusage(RUSAGE_SELF, &use);
	return use.ru_minflt;
}

int
main(int argc, char **argv)
{
	uint64_t count = strtoull(argv[argc - 1], NULL, 10), last = 0;
	int folder = open(argv[argc - 2], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	double wall = seconds_of(CLOCK_MONOTONIC),
	       cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
	struct seen seen;

	need(seen_open(&seen, folder, SEEN_LEAST, NULL, 0), 0);
	for (uint64_t i = 0, next = 10000; i <= count; i++) {
		if (i == next || i == count) {
			double here = seconds_of(CLOCK_MONOTONIC),
			       used = seconds_of(CLOCK_PROCESS_CPUTIME_ID);

			printf("%llu keys: since %llu %.2f us each, %.2f us of CPU, "
			       "%zu files, %ld faults\n",
			    (unsigned long long)i, (unsigned long long)last,
			    (here - wall) / (double)(i - last) * 1e6,
			    (used - cpu) / (double)(i - last) * 1e6, seen.shelf_count,
			    faults());
			fflush(stdout);
			last = i;
			wall = here;
			cpu = used;
			next *= next < 10000000 ? 10 : 2;
		}
		if (i < count)
			step(&seen, i);
	}
	seen_close(&seen);
	return 0;
}
