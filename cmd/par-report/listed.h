/* SPDX-License-Identifier: ISC */
/*
 * listed - records that are shown one by one: the slowest, and the first that failed;
 * and the reasons of all that failed, as long as there are not too many different ones.
 */
#ifndef PAR_REPORT_LISTED_H
#define PAR_REPORT_LISTED_H

#include <stddef.h>
#include <stdint.h>

#include "field.h"
#include "table.h"

enum {
	LISTED_TEXT = 500, /* bytes that are kept of a text */
	LISTED_REASONS = 1000, /* different ones that are counted */
	LISTED_NOBODY = -1
};

struct listed {
	uint64_t record, took, tries; /* took: microseconds */
	long worker; /* which of those known, or LISTED_NOBODY */
	char *name, *why; /* the record itself, and why it failed: texts, or NULL */
};

/* What there is to keep, before it is. */
struct listing_of {
	uint64_t record, took, tries;
	long worker;
	struct field name, why; /* data NULL: there is none */
};

struct slowest {
	struct listed *heap; /* the quickest of them first; after slowest_sort() last */
	size_t count, room, most;
};

struct failures {
	struct listed *all;
	size_t count, room, most;
	uint64_t total; /* that failed */
	struct table reasons; /* the state of each is a uint64_t: how often it came */
	uint64_t others; /* whose reasons are not in there */
};

/* These end the program where there is no memory. */

void slowest_add(struct slowest *slowest, const struct listing_of *record);

/* The slowest first; nothing is added then. */
void slowest_sort(struct slowest *slowest);
void slowest_free(struct slowest *slowest);

void failures_open(struct failures *failures, size_t most);
void failures_add(struct failures *failures, const struct listing_of *record);

/*
 * Reasons by how often they came, most often first: their places in the table, the
 * caller's to free; as many as there are.
 */
uint32_t *failures_reasons(const struct failures *failures);
void failures_free(struct failures *failures);

#endif
