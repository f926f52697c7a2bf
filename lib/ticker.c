/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "char_width.h"
#include "clock.h"
#include "diag.h"
#include "spoken.h"
#include "ticker.h"

enum { LINE = 512 }; /* bytes */

static const char clear[] = "\r\033[K";

static void
hide(void *context)
{
	ticker_hide(context);
}

void
ticker_open(struct ticker *ticker, bool on)
{
	const char *term = getenv("TERM");
	uint64_t now = clock_ms();

	*ticker = (struct ticker){ .on = on, .started = now, .next = UINT64_MAX };
	ticker->terminal =
	    on && isatty(STDERR_FILENO) && term != NULL && strcmp(term, "dumb") != 0;
	if (on)
		ticker->next = now + TICKER_LOGGED;
	if (!ticker->terminal)
		return;
	ticker->next = now;
	diag_before_line(hide, ticker);
}

bool
ticker_is_due(const struct ticker *ticker)
{
	return ticker->next != UINT64_MAX && clock_ms() >= ticker->next;
}

/* How many columns a line of the terminal has, by now. */
static size_t
width(void)
{
	struct winsize size;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col < 2)
		return LINE;
	return size.ws_col - 1u; /* in the last column some go on to the next line */
}

/* A line of its own, if its reader takes one now: it is told again in a minute. */
static void
log_line(struct ticker *ticker, const char *text)
{
	char line[LINE + 2];

	snprintf(line, sizeof(line), "%.*s\n", (int)LINE, text);
	if (!spoken_waits() && spoken_takes())
		diag_text(line, strlen(line));
	ticker->next = clock_ms() + TICKER_LOGGED;
}

void
ticker_show(struct ticker *ticker, const char *text)
{
	char line[LINE + sizeof(clear)];
	size_t len = strlen(text);

	if (!ticker->terminal) {
		log_line(ticker, text);
		return;
	}
	len = char_width_fit(text, len < LINE ? len : LINE, width());
	/* Written over, not cleared before, so that it does not flicker. */
	snprintf(line, sizeof(line), "\r%.*s\033[K", (int)len, text);
	if (!spoken_waits() && spoken_takes()) {
		spoken_put(line, strlen(line));
		ticker->shown = true;
	}
	ticker->next = clock_ms() + TICKER_EVERY;
}

void
ticker_hide(struct ticker *ticker)
{
	if (!ticker->shown)
		return;
	spoken_put(clear, sizeof(clear) - 1);
	ticker->shown = false;
	ticker->next = 0;
}

void
ticker_give_way(void *ticker)
{
	struct ticker *shown = ticker;
	uint64_t next = shown->next;

	ticker_hide(shown);
	shown->next = next;
}

bool
ticker_is_on(const struct ticker *ticker, int fd)
{
	struct stat ours, other;

	return ticker->terminal && isatty(fd) && fstat(STDERR_FILENO, &ours) == 0 &&
	    fstat(fd, &other) == 0 && ours.st_rdev == other.st_rdev;
}

void
ticker_close(struct ticker *ticker, const char *text)
{
	char line[LINE + 2];

	if (!ticker->on)
		return;
	ticker_hide(ticker);
	if (ticker->terminal)
		diag_before_line(NULL, NULL);
	snprintf(line, sizeof(line), "%.*s\n", (int)LINE, text);
	spoken_put(line, strlen(line));
	ticker->next = UINT64_MAX;
	ticker->terminal = false;
}
