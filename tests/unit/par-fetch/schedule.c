/* SPDX-License-Identifier: ISC */
/*
 * The model has a queue for each host, and those that are to be tried again later; it
 * says who may be asked for now, and how long anybody who may can be passed over.
 */
#include <stdlib.h>
#include <string.h>

#include "chance.h"
#include "check.h"
#include "schedule.h"

enum { HOSTS = 5, REQUESTS = 40 };

enum where { NOWHERE, WAITS, LATER, FLIES };

static char names[HOSTS][4] = { "a:1", "b:1", "c:1", "d:1", "e:1" };

static struct {
	struct request requests[REQUESTS];
	enum where where[REQUESTS];
	uint64_t due[REQUESTS]; /* LATER */
	int queues[HOSTS][REQUESTS]; /* WAITS: whose, in order */
	int lens[HOSTS];
	unsigned active[HOSTS];
	int passed_over[HOSTS]; /* how many others went while it could have */
	uint64_t now, last_due;
	unsigned per_host;
	uint64_t delay;
	int done;
} model;

static int
host_of(int r)
{
	return r % HOSTS;
}

static void
begin(struct schedule *schedule)
{
	memset(&model, 0, sizeof(model));
	model.per_host = (unsigned)chance_from(1, 3);
	model.delay = chance_one_in(2) ? 0 : chance_from(1, 30);
	model.now = model.last_due = 1000;
	for (int r = 0; r < REQUESTS; r++)
		model.requests[r].target.key = names[host_of(r)];
	schedule_open(schedule, model.per_host, model.delay);
}

static void
queue(int r, bool first)
{
	int h = host_of(r), *all = model.queues[h];

	if (first) {
		memmove(all + 1, all, (size_t)model.lens[h] * sizeof(*all));
		all[0] = r;
	} else {
		all[model.lens[h]] = r;
	}
	model.lens[h]++;
	model.where[r] = WAITS;
}

static void
add(struct schedule *schedule, int r)
{
	bool first = chance_one_in(4);

	if (model.where[r] != NOWHERE)
		return;
	model.requests[r].delay = chance_one_in(5) ? chance_from(1, 40) : 0;
	schedule_add(schedule, &model.requests[r], first, model.now);
	queue(r, first);
}

/* Those whose time has come are back, each before all others of its host. */
static void
wake(void)
{
	for (;;) {
		int soonest = -1;

		for (int r = 0; r < REQUESTS; r++)
			if (model.where[r] == LATER && model.due[r] <= model.now &&
			    (soonest < 0 || model.due[r] < model.due[soonest]))
				soonest = r;
		if (soonest < 0)
			return;
		queue(soonest, true);
	}
}

static bool
may_go(int h)
{
	const struct host_queue *host;

	if (model.lens[h] == 0)
		return false;
	host = model.requests[model.queues[h][0]].host;
	check_is(host->active, model.active[h]);
	return model.active[h] < (host->penalty > 0 ? 1 : model.per_host) &&
	    host->not_before <= model.now;
}

static void
check_gone(int h, const struct request *request)
{
	int r = (int)(request - model.requests);
	uint64_t wanted = request->delay > model.delay ? request->delay : model.delay;

	check_is(r, model.queues[h][0]);
	memmove(
	    model.queues[h], model.queues[h] + 1, (size_t)--model.lens[h] * sizeof(int));
	model.where[r] = FLIES;
	model.active[h]++;
	check(request->host != NULL);
	check_is(request->host->active, model.active[h]);
	check(wanted == 0 || request->host->not_before >= model.now + wanted);
}

static void
next(struct schedule *schedule)
{
	bool may[HOSTS];
	struct request *request;
	int h;

	wake();
	request = schedule_next(schedule, model.now);
	if (request == NULL) {
		for (h = 0; h < HOSTS; h++)
			check(!may_go(h));
		return;
	}
	h = host_of((int)(request - model.requests));
	for (int i = 0; i < HOSTS; i++) {
		may[i] = i != h && may_go(i);
		model.passed_over[i] = may[i] ? model.passed_over[i] + 1 : 0;
		check(model.passed_over[i] < HOSTS);
	}
	check_gone(h, request);
	check(model.active[h] <= model.per_host);
}

