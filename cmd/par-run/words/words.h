/* SPDX-License-Identifier: ISC */
/*
 * words - the words of a command, to be run as they are, without a shell.
 */
#ifndef PAR_RUN_WORDS_H
#define PAR_RUN_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/* All zero is none. */
struct words {
	char **list; /* ended by NULL, once there is a word */
	size_t count, room;
	bool short_of; /* there was no memory for one that was to be added */
};

/* What is wrong then. */
extern const char words_no_memory[];

/* Add a word of len bytes. */
void words_add(struct words *words, const char *data, size_t len);

/*
 * Split text at blanks and add what it holds; quotes, ' or ", hold a word together,
 * and nothing else is special.  NULL, or what is wrong with it.
 */
const char *words_split(struct words *words, const char *text);

void words_free(struct words *words);

#endif
