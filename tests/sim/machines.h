/* SPDX-License-Identifier: ISC */
/*
 * machines - the hosts that the run is to use: as its options say, and the commands that
 * it is sent while it runs.
 */
#ifndef SIM_MACHINES_H
#define SIM_MACHINES_H

#include <stdbool.h>
#include <stdint.h>

#include "dice.h"

/* The option that names those that it begins with. */
const char *machines_option(void);

void machines_begin(void);

/* A command about hosts, by chance, which is about to be sent. */
const char *machines_command(struct dice *dice);

/* All that was sent is read: it is obeyed soon. */
void machines_read(void);
void machines_turn(void); /* of the loop */

/*
 * A link to the host of that name is made now: how many workers it may be told to have
 * there, a bit each; 0: it may not be made.
 */
unsigned machines_may(const char *name);

/* Was it dropped? */
bool machines_dropped(const char *name);

#endif
