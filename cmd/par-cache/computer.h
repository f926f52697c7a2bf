/* SPDX-License-Identifier: ISC */
/*
 * computer - the command, which computes what was not found: started once, given records,
 * heard, and looked after to its end.  It knows of no store, and ends no program: what
 * its owner can do nothing about is a fault.
 */
#ifndef PAR_CACHE_COMPUTER_H
#define PAR_CACHE_COMPUTER_H

#include "hearing.h"
#include "place.h"
#include "restarts.h"

enum { COMPUTER_TEXT = HEARING_TEXT + HEARING_SHOWN + 20 };

enum computer_fault {
	COMPUTER_FINE,
	COMPUTER_FOREIGN, /* it is a plain command, of whose records nobody knows */
	COMPUTER_BAD, /* what is no word of a native stage: what */
	COMPUTER_UNBORN, /* it ended badly before it ever said hello: what */
	COMPUTER_JOINT, /* it does several records with one output */
	COMPUTER_ILL, /* it breaks a rule, as any copy of it would: what */
	COMPUTER_NO_MAP, /* it does not write one line for each that it reads: what */
	COMPUTER_LOST /* with error: no memory, or what it wrote cannot be read: what */
};

/* Its owner looks at fault after each call. */
struct computer {
	char *const *command;
	bool map; /* one line is one record done, in order */
	struct place place;
	struct worker worker;
	struct restarts restarts; /* it is started once, but that may fail for now */
	uint64_t start_at; /* clock_ms() from when it is started */
	struct hearing hearing;
	struct batch_queue todo; /* what it was not given yet: it has enough */
	uint64_t lines; /* of --map, so far */
	enum computer_fault fault;
	char what[COMPUTER_TEXT];
	int error;
};

/* Told of a record that is finished: as hearing's, but the record is not the callee's. */
struct computer_plan {
	char *const *command;
	bool map;
	void *context;
	void (*told)(void *context, uint64_t number, const struct ack *ack,
	    const char *output, struct batch *record);
};

void computer_init(struct computer *computer, const struct computer_plan *plan);

/*
 * Start it at now, if it is not there and its time has come.  0, also if that failed for
 * now; or -1 with errno: it cannot be.
 */
int computer_start(struct computer *computer, uint64_t now);

/* Take what it has written. */
void computer_read(struct computer *computer);

/* Take the words of the command, after what it has written: is it a plain one? */
void computer_hear(struct computer *computer);

/* The command is to have these; takes them. */
void computer_give(struct computer *computer, struct batch *batch);

/*
 * Write to it what it has to get, as many as it wants at a time, and end its input if
 * nothing more comes, or nobody would hear of it.
 */
void computer_feed(struct computer *computer, bool last, uint64_t now);

/* Has the command ended?  Nothing of what it left was taken yet. */
bool computer_ended(struct computer *computer);

/* Take all that the command left, which has ended. */
void computer_drain(struct computer *computer);

/* What the end of the command says, which has left records; are there more to come? */
enum place_verdict computer_judge(struct computer *computer, uint64_t left, bool more);

/* Did a command that has ended keep the rules to its end? */
void computer_check_end(struct computer *computer);

/* One that has ended, and left records, before it said hello is of no use. */
void computer_check_start(struct computer *computer);

/* A command that has ended and left records breaks the rule of --map by that. */
void computer_check_lines(struct computer *computer);

/* May the command have more records?  Not while it has enough. */
bool computer_takes(const struct computer *computer);

/* Is the command to be looked at again and again, since it may show what it is? */
bool computer_is_probed(const struct computer *computer);

void computer_close(struct computer *computer);

#endif
