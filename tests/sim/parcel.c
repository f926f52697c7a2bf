/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "parcel.h"
#include "plan.h"
#include "process.h"
#include "scene.h"
#include "shared.h"
#include "shortage.h"
#include "trace.h"

/* What -N says, or is without it. */
static uint64_t
most_records(void)
{
	if (plan.block_records != 0)
		return plan.block_records;
	return plan.block_bytes != 0 ? UINT64_MAX : 1;
}

/* Records that were given together stay so, or are halved. */
static void
check_extent(const struct process *process, const struct parcel *parcel)
{
	const struct entry *one = &shared->entries[parcel->first];
	uint64_t first = one->block_first, end = first + one->block_count;

	for (uint64_t i = parcel->first; i < parcel->first + parcel->count; i++)
		if (shared->entries[i].block_first != first ||
		    shared->entries[i].block_count != one->block_count)
			fault("records %llu and %llu are given to process %u, and were "
			      "in two blocks",
			    (unsigned long long)parcel->first, (unsigned long long)i,
			    process->serial);
	if (one->block_count == 0)
		return;
	if (parcel->first + parcel->count > end)
		fault("record %llu is given to process %u together with others than "
		      "before",
		    (unsigned long long)parcel->first, process->serial);
	if (parcel->count < one->block_count && !plan_halves())
		fault("process %u is given a part of the block of record %llu",
		    process->serial, (unsigned long long)parcel->first);
	if (parcel->count < one->block_count &&
	    parcel->count > (one->block_count + 1) / 2)
		fault("process %u is given %llu records of a block of %u",
		    process->serial, (unsigned long long)parcel->count, one->block_count);
}

/* How often it says that they were tried. */
static void
check_tries(const struct process *process, const struct parcel *parcel)
{
	const struct entry *one = &shared->entries[parcel->first];
	bool same = one->block_count == parcel->count;
	uint64_t tries = same ? one->block_tries : 0;

	if (parcel->tries > plan.retries)
		fault("record %llu is given to process %u after %llu tries",
		    (unsigned long long)parcel->first, process->serial,
		    (unsigned long long)parcel->tries);
	/* The first of two that try it at once may not be told of yet, or not count. */
	if (shared->lives > 1 || shortage_seen() || shortage_room_seen() ||
	    plan.speculate != 0)
		return;
	/* What breaks link after link is tried, too. */
	if (parcel->tries < tries || (parcel->tries > tries && plan.hosts == 0))
		fault("process %u is told of %llu tries of record %llu, after %llu",
		    process->serial, (unsigned long long)parcel->tries,
		    (unsigned long long)parcel->first, (unsigned long long)tries);
}

/* The id of records is the same one on each try, and in each life. */
static void
check_id(const struct process *process, const struct parcel *parcel)
{
	const char *dash = strrchr(parcel->id, '-');
	size_t len = dash == NULL ? 0 : (size_t)(dash - parcel->id);
	char rest[48];

	if (plan.hosts != 0 || plan.serve != 0)
		return;
	if (shared->run_id[0] == '\0' && len < sizeof(shared->run_id))
		memcpy(shared->run_id, parcel->id, len);
	if (parcel->count == 1)
		snprintf(
		    rest, sizeof(rest), "-%llu", (unsigned long long)parcel->first + 1);
	else
		snprintf(rest, sizeof(rest), "-%llu+%llu",
		    (unsigned long long)parcel->first + 1,
		    (unsigned long long)parcel->count);
	if (len == 0 || strcmp(dash, rest) != 0 || strlen(shared->run_id) != len ||
	    memcmp(shared->run_id, parcel->id, len) != 0)
		fault("the id of what process %u is given is %s, and not %s%s",
		    process->serial, parcel->id, shared->run_id, rest);
}

void
parcel_given(const struct process *process, const struct parcel *parcel)
{
	if (!parcel->known || parcel->count == 0 ||
	    parcel->first + parcel->count > plan.records)
		fault("process %u is not told which records it gets", process->serial);
	if (parcel->count > most_records())
		fault("process %u is given %llu records", process->serial,
		    (unsigned long long)parcel->count);
	check_extent(process, parcel);
	check_tries(process, parcel);
	check_id(process, parcel);
	for (uint64_t i = parcel->first; i < parcel->first + parcel->count; i++) {
		struct entry *entry = &shared->entries[i];

		if (entry->block_first != parcel->first ||
		    entry->block_count != parcel->count)
			entry->block_tries = 0;
		entry->block_first = (unsigned)parcel->first;
		entry->block_count = (unsigned)parcel->count;
	}
}

void
parcel_came(const struct process *process, const struct parcel *parcel, unsigned first,
    unsigned count, uint64_t bytes)
{
	bool alone = plan.block_bytes == 0 && plan.words_most == 0 &&
	    plan.word_most == 0 && plan.max_record == 0 && shared->lives == 1 &&
	    !plan_halves();

	if (first != parcel->first || count != parcel->count)
		fault("process %u is given %u records from %u on, and told of %llu from "
		      "%llu on",
		    process->serial, count, first, (unsigned long long)parcel->count,
		    (unsigned long long)parcel->first);
	if (plan.block_bytes != 0 && bytes > plan.block_bytes && count > 1)
		fault("process %u is given a block of %llu bytes", process->serial,
		    (unsigned long long)bytes);
	if (alone && count < most_records() && first + count < plan.records)
		fault("process %u is given %u records, and more are to come",
		    process->serial, count);
}

void
parcel_failed(const struct parcel *parcel)
{
	for (uint64_t i = parcel->first; i < parcel->first + parcel->count; i++) {
		shared->entries[i].block_tries++;
		shared->entries[i].block_failures++;
	}
}

bool
parcel_is_too_long(unsigned record)
{
	return shared->entries[record].too_long;
}
