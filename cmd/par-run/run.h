/* SPDX-License-Identifier: ISC */
/*
 * run - the state of one par-run, shared by the files of this folder: each of
 * them is one step on the way of a record.
 *
 *	intake -> dispatch -> worker -> collect -> (order) -> standard output
 *	              ^                    |
 *	              +------- fate <------+   sent again, or given up
 */
#ifndef PAR_RUN_RUN_H
#define PAR_RUN_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "account.h"
#include "batch.h"
#include "checkpoint.h"
#include "control.h"
#include "credit.h"
#include "diag.h"
#include "ending.h"
#include "halving.h"
#include "host.h"
#include "intake.h"
#include "keys.h"
#include "log.h"
#include "metrics.h"
#include "options.h"
#include "output.h"
#include "pace.h"
#include "place.h"
#include "quarantine.h"
#include "report.h"
#include "restarts.h"
#include "supervisor.h"
#include "times.h"
#include "worker.h"

/* One worker's place. */
struct slot {
	struct place place;
	struct worker worker;
	struct account account;
	struct spout spout; /* what it writes, on its way */
	struct lane lane; /* what waits for it alone, by keys */
	char name[32], of[32]; /* PAR_WORKER=3, PAR_WORKERS=8 */
	const char *env[3];
	char *const *command;
	struct host *host; /* that its worker is the link to; NULL: none */
	struct pace pace; /* of that link */
	struct host *next_host; /* that takes its place at the next start; or NULL */
	uint64_t joint_first, joint; /* records done together, and not told of yet */
	struct credit credit; /* records that it may have in flight */
	uint64_t widened; /* bytes that it may have, as it was silent; 0: as usual */
	bool stuffed; /* its input was ended at the limit, and no answer came before */
	uint64_t progress_at; /* work time when it last finished something */
	uint64_t put_back; /* records of a block that its host could not do, so far */
	bool nul; /* its output has a NUL; looked for where that matters */
	uint64_t end; /* number of the record after the last that it was given */
	uint64_t waits; /* records it was given when it said that it waits; or 0 */
	uint64_t consumed; /* bytes that it had read when that was last asked */
	uint64_t late; /* the record that is to blame, if it was told to end */
	uint64_t
	    kill_at; /* clock_ms() when it is killed, if it was told to end by then */
	uint64_t started_at; /* work time, if it has not said hello; or 0 */
	uint64_t input_ended_at; /* work time, if it was */
	uint64_t check_at; /* clock_ms() of the next look at a silent worker */
	uint64_t check_wait; /* ms until the one after it */
	uint64_t start_at; /* clock_ms() from when it may be started again */
	size_t parcel; /* plain: bytes to give at a time */
	uint64_t given_at; /* plain: clock_ns() when it was last given some */
	bool writable; /* plain: it has read enough to be given more */
	bool draining; /* plain: too much waits in its pipe; see dispatch_check() */
	char burst[WORKER_ILL_TEXT]; /* why its output could not be taken; or "" */
	bool burst_final; /* it is no use to try again */
	uint64_t told; /* the record that it told of last */
	uint64_t lines; /* --map: written, and so many records are done */
	bool torn; /* plain: dropping the rest of a too long output record */
	bool outdated; /* to be replaced, see pool_renew() */
	bool excused; /* see silent_excused() */
};

/* Workers that could not be started, for now. */
struct starts {
	uint64_t failed; /* in a row */
	uint64_t next_at; /* clock_ms() from when another one is tried; */
	size_t room; /* before that only if fewer than these are there */
	int told; /* errno, said before */
};

/* What the supervisor is about; each follows from a signal or the end. */
enum phase {
	PHASE_RUN,
	PHASE_DRAIN, /* no more input; what is in flight ends */
	PHASE_STOP, /* workers were told to end */
	PHASE_KILL /* workers were killed */
};

struct run {
	const struct run_options *options;
	struct times times;
	struct accounts accounts; /* of all slots */
	struct tally tally; /* of all records */
	struct intake intake;
	struct batch_queue again; /* to be sent again, before new input; not by keys */
	struct keys keys;
	struct log log;
	struct metrics metrics;
	struct report report;
	struct slot **slots;
	size_t slot_count, slot_room;
	size_t workers; /* that there are to be: slots that are not retired */
	bool renewing; /* see pool_renew() */
	bool paused; /* nothing is given out */
	struct control control;
	size_t turn; /* the slot that is offered records first */
	struct slot *reserved; /* kept free for a suspect */
	enum worker_kind kind; /* of the command, as far as it is known */
	enum phase phase;
	struct quarantine quarantine;
	struct supervisor above; /* of this par-run, if any */
	struct links links; /* to hosts, see hosts.h */
	struct restarts restarts;
	struct halving halving;
	struct ending ending; /* why it cannot go on, if it cannot */
	bool given_in; /* nothing is given out or started any more; status 3, or */
	bool never; /* what was started can never work: the one above is told so */
	bool started; /* a worker was, once */
	struct hello ours; /* what was said above */
	uint64_t short_since; /* clock_ms() from when records wait for more; 0: none do */
	bool short_told; /* and it was told above */
	bool raw_told; /* outputs that are no records were told of */
	bool wanting; /* see dispatch_short() */
	uint64_t block_first; /* number of the first record of the block that grows */
	uint64_t block_since; /* clock_ms() from when records of it wait; 0: none do */
	uint64_t block_due; /* clock_ms() when it is begun though it is not full */
	uint64_t slowest_start; /* ms from a start to the hello, the longest so far */
	size_t living; /* workers that were started and not buried */
	struct starts starts; /* that failed */
	struct checkpoint checkpoint;
	struct outflow output;
	const char *in_name;
	int signals; /* descriptor */
	uint64_t look_at; /* clock_ms() of the next look who has ended */
	struct kin kin; /* of workers that were signalled together */
	uint64_t kill_at; /* clock_ms() when workers told to end are killed */
	bool stuffed_told; /* see silent_check() */
	bool trouble; /* something failed that is not a record of ours */
};

/* Where records of the worker of slot go that are to be sent again. */
static inline struct batch_queue *
run_again(struct run *run, struct slot *slot)
{
	return keys_on(&run->keys) ? &slot->lane.again : &run->again;
}

/* Does it matter which records one output is of?  Then they follow each other. */
static inline bool
run_in_order(const struct run *run)
{
	return run->output.in_order || run->checkpoint.on || run->above.fd >= 0;
}

/* Do records have a place each in what comes out, here or above? */
static inline bool
run_has_places(const struct run *run)
{
	return run->output.in_order || run->above.fd >= 0;
}

#endif
