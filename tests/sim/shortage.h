/* SPDX-License-Identifier: ISC */
/*
 * shortage - calls that fail since there is none of something left.
 */
#ifndef SIM_SHORTAGE_H
#define SIM_SHORTAGE_H

#include <stdbool.h>

/* Only from here on, so that the run can begin. */
void shortage_begin(void);

bool shortage_of_processes(void);
bool shortage_of_descriptors(void);
bool shortage_of_memory(void);

/* Has there been any?  Of memory? */
bool shortage_seen(void);
bool shortage_memory_seen(void);

#endif
