/* SPDX-License-Identifier: ISC */
/*
 * run - one par-run, from its options to its status: opens, wires, loops and closes.
 *
 *	intake -> dispatch -> worker -> collect -> (order) -> standard output
 *	              ^                    |
 *	              +------ requeue <----+   sent again, or given up
 */
#ifndef PAR_RUN_RUN_H
#define PAR_RUN_RUN_H

#include "diag.h"
#include "options.h"

enum status run_to_end(const struct run_options *options);

#endif
