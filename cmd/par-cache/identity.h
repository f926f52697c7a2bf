/* SPDX-License-Identifier: ISC */
/*
 * identity - what a command is, so that no other one has its outputs: its words, what
 * is in the files that they name, and chosen variables of the environment.  Where the
 * files lie does not count: hosts may share a store.
 */
#ifndef PAR_CACHE_IDENTITY_H
#define PAR_CACHE_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>

#include "store.h"

struct identity_plan {
	char *const *words; /* end with NULL */
	const char *as; /* instead of the words and files; NULL: they count */
	const char *const *env; /* names of variables, in any order */
	size_t env_count;
	bool map; /* what else tells one way of running it from another */
};

struct identity;

/* What the command is now; NULL with errno. */
struct identity *identity_new(const struct identity_plan *plan);
void identity_free(struct identity *identity);

/* The key of a record, len bytes without its newline. */
void identity_key(
    const struct identity *identity, const void *record, size_t len, struct digest *key);

/* A file that is no longer what it was when the command was looked at; NULL: none. */
const char *identity_changed(const struct identity *identity);

#endif
