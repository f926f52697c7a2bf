/* SPDX-License-Identifier: ISC */
/*
 * signs - words of a command that are pipes, files and conditions to a shell, and nothing
 * without one, as | and > are.
 */
#ifndef PAR_SIGNS_H
#define PAR_SIGNS_H

#include <stddef.h>

enum { SIGNS_REMEDY = 240 };

/*
 * What to write where there is one, for the end of a line that tells of the command's
 * failure: program, and a shell with these words; or "".
 */
const char *
signs_remedy(char text[static SIGNS_REMEDY], const char *program, char *const *command);

#endif
