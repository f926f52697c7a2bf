/* SPDX-License-Identifier: ISC */
/*
 * diag - one-line diagnostics on standard error, and the exit statuses.
 *
 * A line is "program: what: why", written by one write(2), so that lines of
 * processes that share standard error do not mix.  Bytes that could upset a
 * terminal are shown as escapes, whatever the input held, and what stands before the @
 * of a URL, user and password, as ***.
 */
#ifndef PAR_DIAG_H
#define PAR_DIAG_H

#include <stdbool.h>
#include <stddef.h>

/* The exit statuses of every tool; see par(7). */
enum status {
	STATUS_OK = 0, /* all done */
	STATUS_FAILED = 1, /* some records failed, and each was named */
	STATUS_MISUSE = 2, /* wrong usage */
	STATUS_BROKEN = 3, /* could not go on: I/O, memory, too many restarts */
	STATUS_STOPPED = 4, /* stopped early: part of the input was not processed */
	STATUS_NEVER = 125, /* of a stage: neither it nor another copy can ever work */
	STATUS_CANNOT_RUN = 126, /* a command was found but could not be run */
	STATUS_NOT_FOUND = 127 /* a command was not found */
};

/* What is said of a command that ended with STATUS_NEVER. */
extern const char diag_never[];

/* Say by which name the program speaks; name must stay valid. */
void diag_program(const char *name);

/*
 * Have call(context) called before die() or die_output() end the program, for what
 * it would leave behind; NULL: nothing any more.  context stays the caller's.
 */
void diag_before_end(void (*call)(void *context), void *context);

/*
 * From now on abort(3) ends the program with a line and STATUS_BROKEN: some libraries
 * know no other way where there is no memory.
 */
void diag_on_abort(void);

/*
 * Have call(context) called before each line, for what is to be taken away first;
 * NULL: nothing is.
 */
void diag_before_line(void (*call)(void *context), void *context);

/* Write line, or whole lines, as it is. */
void diag_text(const char *line, size_t len);

/*
 * The same of what another program has said: on a terminal, bytes that could act on it
 * are shown as escapes, but for TAB, newline, carriage return and colours.
 */
void diag_foreign(const char *data, size_t len);

/* program: message */
void warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* program: RECORD: why, with the record cut short when it is long. */
void warn_record(const void *data, size_t len, const char *why);

/* program: message: strerror(error), or just the message with error 0; then exit. */
_Noreturn void die(enum status status, int error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * Standard output, or what stands in for it under that name, could not be
 * written.  EPIPE: die of SIGPIPE, without a word, as every filter whose
 * reader has left.  Anything else: a diagnostic and STATUS_BROKEN.
 */
_Noreturn void die_output(int error, const char *name);

/* The command name could not be started: it was not found, cannot be run, or no room. */
_Noreturn void die_start(int error, const char *name);

/* Is an error of starting or opening a shortage, which may pass, of the system? */
bool diag_is_shortage(int error);

#endif
