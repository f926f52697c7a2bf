/* SPDX-License-Identifier: ISC */
/*
 * command - the command that gets URLs and gives records of their pages back.
 */
#ifndef PAR_FRONTIER_COMMAND_H
#define PAR_FRONTIER_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "bytes.h"
#include "kin.h"
#include "record.h"

struct command {
	char *const *argv;
	size_t max_record; /* bytes */
	pid_t pid; /* 0: it does not run */
	bool ended; /* see command_ended() */
	bool silent; /* its output has ended */
	int how; /* it ended: its exit status, or minus the signal that ended it */
	uint64_t kill_at; /* clock_ms() when it is killed, if it was told to end; or 0 */
	struct kin kin; /* that are ended with it then */
	int in, out; /* our ends, or -1; neither waits */
	struct bytes send; /* not yet written, from sent on */
	size_t sent;
	struct record_reader from;
};

/* Start it.  If it cannot be, the program ends with a diagnostic. */
void command_start(struct command *command);

/* Add a record to what it is to get. */
void command_give(struct command *command, const char *data, size_t len);

/* Is something left to write? */
bool command_hungry(const struct command *command);

/* Write what it takes now. */
void command_feed(struct command *command);

/* What it is to get ends here. */
void command_end_input(struct command *command);

/* Has it ended?  That it was stopped is said. */
bool command_ended(struct command *command);

/* It is to end: by SIGTERM, and two seconds later by SIGKILL, with all that came of it.
 */
void command_force(struct command *command, uint64_t now);

/* It has ended: close what is left of it; how it ended. */
int command_reap(struct command *command);

#endif
