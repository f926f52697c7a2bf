/* SPDX-License-Identifier: ISC */
#include "run_records.h"

/* What records go through, on their way in. */
static void
wire_records(struct run *run)
{
	run->gate = (struct gate){ .options = run->options,
		.intake = &run->intake,
		.output = &run->output,
		.quarantine = &run->quarantine };
	if (!options_hosts(run->options)) /* else they are those of the hosts */
		run->admission.limits = run->options->admit;
	run->pool = (struct pool){ .options = run->options,
		.admission = &run->admission,
		.times = &run->times,
		.restarts = &run->restarts,
		.accounts = &run->accounts };
	run->ledger = (struct ledger){ .options = run->options,
		.tally = &run->tally,
		.restarts = &run->restarts,
		.output = &run->output,
		.log = &run->log,
		.quarantine = &run->quarantine,
		.parent = &run->parent,
		.ending = &run->ending };
	run->keys = (struct keys){ .by = &run->options->key,
		.times = &run->times,
		.pool = &run->pool,
		.gate = &run->gate,
		.intake = &run->intake,
		.ledger = &run->ledger,
		.ending = &run->ending };
	run->supply = (struct supply){ .gate = &run->gate,
		.intake = &run->intake,
		.keys = &run->keys,
		.paced = &run->paced,
		.pool = &run->pool };
	run->paced.rate = &run->admission.limits.key;
}

/* Who gets which records. */
static void
wire_dispatch(struct run *run)
{
	run->allowance = (struct allowance){ .options = run->options,
		.intake = &run->intake,
		.pool = &run->pool,
		.ledger = &run->ledger,
		.keys = &run->keys,
		.supply = &run->supply };
	run->wants = (struct wants){
		.pool = &run->pool, .nature = &run->nature, .allowance = &run->allowance
	};
	run->speculate = (struct speculate){ .options = run->options,
		.times = &run->times,
		.gate = &run->gate,
		.supply = &run->supply,
		.wants = &run->wants,
		.pool = &run->pool,
		.output = &run->output,
		.ending = &run->ending };
	run->blocks = (struct blocks){ .options = run->options,
		.arguments = &run->arguments,
		.times = &run->times,
		.intake = &run->intake,
		.ending = &run->ending };
	run->demand = (struct demand){ .options = run->options,
		.pool = &run->pool,
		.allowance = &run->allowance,
		.wants = &run->wants,
		.intake = &run->intake,
		.blocks = &run->blocks,
		.ending = &run->ending };
	run->polite = (struct polite){ .options = run->options,
		.times = &run->times,
		.gate = &run->gate,
		.supply = &run->supply,
		.blocks = &run->blocks,
		.ledger = &run->ledger,
		.ending = &run->ending };
	run->choose = (struct choose){ .options = run->options,
		.times = &run->times,
		.intake = &run->intake,
		.gate = &run->gate,
		.nature = &run->nature,
		.allowance = &run->allowance,
		.keys = &run->keys,
		.blocks = &run->blocks,
		.demand = &run->demand,
		.polite = &run->polite,
		.speculate = &run->speculate,
		.supply = &run->supply,
		.ending = &run->ending };
}

/* Who gets them, and who else has to know. */
static void
wire_give(struct run *run)
{
	run->shortfall = (struct shortfall){ .options = run->options,
		.times = &run->times,
		.intake = &run->intake,
		.nature = &run->nature };
	run->capacity = (struct capacity){
		.times = &run->times, .pool = &run->pool, .nature = &run->nature
	};
	run->beat = (struct beat){
		.options = run->options, .times = &run->times, .nature = &run->nature
	};
	run->dispatch = (struct dispatch){ .options = run->options,
		.times = &run->times,
		.intake = &run->intake,
		.gate = &run->gate,
		.nature = &run->nature,
		.wants = &run->wants,
		.pool = &run->pool,
		.keys = &run->keys,
		.speculate = &run->speculate,
		.supply = &run->supply,
		.blocks = &run->blocks,
		.choose = &run->choose,
		.starts = &run->starts,
		.shortfall = &run->shortfall,
		.busy = &run->busy,
		.ending = &run->ending };
}

/* What becomes of records that are not done. */
static void
wire_requeue(struct run *run)
{
	run->requeue = (struct requeue){ .options = run->options,
		.results = &run->results,
		.times = &run->times,
		.keys = &run->keys,
		.ledger = &run->ledger,
		.supply = &run->supply,
		.halving = &run->halving,
		.ending = &run->ending };
	run->block_end = (struct block_end){ .options = run->options,
		.admission = &run->admission,
		.gate = &run->gate,
		.starts = &run->starts,
		.speculate = &run->speculate,
		.requeue = &run->requeue,
		.ledger = &run->ledger,
		.output = &run->output,
		.notes = &run->notes,
		.lines = &run->lines,
		.halving = &run->halving,
		.ending = &run->ending };
	run->death = (struct death){ .options = run->options,
		.times = &run->times,
		.gate = &run->gate,
		.nature = &run->nature,
		.starts = &run->starts,
		.speculate = &run->speculate,
		.requeue = &run->requeue,
		.ledger = &run->ledger,
		.restarts = &run->restarts,
		.hosts = &run->hosts,
		.block_end = &run->block_end,
		.ending = &run->ending };
}

/* Workers that keep us waiting. */
static void
wire_waits(struct run *run)
{
	run->silent = (struct silent){ .options = run->options,
		.times = &run->times,
		.gate = &run->gate,
		.output = &run->output,
		.pool = &run->pool,
		.allowance = &run->allowance,
		.choose = &run->choose };
	run->overdue = (struct overdue){ .options = run->options,
		.times = &run->times,
		.nature = &run->nature,
		.supply = &run->supply,
		.gate = &run->gate,
		.silent = &run->silent };
}

/* What workers say and write. */
static void
wire_collect(struct run *run)
{
	run->breach = (struct breach){
		.options = run->options, .output = &run->output, .gate = &run->gate
	};
	run->counted = (struct counted){ .options = run->options,
		.breach = &run->breach,
		.output = &run->output,
		.ending = &run->ending };
	run->acks = (struct acks){ .options = run->options,
		.nature = &run->nature,
		.counted = &run->counted,
		.parent = &run->parent,
		.output = &run->output,
		.log = &run->log,
		.keys = &run->keys,
		.halving = &run->halving,
		.ledger = &run->ledger,
		.speculate = &run->speculate,
		.requeue = &run->requeue,
		.results = &run->results,
		.ending = &run->ending };
	run->lines = (struct lines){
		.options = run->options, .output = &run->output, .parent = &run->parent
	};
	run->plain = (struct plain){ .options = run->options,
		.output = &run->output,
		.restarts = &run->restarts,
		.ledger = &run->ledger,
		.ending = &run->ending };
	run->collect = (struct collect){ .options = run->options,
		.checkpoint = &run->checkpoint,
		.times = &run->times,
		.gate = &run->gate,
		.pool = &run->pool,
		.breach = &run->breach,
		.block_end = &run->block_end,
		.ledger = &run->ledger,
		.output = &run->output,
		.nature = &run->nature,
		.acks = &run->acks,
		.plain = &run->plain,
		.restarts = &run->restarts,
		.lines = &run->lines,
		.silent = &run->silent,
		.overdue = &run->overdue,
		.trace = &run->trace,
		.ending = &run->ending };
}

void
run_wire_records(struct run *run)
{
	wire_records(run);
	wire_dispatch(run);
	wire_give(run);
	wire_requeue(run);
	wire_waits(run);
	wire_collect(run);
}
