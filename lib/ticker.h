/* SPDX-License-Identifier: ISC */
/*
 * ticker - one line on standard error that tells how far a program is: kept up to
 * date on a terminal, and never wider than that; elsewhere a line each minute, and at the
 * end.  Diagnostics take it away before they are written, so that lines do not mix.
 */
#ifndef PAR_TICKER_H
#define PAR_TICKER_H

#include <stdbool.h>
#include <stdint.h>

enum {
	TICKER_EVERY = 200, /* ms from one state of the line to the next */
	TICKER_LOGGED = 60 * 1000 /* where each is a line of its own */
};

struct ticker {
	bool on, terminal, shown;
	uint64_t started; /* clock_ms() */
	uint64_t next; /* when the line is to be brought up to date; UINT64_MAX: never */
};

/* Stays where it is until ticker_close(). */
void ticker_open(struct ticker *ticker, bool on);

/* Is it time to bring the line up to date? */
bool ticker_is_due(const struct ticker *ticker);

/* What the line says now, cut to the width that the terminal has by now. */
void ticker_show(struct ticker *ticker, const char *text);

/* Take the line away, so that something else can be written. */
void ticker_hide(struct ticker *ticker);

/* Make way for output on the same terminal: the line comes back at its time. */
void ticker_give_way(void *ticker);

/* Is fd the terminal that the line is on? */
bool ticker_is_on(const struct ticker *ticker, int fd);

/* What it says in the end, which stays. */
void ticker_close(struct ticker *ticker, const char *text);

#endif
