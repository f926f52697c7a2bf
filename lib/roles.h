/* SPDX-License-Identifier: ISC */
/*
 * roles - what each file that a program was given is for, so that none is read and
 * written, or written twice, and destroyed by that.
 *
 * Files are told apart by device and inode, whatever they are called: links,
 * /dev/stdin and /dev/fd/N are seen through.  Only regular files are looked at: a
 * terminal, a socket or /dev/null may well be input and output.
 */
#ifndef PAR_ROLES_H
#define PAR_ROLES_H

#include <stddef.h>

#include "trouble.h"

enum role {
	ROLE_INPUT, /* read while outputs are written */
	ROLE_SETTINGS, /* read before, and to be kept */
	ROLE_OUTPUT,
	ROLE_OUTPUT_LAST, /* written when all inputs were read: may be one of them */
	ROLE_REPLACED, /* a new file takes its place now and then, or it is made later */
	ROLE_JAR /* settings at the start, replaced at the end: may be given as both */
};

/* All zero is an empty one. */
struct roles {
	struct role_entry *all;
	size_t count, room;
	size_t inputs;
	int error; /* why one could not be added, or 0 */
};

/*
 * The file name is given for role, by the option if that is not NULL; "-" is standard
 * input or output, and so is NULL for inputs and outputs; for others that says that
 * none is given.  Both stay the caller's, until roles_check(), which tells of errors.
 */
void roles_add(struct roles *roles, enum role role, const char *option, const char *name);

/*
 * The count inputs that paths name, none standing for standard input, as ends_open()
 * takes them.
 */
void roles_add_inputs(struct roles *roles, char *const *paths, size_t count);

/* A file of a folder that is given, under a name that does not change. */
void roles_add_in(struct roles *roles, enum role role, const char *option,
    const char *folder, const char *name);

/*
 * Make outputs that are not there, look whether all can be written, and change none.
 * 0, or -1 and trouble: STATUS_BROKEN if one cannot be, or without memory; with
 * STATUS_MISUSE, naming both, if two are one file and that is not safe.  Frees roles.
 *
 * Standard input may be standard output, too, by the rule of cat(1) for <f >>f: where
 * nothing is left to read, and nothing will be.
 */
int roles_check(struct roles *roles, struct trouble *trouble);

#endif
