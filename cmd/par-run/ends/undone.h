/* SPDX-License-Identifier: ISC */
/*
 * undone - what was read and not delivered, for the last word of a run that ends
 * before its input does.
 */
#ifndef PAR_RUN_UNDONE_H
#define PAR_RUN_UNDONE_H

#include <stdbool.h>

#include "account.h"
#include "options.h"
#include "output.h"
#include "quarantine.h"
#include "supply.h"

struct undone {
	const struct run_options *options;
	const struct supply *supply;
	const struct outflow *output;
	const struct quarantine *quarantine;
	const struct tally *tally;
};

/* Say what it is; false, and not a word, if there is nothing. */
bool undone_say(const struct undone *undone);

#endif
