/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "diag.h"
#include "engines.h"
#include "grow.h"
#include "num.h"
#include "origin.h"

enum {
	MOST_WEIGHT = 1000,
	LAST_PATIENCE = 2000 /* ms: without our word the others find out, too */
};

/* NAME or NAME=WEIGHT, len bytes. */
static const char *
add_origin(struct origins *origins, const char *text, size_t len)
{
	struct origin *origin = &origins->all[origins->count];
	const char *equals = memchr(text, '=', len);
	size_t name = equals == NULL ? len : (size_t)(equals - text);

	origin->weight = 1;
	if (!engine_name_ok(text, name))
		return engine_name_why;
	if (equals != NULL &&
	    num_parse_bytes(equals + 1, len - name - 1, 1, MOST_WEIGHT, &origin->weight) <
		0)
		return "the weight is not a number from 1 to 1000";
	memcpy(origin->name, text, name);
	for (size_t i = 0; i < origins->count; i++)
		if (strcmp(origins->all[i].name, origin->name) == 0)
			return "a queue stands there twice; see =WEIGHT for more of one";
	engines_open(&origin->engine, &origins->options->engine, origin->name);
	origins->weights += (int64_t)origin->weight;
	origins->count++;
	return NULL;
}

const char *
origins_open(struct origins *origins, const struct queue_options *options, char *list)
{
	const char *why;

	*origins = (struct origins){ .options = options };
	if (engine_own_name(origins->me) < 0)
		die(STATUS_BROKEN, errno, "getrandom");
	origins->all = calloc(ORIGINS_MAX, sizeof(*origins->all));
	if (origins->all == NULL)
		die(STATUS_BROKEN, errno, "cannot begin");
	for (;;) {
		size_t len = strcspn(list, ",");

		if (origins->count == ORIGINS_MAX)
			return "more than 64 queues";
		why = add_origin(origins, list, len);
		if (why != NULL || list[len] == '\0')
			return why;
		list += len + 1;
	}
}

void
origins_wake(struct origins *origins, int fd)
{
	for (size_t i = 0; i < origins->count; i++) {
		origins->all[i].engine.wake = fd;
		origins->all[i].engine.woken = false;
	}
}

void
origins_hurry(struct origins *origins)
{
	for (size_t i = 0; i < origins->count; i++)
		if (origins->all[i].engine.patience > LAST_PATIENCE)
			origins->all[i].engine.patience = LAST_PATIENCE;
}

/* Name a chunk that died while we took, by its first record. */
static void
name_burial(const struct engine *engine, const struct engine_burial *burial)
{
	char why[200];
	int len = (int)burial->why.len;

	snprintf(why, sizeof(why), "%.*s", len < 120 ? len : 120, burial->why.data);
	if (burial->records > 1)
		snprintf(why, sizeof(why), "%.*s; with %llu more of its entry",
		    len < 120 ? len : 120, burial->why.data,
		    (unsigned long long)burial->records - 1);
	if (burial->record.len > 0)
		warn_record(burial->record.data, burial->record.len, why);
	else
		warn("%s: an entry without records: %s; it goes to the dead",
		    engine->queue, why);
}

/* A chunk that was given is a lease, and work. */
static void
begin_lease(struct origins *origins, struct engine *engine,
    const struct engine_chunk *chunk, struct batch_queue *todo,
    struct batch_queue *suspects)
{
	struct batch *batch;
	struct lease *lease = lease_new(engine, chunk, origins->numbers, &batch);

	origins->numbers += lease->count;
	lease_add(&origins->leases, lease);
	if (batch != NULL)
		batch_push(batch->alone ? suspects : todo, batch);
	else
		origins->ill++;
}

/* Take from this one. */
static size_t
take_from(struct origins *origins, struct origin *origin, const struct want *want,
    struct batch_queue *todo, struct batch_queue *suspects)
{
	const struct queue_options *o = origins->options;
	struct engine_take take = { .me = origins->me,
		.records = want->records,
		.bytes = want->bytes,
		.lease = o->lease,
		.deaths = o->deaths,
		.results = o->limit };
	struct engine *engine = &origin->engine;

	if (!engines_answered(engine, engine->kind->take(engine, &take)))
		return 0;
	for (size_t i = 0; i < take.burial_count; i++)
		name_burial(engine, &take.burials[i]);
	origins->ill += take.burial_count;
	for (size_t i = 0; i < take.count; i++)
		begin_lease(origins, engine, &take.chunks[i], todo, suspects);
	return take.count;
}

/* The one to be asked next, of those not asked yet, by bits. */
static size_t
next_origin(const struct origins *origins, uint64_t asked)
{
	size_t best = origins->count;

	for (size_t i = 0; i < origins->count; i++)
		if ((asked >> i & 1) == 0 &&
		    (best == origins->count ||
			origins->all[i].priority > origins->all[best].priority))
			best = i;
	return best;
}

