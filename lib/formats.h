/* SPDX-License-Identifier: ISC */
/*
 * formats - what programs tell each other, and what they leave for a later run: each kind
 * of it has a number, its version, and par-formats(7) has a table of all.
 *
 * Where a version stands in a text, it follows the name of the format and a space.  What
 * has none is of version 1.  One that is newer than ours is refused by name, and never
 * read as if it were ours.
 */
#ifndef PAR_FORMATS_H
#define PAR_FORMATS_H

#include <stddef.h>
#include <stdint.h>

/*
 * The versions that are written; older ones are read, too, where the page says so.  What
 * stands before the colon is the name, by which a newer one is refused.
 */
enum format_version {
	FORMAT_STAGE = 1, /* par-stage: lines on a descriptor or a link */
	FORMAT_JOB = 3, /* par-job: what goes over a link first */
	FORMAT_CHECKPOINT = 3, /* par-run checkpoint: STATE of --checkpoint */
	FORMAT_REACHED = 1, /* par-queue state: FILE of get --state */
	FORMAT_QUEUE = 1, /* queue: keys on a Redis server */
	FORMAT_QUEUE_FILE = 1, /* queue folder: tables of the file of a folder */
	FORMAT_QUEUE_SQL = 2, /* queue schema: tables on a PostgreSQL server */
	FORMAT_CACHE = 2, /* par-cache: outputs in a store, and their keys */
	FORMAT_CACHE_FILE = 1, /* par-cache folder: tables of the file of a folder */
	FORMAT_CAPTURES = 1, /* par-fetch captures: FILE of --warc-seen */
	FORMAT_TOP = 1, /* par-top: what a par-run says of itself */
	FORMAT_FRONTIER = 3, /* frontier: files in DIR of par-frontier --state */
	FORMAT_FRONTIER_SHARE = 1 /* frontier share: files of par-frontier --exchange */
};

enum { FORMAT_TEXT = 120 };

/*
 * Does data, len bytes, begin with name and a version that is newer than version?  Then
 * what is wrong, and what helps, in text; else NULL.
 */
const char *formats_newer(char text[static FORMAT_TEXT], const char *name,
    enum format_version version, const char *data, size_t len);

/* That text for a version that stands elsewhere, and was found to be newer. */
const char *formats_newer_text(char text[static FORMAT_TEXT], const char *name,
    enum format_version version, uint64_t newer);

#endif
