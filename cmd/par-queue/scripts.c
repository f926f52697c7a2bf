/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "lua.h"
#include "need.h"
#include "scripts.h"

/*
 * A server without memory refuses a script, as a whole, unless its flags allow it.
 * Those that make room, or lead to it, must go on; put must not.
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
	[SCRIPT_STAT] = { "flags=no-writes", lua_stat },
	[SCRIPT_CONTROL] = { "flags=allow-oom", lua_control },
};

static void
put_text(struct bytes *to, const char *text)
{
	need_put(to, text, strlen(text));
}

void
script_text(enum script script, struct bytes *text)
{
	put_text(text, "#!lua ");
	put_text(text, scripts[script].flags);
	put_text(text, "\n");
	put_text(text, lua_common);
	put_text(text, scripts[script].text);
}
