/* SPDX-License-Identifier: ISC */
/*
 * check - is a server one that a queue can be trusted to?
 */
#ifndef PAR_QUEUE_CHECK_H
#define PAR_QUEUE_CHECK_H

#include "diag.h"
#include "link.h"
#include "options.h"

/* Say what is wrong with it, and what it may lose. */
enum status check_run(const struct queue_options *options);

/*
 * Before a queue is used: end with a diagnostic if the server is one that deletes
 * keys when its memory is full.  One that does not tell is trusted.
 */
void check_keeps(struct link *link);

#endif
