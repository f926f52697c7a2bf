/* SPDX-License-Identifier: ISC */
/*
 * live - runs on a terminal, as they go on, until a key or a signal ends it.
 */
#ifndef PAR_TOP_LIVE_H
#define PAR_TOP_LIVE_H

#include "roster.h"
#include "top_plan.h"

/*
 * Show them.  The signal that ended it, 0 if it was a key.  What goes wrong ends the
 * program; the terminal is as it was before in any case.
 */
int live_show(struct roster *roster, const struct top_plan *plan);

#endif
