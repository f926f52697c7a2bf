/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "formats.h"
#include "lua.h"
#include "scripts.h"

/*
 * A server without memory refuses a script, as a whole, unless its flags allow it.
 * Scripts that make room, or lead to it, must go on; put must not.
 */
static const struct {
	const char *flags, *text;
} scripts[SCRIPT_COUNT] = {
	[SCRIPT_BEGIN] = { "flags=allow-oom", lua_begin },
	[SCRIPT_PUT] = { "", lua_put },
	[SCRIPT_TAKE] = { "flags=allow-oom", lua_take },
	[SCRIPT_COMMIT] = { "flags=allow-oom", lua_commit },
	[SCRIPT_BEAT] = { "flags=allow-oom", lua_beat },
	[SCRIPT_LEAVE] = { "flags=allow-oom", lua_leave },
	[SCRIPT_READ] = { "flags=allow-oom", lua_read },
	[SCRIPT_REVOKE] = { "flags=allow-oom", lua_revoke },
	[SCRIPT_UNDEAD] = { "flags=allow-oom", lua_undead },
	[SCRIPT_WORKERS] = { "flags=no-writes", lua_workers },
	[SCRIPT_STAT] = { "flags=no-writes", lua_stat },
	[SCRIPT_CONTROL] = { "flags=allow-oom", lua_control },
};

int
script_text(enum script script, struct bytes *text)
{
	char format[40];
	const char *const parts[] = { "#!lua ", scripts[script].flags, "\n", format,
		lua_common, scripts[script].text };

	snprintf(format, sizeof(format), "local FORMAT = %d\n", FORMAT_QUEUE);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (bytes_put(text, parts[i], strlen(parts[i])) < 0)
			return -1;
	return 0;
}
