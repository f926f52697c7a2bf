/* SPDX-License-Identifier: ISC */
/*
 * computer - the command, which computes what was not found: started once, given records,
 * heard, and looked after to its end.  It knows of no store, and ends no program: what
 * its owner can do nothing about is a fault.
 */
#ifndef PAR_CACHE_COMPUTER_H
#define PAR_CACHE_COMPUTER_H

#include "hearing.h"

enum { COMPUTER_TEXT = HEARING_TEXT + HEARING_SHOWN + 20 };

enum computer_fault {
	COMPUTER_FINE,
	COMPUTER_FOREIGN, /* it is a plain command, of whose records nobody knows */
	COMPUTER_BAD, /* what is no word of a native stage: what */
	COMPUTER_JOINT, /* it does several records with one output */
	COMPUTER_ILL, /* it breaks a rule, as any copy of it would: what */
	COMPUTER_NO_MAP, /* it does not write one line for each that it reads: what */
	COMPUTER_LOST /* with error: no memory, or what it wrote cannot be read: what */
};

/* Its owner looks at fault after each call. */
struct computer {
	char *const *command;
	bool map; /* one line is one record done, in order */
	struct worker worker;
	struct hearing hearing;
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

/* Start it.  0, or -1 with errno: it cannot be. */
int computer_start(struct computer *computer, const struct computer_plan *plan);

/* Take the words of the command. */
void computer_hear(struct computer *computer);

/* Find out whether one that reads and has not said hello is a plain command. */
void computer_probe(struct computer *computer);

/* Take what it has written. */
void computer_read(struct computer *computer);

/* Take all that the command left, which has ended. */
void computer_drain(struct computer *computer);

/* Did a command that has ended, and has done all it had, keep the rules to its end? */
void computer_check_end(struct computer *computer);

/* A command that has ended and left records breaks the rule of --map by that. */
void computer_check_lines(struct computer *computer);

/* May the command have more records?  Not while it has enough. */
bool computer_takes(const struct computer *computer);

/* Is the command to be looked at again and again, since it may show what it is? */
bool computer_is_probed(const struct computer *computer);

void computer_close(struct computer *computer);

#endif
