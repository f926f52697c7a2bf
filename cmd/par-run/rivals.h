/* SPDX-License-Identifier: ISC */
/*
 * rivals - what people know from xargs(1), GNU parallel, xe, rush and fd, and what it is
 * here: options that are not ours, letters of ours that mean something else there, and
 * words that such a letter took though they were meant for the command.
 */
#ifndef PAR_RUN_RIVALS_H
#define PAR_RUN_RIVALS_H

#include <stdbool.h>
#include <stddef.h>

#include "opt.h"

enum { RIVALS_TEXT = 512 };

extern const struct opt_foreign rivals_options[], rivals_letters[];

/* What the command line said, as far as it was read. */
struct rivals_guess {
	const char *quarantine, *input, *output, *replace; /* NULL: not said */
	bool stats, header;
	const char *command; /* its first word; NULL: not read, or the system has it */
};

/*
 * Was a letter of ours taken for that of another program?  Then what both mean, in text;
 * else NULL.
 */
const char *
rivals_misled(char text[static RIVALS_TEXT], const struct rivals_guess *guess);

/* Does a word hold what stands for something of a record elsewhere, and not here? */
bool rivals_has_place(const char *word);

/* Does the system have a command of that name, by PATH where it has no slash? */
bool rivals_has_command(const char *name);

#endif
