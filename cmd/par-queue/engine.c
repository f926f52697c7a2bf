/* SPDX-License-Identifier: ISC */
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "engine.h"

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

	if (getrandom(&some, sizeof(some), 0) != sizeof(some))
		return -1;
	gethostname(host, sizeof(host) - 1);
	snprintf(name, ENGINE_ID_SIZE, "%s:%d:%016llx", host, (int)getpid(), some);
	return 0;
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
