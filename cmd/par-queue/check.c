/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

enum { LEAST_MAJOR = 7 };

/* The value of name in what INFO tells, or "". */
static const char *
info(const char *text, const char *name, char value[static 64])
{
	size_t len = strlen(name);

	*value = '\0';
	for (const char *at = strstr(text, name); at != NULL; at = strstr(at + 1, name)) {
		if (at[len] != ':' || (at != text && at[-1] != '\n'))
			continue;
		snprintf(
		    value, 64, "%.*s", (int)strcspn(at + len + 1, "\r\n"), at + len + 1);
		break;
	}
	return value;
}

/* Does it keep all keys until they are deleted? */
static bool
keeps(const char *text)
{
	char value[64];

	if (strcmp(info(text, "maxmemory_policy", value), "noeviction") == 0)
		return true;
	warn("the server deletes records when its memory is full: "
	     "maxmemory-policy is %s, and must be noeviction",
	    value);
	return false;
}

void
check_keeps(struct link *link)
{
	struct command command = { 0 };

	command_begin(&command, SCRIPT_NONE);
	command_text(&command, "INFO");
	command_text(&command, "memory");
	if (link_send(link, &command, 1) == 0 &&
	    command.reply->type != REDIS_REPLY_ERROR) {
		if (command.reply->type != REDIS_REPLY_STRING)
			link_odd(link, command.reply);
		if (!keeps(command.reply->str))
			exit(STATUS_BROKEN);
	}
	command_free(&command);
}

/* What INFO tells is fit for a queue; else say why not. */
static bool
judge(const char *text)
{
	char value[64];
	bool good = true;

	if (strtoul(info(text, "redis_version", value), NULL, 10) < LEAST_MAJOR) {
		warn("the server is version %s; at least 7.0 is needed", value);
		good = false;
	}
	good = keeps(text) && good;
	if (strcmp(info(text, "aof_enabled", value), "1") != 0)
		warn("warning: appendonly is no: what was put since the last snapshot is "
		     "lost when the server ends badly");
	if (strcmp(info(text, "aof_last_write_status", value), "ok") != 0 ||
	    strcmp(info(text, "rdb_last_bgsave_status", value), "ok") != 0)
		warn("warning: the server could not write to its disk");
	if (strcmp(info(text, "maxmemory", value), "0") == 0)
		warn("warning: maxmemory is 0: put is not stopped before the host's "
		     "memory is full");
	return good;
}

/* Is each change on the disk before it is acknowledged?  Who may not ask is not told. */
static void
check_fsync(struct link *link)
{
	struct command command = { 0 };

	command_begin(&command, SCRIPT_NONE);
	command_text(&command, "CONFIG");
	command_text(&command, "GET");
	command_text(&command, "appendfsync");
	if (link_send(link, &command, 1) == 0 && reply_fits(command.reply, "[bt]") &&
	    strcmp(command.reply->element[1]->str, "always") != 0)
		warn("warning: appendfsync is %s: about a second of changes is lost "
		     "when the host fails",
		    command.reply->element[1]->str);
	command_free(&command);
}

enum status
check_run(const struct queue_options *options)
{
	struct command command = { 0 };
	const redisReply *reply;
	struct link link;
	bool good;

	link_init(&link, &options->address, options->patience);
	command_begin(&command, SCRIPT_NONE);
	command_text(&command, "INFO");
	reply = link_ask(&link, &command, "b");
	good = judge(reply->str);
	if (good)
		check_fsync(&link);
	command_free(&command);
	link_close(&link);
	return good ? STATUS_OK : STATUS_BROKEN;
}
