/* SPDX-License-Identifier: ISC */
/*
 * split - the one input, the outputs, and the loop that joins them.
 */
#ifndef PAR_SPLIT_SPLIT_H
#define PAR_SPLIT_SPLIT_H

#include <stddef.h>

#include "diag.h"
#include "split_plan.h"

/* Copy the input to the outputs that paths name; the exit status. */
enum status split_run(const struct split_plan *plan, char *const *paths, size_t count);

#endif
