/* SPDX-License-Identifier: ISC */
/*
 * layer - keys that have outgrown memory, on disk by parts of their hash.
 *
 * When the table of a group is full, all of it is written to the parts, and it
 * begins anew.  At the end the parts are read back one by one, which fit, or are
 * parted again by a deeper layer.
 */
#ifndef PAR_GATHER_LAYER_H
#define PAR_GATHER_LAYER_H

#include "group.h"
#include "result.h"
#include "spool.h"

enum {
	LAYER_BITS = 6, /* of the hash, for each layer */
	LAYER_PARTS = 1 << LAYER_BITS,
	LAYER_DEEPEST = 8
};

struct layer {
	unsigned depth;
	bool used;
	struct spool parts[LAYER_PARTS];
};

/* Add to a key of group, which layer relieves when it is full. */
void layer_add(struct layer *layer, struct group *group, const struct group_add *add);

/* Write what is known of each key into sink, by rising seq; layer is used up. */
void layer_finish(struct layer *layer, struct group *group, struct result_sink *sink);

#endif
