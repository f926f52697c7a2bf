/* SPDX-License-Identifier: ISC */
/*
 * load - what this machine does now, as far as the system tells.
 */
#ifndef PAR_LOAD_H
#define PAR_LOAD_H

#include <stdint.h>

/*
 * How many processes and threads run or wait for a processor or a disk, beside this one,
 * now; where the system does not tell, its load average of a minute.  0, or -1 with
 * errno.
 */
int load_now(double *load);

enum { LOAD_PRESSURES = 3 }; /* for want of a processor, of memory, of a disk */

/*
 * How long, since this machine was started, something of it waited for want of each, us.
 * 0, or -1 with errno: ENOENT and others where the system does not tell.
 */
int load_pressures(uint64_t waited[static LOAD_PRESSURES]);

#endif
