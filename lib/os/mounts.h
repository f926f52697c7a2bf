/* SPDX-License-Identifier: ISC */
/*
 * mounts - what file systems there are, as far as the system tells.
 */
#ifndef PAR_MOUNTS_H
#define PAR_MOUNTS_H

#include <sys/types.h>

enum { MOUNTS_TYPE = 64 };

/*
 * The type of the file system that is mounted as device, as the system calls it; "" where
 * it is not known.
 */
void mounts_type(dev_t device, char type[static MOUNTS_TYPE]);

#endif
