/* SPDX-License-Identifier: ISC */
/*
 * polite - --admit key: records for a process of their own, those of each key at its
 * rate. The others go on meanwhile, as long as there is room for those that wait.
 */
#ifndef PAR_RUN_POLITE_H
#define PAR_RUN_POLITE_H

#include <stdbool.h>

#include "batch.h"
#include "blocks.h"
#include "ending.h"
#include "gate.h"
#include "hash.h"
#include "ledger.h"
#include "options.h"
#include "supply.h"
#include "times.h"

struct polite {
	const struct run_options *options;
	const struct times *times;
	const struct gate *gate;
	struct supply *supply;
	struct blocks *blocks;
	struct ledger *ledger;
	struct ending *ending;
	struct hash_key hash; /* of keys */
};

void polite_open(struct polite *polite);

static inline bool
polite_on(const struct polite *polite)
{
	return polite->options->admit.keyed;
}

/* The next record that may begin, as choose_next(). */
int polite_next(struct polite *polite, struct batch **batch);

/*
 * When a record that is sent again may begin, clock_ms(); and it does, before those of
 * its key that wait: 0, or -1 without memory.
 */
uint64_t polite_at(const struct polite *polite, const struct batch *batch);
int polite_begin(struct polite *polite, const struct batch *batch);

#endif
