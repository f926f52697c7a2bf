/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/time.h>

#include "backoff.h"
#include "clock.h"
#include "diag.h"
#include "link.h"
#include "need.h"
#include "num.h"
#include "redis.h"
#include "tls.h"

enum {
	CONNECT_WAIT = 5, /* s that a connection may take */
	ANSWER_WAIT = 20, /* s that an answer may take */
	WHERE_SIZE = 256
};

/* Before a new attempt. */
static const struct backoff attempts = { .first = 20, .longest = 1000 };

static void
check_memory(const struct link *link)
{
	if (redis_lacks_memory(link->context))
		die(STATUS_BROKEN, ENOMEM, "the server");
}

void
command_begin(struct command *command, enum script script)
{
	command->script = script;
	command->count = 0;
	command->words.len = 0;
	if (command->reply != NULL)
		freeReplyObject(command->reply);
	command->reply = NULL;
}

void
command_bytes(struct command *command, const void *data, size_t len)
{
	char head[32];
	int n = snprintf(head, sizeof(head), "$%zu\r\n", len);

	need_put(&command->words, head, (size_t)n);
	need_put(&command->words, data, len);
	need_put(&command->words, "\r\n", 2);
	command->count++;
}

void
command_text(struct command *command, const char *text)
{
	command_bytes(command, text, strlen(text));
}

void
command_number(struct command *command, uint64_t number)
{
	char text[24];

	command_bytes(command, text, (size_t)(num_format(text, number) - text));
}

void
command_free(struct command *command)
{
	command_begin(command, SCRIPT_NONE);
	bytes_free(&command->words);
}

void
link_init(struct link *link, const struct address *address, uint64_t patience)
{
	*link = (struct link){ .address = address, .patience = patience, .wake = -1 };
}

static void
drop(struct link *link)
{
	if (link->context != NULL)
		redisFree(link->context);
	link->context = NULL;
}

/* Where the server is, for diagnostics. */
static const char *
where(const struct link *link, char text[static WHERE_SIZE])
{
	const struct address *a = link->address;
	const char *scheme = a->tls ? "rediss" : "redis";

	if (link->moved_host != NULL)
		snprintf(text, WHERE_SIZE, "%s://%s:%d", scheme, link->moved_host,
		    link->moved_port);
	else if (a->path != NULL)
		snprintf(text, WHERE_SIZE, "unix://%s", a->path);
	else
		snprintf(text, WHERE_SIZE, "%s://%s:%d", scheme, a->host, (int)a->port);
	return text;
}

void
link_fail(const struct link *link, const redisReply *reply)
{
	char place[WHERE_SIZE];

	die(STATUS_BROKEN, 0, "%s: %s", where(link, place), reply->str);
}

void
link_odd(const struct link *link, const redisReply *reply)
{
	char place[WHERE_SIZE];

	if (reply->type == REDIS_REPLY_ERROR)
		link_fail(link, reply);
	die(STATUS_BROKEN, 0, "%s: not an answer to what was asked: %s",
	    where(link, place), reply_kind(reply));
}

