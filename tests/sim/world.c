/* SPDX-License-Identifier: ISC */
#include <signal.h>
#include <stddef.h>
#include <string.h>

#include "dice.h"
#include "kernel.h"
#include "life.h"
#include "plan.h"
#include "process.h"
#include "real.h"
#include "trace.h"
#include "world.h"

enum {
	MOST_ACTORS = 4096,
	MOST_CALLS = 20 * 1000 * 1000 /* that one life of a supervisor makes */
};

static struct {
	struct actor *actors[MOST_ACTORS];
	size_t count;
	void (*handlers[NSIG])(int);
	bool pending[NSIG];
	bool any_pending, blocked;
	struct dice dice;
	bool ready;
	uint64_t calls;
} world;

void
world_add(struct actor *actor)
{
	if (world.count == MOST_ACTORS)
		fault("too much happens at once for the simulator");
	world.actors[world.count++] = actor;
}

void
world_wake(struct actor *actor, uint64_t within)
{
	uint64_t due = shared->now + within;

	if (due < actor->due)
		actor->due = due;
}

/* Who acts next, at most at until; NULL if nobody does. */
static struct actor *
next(uint64_t until)
{
	struct actor *first = NULL;

	for (size_t i = 0; i < world.count; i++) {
		struct actor *actor = world.actors[i];

		if (actor->gone) {
			world.actors[i--] = world.actors[--world.count];
			continue;
		}
		if (actor->due != NEVER && actor->due <= until &&
		    (first == NULL || actor->due < first->due))
			first = actor;
	}
	return first;
}

static void
act(struct actor *actor)
{
	if (actor->due > shared->now)
		shared->now = actor->due;
	actor->due = NEVER;
	actor->act(actor);
}

/* All that is due happens. */
static void
act_due(void)
{
	struct actor *actor;

	while ((actor = next(shared->now)) != NULL)
		act(actor);
}

void
world_tick(void)
{
	if (!world.ready) {
		world.dice = dice_for(plan.seed, "calls", shared->lives);
		world.ready = true;
	}
	if (++world.calls > MOST_CALLS)
		fault("the supervisor makes calls without end");
	if (world.calls == life_kill_at())
		life_kill();
	shared->now += 200 + (dice_roll(&world.dice) & 0x3ff);
	if ((world.dice.state & 0x7000) == 0)
		act_due();
	world_deliver();
	if ((world.dice.state & 0x3fff0000) == 0) /* nobody lets it run for a while */
		shared->now += dice_scale(&world.dice, 1, 3000) * MS;
}

bool
world_wait(uint64_t until)
{
	struct actor *actor = next(until);

	if (actor == NULL && until == NEVER)
		fault("the supervisor waits for ever");
	if (actor == NULL) {
		if (until > shared->now)
			shared->now = until;
		return false;
	}
	act(actor);
	return true;
}

void
world_signal(int number)
{
	world.pending[number] = world.any_pending = true;
}

bool
world_deliver(void)
{
	bool any = false;

	if (!world.any_pending || world.blocked)
		return false;
	world.any_pending = false;
	for (int number = 1; number < NSIG; number++) {
		void (*handler)(int) = world.handlers[number];

		if (!world.pending[number])
			continue;
		world.pending[number] = false;
		if (handler == SIG_IGN || (handler == SIG_DFL && number == SIGCHLD))
			continue;
		if (handler == SIG_DFL)
			life_end_by(number);
		handler(number);
		any = true;
	}
	return any;
}

void
world_block(bool blocked)
{
	world.blocked = blocked;
}

void
world_handle(int number, void (*handler)(int))
{
	world.handlers[number] = handler;
}

void (*world_handler(int number))(int)
{
	return world.handlers[number];
}

bool
world_ignored(int number)
{
	return world.handlers[number] == SIG_IGN;
}
