/* SPDX-License-Identifier: ISC */
/*
 * look - what is in a queue, who works on it, and whether its engine is one to trust.
 */
#ifndef PAR_QUEUE_LOOK_H
#define PAR_QUEUE_LOOK_H

#include "diag.h"
#include "verb.h"

enum status look_stat(const struct queue_options *options);
enum status look_workers(const struct queue_options *options);
enum status look_check(const struct queue_options *options);

#endif
