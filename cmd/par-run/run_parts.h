/* SPDX-License-Identifier: ISC */
/*
 * run_parts - the parts of a run.  Each knows those that it needs, and nothing else; only
 * the files run*.c, which open, wire, loop and close, know them all.
 */
#ifndef PAR_RUN_RUN_PARTS_H
#define PAR_RUN_RUN_PARTS_H

#include "account.h"
#include "admission.h"
#include "admit.h"
#include "arguments.h"
#include "beat.h"
#include "busy.h"
#include "capacity.h"
#include "checkpoint.h"
#include "collect.h"
#include "commands.h"
#include "control.h"
#include "death.h"
#include "dispatch.h"
#include "ending.h"
#include "facts.h"
#include "gate.h"
#include "halving.h"
#include "header.h"
#include "hosts.h"
#include "intake.h"
#include "jobserver.h"
#include "keys.h"
#include "leave.h"
#include "ledger.h"
#include "lines.h"
#include "lists.h"
#include "log.h"
#include "loop.h"
#include "metrics.h"
#include "nature.h"
#include "notes.h"
#include "offer.h"
#include "options.h"
#include "output.h"
#include "overdue.h"
#include "paced.h"
#include "polite.h"
#include "polls.h"
#include "pool.h"
#include "quarantine.h"
#include "reap.h"
#include "record_files.h"
#include "refill.h"
#include "renew.h"
#include "report.h"
#include "restarts.h"
#include "results.h"
#include "silent.h"
#include "snapshot.h"
#include "speculate.h"
#include "starts.h"
#include "stop.h"
#include "supervisor.h"
#include "supply.h"
#include "tags.h"
#include "times.h"
#include "trace.h"
#include "tune.h"
#include "undone.h"
#include "wake.h"

struct run {
	const struct run_options *options;
	struct times times;
	struct accounts accounts; /* of all slots */
	struct tally tally; /* of all records */
	struct intake intake;
	struct header header;
	struct record_files record_files;
	struct arguments arguments;
	struct tags tags;
	struct lists lists;
	struct record_facts facts;
	struct paced paced;
	struct supply supply;
	struct keys keys;
	struct ledger ledger;
	struct joblog joblog;
	struct log log;
	struct metrics metrics;
	struct trace trace;
	struct results results;
	struct report report;
	struct pool pool;
	struct admission admission;
	struct admit admit;
	struct jobserver jobserver;
	struct busy busy;
	struct tune tune;
	struct control control;
	struct nature nature;
	struct gate gate;
	struct quarantine quarantine;
	struct supervisor parent; /* of this par-run, if any */
	struct hosts hosts;
	struct restarts restarts;
	struct halving halving;
	struct ending ending; /* why it cannot go on, if it cannot */
	struct checkpoint checkpoint;
	struct undone undone;
	struct unread unread;
	struct starts starts;
	struct allowance allowance;
	struct wants wants;
	struct blocks blocks;
	struct demand demand;
	struct polite polite;
	struct choose choose;
	struct shortfall shortfall;
	struct capacity capacity;
	struct beat beat;
	struct dispatch dispatch;
	struct silent silent;
	struct overdue overdue;
	struct requeue requeue;
	struct breach breach;
	struct counted counted;
	struct acks acks;
	struct plain plain;
	struct lines lines;
	struct collect collect;
	struct block_end block_end;
	struct death death;
	struct oom_counts oom;
	struct reap reap;
	struct stop stop;
	struct commands commands;
	struct outflow output;
	struct notes notes;
	struct refill refill;
	struct leave leave;
	struct renew renew;
	struct speculate speculate;
	struct snapshot snapshot;
	struct offer offer;
	struct polls polls;
	struct wake wake;
	struct loop loop;
};

#endif
