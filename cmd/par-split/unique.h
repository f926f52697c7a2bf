/* SPDX-License-Identifier: ISC */
/*
 * unique - the records seen before, to be dropped.
 */
#ifndef PAR_SPLIT_UNIQUE_H
#define PAR_SPLIT_UNIQUE_H

#include <stddef.h>
#include <stdint.h>

struct unique;

/* NULL if there is no memory. */
struct unique *unique_open(void);
void unique_close(struct unique *unique);

/*
 * Of the len bytes of whole records at data, move those that are new to the
 * front; their length, or SIZE_MAX if there is no memory.
 */
size_t unique_filter(struct unique *unique, char *data, size_t len);

/* How many records were dropped, and how many were seen. */
uint64_t unique_dropped(const struct unique *unique);
uint64_t unique_seen(const struct unique *unique);

#endif
