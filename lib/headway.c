/* SPDX-License-Identifier: ISC */
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "diag.h"
#include "headway.h"
#include "plural.h"

void
headway_open(struct headway *headway, bool on)
{
	headway->begun = false;
	ticker_open(&headway->ticker, on);
}

bool
headway_is_due(const struct headway *headway)
{
	uint64_t now;

	if (!headway->ticker.on)
		return false;
	now = clock_ms();
	return !headway->begun || now >= headway->ticker.next ||
	    outlook_is_due(&headway->outlook, now);
}

int
headway_timeout(const struct headway *headway, int timeout)
{
	uint64_t due =
	    headway_wait(headway, timeout < 0 ? UINT64_MAX : (uint64_t)timeout);

	return due > INT_MAX ? timeout : (int)due;
}

uint64_t
headway_wait(const struct headway *headway, uint64_t ms)
{
	uint64_t due = headway->ticker.next, now;

	if (due == UINT64_MAX)
		return ms;
	now = clock_ms();
	due = due > now ? due - now : 0;
	return due < ms ? due : ms;
}

/* Is there a share, and of what? */
static bool
share(const struct headway_facts *facts, uint64_t *done, uint64_t *whole)
{
	*done = facts->total > 0 ? facts->done : facts->bytes;
	*whole = facts->total > 0 ? facts->total : facts->size;
	return *whole > 0 && *done <= *whole; /* else it has grown */
}

/* Add what format says to the text, as far as there is room. */
static void put(char text[static HEADWAY_LINE], const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void
put(char text[static HEADWAY_LINE], const char *format, ...)
{
	size_t used = strlen(text);
	va_list args;

	va_start(args, format);
	vsnprintf(text + used, HEADWAY_LINE - used, format, args);
	va_end(args);
}

static void
put_time(char text[static HEADWAY_LINE], uint64_t s)
{
	unsigned long long seconds = s;

	put(text, "%llu:%02llu:%02llu", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

/* How much of it is done, and how long the rest may take. */
static void
put_share(const struct headway *headway, const struct headway_facts *facts,
    char text[static HEADWAY_LINE])
{
	struct outlook_left left;
	uint64_t done, whole;

	if (!share(facts, &done, &whole))
		return;
	put(text, ", %.0f %%", 100 * (double)done / (double)whole);
	if (done == whole || !headway->begun ||
	    !outlook_left(&headway->outlook, whole - done, &left))
		return;
	put(text, left.open ? ", at least " : ", ");
	put_time(text, left.least);
	if (!left.open && left.most > left.least) {
		put(text, " to ");
		put_time(text, left.most);
	}
	put(text, " left");
}

void
headway_text(const struct headway *headway, const struct headway_facts *facts, bool over,
    char text[static HEADWAY_LINE])
{
	double seconds = (double)(clock_ms() - headway->ticker.started) / 1000;

	text[0] = '\0';
	put(text, "%llu", (unsigned long long)facts->done);
	if (facts->total > 0)
		put(text, " of %llu", (unsigned long long)facts->total);
	put(text, " %s%s, %.0f a second", facts->what,
	    plural(facts->total > 0 ? facts->total : facts->done, "", "s"),
	    seconds > 0 ? (double)facts->done / seconds : 0);
	put_share(headway, facts, text);
	if (facts->failed > 0)
		put(text, ", %llu failed", (unsigned long long)facts->failed);
	put(text, "%s", facts->more);
	if (!over && *diag_last_failed() != '\0')
		put(text, ", the last: %s", diag_last_failed());
}

/* What the share is of comes to so much by now. */
static void
mark(struct headway *headway, const struct headway_facts *facts)
{
	uint64_t now = clock_ms(), done = 0, whole;

	(void)share(facts, &done, &whole);
	if (!headway->begun)
		outlook_begin(&headway->outlook, now, done);
	headway->begun = true;
	outlook_mark(&headway->outlook, now, done);
}

void
headway_tell(struct headway *headway, const struct headway_facts *facts)
{
	char text[HEADWAY_LINE];

	mark(headway, facts);
	if (!ticker_is_due(&headway->ticker))
		return;
	headway_text(headway, facts, false, text);
	ticker_show(&headway->ticker, text);
}

void
headway_end(struct headway *headway, const struct headway_facts *facts)
{
	char text[HEADWAY_LINE];

	if (!headway->ticker.on)
		return;
	headway_text(headway, facts, true, text);
	ticker_close(&headway->ticker, text);
}

uint64_t
headway_size(int fd)
{
	off_t at = lseek(fd, 0, SEEK_CUR);
	struct stat st;

	if (at < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size < at)
		return 0;
	return (uint64_t)(st.st_size - at);
}
