/* SPDX-License-Identifier: ISC */
/*
 * parent - the supervisor that par-run is a stage of: it hears what par-run tells of the
 * records that it gave it, on a descriptor of its own or, with --serve, in one stream
 * with the output.
 */
#ifndef SIM_PARENT_H
#define SIM_PARENT_H

#include <stdbool.h>
#include <stddef.h>

enum parent_kind { PARENT_NONE, PARENT_LINES, PARENT_STREAM };

/* Set the environment of par-run for it. */
void parent_begin(void);

/* Bytes came: lines, or with PARENT_STREAM lines and output. */
void parent_heard(void *nobody, const char *data, size_t len);

/* par-run has ended with that status. */
void parent_end(int status);

#endif
