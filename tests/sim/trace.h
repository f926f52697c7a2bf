/* SPDX-License-Identifier: ISC */
/*
 * trace - what happens in a run, in lines for a person; and how a run fails.
 */
#ifndef SIM_TRACE_H
#define SIM_TRACE_H

#include <stdbool.h>

/* Is the run told as it goes?  Set by main. */
extern bool trace_on;

/* A line of it, with the time. */
void trace(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The run broke a rule: say which, and end this process. */
_Noreturn void fault(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Bytes as text that can be shown, with room for most of them; static. */
const char *shown(const char *data, unsigned long len);

#endif
