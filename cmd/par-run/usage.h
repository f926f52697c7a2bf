/* SPDX-License-Identifier: ISC */
/*
 * usage - what memory processes have.
 */
#ifndef PAR_RUN_USAGE_H
#define PAR_RUN_USAGE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * The memory that each of count children has, with all that came of it, resident, bytes:
 * memory that two of them share counts for both.  0, or -1 with errno: ENOSYS where the
 * system does not tell.
 */
int usage_memory(const pid_t *leaders, uint64_t *bytes, size_t count);

#endif
