/* SPDX-License-Identifier: ISC */
/*
 * wake - when the loop is to go on, though nothing comes.
 */
#ifndef PAR_RUN_WAKE_H
#define PAR_RUN_WAKE_H

#include "admit.h"
#include "beat.h"
#include "blocks.h"
#include "busy.h"
#include "capacity.h"
#include "checkpoint.h"
#include "gate.h"
#include "hosts.h"
#include "nature.h"
#include "offer.h"
#include "output.h"
#include "overdue.h"
#include "pool.h"
#include "reap.h"
#include "renew.h"
#include "report.h"
#include "restarts.h"
#include "shortfall.h"
#include "speculate.h"
#include "stop.h"
#include "supply.h"
#include "times.h"

struct wake {
	const struct times *times;
	const struct admit *admit;
	const struct gate *gate;
	const struct pool *pool;
	const struct supply *supply;
	const struct nature *nature;
	const struct restarts *restarts;
	const struct outflow *output;
	const struct ledger *ledger;
	const struct checkpoint *checkpoint;
	const struct report *report;
	const struct blocks *blocks;
	const struct shortfall *shortfall;
	const struct capacity *capacity;
	const struct beat *beat;
	const struct hosts *hosts;
	const struct overdue *overdue;
	const struct reap *reap;
	const struct renew *renew;
	const struct speculate *speculate;
	const struct stop *stop;
	const struct busy *busy;
	const struct offer *offer;
};

/* How long poll(2) may wait, ms; -1: for ever. */
int wake_in(const struct wake *wake);

#endif
