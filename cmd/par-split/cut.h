/* SPDX-License-Identifier: ISC */
/*
 * cut - a file cut into as many parts as there are outputs, at record ends,
 * moved by the kernel and not read through.
 */
#ifndef PAR_SPLIT_CUT_H
#define PAR_SPLIT_CUT_H

#include <stddef.h>

#include "diag.h"
#include "split_plan.h"

/* Copy the parts of plan->input, a regular file; the exit status. */
enum status cut_run(const struct split_plan *plan, char *const *paths, size_t count);

#endif
