/* SPDX-License-Identifier: ISC */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "formats.h"
#include "lua.h"
#include "scripts.h"

/*
 * A server without memory refuses a script, as a whole, unless its flags allow it.
 * Scripts that make room, or lead to it, must go on; put must not, and a commit is asked
 * for once more then, with FULL, to see whether it makes room.
 */
static const struct {
	const char *flags, *text;
	bool open; /* refused where the queue is closed */
} scripts[SCRIPT_COUNT] = {
	[SCRIPT_BEGIN] = { "flags=allow-oom", lua_begin, true },
	[SCRIPT_PUT] = { "", lua_put, true },
	[SCRIPT_TAKE] = { "flags=allow-oom", lua_take, true },
	[SCRIPT_COMMIT] = { "", lua_commit, false },
	[SCRIPT_COMMIT_FULL] = { "flags=allow-oom", lua_commit, false },
	[SCRIPT_BEAT] = { "flags=allow-oom", lua_beat, false },
	[SCRIPT_LEAVE] = { "flags=allow-oom", lua_leave, false },
	[SCRIPT_READ] = { "flags=allow-oom", lua_read, true },
	[SCRIPT_REVOKE] = { "flags=allow-oom", lua_revoke, true },
	[SCRIPT_UNDEAD] = { "flags=allow-oom", lua_undead, true },
	[SCRIPT_WORKERS] = { "flags=no-writes", lua_workers, false },
	[SCRIPT_STAT] = { "flags=no-writes", lua_stat, false },
	[SCRIPT_CONTROL] = { "flags=allow-oom", lua_control, true },
	[SCRIPT_MARK] = { "flags=allow-oom", lua_mark, false },
	[SCRIPT_STOCK] = { "flags=allow-oom", lua_stock, false },
	[SCRIPT_COPIED] = { "", lua_copied, false },
};

int
script_text(enum script script, struct bytes *text)
{
	char format[64];
	const char *const parts[] = { "#!lua ", scripts[script].flags, "\n", format,
		lua_common, scripts[script].text };

	snprintf(format, sizeof(format), "local FORMAT, OPEN, FULL = %d, %s, %s\n",
	    FORMAT_QUEUE, scripts[script].open ? "true" : "false",
	    script == SCRIPT_COMMIT_FULL ? "true" : "false");
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (bytes_put(text, parts[i], strlen(parts[i])) < 0)
			return -1;
	return 0;
}
