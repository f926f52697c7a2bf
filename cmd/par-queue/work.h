/* SPDX-License-Identifier: ISC */
/*
 * work - a stage between queues: records taken go to it, what becomes of them is
 * committed.
 */
#ifndef PAR_QUEUE_WORK_H
#define PAR_QUEUE_WORK_H

#include "diag.h"
#include "verb.h"

enum status work_run(const struct queue_options *options);

#endif
