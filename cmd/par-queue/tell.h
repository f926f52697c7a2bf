/* SPDX-License-Identifier: ISC */
/*
 * tell - what changes a queue, other than records that come and go.
 */
#ifndef PAR_QUEUE_TELL_H
#define PAR_QUEUE_TELL_H

#include "diag.h"
#include "verb.h"

/* pause, resume, scale, rate, drain */
enum status tell_workers(const struct queue_options *options);

enum status tell_revoke(const struct queue_options *options);
enum status tell_dead(const struct queue_options *options);
enum status tell_purge(const struct queue_options *options);

#endif
