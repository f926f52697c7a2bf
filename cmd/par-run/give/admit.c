/* SPDX-License-Identifier: ISC */
#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include "admit.h"
#include "diag.h"
#include "load.h"
#include "usage.h"

static_assert((int)ADMISSION_WANTS == (int)LOAD_PRESSURES, "each of them is looked at");

static const char admit_no_pressure[] = "--admit pressure: /proc/pressure";

/* The one that has most; NULL: one that was told to end is still there, or there is none.
 */
static struct slot *
largest_of(const struct pool *pool)
{
	struct slot *largest = NULL;

	for (size_t i = 0; i < pool->count; i++) {
		struct slot *slot = pool->slots[i];

		if (slot->place.state == PLACE_DYING)
			return NULL;
		if (place_may(&slot->place, PLACE_HEAR) && !slot->worker.ended &&
		    (largest == NULL || slot->memory > largest->memory))
			largest = slot;
	}
	return largest;
}

/* All have too much: the largest is killed, and what it had is done again, alone. */
static void
kill_largest(const struct admit *admit)
{
	struct pool *pool = admit->pool;
	struct slot *largest = largest_of(pool);

	if (largest == NULL)
		return;
	largest->lone = pool->living == 1;
	if (!largest->lone)
		warn(
		    "worker %u: killed, as the largest of %zu that have more memory than "
		    "--admit says; tried again alone",
		    largest->worker.number, pool->living);
	place_terminate(&largest->place, PLACE_LARGE);
	worker_signal(&largest->worker, SIGKILL);
}

/* So many bytes the processes of each worker have, which is what it came to if it had
 * less before. */
static void
note(const struct admit *admit, const uint64_t *bytes)
{
	struct pool *pool = admit->pool;
	uint64_t sum = 0;

	for (size_t i = 0; i < pool->count; i++) {
		struct slot *slot = pool->slots[i];

		if (bytes[i] > slot->memory)
			slot->memory = bytes[i];
		sum += bytes[i];
	}
	admission_memory(
	    pool->admission, bytes, pool->count, pool->living, admit->times->now);
	if (admission_over(pool->admission, sum))
		kill_largest(admit);
}

static void
look_at_memory(const struct admit *admit)
{
	const struct pool *pool = admit->pool;
	pid_t *leaders = calloc(pool->count + 1, sizeof(*leaders));
	uint64_t *bytes = calloc(pool->count + 1, sizeof(*bytes));

	for (size_t i = 0; leaders != NULL && i < pool->count; i++)
		leaders[i] = pool->slots[i]->worker.pid;
	if (leaders == NULL || bytes == NULL ||
	    usage_memory(leaders, bytes, pool->count) < 0)
		ending_broken(admit->ending, errno, "--admit memory: /proc");
	else
		note(admit, bytes);
	free(leaders);
	free(bytes);
}

static void
look_at_load(const struct admit *admit)
{
	double load;

	if (load_now(&load) < 0)
		ending_broken(admit->ending, errno, "--admit load");
	else
		admission_load(admit->pool->admission, load);
}

static void
look_at_pressure(const struct admit *admit)
{
	uint64_t waited[ADMISSION_WANTS];
	struct pool *pool = admit->pool;

	if (load_pressures(waited) < 0)
		ending_broken(admit->ending, errno, admit_no_pressure);
	else
		admission_pressure(
		    pool->admission, waited, pool->living, admit->times->now);
}

void
admit_open(const struct admit *admit)
{
	uint64_t waited[ADMISSION_WANTS];

	if (admit->pool->admission->limits.pressure != 0 && load_pressures(waited) < 0)
		ending_broken(admit->ending, errno, admit_no_pressure);
}

void
admit_turn(struct admit *admit)
{
	const struct admission_limits *limits = &admit->pool->admission->limits;

	if ((limits->load == 0 && limits->memory == 0 && limits->pressure == 0) ||
	    admit->times->now < admit->look_at)
		return;
	admit->look_at = admit->times->now + ADMISSION_EVERY;
	if (limits->load != 0)
		look_at_load(admit);
	if (limits->pressure != 0)
		look_at_pressure(admit);
	if (limits->memory != 0 && !ending_near(admit->ending))
		look_at_memory(admit);
}

uint64_t
admit_due(const struct admit *admit)
{
	const struct admission *admission = admit->pool->admission;
	bool left = supply_left(admit->supply) || speculate_lacks(admit->speculate);
	uint64_t due = UINT64_MAX;

	if (((admission->limits.load != 0 || admission->limits.pressure != 0) && left) ||
	    (admission->limits.memory != 0 && admit->pool->living > 0))
		due = admit->look_at;
	if (left && admission->clock.next < due &&
	    !rate_may(&admission->limits.starts, &admission->clock, admit->times->now))
		due = admission->clock.next;
	return due;
}
