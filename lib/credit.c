/* SPDX-License-Identifier: ISC */
#include "credit.h"

enum { SLOW_RECORD = 20 * 1000 /* ns: of slower ones the last are shared out evenly */ };

uint64_t
credit_most(const struct hello *hello, uint64_t told)
{
	uint64_t most = hello->jobs > CREDIT_MOST ? hello->jobs : CREDIT_MOST;

	if (hello->window != 0)
		most = hello->window;
	return told < most ? told : most;
}

void
credit_start(struct credit *credit)
{
	*credit = (struct credit){ .records = 1, .least = 1 };
}

void
credit_hello(struct credit *credit, const struct hello *hello, uint64_t told)
{
	uint64_t most = credit_most(hello, told);
	uint64_t each = credit->records / credit->least;

	credit->least = hello->jobs;
	credit->records = each > 1 ? each * hello->jobs : hello->jobs;
	if (credit->records > most)
		credit->records = most;
}

void
credit_given(struct credit *credit, uint64_t now)
{
	if (credit->since != 0)
		return;
	credit->since = now;
	credit->acks = 0;
}

void
credit_starved(struct credit *credit)
{
	credit->since = 0;
}

bool
credit_acks(struct credit *credit, uint64_t acks)
{
	credit->acks += acks;
	return credit->acks >= credit->records;
}

bool
credit_sample(
    struct credit *credit, const struct credit_plan *plan, uint64_t most, uint64_t now)
{
	uint64_t before = credit->records;
	uint64_t took = credit->since == 0 ? plan->unknown : now - credit->since;

	if (took < plan->fast && credit->records < most)
		credit_double(credit, most);
	else if (took > plan->slow && credit->records / 2 >= credit->least)
		credit->records /= 2;
	credit->last_took = credit->since == 0 ? 0 : took;
	credit->last_acks = credit->acks;
	credit->acks = 0;
	credit->since = now;
	return credit->records != before;
}

void
credit_double(struct credit *credit, uint64_t most)
{
	credit->records = credit->records < most - most / 2 ? 2 * credit->records : most;
}

void
credit_widen(struct credit *credit, uint64_t has, uint64_t most)
{
	if (credit->records < has)
		credit->records = has;
	credit_double(credit, most);
	credit->least = credit->records;
}

bool
credit_is_slow(const struct credit *credit)
{
	return credit->last_took != 0 &&
	    credit->last_took / credit->last_acks >= SLOW_RECORD;
}

uint64_t
credit_fair(
    const struct credit *credit, uint64_t ready, uint64_t places, uint64_t in_flight)
{
	uint64_t fair = ready / (2 * places);

	if (fair < credit->least)
		fair = credit->least;
	return fair > in_flight ? fair - in_flight : 0;
}
