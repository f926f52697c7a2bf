/* SPDX-License-Identifier: ISC */
/*
 * cpus - how many processors this process may use.
 */
#ifndef PAR_CPUS_H
#define PAR_CPUS_H

/*
 * Counts the processors of its affinity mask and, rounded up, the quota of its
 * control group and of those above it (versions 1 and 2).  At least 1.
 */
unsigned cpus_usable(void);

#endif
