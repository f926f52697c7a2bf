/* SPDX-License-Identifier: ISC */
/*
 * others - somebody else who shares processors with the supervisor, by the tokens of a
 * jobserver: how many are taken, and that all of them are there in the end.
 */
#ifndef SIM_OTHERS_H
#define SIM_OTHERS_H

#include <stddef.h>

/* Make it, as plan.jobs_most says, and have MAKEFLAGS name it. */
void others_begin(void);

/* The pipe of the jobserver. */
struct conduit *others_fifo(void);

/* So many workers have something to do: are there tokens for all of them but one? */
void others_check(size_t busy);

/* The supervisor has ended, and was not killed. */
void others_end(void);

#endif
