/* SPDX-License-Identifier: ISC */
/*
 * stage - models of workers: what they read, answer, and die of.
 */
#ifndef SIM_STAGE_H
#define SIM_STAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct process;

/* The process is a stage from now on. */
void stage_begin(struct process *process, char *const *argv);

/* The stage has ended, by itself or by a signal. */
void stage_ended(struct process *process);

/* The stage was waited for. */
void stage_forgotten(struct process *process);

bool stage_ignores(const struct process *process, int signal);

/* Has it said hello?  Was it not given all that it was to have?  Was it given any? */
bool stage_is_known(const struct process *process);
bool stage_was_cut_short(const struct process *process); /* by a pipe that was full */
bool stage_was_given(const struct process *process);
size_t stage_count(const struct process *process); /* records that it was given */

/* What the record gets from the process as its output; line line of stage_lines(). */
unsigned stage_lines(unsigned record, unsigned serial);
size_t stage_line(unsigned record, unsigned serial, unsigned line, char *text);

/*
 * Did one that has ended leave these bytes, without a newline, at the end of its output?
 * Asked once for each.
 */
bool stage_left(const char *data, size_t len);

/* May output of that record by that process be passed on now?  NULL, or why not. */
const char *stage_may_pass(unsigned serial, unsigned record);

#endif