/* Errors of a server that is not ready, or of another kind that time cures. */
static bool
passes(const redisReply *reply)
{
	static const char *const words[] = { "LOADING", "BUSY ", "MASTERDOWN", "READONLY",
		"TRYAGAIN", "CLUSTERDOWN", "NOSCRIPT", "MISCONF", "NOREPLICAS",
		"UNBLOCKED", "MOVED ", "ASK ", "ERR max number of clients" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (reply_is(reply, words[i]))
			return true;
	return false;
}

/* Words of a command that is ours, to the buffer of the connection. */
static int
append(struct link *link, const struct command *command)
{
	bool script = command->script != SCRIPT_NONE;
	char head[96];
	int n;

	n = snprintf(head, sizeof(head), "*%u\r\n", command->count + (script ? 2 : 0));
	if (script)
		n += snprintf(head + n, sizeof(head) - (size_t)n,
		    "$7\r\nEVALSHA\r\n$40\r\n%s\r\n", link->sha[command->script]);
	if (redisAppendFormattedCommand(link->context, head, (size_t)n) != REDIS_OK)
		return -1;
	return redisAppendFormattedCommand(
		   link->context, command->words.data, command->words.len) == REDIS_OK
	    ? 0
	    : -1;
}

/* One answer to what was appended; NULL: the connection is lost. */
static redisReply *
answer(struct link *link)
{
	uint64_t most = ANSWER_WAIT * 1000;
	redisReply *reply =
	    redis_answer(link->context, link->patience > most ? link->patience : most);

	if (reply == NULL)
		check_memory(link);
	return reply;
}

/* Say who we are, with a user if there is one. */
static redisReply *
authenticate(struct link *link)
{
	const struct address *a = link->address;

	int sent = a->user != NULL
	    ? redisAppendCommand(link->context, "AUTH %s %s", a->user,
		  a->password == NULL ? "" : a->password)
	    : redisAppendCommand(link->context, "AUTH %s", a->password);

	return sent == REDIS_OK ? answer(link) : NULL;
}

/* The reply must be there and be a status, or an error that passes: -1 to go on. */
static int
must(struct link *link, redisReply *reply)
{
	bool error;

	if (reply == NULL)
		return -1;
	error = reply->type == REDIS_REPLY_ERROR;
	if (error ? !passes(reply) : reply->type != REDIS_REPLY_STATUS)
		link_odd(link, reply);
	freeReplyObject(reply);
	return error ? -1 : 0;
}

/* The server's name for a script is known once it has been loaded. */
static int
load_script(struct link *link, enum script script)
{
	struct bytes text = { 0 };
	redisReply *reply = NULL;

	script_text(script, &text);
	if (redisAppendCommand(link->context, "SCRIPT LOAD %b", text.data, text.len) ==
	    REDIS_OK)
		reply = answer(link);
	bytes_free(&text);
	if (reply == NULL || reply->type == REDIS_REPLY_ERROR)
		return must(link, reply);
	if (!reply_fits(reply, "t") || reply->len != SHA_SIZE - 1)
		link_odd(link, reply);
	memcpy(link->sha[script], reply->str, SHA_SIZE);
	freeReplyObject(reply);
	return 0;
}

/* SELECT, where it is not the first one. */
static int
choose_db(struct link *link)
{
	unsigned long long db = link->address->db;

	if (db == 0)
		return 0;
	return redisAppendCommand(link->context, "SELECT %llu", db) == REDIS_OK
	    ? must(link, answer(link))
	    : -1;
}

/* What a new connection needs before the first command. */
static int
introduce(struct link *link)
{
	const struct address *a = link->address;

	if ((a->user != NULL || a->password != NULL) &&
	    must(link, authenticate(link)) < 0)
		return -1;
	if (choose_db(link) < 0)
		return -1;
	for (int i = 0; i < SCRIPT_COUNT; i++)
		if (load_script(link, (enum script)i) < 0)
			return -1;
	return 0;
}

/* The node of a cluster that has the queue may be another one by now. */
static void
forget_node(struct link *link)
{
	free(link->moved_host);
	link->moved_host = NULL;
}

static int
connect_to(struct link *link)
{
	const struct timeval soon = { .tv_sec = CONNECT_WAIT };
	const struct timeval late = { .tv_sec = ANSWER_WAIT };
	const struct address *a = link->address;
	const char *host = link->moved_host != NULL ? link->moved_host : a->host;
	int port = link->moved_host != NULL ? link->moved_port : (int)a->port;

	link->context = host == NULL ? redisConnectUnixWithTimeout(a->path, soon)
				     : redisConnectWithTimeout(host, port, soon);
	check_memory(link);
	if (link->context->err != 0 || redisSetTimeout(link->context, late) != REDIS_OK) {
		forget_node(link);
		return -1;
	}
	redis_limit(link->context, &link->functions);
	if (host != NULL)
		redisEnableKeepAlive(link->context);
	if (a->tls && tls_begin(link->context, host, a->certificate) < 0)
		return -1;
	return introduce(link);
}

/* MOVED SLOT HOST:PORT: all keys of a queue are there. */
static void
move(struct link *link, const redisReply *reply)
{
	const char *host = strrchr(reply->str, ' '), *colon = strrchr(reply->str, ':');
	uint64_t port;

	if (host == NULL || colon == NULL || colon <= host + 1 ||
	    num_parse(colon + 1, 1, UINT16_MAX, &port) < 0)
		link_fail(link, reply);
	forget_node(link);
	link->moved_host = need_string(host + 1, (size_t)(colon - host - 1));
	link->moved_port = (int)port;
}

/* An answer that time cures: it is as if it had not come. */
static void
forget(struct link *link, struct command *command)
{
	if (reply_is(command->reply, "MOVED "))
		move(link, command->reply);
	freeReplyObject(command->reply);
	command->reply = NULL;
}

/* Send what is not answered, and take the answers.  0: all of them are there. */
static int
attempt(struct link *link, struct command *commands, size_t count)
{
	bool again = false;

	if (link->context == NULL && connect_to(link) < 0)
		return -1;
	for (size_t i = 0; i < count; i++)
		if (commands[i].reply == NULL && append(link, &commands[i]) < 0)
			return -1;
	for (size_t i = 0; i < count; i++) {
		if (commands[i].reply != NULL)
			continue;
		commands[i].reply = answer(link);
		if (commands[i].reply == NULL)
			return -1;
	}
	for (size_t i = 0; i < count; i++) {
		if (passes(commands[i].reply)) {
			forget(link, &commands[i]);
			again = true;
		}
	}
	return again ? -1 : 0;
}

/* Why the last attempt failed. */
static const char *
reason(const struct link *link)
{
	if (link->context->err == REDIS_ERR_IO && errno == EAGAIN)
		return "no answer";
	return link->context->err != 0 ? link->context->errstr
				       : "the server is not ready";
}

void
link_pause(struct link *link, uint64_t ms)
{
	struct pollfd wake = { .fd = link->wake, .events = POLLIN };

	if (poll(&wake, 1, ms > INT32_MAX ? INT32_MAX : (int)ms) > 0)
		link->woken = true;
}

int
link_send(struct link *link, struct command *commands, size_t count)
{
	uint64_t begin = clock_ms(), wait = backoff_next(&attempts, 0);
	char place[WHERE_SIZE];
	bool told = false;

	while (attempt(link, commands, count) < 0) {
		if (clock_ms() - begin >= link->patience)
			die(STATUS_BROKEN, 0, "%s: %s; given up after %g s",
			    where(link, place), reason(link),
			    (double)(clock_ms() - begin) / 1000);
		if (!told && wait == attempts.longest) {
			warn("%s: %s; trying again", where(link, place), reason(link));
			told = true;
		}
		drop(link);
		link_pause(link, wait);
		if (link->woken)
			return -1;
		wait = backoff_next(&attempts, wait);
	}
	if (told)
		warn("%s: it is back", where(link, place));
	return 0;
}

redisReply *
link_ask(struct link *link, struct command *command, const char *shape)
{
	if (link_send(link, command, 1) < 0)
		return NULL;
	if (!reply_fits(command->reply, shape))
		link_odd(link, command->reply);
	return command->reply;
}

void
link_close(struct link *link)
{
	drop(link);
	forget_node(link);
}
