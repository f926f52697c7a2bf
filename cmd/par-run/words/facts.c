/* SPDX-License-Identifier: ISC */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "facts.h"
#include "hash.h"

void
facts_number(struct record_facts *facts, uint64_t number)
{
	snprintf(facts->run, sizeof(facts->run), "%016" PRIx64, number);
}

/* The id of these records, which is the same on every try, wherever that is. */
static void
set_id(struct record_facts *facts, const struct batch *records)
{
	const char *run = *records->run != '\0' ? records->run : facts->run;
	size_t len = strlen(run), size = sizeof(facts->id);
	char *id = facts->id;

	if (len == 0 || run[len - 1] == '#')
		snprintf(id, size, "PAR_ID=%s%016" PRIx64 "%016" PRIx64, run,
		    hash_bytes(records->data, records->len, 0),
		    hash_bytes(records->data, records->len, 1));
	else if (records->count == 1)
		snprintf(id, size, "PAR_ID=%s-%" PRIu64, run, records->origin + 1);
	else
		snprintf(id, size, "PAR_ID=%s-%" PRIu64 "+%" PRIu64, run,
		    records->origin + 1, records->count);
}

const char *const *
facts_env(
    struct record_facts *facts, const struct batch *records, const char *const *others)
{
	const char **env = facts->env;

	snprintf(facts->record, sizeof(facts->record), "PAR_RECORD=%" PRIu64,
	    records->origin + 1);
	snprintf(facts->records, sizeof(facts->records), "PAR_RECORDS=%" PRIu64,
	    records->count);
	snprintf(facts->tries, sizeof(facts->tries), "PAR_TRY=%u",
	    records->tried + records->attempts + 1);
	set_id(facts, records);
	*env++ = facts->record;
	*env++ = facts->records;
	*env++ = facts->tries;
	*env++ = facts->id;
	while (*others != NULL && env < facts->env + FACTS_OTHERS + 4)
		*env++ = *others++;
	*env = NULL;
	return facts->env;
}
