/* SPDX-License-Identifier: ISC */
#include "allowance.h"
#include "clock.h"

/* ns for all that was in flight: a shorter time gives more, a longer one less. */
enum { FAST_TURN = 4 * 1000 * 1000, SLOW_TURN = 20 * 1000 * 1000 };

enum {
	MOST_BYTES = 1 << 20, /* in flight, if more than one record; */
	MOST_LINK_BYTES = 8 << 20, /* over a link, where some are on their way */
	OWN_BYTES = 8 << 20, /* on its way to one that has workers of its own, */
	OWN_RECORDS = 1 << 20, /* and that none of them has */
	NATIVE_PIPE = 256 << 10
};

/* ns that a record takes on a host: of those that take longer none waits for another. */
enum { LONG_THERE = 100 * 1000 * 1000 };

void
allowance_hello(struct slot *slot)
{
	credit_hello(&slot->credit, &slot->worker.hello, UINT64_MAX);
	worker_in_size(&slot->worker, NATIVE_PIPE);
}

void
allowance_credit(struct slot *slot, uint64_t acks)
{
	static const struct credit_plan near = {
		.fast = FAST_TURN, .slow = SLOW_TURN, .unknown = FAST_TURN
	};
	static const struct credit_plan far = {
		/* where pace looks for what is too much */
		.fast = FAST_TURN,
		.slow = UINT64_MAX,
		.unknown = FAST_TURN
	};
	struct credit *credit = &slot->credit;
	uint64_t most = credit_most(&slot->worker.hello, UINT64_MAX);

	if (!credit_acks(credit, acks))
		return;
	if (!credit_sample(
		credit, slot->link.host == NULL ? &near : &far, most, clock_ns()) &&
	    slot->link.host != NULL && credit->last_took != 0)
		credit->records = pace_sample(&slot->link.pace,
		    &(struct pace_limits){ .least = credit->least, .most = most },
		    credit->records, credit->last_acks, credit->last_took);
}

struct ahead_limit
allowance_limit(const struct allowance *allowance, const struct slot *slot)
{
	const struct hello *hello = &slot->worker.hello;
	struct ahead_limit limit;

	if (slot->worker.kind == WORKER_MAP)
		return allowance->options->ahead;
	/* One with workers of its own sees to it that they answer: it gets more. */
	limit =
	    ahead_times(&allowance->options->ahead, hello->jobs > 0 ? hello->jobs : 1);
	limit.bytes += OWN_BYTES;
	limit.records += OWN_RECORDS;
	if (hello->window != 0 && limit.records > hello->window)
		limit.records = hello->window;
	return limit;
}

uint64_t
allowance_block(const struct hello *hello)
{
	if ((hello->window != 0 && hello->window < hello->block) || hello->block == 0)
		return 1;
	return hello->block;
}

uint64_t
allowance_unit(const struct worker *worker)
{
	return worker->kind == WORKER_NATIVE ? allowance_block(&worker->hello) : 1;
}

uint64_t
allowance_part(const struct allowance *allowance, const struct slot *slot, uint64_t unit)
{
	const struct worker *worker = &slot->worker;

	if (worker->in < 0 || worker->stdin_closed ||
	    slot->given.end != allowance->intake->next)
		return 0;
	return worker->window.given_records % unit;
}

struct ahead_limit
allowance_left(const struct allowance *allowance, const struct slot *slot)
{
	const struct renewal_limit *limit = &allowance->options->renewal;
	const struct window *window = &slot->worker.window;
	struct ahead_limit left = { .bytes = UINT64_MAX, .records = UINT64_MAX };
	uint64_t unit, part;

	if (limit->given == NULL || slot->link.host != NULL)
		return left;
	unit = allowance_unit(&slot->worker);
	part = allowance_part(allowance, slot, unit);
	left.records = renewal_left(limit->records, window->given_records);
	left.bytes = renewal_left(limit->bytes, window->given_bytes);
	if (part > 0 && left.records < unit - part)
		left.records = unit - part;
	if (part > 0 && left.bytes == 0)
		left.bytes = 1; /* for the next record, whatever its length */
	return left;
}

size_t
allowance_quantum(const struct allowance *allowance, const struct slot *slot)
{
	uint64_t left = allowance_left(allowance, slot).bytes;

	return slot->quantum.size < left ? slot->quantum.size : (size_t)left;
}

