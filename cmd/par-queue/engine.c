/* SPDX-License-Identifier: ISC */
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "engine.h"
#include "entropy.h"

const char engine_name_why[] = "not a name of letters, digits, and . _ -, of at most 100";

const char *const engine_stocks[STOCK_COUNT] = {
	[STOCK_PRODUCERS] = "producers",
	[STOCK_WAITING] = "waiting",
	[STOCK_DELAYED] = "delayed",
	[STOCK_RESULTS] = "results",
	[STOCK_DEAD] = "dead",
};

bool
engine_name_ok(const char *name, size_t len)
{
	static const char good[] = "abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

	return len > 0 && len <= ENGINE_NAME_MAX && strspn(name, good) >= len;
}

int
engine_own_name(char name[static ENGINE_ID_SIZE])
{
	unsigned long long some;
	char host[32] = "";

	if (entropy(&some, sizeof(some)) < 0)
		return -1;
	gethostname(host, sizeof(host) - 1);
	for (char *c = host; *c != '\0'; c++)
		if (!engine_name_ok(c, 1)) /* a machine may be called anything */
			*c = '-';
	snprintf(name, ENGINE_ID_SIZE, "%s:%d:%016llx", host, (int)getpid(), some);
	return 0;
}

bool
engine_is_closed(const char *mark)
{
	return *mark != '\0' && *mark != MARK_HERE;
}

bool
engine_mark_ok(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
			return false;
	return len < ENGINE_MARK_SIZE;
}

enum engine_end
engine_closed(struct engine *engine, const char *queue, const char *mark)
{
	const char *place = mark;

	for (int i = 0; i < 3; i++) /* what precedes it in a mark, see copy.c */
		place += strcspn(place, " ") + (strchr(place, ' ') != NULL);
	switch (*mark) {
	case MARK_COMING:
		return engine_broken(engine,
		    "%s: it is not all here: par-queue copy from %s has not ended", queue,
		    place);
	case MARK_LEAVING:
		return engine_broken(engine,
		    "%s: it is closed, and on its way to %s: par-queue copy goes on "
		    "with that, par-queue resume gives it up",
		    queue, place);
	case MARK_GONE:
		return engine_broken(engine,
		    "%s: it is closed, and is %s now; par-queue purge deletes what is "
		    "left here",
		    queue, place);
	default:
		return engine_broken(engine, "%s: it is closed", queue);
	}
}

enum engine_end
engine_uncopied(struct engine *engine)
{
	return engine_broken(engine,
	    "%s: what was copied there is no longer waited for: it was purged, or "
	    "another "
	    "par-queue copy has ended it",
	    engine->queue);
}

enum engine_end
engine_broken(struct engine *engine, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (vsnprintf(engine->why, sizeof(engine->why), format, args) < 0)
		engine->why[0] = '\0';
	va_end(args);
	return ENGINE_BROKEN;
}

void
engine_pause(struct engine *engine, uint64_t ms)
{
	struct pollfd wake = { .fd = engine->wake, .events = POLLIN };

	if (poll(&wake, 1, ms > INT32_MAX ? INT32_MAX : (int)ms) > 0)
		engine->woken = true;
}

void
engine_await(struct engine *engine, uint64_t pause, uint64_t ms)
{
	uint64_t begin = clock_ms(), wait = ms;
	struct pollfd *polls = engine->polls, *all;
	size_t count = engine->poll_count;

	if (count == 0) {
		engine_pause(engine, pause < ms ? pause : ms);
		return;
	}
	all = malloc((count + 1) * sizeof(*all));
	if (all == NULL) {
		engine_pause(engine, pause < ms ? pause : ms);
		return;
	}
	memcpy(all, polls, count * sizeof(*all));
	all[count] = (struct pollfd){ .fd = engine->wake, .events = POLLIN };
	if (engine->due < begin + ms)
		wait = engine->due > begin ? engine->due - begin : 0;
	if (poll(all, (nfds_t)count + 1, wait > INT32_MAX ? INT32_MAX : (int)wait) > 0 &&
	    all[count].revents != 0)
		engine->woken = true;
	free(all);
}