/* How long a step takes; one that took much longer than the others counts for little. */
static void
note_took(struct origins *origins, uint64_t begin)
{
	origins->took = (3 * origins->took + (clock_ms() - begin)) / 4;
}

size_t
origins_take(struct origins *origins, const struct want *want, struct batch_queue *todo,
    struct batch_queue *suspects)
{
	uint64_t asked = 0, begin = clock_ms();

	for (size_t i = 0; i < origins->count; i++)
		origins->all[i].priority += (int64_t)origins->all[i].weight;
	for (size_t k = 0; k < origins->count; k++) {
		size_t i = next_origin(origins, asked);
		size_t taken = take_from(origins, &origins->all[i], want, todo, suspects);

		if (taken > 0) {
			origins->all[i].priority -= origins->weights;
			note_took(origins, begin);
			return taken;
		}
		asked |= UINT64_C(1) << i;
	}
	for (size_t i = 0; i < origins->count; i++) /* nobody had any */
		origins->all[i].priority -= (int64_t)origins->all[i].weight;
	return 0;
}

/* There is no room for what is finished: it waits, and nothing more is taken. */
static void
say_full(struct origins *origins, const struct engine *engine)
{
	if (!origins->told)
		warn("%s: the server has no memory for results; waiting for par-queue "
		     "get, or dead --drop",
		    engine->queue);
	origins->told = origins->full = true;
}

/*
 * Is there a commit that was not answered?  Those of it go again, and alone: the engine
 * knows that they may have counted by what was committed last, and that is no longer.
 */
static bool
any_asked(const struct origins *origins, const struct engine *engine)
{
	for (const struct lease *l = origins->leases.head; l != NULL; l = l->next)
		if (l->engine == engine && l->asked)
			return true;
	return false;
}

/* Commit leases of one queue that are finished, at most ENGINE_AT_ONCE; how many. */
static size_t
commit_some(struct origins *origins, struct engine *engine, const char *last, size_t len)
{
	struct engine_commit commits[ENGINE_AT_ONCE];
	struct lease *leases[ENGINE_AT_ONCE];
	bool again = any_asked(origins, engine);
	size_t count = 0;

	for (struct lease *l = origins->leases.head; l != NULL && count < ENGINE_AT_ONCE;
	     l = l->next) {
		if (l->engine != engine || l->left > 0 || l->held || (again && !l->asked))
			continue;
		l->asked = true;
		lease_commit(l, &commits[count]);
		commits[count].next = origins->options->next;
		commits[count].me = origins->me;
		commits[count].untouched = lease_untouched(&commits[count]);
		commits[count].last = last;
		commits[count].last_len = len;
		leases[count++] = l;
	}
	if (count == 0 ||
	    !engines_answered(engine, engine->kind->commit(engine, commits, count)))
		return 0; /* woken: once more in the next turn */
	for (size_t i = 0; i < count; i++) {
		leases[i]->asked = false;
		leases[i]->held = commits[i].held;
		if (commits[i].held) {
			say_full(origins, engine);
			continue;
		}
		if (!commits[i].untouched) {
			origins->late += commits[i].late;
			origins->committed += !commits[i].late;
		}
		lease_remove(&origins->leases, leases[i]);
	}
	return count;
}

/* A chunk is taken from whoever comes first: never one that is not whole. */
static void
drop_partial(struct origins *origins)
{
	struct lease *next;

	for (struct lease *l = origins->leases.head; l != NULL; l = next) {
		next = l->next;
		if (l->state == LEASE_PARTIAL && l->left == 0)
			lease_remove(&origins->leases, l);
	}
}

void
origins_commit(struct origins *origins, const char *last, size_t last_len)
{
	drop_partial(origins);
	origins->full = false;
	for (struct lease *l = origins->leases.head; l != NULL; l = l->next)
		l->held = false;
	for (size_t i = 0; i < origins->count; i++)
		while (commit_some(origins, &origins->all[i].engine, last, last_len) > 0)
			;
}

/* What is ours of one queue, into origins->claims; how many these are. */
static size_t
find_claims(struct origins *origins, const struct engine *engine)
{
	size_t count = 0;

	for (struct lease *l = origins->leases.head; l != NULL; l = l->next) {
		struct engine_claim **claims;

		if (l->engine != engine || l->state != LEASE_OURS)
			continue;
		claims = grow(origins->claims, &origins->claims_size, count + 1,
		    sizeof(struct engine_claim *), SIZE_MAX);
		if (claims == NULL)
			die(STATUS_BROKEN, errno, "chunks");
		origins->claims = claims;
		claims[count++] = &l->claim;
	}
	return count;
}

/* What is no longer ours is told of once. */
static void
lose(struct origins *origins)
{
	for (struct lease *l = origins->leases.head; l != NULL; l = l->next) {
		if (!l->claim.lost || l->state != LEASE_OURS)
			continue;
		l->state = LEASE_LOST;
		origins->lost += l->left;
	}
}

