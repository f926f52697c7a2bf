/* SPDX-License-Identifier: ISC */
/*
 * sorted - the order of records to be merged: that of sort(1) in the C locale, with TAB
 * for its separator, by plan->key, and where that is equal by the whole record.
 */
#ifndef PAR_GATHER_SORTED_H
#define PAR_GATHER_SORTED_H

#include <stdbool.h>

#include "field.h"
#include "gather_plan.h"

/* The number that a key begins with, as it is written, and so of any length. */
struct leading {
	bool negative;
	struct field whole; /* digits, without zeros in front */
	struct field places; /* behind the point, without zeros at the end */
};

/* A record, and what of it counts; all are views. */
struct sorted {
	struct field rec, key;
	struct leading number; /* of the key, if it is sorted by number */
};

void sorted_look(const struct gather_plan *plan, struct field rec, struct sorted *out);

/* Below 0, 0 or above 0 as a comes before b, is the same or comes behind. */
int sorted_compare(
    const struct gather_plan *plan, const struct sorted *a, const struct sorted *b);

enum { SORTED_TEXT = 80 }; /* bytes that sorted_by() needs */

/* Write the command that sorts so at text, with its NUL. */
void sorted_by(const struct gather_plan *plan, char text[SORTED_TEXT]);

#endif
