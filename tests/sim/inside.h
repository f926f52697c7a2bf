/* SPDX-License-Identifier: ISC */
/*
 * inside - what par-run itself knows of its records, looked at in each turn of its loop:
 * the one thing here that knows how it is made.
 */
#ifndef SIM_INSIDE_H
#define SIM_INSIDE_H

struct checkpoint;

/* The linker leads each call of checkpoint_turn() here: it sees all that is handed out.
 */
void __wrap_checkpoint_turn(struct checkpoint *known);
void __real_checkpoint_turn(struct checkpoint *known);

#endif
