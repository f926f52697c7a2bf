/* SPDX-License-Identifier: ISC */
/*
 * names - the names of outputs, made of a template with a number, such as
 * part.%02d, and FIFOs made under them.
 */
#ifndef PAR_SPLIT_NAMES_H
#define PAR_SPLIT_NAMES_H

#include <stddef.h>
#include <stdint.h>

/*
 * NULL if template has exactly one number, or why it has not: %d, or with digits
 * %3d, %03d; %% stands for a percent sign.
 */
const char *names_check(const char *template);

/* The name with number; the caller frees.  NULL if there is no memory. */
char *names_make(const char *template, uint64_t number);

/* The names with 0 to count - 1, for names_free(). */
char **names_list(const char *template, size_t count);
void names_free(char **names, size_t count);

/*
 * Make a FIFO, for this user alone, of each name; one of this user's that is there
 * already is taken as it is, but no link is followed.  NULL, or why *failed cannot be
 * one; none made before is left.
 */
const char *names_mkfifo(char *const *names, size_t count, const char **failed);

/* Remove what names are FIFOs of this user's. */
void names_remove(char *const *names, size_t count);

#endif
