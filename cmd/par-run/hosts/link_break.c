/* SPDX-License-Identifier: ISC */
#include "link_break.h"

enum { ALONE = 3 }; /* breaks from which on a record is to blame */

bool
link_break_add(struct link_break *cut, uint64_t made, uint64_t now, uint64_t first)
{
	bool at_once = now - cut->began < LINK_BREAK_TOGETHER;

	if (cut->number > 0 && (at_once || made <= cut->began)) {
		/* What the first link had may have gone to this one, and cut it, too. */
		if (at_once && first != cut->record)
			cut->lone_from = cut->number + 1;
		return false;
	}
	cut->number++;
	cut->began = now;
	cut->record = first;
	return true;
}

bool
link_break_blames(const struct link_break *cut, struct batch *batch)
{
	if (batch->cut < cut->lone_from)
		batch->cuts = 0;
	if (batch->cut != cut->number)
		batch->cuts++;
	batch->cut = cut->number;
	return batch->cuts >= ALONE;
}
