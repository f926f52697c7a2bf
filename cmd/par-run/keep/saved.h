/* SPDX-License-Identifier: ISC */
/*
 * saved - what a checkpoint remembers of a run, and its text.
 */
#ifndef PAR_RUN_SAVED_H
#define PAR_RUN_SAVED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fingerprint.h"
#include "formats.h"
#include "hash.h"

/* The input file, as fstat(2) has it. */
struct input_file {
	uint64_t base; /* where standard input stood in it at the start, bytes */
	uint64_t device, inode;
	uint64_t size; /* bytes */
	uint64_t changed; /* st_ctim, ns */
};

/* Records that were given out and not finished; offset from base, bytes. */
struct stretch {
	uint64_t offset, len;
	uint64_t first, count; /* number of the first record; how many */
};

struct saved {
	uint64_t command; /* hash of its words */
	uint64_t id; /* number of the run, see facts.h; 0: it has none */
	uint64_t options; /* hash of those that say what comes out, and where; */
	uint32_t fingerprints[FINGERPRINTS]; /* of each of them, */
	bool each; /* if that is known */
	struct input_file input;
	struct hash_stream hash; /* of all that was given out: total bytes from base */
	uint64_t digest; /* hash_end() of it */
	uint64_t offset, next; /* where reading goes on: from base; record number */
	bool skipping; /* inside of a record that was too long */
	uint64_t output, quarantine; /* bytes of the files that count */
	uint64_t failed; /* records given up */
	struct stretch *again; /* malloc(3) */
	size_t again_count;
};

/* Of the newest version that has all of it; as text of *len bytes, for the caller to
 * free; NULL without memory. */
char *saved_format(const struct saved *saved, size_t *len);

/*
 * Read text that saved_format() made.  0, or -1: of another version, what
 * cannot be, or without memory.  The bytes of the stream since the last multiple of 32
 * are not set.
 */
int saved_parse(struct saved *saved, const char *text);

/* What is wrong with a text, len bytes, that a newer version has made; NULL: none has. */
const char *saved_newer(char text[static FORMAT_TEXT], const char *data, size_t len);

/* Records that are finished. */
uint64_t saved_records(const struct saved *saved);

void saved_free(struct saved *saved);

#endif
