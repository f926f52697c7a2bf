/* SPDX-License-Identifier: ISC */
/*
 * engine - where queues are kept, as the verbs see it.  A kind of engine is a folder,
 * such as engines/redis, and a row of engines.c; nobody else knows how it keeps them.
 * It has ten functions, and knows no rule of par-stage(7), nor when a record is to be
 * tried again.
 *
 * A queue has chunks: runs of records with one end, which move as one.  They wait, for
 * their time or for a worker; run, under the lease of one worker; and end as results, as
 * dead ones with a reason, or as chunks that wait anew.
 *
 * What holds of every kind:
 *
 * Steps.  A call is one step: all of it happens, or nothing, whoever dies meanwhile.  Of
 * the lists that put and commit take each element is a step; the list saves round trips
 * (Redis: a pipeline of scripts.  SQL: a pipeline of transactions, or one that has a
 * savepoint for each.  LMDB: one write transaction, and one sync for all).  Revoking and
 * purging go through many, and may have gone through some.
 *
 * Deaths.  What put and commit have told as done survives the death of every process but
 * the engine's own; whether it survives that, and the failure of its machine, is the
 * engine's, and STAT_CHECK says it.  A caller that dies has done each of its calls or has
 * not; nothing that it held is lost, and what it held longest is told below.
 *
 * Holding.  A worker holds a chunk from take() until commit() ends it, or until it has
 * not beaten for the lease that it named; then anybody is given it, and the worker's
 * commit is late.  A reader holds the results for its stay.  A producer holds its numbers
 * for ever, and its place for its keep.  Nobody holds anything else between two calls.
 *
 * Once.  There are two gates.  What a producer puts enters only if it has come as far as
 * where that begins, in the step that moves it on (SQL: UPDATE ... SET come = TO WHERE
 * producer = P AND come = FROM has a row; LMDB: compared in the transaction).  What a
 * worker commits is taken only from the first that takes the chunk out of those that run,
 * in the step that has its results (SQL: DELETE ... WHERE id = ID RETURNING has a row;
 * LMDB: mdb_del() finds it).  So a call whose answer was lost is made once more: nothing
 * is doubled.  That a commit did count is known then by what the worker committed last
 * (Redis: a list of ENGINE_AT_ONCE; LMDB loses no answer; SQL may tell it as late).
 *
 * Clock.  Leases, delays and rates go by the engine's clock, never by a caller's (Redis:
 * TIME; SQL: clock_timestamp() of the server; LMDB: CLOCK_REALTIME, since all are on one
 * host, and a lease that a changed clock ends early costs work, not results).  Callers
 * say how long, in ms; only put's "at" is a time, ms since 1970.
 *
 * Memory.  What a caller gives stays its own, and is not looked at after the call.  What
 * an engine gives is valid until its next call; graves until the next page (Redis:
 * in the reply; SQL: in the PGresult; LMDB: a copy, as no transaction may outlast a
 * call).
 *
 * Copies.  A queue has a mark, a text: nothing while it is used as usual.  While that
 * is one that closes it, see enum engine_mark, put, take, read of results, tell, and
 * commit with it as next are refused to everybody, by engine_closed(): what it has stays
 * as it is, but for what who copies it puts.  A mark is changed from what it is known to
 * be, in a step, and so it is the gate through which each copy goes once.
 *
 * Waiting.  A server that is away, starts or moves is waited for up to patience, and the
 * call made again.  ENGINE_WOKEN: the descriptor wake became readable first; the call may
 * have happened, and is to be made again or let be.  (LMDB waits for other writers only.)
 * A call does not wait for something to be there: it says with what a caller can.
 *
 * Errors.  ENGINE_BROKEN: why says what is wrong, in a line that needs no other name.
 * Nothing an engine answers is believed before all of the answer was checked: what it
 * gives to a caller are numbers in range, texts without control bytes, and records as
 * they are.  Only what it says of the number of records of a chunk is not: see lease.h.
 */
#ifndef PAR_QUEUE_ENGINE_H
#define PAR_QUEUE_ENGINE_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	ENGINE_NAME_MAX = 100, /* of a queue or producer */
	ENGINE_ID_SIZE =
	    64, /* a text of the engine's, or the name of a worker, with NUL */
	ENGINE_WHY_SIZE = 1024,
	ENGINE_MARK_SIZE = 300, /* of a mark, with NUL */
	ENGINE_AT_ONCE = 64 /* most of a list that put and commit take */
};

