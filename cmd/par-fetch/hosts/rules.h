/* SPDX-License-Identifier: ISC */
/*
 * rules - what a robots.txt says to us, by RFC 9309.
 */
#ifndef PAR_FETCH_RULES_H
#define PAR_FETCH_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RULES_TEXT = 512 << 10 }; /* so much of a robots.txt is read, bytes */

struct rule {
	char *pattern; /* normalised */
	size_t len;
	bool allow;
};

/* All zero allows everything. */
struct rules {
	struct rule *rules;
	size_t count, room;
	uint64_t delay; /* Crawl-delay, milliseconds */
};

/* Read the groups of text for the robot called token, or else those for all. */
void rules_read(struct rules *rules, const char *text, size_t len, const char *token);

/* May path, with its query, be asked for?  The longest rule that matches says. */
bool rules_allow(const struct rules *rules, const char *path, size_t len);

void rules_free(struct rules *rules);

#endif
