/* SPDX-License-Identifier: ISC */
/*
 * loop - waits for what happens, and sees to it, turn after turn.
 */
#ifndef PAR_RUN_LOOP_H
#define PAR_RUN_LOOP_H

#include "account.h"
#include "admit.h"
#include "beat.h"
#include "busy.h"
#include "capacity.h"
#include "checkpoint.h"
#include "collect.h"
#include "control.h"
#include "dispatch.h"
#include "ending.h"
#include "gate.h"
#include "hosts.h"
#include "intake.h"
#include "leave.h"
#include "ledger.h"
#include "nature.h"
#include "notes.h"
#include "offer.h"
#include "output.h"
#include "overdue.h"
#include "polls.h"
#include "pool.h"
#include "reap.h"
#include "refill.h"
#include "renew.h"
#include "report.h"
#include "restarts.h"
#include "shortfall.h"
#include "speculate.h"
#include "starts.h"
#include "stop.h"
#include "supply.h"
#include "times.h"
#include "tune.h"
#include "unread.h"
#include "wake.h"

struct loop {
	const struct intake *intake;
	const struct gate *gate;
	const struct nature *nature;
	const struct restarts *restarts;
	const struct unread *unread;
	const struct supply *supply;
	const struct wake *wake;
	struct times *times;
	struct pool *pool;
	struct hosts *hosts;
	struct outflow *output;
	struct notes *notes;
	struct dispatch *dispatch;
	struct shortfall *shortfall;
	struct capacity *capacity;
	struct beat *beat;
	struct leave *leave;
	struct ledger *ledger;
	struct polls *polls;
	struct collect *collect;
	struct overdue *overdue;
	struct reap *reap;
	struct refill *refill;
	struct renew *renew;
	struct speculate *speculate;
	struct control *control;
	struct stop *stop;
	struct starts *starts;
	struct checkpoint *checkpoint;
	struct report *report;
	struct offer *offer;
	struct admit *admit;
	struct busy *busy;
	struct tune *tune;
	struct ending *ending;
};

/* Until there is nothing left to wait for, or the run cannot go on. */
void loop_run(struct loop *loop);

#endif
