/* SPDX-License-Identifier: ISC */
/*
 * lists - values that follow COMMAND, as records: each of one list, or all combinations
 * of several, made as they are asked for.
 *
 *	::: a b c       a list, of words
 *	:::: FILE ...   a list, of the records of files
 *	:::+  ::::+     one that goes with the one before: value by value
 */
#ifndef PAR_RUN_LISTS_H
#define PAR_RUN_LISTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bytes.h"

struct value_list;

struct lists {
	struct value_list *lists;
	size_t count, room;
	bool ended; /* the last combination was made */
	struct bytes made; /* records on their way */
	size_t taken; /* bytes of it */
};

/* Does a word begin a list? */
bool lists_begin(const char *word);

/*
 * Read lists: first is the word that begins the first, words what follows it, up to NULL;
 * both must stay.  Records of files end with separator.  0, or -1 with errno and *name,
 * a file that cannot be read.
 */
int lists_read(struct lists *lists, const char *first, char *const *words, char separator,
    const char **name);

/*
 * The next bytes of records, into to, at most room: how many, 0 at the end, or -1 with
 * errno.  A record has a field for each list, escaped.
 */
long lists_next(struct lists *lists, char *to, size_t room);

/* Will it be the end? */
static inline bool
lists_over(const struct lists *lists)
{
	return lists->ended && lists->taken == lists->made.len;
}

/* How many combinations there are; 0 if they are beyond counting. */
uint64_t lists_total(const struct lists *lists);

void lists_free(struct lists *lists);

#endif
