/* SPDX-License-Identifier: ISC */
/*
 * options - the command line of par-run.
 */
#ifndef PAR_RUN_OPTIONS_H
#define PAR_RUN_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ack.h"
#include "admission.h"
#include "ahead.h"
#include "field.h"
#include "jobserver.h"
#include "key.h"
#include "per_worker.h"
#include "renewal.h"
#include "restarts.h"
#include "separator.h"
#include "statuses.h"
#include "stop_on.h"

enum {
	WORKERS_MAX = 4096,
	HOST_NAME_MOST = 255 /* bytes of the name of a host, user and port with it */
};

enum log_format { LOG_FORMAT_UNSAID, LOG_FORMAT_RECORDS, LOG_FORMAT_JOBS };

/* How the number of workers was asked for. */
enum workers_by {
	WORKERS_BY_DEFAULT,
	WORKERS_BY_NUMBER, /* -n */
	WORKERS_BY_JOBS /* -j or -P */
};

enum { OPTIONS_HOST_BEAT = 10 * 1000 /* ms, of --host-beat where it is not given */ };

struct run_options {
	char **command; /* NULL: of a job, see serve */
	enum workers_by workers_by;
	bool tuned; /* the number of workers is found by trying, from that on */
	uint64_t workers; /* 0: those that hosts have processors for */
	uint64_t retries; /* tries after the first of a record that is not finished */
	bool arguments; /* records are words of the command */
	const char *replace; /* see struct template_rules */
	bool dry_run; /* show commands, and run none */
	const char *list; /* the word that begins lists behind the command; NULL: none */
	char *const *list_words; /* what follows it */
	struct separator separator; /* what records of the input end with */
	bool escaped; /* they are, and get their bytes back as words */
	bool on_file; /* a process for some gets the name of a file with them; */
	struct field file_ending; /* of that name */
	bool on_stdin; /* a process for some gets them there, as they were in the input */
	uint64_t
	    header; /* so many of the first records are none, but it; 0: it has none */
	const char *before; /* a process that reads records reads this first, escaped */
	const char *id; /* what tells the run from others; NULL: a number by chance */
	const char *fields; /* these are their names; NULL: they have none */
	uint64_t max_record; /* bytes */
	uint64_t max_output; /* of a record, or a block of them, bytes; 0: no limit */
	struct restarts_limit restarts;
	struct admission_limits admit; /* when another worker may be started */
	enum jobserver_how jobserver; /* processors shared with others */
	struct per_worker per_worker; /* what each has of its own in its environment */
	struct stop_on stop_on; /* limits at which it stops early */
	bool keep_order;
	bool stats; /* show the table of account at the end */
	bool progress;
	bool hidden; /* nobody may look at it, see offer.h */
	const char *log, *metrics, *trace; /* files; NULL: none */
	uint64_t trace_size; /* what that may come to, bytes; 0: as by default */
	enum log_format log_format;
	const char *quarantine; /* where to set records aside; NULL: name them */
	struct statuses ok_status; /* of processes, besides 0 */
	uint64_t timeout; /* ms that a record may take; 0: as long as it likes */
	uint64_t block_records; /* a process for each so many records; 0: not so */
	uint64_t block_bytes; /* or for at most so many bytes of them */
	bool tag; /* the record stands before each line that its process writes, */
	const char *tag_format; /* or this, see struct template_rules; NULL: not so */
	bool line_buffer; /* lines of a process for a block go out as they come */
	const char *results; /* a folder for what each process wrote; NULL: none */
	bool results_failed; /* only for those that are given up */
	bool raw; /* outputs of blocks are any bytes, and get no newline */
	bool halve; /* a block that fails on all its tries, also with -N */
	uint64_t block_wait; /* ms to wait for these; UINT64_MAX: for ever */
	struct key admit_key; /* that of admit */
	struct key key; /* the same one: to the same worker; KEY_RECORD: to any */
	bool map; /* one line out for each line in */
	struct ahead_limit ahead; /* for a worker that is silent */
	struct renewal_limit renewal; /* of workers */
	uint64_t speculate; /* thousandths of the usual time; 0: no copies are made */
	const char *control; /* FIFO of commands; NULL: none */
	const char *checkpoint; /* file to remember in what is done; NULL: none */
	bool sync; /* all that it counts, and it, is forced to the disk */
	const char *host_list; /* places are links to hosts; NULL: none named here */
	const char *host_file; /* the same, in a file; NULL: none */
	const char *rsh; /* the command that reaches a host; NULL: ssh */
	const char *remote; /* the command that starts par-run there; NULL: that */
	uint64_t host_wait; /* ms without a host that is up, then it ends */
	uint64_t host_beat; /* ms from one sign of life of a host to the next; 0: none */
	bool framed; /* blocks come over the link as they are to be */
	enum runs takes; /* the other end of the link; see job.h */
	uint64_t takes_trace; /* and so many bytes for its --trace */
	bool serve; /* be the other end of a link; without a command, told by it */
	const char *input; /* instead of standard input; NULL: that */
	const char *output; /* instead of standard output; NULL: that */
	uint64_t wait_ms; /* for other ends of these; 0: for ever */
};

/* Are places links to hosts? */
static inline bool
options_hosts(const struct run_options *options)
{
	return options->host_list != NULL || options->host_file != NULL;
}

/* Do processes for records read them? */
static inline bool
options_read_records(const struct run_options *options)
{
	return options->block_records != 0 &&
	    (!options->arguments || options->on_stdin || options->on_file);
}

/* Read it into options; ends the program on misuse, --help and --version. */
void options_read(struct run_options *options, int argc, char **argv);

void options_free(struct run_options *options);

#endif
