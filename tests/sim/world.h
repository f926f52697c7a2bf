/* SPDX-License-Identifier: ISC */
/*
 * world - the clock, and what happens by itself while the supervisor runs or waits.
 * Time is a number, and jumps to when something is next to happen.
 */
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#define NEVER UINT64_MAX
#define MS UINT64_C(1000000) /* in ns, as all times here */

/* Something that acts by itself. */
struct actor {
	uint64_t due; /* when it acts next; NEVER: when it is woken */
	void (*act)(struct actor *actor);
	bool gone;
};

void world_add(struct actor *actor);

/* The actor acts soon, if it would not before. */
void world_wake(struct actor *actor, uint64_t within);

/* Each call of the supervisor takes a while, in which others may act. */
void world_tick(void);

/*
 * Wait for something to happen, at most until a moment.  False when that has come, and
 * nothing happened before.  It is a fault if nothing ever will.
 */
bool world_wait(uint64_t until);

/* The supervisor gets a signal, as soon as it waits; it may be sent before. */
void world_signal(int number);

/* Have it handled; true if there was one. */
bool world_deliver(void);
void world_block(bool blocked);
void world_handle(int number, void (*handler)(int));
void (*world_handler(int number))(int);
bool world_ignored(int number);

#endif
