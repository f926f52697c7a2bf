/* SPDX-License-Identifier: ISC */
/*
 * slot - what the place of one worker is made of: parts, each of which belongs to the
 * module of its name.
 */
#ifndef PAR_RUN_SLOT_H
#define PAR_RUN_SLOT_H

#include <stdbool.h>
#include <stdint.h>

#include "account.h"
#include "bytes.h"
#include "credit.h"
#include "deadline.h"
#include "doubles.h"
#include "group_ack.h"
#include "host_link.h"
#include "lane.h"

#include "output.h"
#include "per_worker.h"
#include "place.h"
#include "quantum.h"
#include "reading.h"
#include "result_files.h"
#include "silence.h"
#include "times.h"
#include "voice.h"
#include "worker.h"

/* How far it was given records. */
struct given {
	uint64_t end; /* number of the record after the last that it was given */
};

struct slot {
	struct place place;
	struct worker worker;
	struct account account;
	struct spout spout; /* what it writes, on its way */
	struct group_ack group_ack;
	struct lane lane; /* what waits for it alone, by keys */
	struct host_link link;
	struct credit credit; /* records that it may have in flight */
	struct given given;
	struct quantum quantum;
	struct silence silence;
	struct deadline deadline;
	struct doubles doubles;
	struct reading reading;
	struct voice voice;
	struct result_files files;
	char name[32], of[32]; /* PAR_WORKER=3, PAR_WORKERS=8 */
	const char *env[PER_WORKER_MOST + 3];
	struct bytes text; /* that its process reads instead of records, see verbatim.h */
	uint64_t since; /* clock_ms() when its worker was started */
	uint64_t memory; /* bytes that its worker came to, where that is looked at */
	bool lone; /* it was killed for that with no other at work */
	uint64_t start_at; /* clock_ms() from when it may be started again */
	bool busy; /* it is counted so, see busy.h */
	bool outdated; /* to be replaced, see pool_renew() */
};

/* Until then, clock_ms(), its worker is not started again. */
static inline void
slot_rest(struct slot *slot, uint64_t until)
{
	slot->start_at = until;
}

/* The worker was given records, the last of that number. */
static inline void
slot_given(struct slot *slot, uint64_t last)
{
	slot->given.end = last + 1;
}

/* A worker was started: it begins with little. */
void slot_begin(struct slot *slot, const struct times *times);

#endif
