/* SPDX-License-Identifier: ISC */
/*
 * once - what there is now, as text or as JSON, and no more.
 */
#ifndef PAR_TOP_ONCE_H
#define PAR_TOP_ONCE_H

#include "bytes.h"
#include "roster.h"
#include "top_plan.h"

/* Ask all, or the one that is asked for, and wait for their answers.  0, or -1 with
 * errno. */
int once_ask(struct roster *roster, const struct top_plan *plan);

/* Put what they said; width: columns, 0: as many as it takes. */
void once_put(struct bytes *text, const struct roster *roster,
    const struct top_plan *plan, size_t width);

#endif
