/* SPDX-License-Identifier: ISC */
#include "halving.h"

/*
 * Of a block with one bad record one half of each level is done.  With many workers as
 * many pieces may fail before the first of these is.
 */
enum { MOST_IN_ROW = 32 };

bool
halving_may(const struct halving *halving, uint64_t records)
{
	return halving->on && records > 1 && halving->row < MOST_IN_ROW;
}

bool
halving_failed(struct halving *halving, uint64_t records)
{
	bool may = halving_may(halving, records);

	if (halving->on && halving->row <= MOST_IN_ROW + 1)
		halving->row++;
	return may;
}

bool
halving_given_up(const struct halving *halving)
{
	return halving->row == MOST_IN_ROW + 1;
}
