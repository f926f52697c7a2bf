/* SPDX-License-Identifier: ISC */
/*
 * put - standard input into a queue, each record once however often the connection
 * or, with a name for the producer, this program is interrupted.
 */
#ifndef PAR_QUEUE_PUT_H
#define PAR_QUEUE_PUT_H

#include "diag.h"
#include "verb.h"

enum status put_run(const struct queue_options *options);

#endif