enum engine_end { ENGINE_OK, ENGINE_WOKEN, ENGINE_BROKEN };

/* Where an engine is, and who asks, as the command line and the environment say it. */
struct engine_plan {
	const char *url;
	bool secret; /* it comes from where nobody else sees it: it may hold a password */
	const char *certificate, *password_file; /* files, or NULL */
	const char *password; /* NULL: none was given but in these */
	uint64_t patience; /* ms */
	uint64_t replicas; /* that have what put and commit tell as done; 0: any number */
	const struct engine_kind *kind;
	void *place; /* url and password, as the kind has understood them, */
	void (*release)(void *place); /* and what frees it */
	const char *why; /* what is wrong with it */
	/* No URL was given: where queues were in an earlier release; or NULL. */
	const struct engine_plan *elder;
};

/* With what of a plan something is wrong. */
enum engine_plan_end {
	PLAN_GOOD,
	PLAN_URL,
	PLAN_OPTIONS, /* that do not go with it */
	PLAN_PASSWORD_FILE, /* errno says what */
	PLAN_FAILED /* with nothing: there is no memory, or what else why says */
};

/* One queue. */
struct engine {
	const struct engine_kind *kind;
	const struct engine_plan *plan;
	const char *queue; /* its name; NULL: it is about the engine itself */
	void *state; /* the kind's */
	uint64_t patience; /* ms without an answer; the caller may change it */
	int wake; /* readable: wait no longer; -1: none; the caller's to set */
	bool woken; /* it was, since the caller last set this to false */
	/*
	 * Set by take(), put() and read() that found nothing, or no room: when one of
	 * these has something to tell, or is broken, or the time has come, clock_ms(),
	 * it may be otherwise.  None: ask again by and by.
	 */
	struct pollfd *polls;
	size_t poll_count;
	uint64_t due;
	char why[ENGINE_WHY_SIZE]; /* with ENGINE_BROKEN */
};

/* Bytes of somebody's. */
struct engine_text {
	const char *data;
	size_t len;
};

/* How marks begin. */
enum engine_mark {
	MARK_COMING = 'c', /* what it is to have is not all there yet */
	MARK_LEAVING = 'l', /* it is being copied, */
	MARK_GONE = 'g', /* and was */
	MARK_HERE = 'h' /* it was copied to here: it is as any other */
};

/* All that there is of a queue, one after the other. */
enum engine_stock {
	STOCK_PRODUCERS, /* why: its name; number: how far it has come; due: known until
			  */
	STOCK_WAITING,
	STOCK_DELAYED,
	STOCK_RESULTS,
	STOCK_DEAD,
	STOCK_COUNT
};

/* What scripts and functions of servers call them. */
extern const char *const engine_stocks[STOCK_COUNT];

/* A chunk, or a producer, with all that is known of it, as it goes to another queue. */
struct engine_whole {
	char id[ENGINE_ID_SIZE]; /* comes after those of all that were given before */
	uint64_t number, records, attempts;
	uint64_t due, expires; /* ms since 1970; 0: none */
	struct engine_text data, why, last;
};

/* A chunk to be put. */
struct engine_piece {
	uint64_t from, to; /* records that its producer has put before, and with it */
	uint64_t number; /* one of those that put() gave */
	uint64_t records;
	const char *data; /* of them, with their newlines */
	size_t len;
	const struct engine_whole *whole; /* of a copy: it is this, and the rest is not */
	/* Set by put(): */
	enum {
		PIECE_TAKEN,
		PIECE_ELSEWHERE, /* come is not where it begins: nothing was done */
		PIECE_FULL, /* the limit is reached */
		PIECE_NO_MEMORY /* the engine has no room */
	} outcome;
	uint64_t come; /* how far the producer has come; not with PIECE_NO_MEMORY */
	uint64_t open; /* unfinished records of the queue; with PIECE_TAKEN */
};

/*
 * What a producer has to say: that it begins or wants numbers, what it puts, or that it
 * is done.
 */
