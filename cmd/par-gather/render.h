/* SPDX-License-Identifier: ISC */
/*
 * render - how a key is written: a record of fields, or a JSON object.
 */
#ifndef PAR_GATHER_RENDER_H
#define PAR_GATHER_RENDER_H

#include "bytes.h"
#include "group.h"

/* All zero is an empty one. */
struct render {
	struct bytes text;
	struct bytes values, plain; /* scratch, for JSON */
};

/*
 * Make render->text what is known of a key, the newline
 * included.  0, or -1 if there is no memory.
 */
int render_key(struct render *render, const struct gather_plan *plan,
    const struct table_entry *key, const struct group_state *state);

/* What keys are ranked by: the first column. */
struct number
render_rank(const struct gather_plan *plan, const struct group_state *state);

void render_close(struct render *render);

#endif
