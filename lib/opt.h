/* SPDX-License-Identifier: ISC */
/*
 * opt - a program's options as a table: parsing, --help and --version from it.
 */
#ifndef PAR_OPT_H
#define PAR_OPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "trouble.h"

enum opt_kind {
	OPT_FLAG, /* sets *flag to true */
	OPT_OFF, /* sets it to false */
	OPT_NUMBER, /* sets *number, min to max */
	OPT_SIZE, /* the same, bytes */
	OPT_DURATION, /* the same, milliseconds */
	OPT_STRING, /* sets *text, which is not copied */
	OPT_CALL, /* call(context, value): NULL, trouble_no_memory, or why it is refused
		   */
	OPT_SECRET /* as OPT_CALL; call() copies what it needs: see opt_parse() */
};

/* A row with neither letter nor name is a heading: its help is shown above the next. */
struct opt {
	int letter; /* 0 if there is only a long name */
	const char *name; /* long name, or NULL */
	enum opt_kind kind;
	union { /* what it sets: the one that its kind says */
		bool *flag;
		uint64_t *number;
		const char **text;
		void *context;
	};
	const char *arg; /* what the argument is called in --help, or NULL for none */
	const char *help; /* "": another spelling, which is not shown */
	uint64_t min, max; /* max 0: no bound */
	const char *(*call)(void *context, const char *value);
};

/* Options of a program that has too many for one table to be read; { 0 } is empty. */
struct opt_table {
	struct opt *rows; /* the last is all zero; NULL: there was no memory for them */
	size_t count, room;
	bool failed;
};

/* Add rows, up to the one that is all zero; opt_parse() tells if that failed. */
void opt_add(struct opt_table *table, const struct opt *rows);

/* Add a row that is one. */
void opt_heading(struct opt_table *table, const char *text);

void opt_free(struct opt_table *table);

/* An option of programs that people know, and what it is here. */
struct opt_foreign {
	const char *names; /* long names and letters, with '|' between; NULL ends them */
	const char *here;
};

struct opt_program {
	const char *name;
	const char *synopsis; /* what follows the name on the usage line */
	const char *about; /* filled into lines, as all texts here */
	const struct opt *opts; /* sorted as they are to be shown; ends with { 0 } */
	const char *examples; /* lines of commands, each behind two blanks; or NULL */
	const struct opt_foreign *foreign; /* answered with what it is here; or NULL */
	const struct opt_foreign
	    *homonyms; /* letters of ours that mean something else
			  there: said if a value is refused; or NULL */
	/* Called when the command line is wrong, to tell what may have led there; or NULL
	 */
	void (*misled)(const void *context);
	const void *context;
	bool command; /* operands are a command: its options are not ours */
};

/*
 * Parse argv; returns the index of the first operand, or -1 and trouble: also when
 * --help or --version were answered on standard output.  Reserves descriptors 0 to 2.
 * What is secret is taken out of argv, where ps(1) shows it to everybody, and is not
 * repeated when it is refused.
 */
int opt_parse(
    const struct opt_program *program, int argc, char **argv, struct trouble *trouble);

enum opt_found {
	OPT_SET,
	OPT_UNKNOWN, /* there is no such option */
	OPT_LACKS_VALUE,
	OPT_HAS_VALUE, /* and takes none */
	OPT_REFUSED /* trouble says what is wrong with the value */
};

/*
 * As if an option were on the command line, by its long name or its letter; value is
 * NULL if there is none, and must stay valid otherwise.
 */
enum opt_found opt_set(const struct opt_program *program, const char *name,
    const char *value, struct trouble *trouble);

#endif
