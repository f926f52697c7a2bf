/* SPDX-License-Identifier: ISC */
/*
 * course - a run of the plan: lives of the supervisor, one after the other, until it is
 * done.
 */
#ifndef SIM_COURSE_H
#define SIM_COURSE_H

/* NULL, or its fault. */
const char *course_run(void);

#endif