struct engine_put {
	const char *producer;
	uint64_t keep; /* it is remembered for so long after its last word, ms */
	uint64_t limit; /* records unfinished in the queue; 0: none */
	uint64_t delay, at, expires; /* ms; 0: none */
	struct engine_piece *pieces;
	size_t count; /* of these, at most ENGINE_AT_ONCE */
	uint64_t numbers; /* so many are wanted, and no piece is there; 0: none */
	bool last; /* it will not come again, and nothing else is there */
	/*
	 * The pieces are of another queue, and this one is to have that mark still: they
	 * go where they were there, in their order, and count as accepted.  from and to
	 * count them, but those of producers, which are put whoever has come how far.
	 * NULL: they are new.
	 */
	const char *copied;
	enum engine_stock stock; /* which they are */
	/* Set by put(), if numbers are wanted: */
	uint64_t come; /* how far the producer has come, records */
	uint64_t first; /* of the numbers, which are given to nobody else */
};

/* By what the engine knows a chunk that a worker has; to callers just texts. */
struct engine_claim {
	char id[ENGINE_ID_SIZE], number[ENGINE_ID_SIZE], expires[ENGINE_ID_SIZE];
	bool lost; /* set by beat(): it is another's by now, or nobody's */
};

/* A chunk that a worker was given. */
struct engine_chunk {
	struct engine_claim claim;
	uint64_t records; /* as the engine counts them: data may have others */
	uint64_t attempts; /* before this one */
	bool alone; /* workers died with it: its one record is to be alone with its worker
		     */
	const char *data;
	size_t len;
};

/* A chunk that died in a take: it had expired, was none, or cost too many workers. */
struct engine_burial {
	struct engine_text record; /* how the first one begins; empty: it has none */
	uint64_t records;
	struct engine_text why;
};

/* What a worker asks for. */
struct engine_take {
	const char *me; /* its name */
	uint64_t records; /* so many, or so many bytes, or a little more */
	size_t bytes;
	uint64_t lease; /* ms for which it is the worker's, without a word of it */
	uint64_t deaths; /* workers that one record may cost */
	uint64_t results; /* nothing is given while so many chunks of them wait; 0: any */
	/* Set by take(): */
	const struct engine_chunk *chunks;
	size_t count;
	const struct engine_burial *burials;
	size_t burial_count;
};

/* Records of a chunk that have no results. */
struct engine_part {
	enum {
		PART_LATER, /* to be tried again after wait ms */
		PART_DEAD, /* given up; why */
		PART_ILL /* all of the chunk, which is none; why: data is counted anew */
	} kind;
	uint64_t records;
	uint64_t attempts; /* so far */
	uint64_t wait; /* ms */
	const char *why;
	const char *data;
	size_t len;
};

/* What became of a chunk. */
struct engine_commit {
	const struct engine_claim *claim;
	uint64_t records; /* as it was given */
	uint64_t done; /* of these, finished */
	const char *results; /* of those, lines records */
	size_t results_len;
	uint64_t lines;
	const char *next; /* the queue, of the same engine, that results go to; or NULL */
	const char *me; /* the worker, whose books have it in the same step, */
	bool untouched; /* unless it goes back as it came */
	const char *last; /* the last line of the stage's standard error, for dead ones */
	size_t last_len;
	const struct engine_part *parts;
	size_t part_count;
	/* Set by commit(): */
	bool late; /* it was another's, or revoked: nothing of it counts */
	bool held; /* the engine has no room for what it adds: nothing was done */
};

/* That a worker is alive. */
struct engine_beat {
	const char *me;
	bool leaves; /* it ends: nobody need wait for its word, and nothing else is there.
			Chunks that it has lapse */
	uint64_t in_flight; /* records with the stage */
	uint64_t committed, late; /* chunks, so far; as commit() has counted them */
	struct engine_claim *const *claims; /* leases that are to go on, if not lost */
	size_t count;
	/* Set by beat(): */
	uint64_t now; /* by the engine's clock, ms */
	uint64_t jobs; /* records that it may have in flight; 0: any number */
	uint64_t drain; /* when workers were last asked to end, ms */
};

