/* SPDX-License-Identifier: ISC */
/*
 * fingerprint - the options that say what a run writes, and where: a hash of each, so
 * that a run that does not fit what was saved can be told by which of them.
 */
#ifndef PAR_RUN_FINGERPRINT_H
#define PAR_RUN_FINGERPRINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arguments.h"
#include "hash.h"
#include "header.h"
#include "options.h"
#include "separator.h"

/* They are saved in this order: more of them are a new version of the checkpoint. */
enum { FINGERPRINTS = 16, FINGERPRINT_TEXT = 256 };

/* What they follow from. */
struct fingerprint_of {
	const struct run_options *options;
	const struct separator *separator; /* of the input */
	const struct header *header;
	const struct arguments *arguments;
	bool spools; /* the input is kept, since it cannot be read again */
	bool streams; /* the output is no file of ours */
};

/* Add a word, or that there is none, so that no two lists of words are alike. */
void fingerprint_word(struct hash_stream *hash, const char *word);

void
fingerprint_each(const struct fingerprint_of *of, uint32_t each[static FINGERPRINTS]);

/* The hash of all together, which is all that checkpoints before version 3 have. */
uint64_t fingerprint_all(const struct fingerprint_of *of);

/* The names of those that differ, with commas between them; false if none does. */
bool fingerprint_differ(char text[static FINGERPRINT_TEXT],
    const uint32_t a[static FINGERPRINTS], const uint32_t b[static FINGERPRINTS]);

#endif
