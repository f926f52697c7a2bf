/* SPDX-License-Identifier: ISC */
/*
 * oom_kills - how many processes the kernel has killed for want of memory.
 */
#ifndef PAR_OOM_KILLS_H
#define PAR_OOM_KILLS_H

#include <stdint.h>

/*
 * Of our control group, and of the whole system; UINT64_MAX: that cannot be read.  A
 * system that does not count them has 0.
 */
uint64_t oom_kills_group(void);
uint64_t oom_kills_system(void);

#endif
