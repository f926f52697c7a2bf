/* SPDX-License-Identifier: ISC */
#include "run_wire.h"
#include "run_records.h"

/* What tells of the run. */
static void
wire_report(struct run *run)
{
	run->log.times = &run->times;
	run->log.ending = &run->ending;
	run->joblog =
	    (struct joblog){ .options = run->options, .arguments = &run->arguments };
	if (run->options->log_format == LOG_FORMAT_JOBS)
		run->log.joblog = &run->joblog;
	run->metrics = (struct metrics){ .accounts = &run->accounts,
		.tally = &run->tally,
		.intake = &run->intake,
		.files = &run->record_files,
		.times = &run->times };
	run->trace = (struct trace){ .accounts = &run->accounts,
		.tally = &run->tally,
		.intake = &run->intake,
		.output = &run->output,
		.log = &run->log,
		.nature = &run->nature,
		.parent = &run->parent };
	run->results = (struct results){ .options = run->options,
		.times = &run->times,
		.ending = &run->ending,
		.carry = { .parent = &run->parent, .output = &run->output } };
	run->report = (struct report){ .log = &run->log,
		.metrics = &run->metrics,
		.trace = &run->trace,
		.output = &run->output,
		.intake = &run->intake,
		.accounts = &run->accounts,
		.tally = &run->tally,
		.files = &run->record_files,
		.waiting = &run->keys.bytes };
}

/* What is remembered of the run. */
static void
wire_checkpoint(struct run *run)
{
	run->checkpoint = (struct checkpoint){ .options = run->options,
		.times = &run->times,
		.supply = &run->supply,
		.tally = &run->tally,
		.intake = &run->intake,
		.output = &run->output,
		.quarantine = &run->quarantine,
		.ending = &run->ending,
		.resume = { .options = run->options,
		    .header = &run->header,
		    .arguments = &run->arguments,
		    .facts = &run->facts,
		    .intake = &run->intake,
		    .output = &run->output,
		    .quarantine = &run->quarantine,
		    .requeued = &run->supply.requeued,
		    .tally = &run->tally,
		    .parent = &run->parent } };
}

/* How workers end. */
static void
wire_ends(struct run *run)
{
	run->reap = (struct reap){ .times = &run->times,
		.gate = &run->gate,
		.output = &run->output,
		.pool = &run->pool,
		.starts = &run->starts,
		.plain = &run->plain,
		.collect = &run->collect,
		.record_files = &run->record_files,
		.death = &run->death,
		.oom = &run->oom };
	run->stop = (struct stop){ .options = run->options,
		.times = &run->times,
		.intake = &run->intake,
		.parent = &run->parent,
		.undone = &run->undone,
		.ending = &run->ending,
		.pool = &run->pool,
		.gate = &run->gate,
		.ledger = &run->ledger };
}

/* What is seen to in each turn. */
static void
wire_turn(struct run *run)
{
	run->refill = (struct refill){ .options = run->options,
		.pool = &run->pool,
		.intake = &run->intake,
		.shortfall = &run->shortfall,
		.ledger = &run->ledger,
		.ending = &run->ending };
	run->tune = (struct tune){ .options = run->options,
		.times = &run->times,
		.tally = &run->tally,
		.pool = &run->pool,
		.ending = &run->ending };
	run->admit = (struct admit){ .times = &run->times,
		.pool = &run->pool,
		.supply = &run->supply,
		.speculate = &run->speculate,
		.ending = &run->ending };
	run->busy = (struct busy){
		.jobserver = &run->jobserver, .nature = &run->nature, .pool = &run->pool
	};
	run->leave = (struct leave){ .supply = &run->supply,
		.speculate = &run->speculate,
		.pool = &run->pool,
		.hosts = &run->hosts };
	run->renew = (struct renew){ .options = run->options,
		.times = &run->times,
		.allowance = &run->allowance,
		.pool = &run->pool };
	run->polls = (struct polls){ .pool = &run->pool,
		.intake = &run->intake,
		.output = &run->output,
		.ledger = &run->ledger,
		.notes = &run->notes,
		.collect = &run->collect,
		.control = &run->control,
		.busy = &run->busy,
		.offer = &run->offer,
		.ending = &run->ending,
		.signals = -1 };
}