/* Results, as one run of records. */
struct engine_result {
	const char *id; /* comes after those of all that were given before */
	const char *data; /* ends in a newline */
	size_t len;
};

/* A dead chunk; anybody may have written it, and what is missing is empty. */
struct engine_grave {
	char id[ENGINE_ID_SIZE];
	struct engine_text records, attempts, why, last, number;
};

/* What is to be read, by one at a time: results, or a page of dead chunks, by anybody. */
struct engine_read {
	enum {
		READ_RESULTS,
		READ_DEAD, /* of what follows last alone counts: "" is before the first */
		READ_STOCK /* the same, and stock and bytes, of a queue that is closed */
	} what;
	enum engine_stock stock;
	const char *me; /* the reader; there is one at a time, */
	uint64_t stay; /* until it says nothing for so long, ms */
	const char *safe; /* results up to this id are deleted first; "": none */
	const char *last; /* and those after this one given, */
	size_t bytes; /* so many or a little more; 0: it is the reader no more */
	/*
	 * Results go into this table, all of what is given, and are deleted, in one step:
	 * their data counts no more.  Only for kinds that have tables; or NULL.
	 */
	const char *into;
	/* Set by read(): */
	bool busy; /* there is another reader: nothing was done */
	bool again; /* it does not know of having given all up to last: what follows may
		       have been given before */
	uint64_t open, dead; /* records of the queue */
	const struct engine_result *results;
	const struct engine_grave *graves; /* valid until the next page is read */
	const struct engine_whole *wholes; /* at most ENGINE_AT_ONCE */
	size_t count; /* of any; 0: there are no more */
};

/* What stat() counts, records but where it says otherwise. */
enum engine_number {
	NUMBER_ACCEPTED,
	NUMBER_WAITING,
	NUMBER_DELAYED,
	NUMBER_RUNNING,
	NUMBER_DONE,
	NUMBER_DEAD,
	NUMBER_DROPPED,
	NUMBER_RESULTS,
	NUMBER_LATE,
	NUMBER_PAUSED, /* 1 or 0 */
	NUMBER_JOBS, /* most in flight to a worker; 0: no limit */
	NUMBER_COUNT
};

/* A worker. */
struct engine_worker {
	const char *name;
	uint64_t seen; /* by the engine's clock, ms */
	uint64_t running; /* records that it has now */
	uint64_t committed, late; /* chunks, by now */
};

/* What there is to know of a queue, or of the engine. */
struct engine_stat {
	enum {
		STAT_NUMBERS,
		STAT_WORKERS,
		STAT_READY, /* may a queue be trusted to it?  ENGINE_BROKEN if not: it
			       deletes what it has no room for, say */
		STAT_CHECK /* and what may it lose?  That is said on standard error */
	} what;
	/* Set by stat(), numbers: */
	int64_t number[NUMBER_COUNT];
	const char *rate; /* a second, a decimal number; 0: no limit */
	bool missing; /* nobody has put anything there ever, nor told it anything */
	const char *mark; /* "": none */
	uint64_t serial; /* the number that was given last */
	/* workers: */
	uint64_t now; /* by the engine's clock, ms */
	const struct engine_worker *workers;
	size_t count;
	/* check: */
	bool good;
};

/* What can be told to a queue, or to its workers. */
struct engine_tell {
	enum engine_told {
		TELL_PAUSED, /* 1 or 0 */
		TELL_JOBS, /* records */
		TELL_RATE, /* records a second, a decimal number */
		TELL_DRAIN, /* those that are there now are to end */
		TELL_REVOKE, /* bury what came of the chunks accepted under these numbers
				and is not finished */
		TELL_REQUEUE, /* put these dead chunks back into the queue, */
		TELL_DROP, /* or delete them */
		TELL_PURGE, /* delete all that there is of the queue */
		TELL_MARK /* the mark is to be value where it is was: done */
	} what;
	const char *value; /* of the first three, and the mark; "": none */
	char *const *numbers; /* ends with NULL */
	const struct engine_grave *graves;
	size_t count; /* of these */
	/* Of a mark: */
	const char *was; /* NULL: the queue is not there, and is made, */
	const struct engine_stat *as; /* with what that one is set to, and has done */
	/*
	 * Only while no worker has anything, and nobody reads results: what has lapsed
	 * waits again first, where a lease was that long, ms; 0: whoever does.
	 */
	uint64_t lease;
	/* Set by tell(): */
	bool done; /* it is now, or was already */
	bool read; /* not done, since somebody reads results, */
	uint64_t records; /* or workers have these; or that were revoked */
};

