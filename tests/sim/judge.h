/* SPDX-License-Identifier: ISC */
/*
 * judge - looks at all that the supervisor does, and says when it breaks a rule:
 * each record is in one place, the output is what the outcomes say, the numbers agree,
 * and everything ends.
 */
#ifndef SIM_JUDGE_H
#define SIM_JUDGE_H

#include <stddef.h>
#include <stdint.h>

#include "kernel.h"
#include "tally.h"

struct process;

/* A turn of the loop. */
void judge_turn(void);

/* Something was written to a file, or a file was cut. */
void judge_file_written(const struct disk_file *file, uint64_t at, size_t len);
void judge_file_cut(const struct disk_file *file, uint64_t size);

/* Bytes came into the pipe of standard output. */
void judge_output(void *nobody, const char *data, size_t len);

uint64_t judge_output_bytes(void); /* so far */

/* The supervisor wrote to standard error. */
void judge_errors(const char *data, size_t len);

/* The process was given a whole record; it has ended. */
void judge_given(const struct process *process, unsigned record);
void judge_told(void); /* one has told of a record */
void judge_started(void); /* a process was */
void judge_dead(const struct process *process);

enum seen_outcome judge_outcome(unsigned record);

/* The supervisor ended with that status, or by a signal. */
void judge_end(int status, int signal);

#endif
