/* SPDX-License-Identifier: ISC */
/*
 * files - the input and the output, opened as the options name them.
 */
#ifndef PAR_RUN_FILES_H
#define PAR_RUN_FILES_H

#include "ends.h"
#include "options.h"

/*
 * Open the input, as standard input, and the output, waiting for the other ends of FIFOs.
 * Does not return if that cannot be, or two of the files that are given are one.
 */
void files_open(const struct run_options *options, struct ends *ends);

#endif
