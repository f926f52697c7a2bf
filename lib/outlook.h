/* SPDX-License-Identifier: ISC */
/*
 * outlook - how long the rest will take, and how sure that is.
 *
 * The time until now is parted into windows; each has a rate.  The rate of the rest is
 * taken to be their mean, less or plus two standard errors of it.  Where that comes to
 * nothing, or there are fewer than OUTLOOK_LEAST windows, there is no telling.
 */
#ifndef PAR_OUTLOOK_H
#define PAR_OUTLOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	OUTLOOK_WINDOWS = 32, /* at most: when they are full, two are one */
	OUTLOOK_LEAST = 5,
	OUTLOOK_FIRST = 200 /* ms of a window, at first */
};

/* What was done when, ms: windows are from one mark to the next. */
struct outlook {
	uint64_t at[OUTLOOK_WINDOWS + 1], done[OUTLOOK_WINDOWS + 1];
	size_t marks;
	uint64_t span; /* ms of a window, at least */
};

/* So much is left, s: from least to most. */
struct outlook_left {
	uint64_t least, most;
	bool open; /* most is not known */
};

void outlook_begin(struct outlook *outlook, uint64_t now, uint64_t done);

/* Is it time for outlook_mark()? */
bool outlook_is_due(const struct outlook *outlook, uint64_t now);

/* So much is done now: more than before, of whatever it is. */
void outlook_mark(struct outlook *outlook, uint64_t now, uint64_t done);

/* How long rest will take; false: there is no telling. */
bool
outlook_left(const struct outlook *outlook, uint64_t rest, struct outlook_left *left);

#endif
