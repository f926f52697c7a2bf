/* SPDX-License-Identifier: ISC */
/*
 * show - what is in a queue, and who works on it.
 */
#ifndef PAR_QUEUE_SHOW_H
#define PAR_QUEUE_SHOW_H

#include "diag.h"
#include "options.h"

enum status show_stat(const struct queue_options *options);
enum status show_workers(const struct queue_options *options);

#endif
