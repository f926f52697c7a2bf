/* SPDX-License-Identifier: ISC */
/*
 * trace_file - events in Chrome's Trace Event Format, a JSON array with one on each line,
 * in a file that is never larger than it may be: the fuller it is, the longer is what
 * one slice sums up.  One that was cut short lacks the last line, "]".
 *
 * Times are clock_ns(); in the file they are microseconds since 1970, so that files of
 * several machines fit together.  It tells, and nothing depends on it: one that cannot be
 * written is told of once, and the run goes on.
 *
 * Below a supervisor that has such a file the events go there, as lines, which are bound
 * in the same way.
 */
#ifndef PAR_RUN_TRACE_FILE_H
#define PAR_RUN_TRACE_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "bytes.h"
#include "record.h"
#include "supervisor.h"
#include "trace_line.h"

struct trace_file {
	const char *path; /* NULL: there is none */
	struct supervisor *up; /* it goes there instead; or NULL */
	struct record_writer out;
	bool on; /* it is open, and can be written */
	bool begun; /* what was in it is gone */
	bool last; /* that comes now */
	uint64_t limit; /* bytes */
	uint64_t total; /* of what went up */
	uint64_t fuller; /* at so many bytes a slice comes to span longer */
	uint64_t span; /* ns: what is shorter is summed */
	long pid; /* ours */
	uint64_t epoch; /* what makes clock_ns() ns since 1970 */
	struct bytes line;
};

/*
 * Begin it at path, of at most limit bytes, 0: as many as by default; does not return if
 * it cannot be opened.  NULL: there is none, unless up takes events.
 */
void trace_file_open(
    struct trace_file *file, const char *path, uint64_t limit, struct supervisor *up);

/* Does it take what is told of a row now?  Else that is to be summed with what comes. */
bool trace_file_takes(const struct trace_file *file);

/* How many bytes one of workers may send of what it does; 0: it is to send none. */
uint64_t trace_file_share(const struct trace_file *file);

/* Add an event, if there is room. */
void trace_file_put(struct trace_file *file, const struct trace_event *event);

/* Row number is called that. */
void trace_file_name(struct trace_file *file, unsigned row, const char *name);

/* From begin to end that went on in row. */
void trace_file_slice(struct trace_file *file, unsigned row, uint64_t begin, uint64_t end,
    const char *name, const struct trace_arg *args);

/* The process of row begins, or ends: what it does in between is told as slices. */
void trace_file_begin(struct trace_file *file, unsigned row, uint64_t at,
    const char *name, const struct trace_arg *args);
void trace_file_end(struct trace_file *file, unsigned row, uint64_t at);

/* That happened. */
void
trace_file_instant(struct trace_file *file, unsigned row, uint64_t at, const char *name);

/* Numbers that go up and down. */
void trace_file_counter(
    struct trace_file *file, uint64_t at, const char *name, const struct trace_arg *args);

/* Write what was added, as far as its reader takes it, in place of what was there. */
void trace_file_flush(struct trace_file *file);

/* The last events come now, for which there is room yet. */
void trace_file_last(struct trace_file *file);

/* The last line. */
void trace_file_finish(struct trace_file *file);

void trace_file_close(struct trace_file *file);

#endif
