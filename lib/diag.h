/* SPDX-License-Identifier: ISC */
/*
 * diag - one-line diagnostics on standard error, and the end of a program.
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

#include "opt.h"
#include "says.h"
#include "trouble.h"

/* For modules of lib: warn(), warn_record(), and what other programs say. */
extern const struct says diag_says;

/* What is said of a command that ended with STATUS_NEVER. */
extern const char diag_never[];

/*
 * What each main() begins with: the program has its name from now on, which must stay,
 * and opt_parse() of its options.  Ends it where that does not return an operand.
 */
int diag_options(const struct opt_program *program, int argc, char **argv);

/*
 * The program is about to read what from standard input: that is said if a person is to
 * type it, and nothing is otherwise.
 */
void diag_awaits(const char *what);

/*
 * End the program, as die_misuse() does, since what is missing behind the words of its
 * argv: with then in its place; where there is none behind its name, with its examples.
 */
_Noreturn void die_missing(const struct opt_program *program, char *const *argv,
    const char *what, const char *then);

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

/* Write line, or whole lines, as it is, on a line of its own. */
void diag_text(const char *line, size_t len);

/* program: message */
void warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* program: RECORD: why, with the record cut short when it is long, and "" if it is empty.
 */
void warn_record(const void *data, size_t len, const char *why);

/* A record failed, though no line says so here: it is the last one. */
void diag_failed_record(const void *data, size_t len);

/* The record that failed last, as text that can be shown; "": none did. */
const char *diag_last_failed(void);

/* program: message: strerror(error), or just the message with error 0; then exit. */
_Noreturn void die(enum status status, int error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * Standard output, or what stands in for it under that name, could not be
 * written.  EPIPE: die of SIGPIPE, without a word, as every filter whose
 * reader has left.  Anything else: a diagnostic and STATUS_BROKEN.
 */
_Noreturn void die_output(int error, const char *name);

/* What may help against error, an errno, to stand behind its text; "" for most. */
const char *diag_remedy(int error);

/* The command name could not be started: it was not found, cannot be run, or no room. */
enum status warn_start(int error, const char *name);
_Noreturn void die_start(int error, const char *name);

/* The command line is wrong: program: message, how to get help, STATUS_MISUSE. */
_Noreturn void die_misuse(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * Where word is a URL, and the name of nothing here, it is no AS of the command line:
 * say what to write, which is to pipe it into THEN, and end so.
 */
void diag_refuse_url(const char *word, const char *as, const char *then);

/* End as trouble says, of whichever kind it is. */
_Noreturn void die_of(const struct trouble *trouble);

#endif
