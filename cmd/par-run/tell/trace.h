/* SPDX-License-Identifier: ISC */
/*
 * trace - --trace: what each worker did, and when, as a picture that others draw.
 *
 * Nothing tells it of anything: once a turn of the loop it looks what has become of the
 * accounts of workers since it looked last, so that it costs the same however many
 * records there are.  A worker has a row, in it its process, and in that a slice for
 * each record, or block, or run of them that was told of at once.  Workers that are
 * par-runs tell of theirs, and all of it is one trace; below a par-run that has one it
 * goes there.
 */
#ifndef PAR_RUN_TRACE_H
#define PAR_RUN_TRACE_H

#include <stddef.h>
#include <stdint.h>

#include "account.h"
#include "below.h"
#include "intake.h"
#include "log.h"
#include "nature.h"
#include "options.h"
#include "output.h"
#include "times.h"
#include "trace_file.h"

/* What the run itself waits for. */
enum trace_wait { TRACE_NO_WAIT, TRACE_READER, TRACE_INPUT };

/* What was told of one account, by which the next slice is known. */
struct trace_row {
	const struct account *account;
	struct account told; /* as it was then */
	uint64_t begun; /* clock_ns() since when it works on what is told next; 0: not */
	uint64_t end; /* of the last slice, clock_ns() */
	uint64_t idle_at; /* when it had done all of that; 0: it has not */
	struct account idle; /* as it was then */
	uint64_t first; /* the record that it begins with, from 0 */
	bool open; /* its process has begun, and not ended, in the file */
};

struct trace {
	const struct accounts *accounts;
	const struct tally *tally;
	const struct intake *intake;
	const struct outflow *output;
	const struct log *log;
	const struct nature *nature;
	struct supervisor *parent; /* which may take it, where there is no file for it */
	char command[HOST_NAME_MOST]; /* what workers run, as its beginning */
	struct trace_file file;
	struct below below; /* what workers tell that are par-runs themselves */
	bool named; /* it was said how the run is called */
	struct trace_row *rows;
	size_t count, room;
	enum trace_wait wait;
	uint64_t wait_since; /* clock_ns() */
	uint64_t given; /* records, to all workers together, until then */
	uint64_t counted_at, measured_at; /* clock_ns() of the last numbers */
};

/*
 * Begin, as the options say; does not return if the file cannot be opened.  What it is of
 * is set.
 */
void trace_open(struct trace *trace, const struct run_options *options);

/* See what has happened. */
void trace_turn(struct trace *trace);

/* How many bytes a worker that is started may tell; 0: it may not. */
uint64_t trace_share(const struct trace *trace);

/* What one of them tells. */
void trace_take(
    struct trace *trace, const struct account *account, const char *line, size_t len);

/* What goes to the parent, in the end. */
void trace_end_up(struct trace *trace);

/* The last of it all. */
void trace_end(struct trace *trace);

void trace_close(struct trace *trace);

#endif
