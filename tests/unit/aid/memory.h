/* SPDX-License-Identifier: ISC */
/*
 * memory - allocations of what is tested: counted, and made to fail.  They come here by
 * the linker's --wrap; those that libc makes for itself do not.
 */
#ifndef PAR_UNIT_MEMORY_H
#define PAR_UNIT_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/* How many are not freed. */
long memory_live(void);

/* Has the one that was to fail been asked for? */
bool memory_failed(void);

/* No more of them fails. */
void memory_back(void);

/*
 * Run a test again and again, each time with another of its allocations failing, at first
 * this one alone and then it and all after it, until a run has none that could.  Each
 * leaves nothing behind; it asks memory_failed() what it may expect.  At least one fails.
 */
void memory_torment(void (*run)(void));

/*
 * Call call(arg), which may end the program: the status of its exit(3), or -1 if it
 * returns.  What it had allocated when it ended is lost, and not counted.
 */
int memory_status_of(void (*call)(void *arg), void *arg);

#endif
