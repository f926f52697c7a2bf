/* SPDX-License-Identifier: ISC */
/*
 * orders - lines for the control FIFO of a run.
 */
#ifndef PAR_TOP_ORDERS_H
#define PAR_TOP_ORDERS_H

#include "field.h"

/*
 * Write the line, which has its newline, to the FIFO path, which is not waited for. NULL,
 * or why that cannot be done.
 */
const char *orders_give(struct field path, const char *line);

#endif
