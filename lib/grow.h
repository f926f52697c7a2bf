/* SPDX-License-Identifier: ISC */
/*
 * grow - memory for more and more things in a row: the one place that makes it larger.
 */
#ifndef PAR_GROW_H
#define PAR_GROW_H

#include <stddef.h>

/*
 * Room for at least needed things of size bytes each, and for most at the most.  things
 * is where they are, NULL if nowhere yet, with room for *room of them.  Returns where
 * they are then, *room having been doubled; or NULL with errno, ENOMEM or, with more
 * needed than most, EMSGSIZE: then all is as it was.
 */
void *grow(void *things, size_t *room, size_t needed, size_t size, size_t most)
    __attribute__((warn_unused_result));

#endif
