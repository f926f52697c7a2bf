/* SPDX-License-Identifier: ISC */
#include <errno.h>

#include "key.h"
#include "polite.h"

void
polite_open(struct polite *polite)
{
	polite->hash = hash_random_key();
}

/* The hash of its key; false if it has none. */
static bool
find_hash(const struct polite *polite, const struct batch *batch, uint64_t *hash)
{
	char room[KEY_HOST_MAX];
	struct field key;

	if (!key_of(&polite->options->admit_key, batch->data, batch->len - 1, room, &key))
		return false;
	*hash = hash_keyed(key.data, key.len, &polite->hash);
	return true;
}

/* Give up a batch that has no key.  Takes it. */
static void
refuse(const struct polite *polite, struct batch *batch)
{
	struct record record = { .data = batch->data,
		.len = batch->len - 1,
		.number = batch->first,
		.offset = batch->offset };

	ledger_refused(
	    polite->ledger, &record, false, key_lacking(record.data, record.len));
	batch_free(batch);
}

/* There is no memory for it; it still counts.  Takes the batch. */
static int
broken(const struct polite *polite, struct batch *batch)
{
	supply_put_back(polite->supply, batch);
	return ending_broken(polite->ending, ENOMEM, "records that wait for their time");
}

int
polite_next(struct polite *polite, struct batch **batch)
{
	struct paced *paced = polite->supply->paced;
	uint64_t now = polite->times->now, hash;
	int got;

	if (polite->gate->phase != PHASE_RUN)
		return 0;
	*batch = paced_next(paced, now);
	if (*batch != NULL)
		return 1;
	while (paced_room(paced) && gate_open(polite->gate) &&
	    intake_ready(polite->supply->intake)) {
		got = blocks_next(polite->blocks, batch);
		if (got <= 0)
			return got;
		if (!find_hash(polite, *batch, &hash)) {
			refuse(polite, *batch);
			continue;
		}
		got = paced_begin(paced, hash, now, false);
		if (got > 0)
			return 1;
		if (got < 0 || paced_wait(paced, hash, *batch) < 0)
			return broken(polite, *batch);
	}
	return 0;
}

uint64_t
polite_at(const struct polite *polite, const struct batch *batch)
{
	uint64_t hash;

	return polite_on(polite) && find_hash(polite, batch, &hash)
	    ? paced_at(polite->supply->paced, hash)
	    : 0;
}

int
polite_begin(struct polite *polite, const struct batch *batch)
{
	uint64_t hash;

	if (!polite_on(polite) || !find_hash(polite, batch, &hash))
		return 0;
	return paced_begin(polite->supply->paced, hash, polite->times->now, true) < 0 ? -1
										      : 0;
}
