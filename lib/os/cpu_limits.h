/* SPDX-License-Identifier: ISC */
/*
 * cpu_limits - how many of the processors this process may use, as the system limits it.
 */
#ifndef PAR_CPU_LIMITS_H
#define PAR_CPU_LIMITS_H

/* The processors of its affinity mask; 0: the system does not tell. */
unsigned cpu_limits_mask(void);

/* Those that the quota of its control group makes, rounded up; 0: there is none. */
unsigned cpu_limits_quota(void);

#endif