static void
land(struct schedule *schedule, int r)
{
	struct request *request = &model.requests[r];
	int h = host_of(r);

	if (model.where[r] != FLIES)
		return;
	if (chance_one_in(5))
		schedule_busy(request->host, model.now, chance_below(2000), 3000);
	else
		schedule_fine(request->host);
	schedule_landed(schedule, request, model.now);
	model.active[h]--;
	check(request->host == NULL);
	if (chance_one_in(4)) { /* times differ, so that their order is known */
		uint64_t at = model.now + chance_below(500);

		model.last_due = at > model.last_due ? at : model.last_due + 1;
		model.due[r] = model.last_due;
		model.where[r] = LATER;
		schedule_later(schedule, request, model.due[r]);
	} else {
		model.where[r] = NOWHERE;
		model.done++;
	}
}

static void
compare(const struct schedule *schedule)
{
	uint64_t due = schedule_due(schedule);
	size_t waiting = 0;

	for (int r = 0; r < REQUESTS; r++) {
		waiting += model.where[r] == WAITS || model.where[r] == LATER;
		check(model.where[r] != LATER || due <= model.due[r]);
	}
	check_is(schedule->waiting, waiting);
	check(schedule->hosts_seen <= HOSTS);
	for (int h = 0; h < HOSTS; h++) {
		const struct host_queue *host;

		if (model.lens[h] == 0)
			continue;
		host = model.requests[model.queues[h][0]].host;
		/* Who waits only for a time is waited for. */
		if (host->not_before > model.now && model.active[h] == 0)
			check(due <= host->not_before || host->state == HOST_READY);
	}
}

/* Nothing more is added: time alone brings all of it to an end. */
static void
drain(struct schedule *schedule)
{
	for (int turns = 0; turns < 100000; turns++) {
		bool flies = false;

		for (int r = 0; r < REQUESTS; r++)
			land(schedule, r);
		next(schedule);
		compare(schedule);
		for (int r = 0; r < REQUESTS; r++)
			flies |= model.where[r] == FLIES;
		if (!flies && schedule_due(schedule) != UINT64_MAX &&
		    schedule_due(schedule) > model.now)
			model.now = schedule_due(schedule);
		else if (!flies && schedule->waiting == 0)
			break;
	}
	check_is(schedule->waiting, 0);
	check_is(schedule_due(schedule), UINT64_MAX);
	check(schedule->hosts == NULL); /* who has nothing to do is forgotten */
}

static void
agrees(void)
{
	for (uint64_t round = 1; round <= 200; round++) {
		struct schedule schedule;

		check_at(round);
		begin(&schedule);
		for (int step = 0; step < 500; step++) {
			switch (chance_below(6)) {
			case 0:
			case 1:
				add(&schedule, (int)chance_below(REQUESTS));
				break;
			case 2:
			case 3:
				next(&schedule);
				break;
			case 4:
				land(&schedule, (int)chance_below(REQUESTS));
				break;
			default:
				model.now += chance_below(60);
				break;
			}
			compare(&schedule);
		}
		drain(&schedule);
		schedule_close(&schedule);
	}
}

/* How slow a host is taken, refusal by refusal, and answer by answer. */
static void
penalties(void)
{
	static const struct {
		uint64_t wanted, at_most, penalty, not_before;
	} rows[] = {
		{ 0, 10000, 500, 1500 }, { 0, 10000, 1000, 2000 },
		{ 0, 10000, 2000, 3000 }, { 0, 10000, 4000, 5000 },
		{ 0, 10000, 4000, 5000 }, /* at most */
		{ 4001, 10000, 4000, 5001 }, /* it wants more */
		{ 20000, 10000, 4000, 11000 }, /* more than we wait */
		{ 0, 300, 300, 11000 }, /* never sooner than was said */
	};
	struct host_queue host = { .key = names[0] };
	unsigned n = 0;

	for (size_t i = 0; i < COUNT(rows); i++) {
		check_at(i + 1);
		schedule_busy(&host, 1000, rows[i].wanted, rows[i].at_most);
		check_is(host.refusals, ++n);
		check_is(host.penalty, rows[i].penalty);
		check_is(host.not_before, rows[i].not_before);
	}
	host.penalty = 4000;
	for (uint64_t penalty = 2000; penalty >= SCHEDULE_PENALTY / 4; penalty /= 2) {
		schedule_fine(&host);
		check_is(host.refusals, 0);
		check_is(host.penalty, penalty);
	}
	check_is(host.penalty, SCHEDULE_PENALTY / 4);
	schedule_fine(&host);
	check_is(host.penalty, 0);
	host.penalty = SCHEDULE_PENALTY / 4 + 1;
	schedule_fine(&host);
	check_is(host.penalty, (SCHEDULE_PENALTY / 4 + 1) / 2);
}

TESTS("schedule", { "agrees with queues", agrees },
    { "how slow a host is taken", penalties })
