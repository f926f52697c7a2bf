/* SPDX-License-Identifier: ISC */
/*
 * silent - workers that read ahead of what they answer, and say nothing.
 *
 * Many a filter waits until it has a block of input, or of output.  Such a worker is
 * given more when it has read all that it has, up to a limit.  Where no more may come
 * to it its input is ended, so that it must answer; another one is started then.
 */
#ifndef PAR_RUN_SILENT_H
#define PAR_RUN_SILENT_H

#include "run.h"

/* Look at it; true if it may be given more now, and is to be looked at soon. */
bool silent_check(struct run *run, struct slot *slot);

/*
 * It has not answered for as long as a record may take.  False if a record is to blame;
 * true if it goes on reading, or is only now made to answer: it has as long again.
 */
bool silent_excused(struct run *run, struct slot *slot);

#endif
