/* SPDX-License-Identifier: ISC */
/*
 * chunk - a file cut into as many parts as there are outputs, at record ends,
 * moved by the kernel and not read through.
 */
#ifndef PAR_SPLIT_CHUNK_H
#define PAR_SPLIT_CHUNK_H

#include "split.h"

/* Copy the parts of plan->input, a regular file; the exit status. */
enum status chunk_run(const struct split_plan *plan, char *const *paths, size_t count);

#endif