bool
allowance_spent(const struct allowance *allowance, const struct slot *slot)
{
	struct ahead_limit left = allowance_left(allowance, slot);

	return left.records == 0 || left.bytes == 0;
}

/* May is no more than what it has, and what is left for it. */
static struct ahead_limit
within_left(
    const struct allowance *allowance, const struct slot *slot, struct ahead_limit may)
{
	const struct window *window = &slot->worker.window;
	struct ahead_limit left = allowance_left(allowance, slot);

	if (may.records > window->records && may.records - window->records > left.records)
		may.records = window->records + left.records;
	if (may.bytes > window->bytes && may.bytes - window->bytes > left.bytes)
		may.bytes = window->bytes + left.bytes;
	return may;
}

/* The most bytes that it may have in flight, of one that answers as it reads. */
static size_t
usual_bytes(const struct slot *slot)
{
	return slot->link.host != NULL ? MOST_LINK_BYTES : MOST_BYTES;
}

struct ahead_limit
allowance_now(const struct allowance *allowance, const struct slot *slot)
{
	struct ahead_limit may = { .bytes = usual_bytes(slot),
		.records = slot->credit.records },
			   limit;

	if (!allowance_reads_ahead(&slot->worker))
		return within_left(allowance, slot, may);
	limit = allowance_limit(allowance, slot);
	if (may.bytes < slot->silence.widened)
		may.bytes = slot->silence.widened;
	if (may.bytes > limit.bytes)
		may.bytes = limit.bytes;
	if (may.records > limit.records)
		may.records = limit.records;
	return within_left(allowance, slot, may);
}

/*
 * Do records take so long that the last are to be shared out evenly?  On a host they do
 * where the way there is short beside them, and one by one: its share of blocks is none
 * of single records.
 */
static bool
is_slow(const struct allowance *allowance, const struct slot *slot)
{
	const struct credit *credit = &slot->credit;

	if (slot->link.host == NULL)
		return credit_is_slow(credit);
	return allowance->options->block_records <= 1 && credit->last_acks > 0 &&
	    credit->last_took / credit->last_acks >= LONG_THERE / credit->least;
}

uint64_t
allowance_share(const struct allowance *allowance, const struct slot *slot)
{
	const struct intake *intake = allowance->intake;
	uint64_t ready;

	if (slot->worker.kind != WORKER_NATIVE || !is_slow(allowance, slot) ||
	    keys_on(allowance->keys) || intake->offset == 0 || !intake_ready(intake))
		return UINT64_MAX;
	ready = (uint64_t)((double)intake_bytes(intake) * (double)intake->next /
	    (double)intake->offset);
	return credit_fair(
	    &slot->credit, ready, allowance->pool->count, slot->worker.window.records);
}

bool
allowance_neighbours(const struct allowance *allowance, const struct slot *slot)
{
	return slot->worker.hello.joint && ledger_in_order(allowance->ledger);
}

bool
allowance_block_goes_on(const struct allowance *allowance, const struct slot *slot)
{
	if (slot->link.host != NULL && allowance->options->block_records != 0)
		return false; /* it has whole ones */
	return allowance_neighbours(allowance, slot) && slot->worker.window.records > 0 &&
	    (slot->given.end != allowance->intake->next ||
		allowance->supply->requeued.head != NULL || keys_on(allowance->keys));
}

bool
allowance_has_room(const struct allowance *allowance, const struct slot *slot)
{
	const struct window *window = &slot->worker.window;
	struct ahead_limit may = allowance_now(allowance, slot);

	return window->records < may.records && window->bytes < may.bytes &&
	    !allowance_block_goes_on(allowance, slot) &&
	    (allowance->supply->requeued.head != NULL ||
		allowance_share(allowance, slot) > 0);
}

bool
allowance_widen(struct slot *slot, const struct ahead_limit *limit)
{
	const struct window *window = &slot->worker.window;
	uint64_t bytes = slot->silence.widened > usual_bytes(slot) ? slot->silence.widened
								   : usual_bytes(slot);

	if (slot->worker.in_room < NATIVE_PIPE)
		worker_in_size(&slot->worker, NATIVE_PIPE);
	if (window->bytes >= bytes) {
		silence_widen(
		    &slot->silence, 2 * bytes < limit->bytes ? 2 * bytes : limit->bytes);
		return slot->link.host == NULL; /* what it answers may be on its way */
	}
	credit_widen(&slot->credit, window->records, limit->records);
	return true;
}
