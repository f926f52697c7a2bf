/* SPDX-License-Identifier: ISC */
/*
 * process - the children of the supervisor: made, turned into a model of a stage, ended,
 * waited for.  What such a model does is in stage.c.
 */
#ifndef SIM_PROCESS_H
#define SIM_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "dice.h"
#include "kernel.h"
#include "parcel.h"
#include "world.h"

enum process_state { PROCESS_CHILD, PROCESS_RUNS, PROCESS_DEAD, PROCESS_WAITED };

/* Lines for runs of records that the supervisor takes. */
enum takes { TAKES_NONE, TAKES_COUNTS, TAKES_RUNS };

struct stage_model;

struct process {
	struct actor actor; /* the first: it is this process */
	enum process_state state;
	pid_t pid;
	unsigned serial; /* from 1, over all lives of the supervisor */
	unsigned worker; /* as PAR_WORKER says */
	enum takes takes; /* as PAR_STAGE_TAKES says */
	struct parcel parcel; /* as PAR_RECORD and others say */
	bool stopped;
	bool killed; /* by the supervisor, or told to end */
	bool late; /* it was told to end, when it had */
	bool by_itself; /* it died, or ended, by its own doing */
	int code, signal;
	struct opening *in, *out, *tell,
	    *errors; /* tell, errors: NULL if there is none */
	struct stage_model *stage;
};

/* Make a child that does what call says, as vfork(2) does; its pid, or -1. */
pid_t process_make(int (*call)(void *arg), void *arg);

/* The child becomes the command; returns only when that fails. */
int process_become(const char *name, char *const *argv, char *const *environment);

/* Is it a child, not the supervisor, whose calls come now? */
bool process_in_child(void);
pid_t process_child_pid(void);

/* The process ends by itself, with a status or by a signal. */
void process_end(struct process *process, int code, int signal);

/* A signal of the supervisor's, to one or to a group; -1 if there is nobody. */
int process_signal(pid_t pid, int number);

struct process *process_of(pid_t pid); /* or NULL; one that was waited for is none */
struct process *process_by_serial(unsigned serial); /* of this life, or NULL */

/* One that has ended and was not waited for; NULL if there is none. */
struct process *process_ended(void);
void process_forget(struct process *process); /* it was waited for */
bool process_any(void); /* is there one to wait for? */

/* Somebody that runs, by chance; NULL if nobody does. */
struct process *process_somebody(struct dice *dice);

#endif
