/* SPDX-License-Identifier: ISC */
/*
 * control - what changes a queue, other than records that come and go.
 */
#ifndef PAR_QUEUE_CONTROL_H
#define PAR_QUEUE_CONTROL_H

#include "diag.h"
#include "options.h"

/* pause, resume, scale, rate, drain */
enum status control_set(const struct queue_options *options);

enum status control_revoke(const struct queue_options *options);
enum status control_dead(const struct queue_options *options);
enum status control_purge(const struct queue_options *options);

#endif
