/* SPDX-License-Identifier: ISC */
/*
 * answers - commands whose exit status 1 is an answer, and no failure.
 */
#ifndef PAR_RUN_ANSWERS_H
#define PAR_RUN_ANSWERS_H

/* What status 1 of command says, in words; NULL: nothing that is known here. */
const char *answers_say(const char *command);

#endif
