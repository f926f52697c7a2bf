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

/* The value of CONFIG GET name; as it was for who may not ask. */
static enum engine_end
setting(struct queue *queue, const char *name, char value[static VALUE_SIZE])
{
	struct call *call = queue->calls;
	enum engine_end end;

	call_begin(call, SCRIPT_NONE);
	call_text(call, "CONFIG");
	call_text(call, "GET");
	call_text(call, name);
	end = wire_send(&queue->wire, call, 1);
	if (end == ENGINE_OK && reply_fits(call->reply, "[bb]"))
		snprintf(value, VALUE_SIZE, "%s", call->reply->element[1]->str);
	return end;
}

/*
 * Say what a server that fails loses of what it has acknowledged, by what INFO tells;
 * all: also if it is little.
 */
static enum engine_end
warn_of_loss(struct queue *queue, const char *text, bool all)
{
	char value[VALUE_SIZE], saves[VALUE_SIZE] = "?";
	bool logs = strcmp(info(text, "aof_enabled", value), "0") != 0;
	enum engine_end end = setting(queue, logs ? "appendfsync" : "save", saves);

	if (end != ENGINE_OK)
		return end;
	if (!logs)
		warn("warning: the server has appendonly no: what it has acknowledged "
		     "%s when it fails; with yes it is not",
		    *saves == '\0' ? "is lost"
			: *saves == '?'
			? "since its last snapshot, if it makes any, is lost"
			: "since its last snapshot is lost");
	else if (strcmp(saves, "no") == 0)
		warn("warning: the server has appendfsync no: what it has acknowledged "
		     "in some 30 s is lost when its host fails; with always none is");
	else if (all && strcmp(saves, "everysec") == 0)
		warn("warning: the server has appendfsync everysec: what it has "
		     "acknowledged in about a second is lost when its host fails; with "
		     "always none is");
	return ENGINE_OK;
}

/* INFO of some sections, which is in call; NULL: who may not ask is not told. */
static enum engine_end
ask_info(struct queue *queue, struct call *call, const char **text)
{
	enum engine_end end;

	call_begin(call, SCRIPT_NONE);
	call_text(call, "INFO");
	call_text(call, "server");
	call_text(call, "memory");
	call_text(call, "persistence");
	end = wire_send(&queue->wire, call, 1);
	*text = NULL;
	if (end != ENGINE_OK || call->reply->type == REDIS_REPLY_ERROR)
		return end;
	if (call->reply->type != REDIS_REPLY_STRING)
		return wire_odd(&queue->wire, call->reply);
	*text = call->reply->str;
	return ENGINE_OK;
}

enum engine_end
redis_ready(struct engine *engine)
{
	struct queue *queue = engine->state;
	struct call *call = &queue->calls[1];
	const char *text;
	enum engine_end end = ask_info(queue, call, &text);

	if (end == ENGINE_OK && text != NULL)
		end = keeps(engine, text) ? warn_of_loss(queue, text, false)
					  : ENGINE_BROKEN;
	call_free(call);
	return end;
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
	if (strcmp(info(text, "aof_last_write_status", value), "ok") != 0 ||
	    strcmp(info(text, "rdb_last_bgsave_status", value), "ok") != 0)
		warn("warning: the server could not write to its disk; see its log");
	if (strcmp(info(text, "maxmemory", value), "0") == 0)
		warn("warning: maxmemory is 0: put is not stopped before the host's "
		     "memory is full; with a size it is");
	return good;
}

enum engine_end
redis_check(struct engine *engine, bool *good)
{
	struct queue *queue = engine->state;
	struct call *call = &queue->calls[1];
	const char *text;
	enum engine_end end = ask_info(queue, call, &text);

	if (end == ENGINE_OK && text == NULL)
		end = wire_odd(&queue->wire, call->reply);
	else if (end == ENGINE_OK) {
		*good = judge(engine, text);
		end = warn_of_loss(queue, text, true);
	}
	call_free(call);
	return end;
}
