/* SPDX-License-Identifier: ISC */
/*
 * shrink - makes the plan of a run that failed smaller while it still fails, and shows
 * it.
 */
#ifndef SIM_SHRINK_H
#define SIM_SHRINK_H

/* The plan failed so. */
void shrink(const char *fault);

#endif
