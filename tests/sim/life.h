/* SPDX-License-Identifier: ISC */
/*
 * life - one life of the supervisor: par-run from its main() to its end, or until it is
 * killed.
 */
#ifndef SIM_LIFE_H
#define SIM_LIFE_H

#include <stdint.h>

/* In a process of its own. */
_Noreturn void life_run(void);

/* At which of its calls it is killed; 0: it is not. */
uint64_t life_kill_at(void);
_Noreturn void life_kill(void);

/* The life ends by itself, with a status, or by a signal. */
_Noreturn void life_end(int status);
_Noreturn void life_end_by(int signal);

#endif
