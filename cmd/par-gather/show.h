/* SPDX-License-Identifier: ISC */
/*
 * show - how a key is written: a record of fields, or a JSON object.
 */
#ifndef PAR_GATHER_SHOW_H
#define PAR_GATHER_SHOW_H

#include "group.h"

/* All zero is an empty one. */
struct show {
	char *data;
	size_t len, size;
	char *values; /* scratch, for JSON */
	size_t values_size;
};

/*
 * Make show->data the len bytes that say what is known of a key, the newline
 * included.  0, or -1 if there is no memory.
 */
int show_key(struct show *show, const struct plan *plan, const struct table_entry *key,
    const struct group_state *state);

/* What keys are ranked by: the first column. */
struct number show_rank(const struct plan *plan, const struct group_state *state);

void show_close(struct show *show);

#endif
