/* SPDX-License-Identifier: ISC */
/*
 * move - bytes from a pipe to another descriptor, by splice(2) where there is
 * one and it pays, else through a buffer.  The one place that knows.
 */
#ifndef PAR_MOVE_H
#define PAR_MOVE_H

#include <stddef.h>

/*
 * Move len bytes, which from holds already, to the descriptor to, waiting for
 * room there.  0, or -1 with errno: of writing, or ENODATA when from did not
 * hold so many.  EINTR is returned only with *left updated, to be called again.
 */
int move_bytes(int from, int to, size_t *left);

/* How many bytes the pipe fd holds, or 0 where the system cannot tell. */
size_t move_held(int fd);

#endif
