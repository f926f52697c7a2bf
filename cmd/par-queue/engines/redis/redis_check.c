/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "queue.h"
#include "redis_check.h"

enum { LEAST_MAJOR = 7, VALUE_SIZE = 64 };

/* The value of name in what INFO tells, or "". */
static const char *
info(const char *text, const char *name, char value[static VALUE_SIZE])
{
	size_t len = strlen(name);

	*value = '\0';
	for (const char *at = strstr(text, name); at != NULL; at = strstr(at + 1, name)) {
		if (at[len] != ':' || (at != text && at[-1] != '\n'))
			continue;
		snprintf(value, VALUE_SIZE, "%.*s", (int)strcspn(at + len + 1, "\r\n"),
		    at + len + 1);
		break;
	}
	return value;
}

/* Does it keep all keys until they are deleted?  Else the engine says why not. */
static bool
keeps(struct engine *engine, const char *text)
{
	char value[VALUE_SIZE];

	if (strcmp(info(text, "maxmemory_policy", value), "noeviction") == 0)
		return true;
	engine_broken(engine,
	    "the server deletes records when its memory is full: "
	    "maxmemory-policy is %s, and must be noeviction",
	    value);
	return false;
}

enum engine_end
redis_ready(struct engine *engine)
{
	struct queue *queue = engine->state;
	struct call *call = queue->calls;
	enum engine_end end;

	call_begin(call, SCRIPT_NONE);
	call_text(call, "INFO");
	call_text(call, "memory");
	end = wire_send(&queue->wire, call, 1);
	if (end != ENGINE_OK || call->reply->type == REDIS_REPLY_ERROR)
		return end;
	if (call->reply->type != REDIS_REPLY_STRING)
		return wire_odd(&queue->wire, call->reply);
	return keeps(engine, call->reply->str) ? ENGINE_OK : ENGINE_BROKEN;
}

/* What INFO tells is fit for a queue; else say why not. */
static bool
judge(struct engine *engine, const char *text)
{
	char value[VALUE_SIZE];
	bool good = true;

	if (strtoul(info(text, "redis_version", value), NULL, 10) < LEAST_MAJOR) {
		warn("the server is version %s; at least 7.0 is needed", value);
		good = false;
	}
	if (!keeps(engine, text)) {
		warn("%s", engine->why);
		good = false;
	}
	if (strcmp(info(text, "aof_enabled", value), "1") != 0)
		warn("warning: appendonly is no: what was put since the last snapshot is "
		     "lost when the server ends badly; with yes it is not");
	if (strcmp(info(text, "aof_last_write_status", value), "ok") != 0 ||
	    strcmp(info(text, "rdb_last_bgsave_status", value), "ok") != 0)
		warn("warning: the server could not write to its disk; see its log");
	if (strcmp(info(text, "maxmemory", value), "0") == 0)
		warn("warning: maxmemory is 0: put is not stopped before the host's "
		     "memory is full; with a size it is");
	return good;
}

/* Is each change on the disk before it is acknowledged?  Who may not ask is not told. */
static enum engine_end
check_fsync(struct queue *queue)
{
	struct call *call = queue->calls;
	enum engine_end end;

	call_begin(call, SCRIPT_NONE);
	call_text(call, "CONFIG");
	call_text(call, "GET");
	call_text(call, "appendfsync");
	end = wire_send(&queue->wire, call, 1);
	if (end == ENGINE_OK && reply_fits(call->reply, "[bt]") &&
	    strcmp(call->reply->element[1]->str, "always") != 0)
		warn("warning: appendfsync is %s: about a second of changes is lost "
		     "when the host fails; with always none is",
		    call->reply->element[1]->str);
	return end;
}

enum engine_end
redis_check(struct engine *engine, bool *good)
{
	struct queue *queue = engine->state;
	struct call *call = queue->calls;
	enum engine_end end;

	call_begin(call, SCRIPT_NONE);
	call_text(call, "INFO");
	end = wire_ask(&queue->wire, call, "b");
	if (end != ENGINE_OK)
		return end;
	*good = judge(engine, call->reply->str);
	return *good ? check_fsync(queue) : ENGINE_OK;
}
