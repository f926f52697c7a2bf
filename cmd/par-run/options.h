/* SPDX-License-Identifier: ISC */
/*
 * options - the command line of par-run.
 */
#ifndef PAR_RUN_OPTIONS_H
#define PAR_RUN_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "ahead.h"
#include "key.h"
#include "restarts.h"

enum { WORKERS_MAX = 4096 };

struct run_options {
	char **command; /* NULL: of a job, see serve */
	uint64_t workers; /* 0: those that hosts have processors for */
	uint64_t retries; /* tries after the first of a record that is not finished */
	uint64_t max_record; /* bytes */
	uint64_t max_output; /* of a record, or a block of them, bytes; 0: no limit */
	struct restarts_limit restarts;
	bool keep_order;
	bool stats; /* show the table of account at the end */
	bool progress;
	const char *log, *metrics; /* files; NULL: none */
	const char *quarantine; /* where to set records aside; NULL: name them */
	uint64_t timeout; /* ms that a record may take; 0: as long as it likes */
	uint64_t block_records; /* a process for each so many records; 0: not so */
	uint64_t block_bytes; /* or for at most so many bytes of them */
	bool raw; /* outputs of blocks are any bytes, and get no newline */
	bool halve; /* a block that fails on all its tries, also with -N */
	uint64_t block_wait; /* ms to wait for these; UINT64_MAX: for ever */
	struct key key; /* the same one: to the same worker; KEY_RECORD: to any */
	bool map; /* one line out for each line in */
	struct ahead_limit ahead; /* for a worker that is silent */
	const char *control; /* FIFO of commands; NULL: none */
	const char *checkpoint; /* file to remember in what is done; NULL: none */
	const char *host_list; /* places are links to hosts; NULL: none named here */
	const char *host_file; /* the same, in a file; NULL: none */
	const char *rsh; /* the command that reaches a host; NULL: ssh */
	const char *remote; /* the command that starts par-run there; NULL: that */
	uint64_t host_wait; /* ms without a host that is up, then it ends */
	bool framed; /* blocks come over the link as they are to be */
	bool serve; /* be the other end of a link; without a command, told by it */
	const char *input; /* instead of standard input; NULL: that */
	const char *output; /* instead of standard output; NULL: that */
	uint64_t wait_ms; /* for other ends of these; 0: for ever */
};

/* Read it into options; ends the program on misuse, --help and --version. */
void options_read(struct run_options *options, int argc, char **argv);

#endif