/* What the loop waits for. */
static void
wire_wake(struct run *run)
{
	run->wake = (struct wake){ .times = &run->times,
		.admit = &run->admit,
		.gate = &run->gate,
		.pool = &run->pool,
		.supply = &run->supply,
		.nature = &run->nature,
		.restarts = &run->restarts,
		.output = &run->output,
		.ledger = &run->ledger,
		.checkpoint = &run->checkpoint,
		.report = &run->report,
		.blocks = &run->blocks,
		.shortfall = &run->shortfall,
		.capacity = &run->capacity,
		.beat = &run->beat,
		.hosts = &run->hosts,
		.overdue = &run->overdue,
		.reap = &run->reap,
		.speculate = &run->speculate,
		.renew = &run->renew,
		.stop = &run->stop,
		.offer = &run->offer,
		.busy = &run->busy };
}

/* What others may look at. */
static void
wire_offer(struct run *run)
{
	run->snapshot = (struct snapshot){ .options = run->options,
		.times = &run->times,
		.accounts = &run->accounts,
		.tally = &run->tally,
		.intake = &run->intake,
		.ledger = &run->ledger,
		.output = &run->output,
		.pool = &run->pool,
		.gate = &run->gate };
	run->offer = (struct offer){ .times = &run->times,
		.snapshot = &run->snapshot,
		.fd = -1,
		.next = UINT64_MAX };
}

/* The loop itself. */
static void
wire_loop(struct run *run)
{
	run->loop = (struct loop){ .admit = &run->admit,
		.busy = &run->busy,
		.tune = &run->tune,
		.intake = &run->intake,
		.gate = &run->gate,
		.nature = &run->nature,
		.restarts = &run->restarts,
		.unread = &run->unread,
		.supply = &run->supply,
		.wake = &run->wake,
		.times = &run->times,
		.pool = &run->pool,
		.hosts = &run->hosts,
		.output = &run->output,
		.notes = &run->notes,
		.dispatch = &run->dispatch,
		.shortfall = &run->shortfall,
		.capacity = &run->capacity,
		.beat = &run->beat,
		.leave = &run->leave,
		.ledger = &run->ledger,
		.polls = &run->polls,
		.collect = &run->collect,
		.overdue = &run->overdue,
		.reap = &run->reap,
		.refill = &run->refill,
		.speculate = &run->speculate,
		.renew = &run->renew,
		.control = &run->control,
		.stop = &run->stop,
		.starts = &run->starts,
		.checkpoint = &run->checkpoint,
		.report = &run->report,
		.offer = &run->offer,
		.ending = &run->ending };
}

/* How workers begin. */
static void
wire_starts(struct run *run)
{
	run->unread = (struct unread){ .options = run->options,
		.nature = &run->nature,
		.times = &run->times,
		.restarts = &run->restarts,
		.supply = &run->supply,
		.pool = &run->pool,
		.gate = &run->gate };
	run->starts = (struct starts){ .options = run->options,
		.unread = &run->unread,
		.header = &run->header,
		.record_files = &run->record_files,
		.arguments = &run->arguments,
		.facts = &run->facts,
		.tags = &run->tags,
		.results = &run->results,
		.times = &run->times,
		.nature = &run->nature,
		.ledger = &run->ledger,
		.log = &run->log,
		.trace = &run->trace,
		.restarts = &run->restarts,
		.gate = &run->gate,
		.speculate = &run->speculate,
		.supply = &run->supply,
		.pool = &run->pool,
		.hosts = &run->hosts,
		.busy = &run->busy,
		.ending = &run->ending };
}

void
run_wire(struct run *run)
{
	wire_report(run);
	run_wire_records(run);
	wire_checkpoint(run);
	wire_ends(run);
	wire_turn(run);
	wire_wake(run);
	wire_offer(run);
	wire_loop(run);
	wire_starts(run);
	run->nature = (struct nature){ .options = run->options,
		.output = &run->output,
		.parent = &run->parent,
		.ending = &run->ending };
	run->notes = (struct notes){ .output = &run->output, .ending = &run->ending };
	run->undone = (struct undone){ .options = run->options,
		.supply = &run->supply,
		.output = &run->output,
		.quarantine = &run->quarantine,
		.tally = &run->tally };
	run->hosts = (struct hosts){ .options = run->options,
		.header = &run->header,
		.facts = &run->facts,
		.times = &run->times,
		.supply = &run->supply,
		.pool = &run->pool,
		.gate = &run->gate,
		.ledger = &run->ledger,
		.trace = &run->trace,
		.ending = &run->ending };
	run->commands = (struct commands){ .options = run->options,
		.paced = &run->paced,
		.report = &run->report,
		.nature = &run->nature,
		.gate = &run->gate,
		.pool = &run->pool,
		.hosts = &run->hosts };
}
