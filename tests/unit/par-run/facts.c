/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "check.h"
#include "facts.h"

/* The variables of a process for count of the records of text, from record from on. */
static const char *const *
env_of(struct record_facts *facts, const char *text, uint64_t from, uint64_t count,
    unsigned attempts)
{
	static const char *const others[] = { "PAR_WORKER=2", "PAR_WORKERS=3", NULL };
	struct block *block = block_new(1);
	struct batch *batch = batch_new(block, text, strlen(text), 40, from + count);
	struct batch *part = batch_slice(batch, from, count, batch_offset(batch, from));
	const char *const *env;

	part->attempts = attempts;
	env = facts_env(facts, part, others);
	batch_free(part);
	batch_free(batch);
	block_drop(block);
	return env;
}

static void
named(void)
{
	struct record_facts facts = { 0 };
	const char *const *env;

	facts_number(&facts, 0xabc);
	env = env_of(&facts, "a\nb\n", 1, 1, 0);
	check_text(env[0], "PAR_RECORD=42");
	check_text(env[1], "PAR_RECORDS=1");
	check_text(env[2], "PAR_TRY=1");
	check_text(env[3], "PAR_ID=0000000000000abc-42");
	check_text(env[4], "PAR_WORKER=2");
	check_text(env[5], "PAR_WORKERS=3");
	check(env[6] == NULL);
	env = env_of(&facts, "a\nb\n", 0, 2, 3);
	check_text(env[0], "PAR_RECORD=41");
	check_text(env[1], "PAR_RECORDS=2");
	check_text(env[2], "PAR_TRY=4");
	check_text(env[3], "PAR_ID=0000000000000abc-41+2");
}

/* Where nobody knows which record it is, its bytes say so. */
static void
unnamed(void)
{
	struct record_facts facts = { 0 };
	char first[sizeof(facts.id)];

	strcpy(first, env_of(&facts, "a\nb\n", 1, 1, 0)[3]);
	check_is(strlen(first), strlen("PAR_ID=") + 32);
	check_text(env_of(&facts, "x\nb\n", 1, 1, 5)[3], first);
	check_text(env_of(&facts, "b\n", 0, 1, 0)[3], first);
	check(strcmp(env_of(&facts, "c\n", 0, 1, 0)[3], first) != 0);
	check(strcmp(env_of(&facts, "b\nb\n", 0, 2, 0)[3], first) != 0);
	strcpy(facts.run, "run#");
	check_text(env_of(&facts, "b\n", 0, 1, 0)[3] + strlen("PAR_ID=run#"),
	    first + strlen("PAR_ID="));
}

TESTS("facts", { "of records that are known by number", named },
    { "and by their bytes", unnamed })
