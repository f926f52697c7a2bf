/* SPDX-License-Identifier: ISC */
/*
 * get - the results of a queue, to standard output.
 */
#ifndef PAR_QUEUE_GET_H
#define PAR_QUEUE_GET_H

#include "diag.h"
#include "verb.h"

enum status get_run(const struct queue_options *options);

#endif