/*
 * What a kind of engine can do.  After open() each may be called; what a connection needs
 * is made by the first call that needs it.
 */
struct engine_kind {
	/* What results come after that are the first, as an id. */
	const char *start;
	bool tables; /* read() knows into */
	bool replicas; /* put() and commit() wait for those of a plan */

	/*
	 * Understand the URL of a plan, see whether the rest goes with it, and read what
	 * the password file has; if all is good there is a place.
	 */
	enum engine_plan_end (*plan)(struct engine_plan *plan);

	/* 0, or -1 without memory. */
	int (*open)(struct engine *engine);
	void (*close)(struct engine *engine);

	/*
	 * Each piece in its order.  Its gate is its producer; the limit is looked at in
	 * the same step (SQL: a counter row for each queue, locked by the UPDATE that
	 * adds).  Numbers: SQL: a sequence; LMDB: a counter.
	 */
	enum engine_end (*put)(struct engine *engine, struct engine_put *put);

	/*
	 * Chunks whose lease has lapsed, then waiting ones and those whose time has come,
	 * in their order (SQL: SELECT ... ORDER BY ... LIMIT ... FOR UPDATE SKIP LOCKED,
	 * within the UPDATE that sets worker and lease; LMDB: a cursor over keys that
	 * begin with when each is due).  One that two workers had and let lapse comes
	 * alone, each record by itself; what has expired or cost too many is dead, in
	 * this step.
	 */
	enum engine_end (*take)(struct engine *engine, struct engine_take *take);

	/*
	 * Each in its order: the chunk ends, whoever it was given to, for the first that
	 * says so; results, parts and counts are of the same step.
	 */
	enum engine_end (*commit)(
	    struct engine *engine, struct engine_commit *commits, size_t count);

	/*
	 * Renew what is still its own (SQL: UPDATE ... SET lease = ... WHERE id = ANY
	 * (...) AND worker = ME RETURNING id), and hear what is wanted.
	 */
	enum engine_end (*beat)(struct engine *engine, struct engine_beat *beat);

	/*
	 * Results for the one reader (SQL: its row is locked, or an advisory lock; LMDB:
	 * a record of it with a time).  Ids only grow: results that are committed later
	 * come later (SQL: a sequence does not do that by itself, as transactions end in
	 * any order; the id is taken under the lock of the counter row).
	 */
	enum engine_end (*read)(struct engine *engine, struct engine_read *read);

	enum engine_end (*stat)(struct engine *engine, struct engine_stat *stat);
	enum engine_end (*tell)(struct engine *engine, struct engine_tell *tell);
};

/* The names of queues are made of letters, digits, and . _ -; what is said of others. */
bool engine_name_ok(const char *name, size_t len);
extern const char engine_name_why[];

/*
 * A name that nobody else has, for a worker, a reader or a nameless producer:
 * HOST:PID:RANDOM.  0, or -1 with errno.
 */
int engine_own_name(char name[static ENGINE_ID_SIZE]);

/* Is it closed to everybody but who copies?  Is a text fit to be a mark? */
bool engine_is_closed(const char *mark);
bool engine_mark_ok(const char *text, size_t len);

/* For the kinds: a queue is closed, and why; ENGINE_BROKEN. */
enum engine_end engine_closed(struct engine *engine, const char *queue, const char *mark);

/* For the kinds: the mark is not that of the copy; ENGINE_BROKEN. */
enum engine_end engine_uncopied(struct engine *engine);

/* For the kinds: say why, as printf(3) does; ENGINE_BROKEN. */
enum engine_end engine_broken(struct engine *engine, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Wait for ms, less if it is woken. */
void engine_pause(struct engine *engine, uint64_t ms);

/*
 * Nothing was there: wait until there may be, or it is woken, at most for ms; for pause
 * if the engine does not tell.
 */
void engine_await(struct engine *engine, uint64_t pause, uint64_t ms);

#endif
