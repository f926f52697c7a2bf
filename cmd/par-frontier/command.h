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
#include "restarts.h"

struct crawl_command {
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
	struct restarts restarts; /* starts that failed, one after the other */
	uint64_t start_at; /* clock_ms() from when it may be started */
};

/*
 * Start the command at now, if its time has come.  Does it run?  It may be that it cannot
 * be started just now; if it never can be the program ends with a diagnostic.
 */
bool command_start(struct crawl_command *command, uint64_t now);

/* Add a record to those that the command is to get. */
void command_give(struct crawl_command *command, const char *data, size_t len);

/* Are there some that it has not been sent? */
bool command_unsent(const struct crawl_command *command);

/* Write as many of them as it takes now. */
void command_feed(struct crawl_command *command);

/* End its input. */
void command_end_input(struct crawl_command *command);

/* Has the command ended?  When it was stopped by a signal, that is said. */
bool command_ended(struct crawl_command *command);

/* End the command: by SIGTERM, and two seconds later by SIGKILL, with all that came of
 * it. */
void command_force(struct crawl_command *command, uint64_t now);

/* Close what is left of a command that has ended; how it ended. */
int command_reap(struct crawl_command *command);

#endif