static void
beat(struct origins *origins, struct origin *origin, uint64_t in_flight)
{
	struct engine *engine = &origin->engine;
	struct engine_beat beat = { .me = origins->me,
		.in_flight = in_flight,
		.committed = origins->committed,
		.late = origins->late };

	beat.count = find_claims(origins, engine);
	beat.claims = origins->claims;
	if (!engines_answered(engine, engine->kind->beat(engine, &beat)))
		return;
	if (origin->started == 0)
		origin->started = beat.now;
	origin->jobs = beat.jobs;
	origin->drain = beat.drain >= origin->started;
	lose(origins);
}

void
origins_beat(struct origins *origins, uint64_t in_flight)
{
	for (size_t i = 0; i < origins->count; i++)
		beat(origins, &origins->all[i], in_flight);
}

/* A number of a queue; 0 if it is below. */
static uint64_t
number_of(const struct engine_stat *stat, enum engine_number which)
{
	return stat->number[which] < 0 ? 0 : (uint64_t)stat->number[which];
}

/* Is nothing of it unfinished? */
static bool
is_finished(const struct engine_stat *stat)
{
	return number_of(stat, NUMBER_WAITING) + number_of(stat, NUMBER_DELAYED) +
	    number_of(stat, NUMBER_RUNNING) ==
	    0;
}

bool
origins_finished(struct origins *origins)
{
	bool finished = true;

	for (size_t i = 0; finished && i < origins->count; i++) {
		struct engine *engine = &origins->all[i].engine;
		struct engine_stat stat = { 0 };

		finished = engines_answered(engine, engine->kind->stat(engine, &stat)) &&
		    is_finished(&stat);
	}
	return finished;
}

bool
origins_empty(struct origins *origins)
{
	bool empty = true;

	origins_hurry(origins);
	for (size_t i = 0; empty && i < origins->count; i++) {
		struct engine *engine = &origins->all[i].engine;
		struct engine_stat stat = { 0 };

		empty =
		    engine->kind->stat(engine, &stat) == ENGINE_OK && is_finished(&stat);
	}
	return empty;
}

bool
origins_short(struct origins *origins, const struct lease *lease)
{
	struct engine_stat stat = { 0 };
	size_t i = 0;

	while (&origins->all[i].engine != lease->engine)
		i++;
	/* What a rate has let through would have to wait for its turn again. */
	return engines_answered(
		   lease->engine, lease->engine->kind->stat(lease->engine, &stat)) &&
	    number_of(&stat, NUMBER_WAITING) == 0 && strcmp(stat.rate, "0") == 0;
}

bool
origins_await(
    struct origins *origins, struct pollfd **polls, size_t *count, uint64_t *due)
{
	size_t all = 0;

	*due = UINT64_MAX;
	for (size_t i = 0; i < origins->count; i++) {
		struct engine *engine = &origins->all[i].engine;
		struct pollfd *room;

		if (engine->poll_count == 0)
			return false;
		room = grow(origins->polls, &origins->polls_size,
		    all + engine->poll_count, sizeof(*room), SIZE_MAX);
		if (room == NULL)
			return false;
		origins->polls = room;
		memcpy(room + all, engine->polls, engine->poll_count * sizeof(*room));
		all += engine->poll_count;
		if (engine->due < *due)
			*due = engine->due;
	}
	*polls = origins->polls;
	*count = all;
	return true;
}

void
origins_ready(struct origins *origins)
{
	engines_ready(&origins->all[0].engine);
}

bool
origins_missing(struct origins *origins)
{
	const char *so = origins->options->once ? engines_put : " yet; waits for one";

	origins->missing = 0;
	for (size_t i = 0; i < origins->count; i++)
		origins->missing += engines_say_missing(&origins->all[i].engine, so);
	return origins->missing == origins->count;
}

uint64_t
origins_jobs(const struct origins *origins)
{
	uint64_t jobs = UINT64_MAX;

	for (size_t i = 0; i < origins->count; i++)
		if (origins->all[i].jobs != 0 && origins->all[i].jobs < jobs)
			jobs = origins->all[i].jobs;
	return jobs;
}

bool
origins_drained(const struct origins *origins)
{
	for (size_t i = 0; i < origins->count; i++)
		if (origins->all[i].drain)
			return true;
	return false;
}

void
origins_close(struct origins *origins)
{
	struct engine_beat last = { .me = origins->me, .leaves = true };

	origins_hurry(origins);
	for (size_t i = 0; i < origins->count; i++) {
		struct engine *engine = &origins->all[i].engine;

		if (origins->all[i].started != 0)
			engines_answered(engine, engine->kind->beat(engine, &last));
		engines_close(engine);
	}
	while (origins->leases.head != NULL)
		lease_remove(&origins->leases, origins->leases.head);
	free(origins->claims);
	free(origins->polls);
	free(origins->all);
}
