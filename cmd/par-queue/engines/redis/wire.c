/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "backoff.h"
#include "clock.h"
#include "diag.h"
#include "formats.h"
#include "num.h"
#include "redis.h"
#include "reply.h"
#include "tls.h"
#include "wire.h"

enum {
	CONNECT_WAIT = 5, /* s that a connection may take */
	ANSWER_WAIT = 20, /* s that an answer may take, */
	ANSWER_LEAST = 1000, /* and ms that it may however little patience there is */
	SETTLE_WAIT = 200, /* ms until we look whether we are to go on waiting */
	WHERE_SIZE = 256
};

/* Before a new attempt. */
static const struct backoff attempts = { .first = 20, .longest = 1000 };

/* How an attempt ended. */
enum attempt {
	ATTEMPT_DONE,
	ATTEMPT_AGAIN, /* what went wrong may pass */
	ATTEMPT_BROKEN /* the engine says why */
};

void
wire_init(struct wire *wire, struct engine *engine, const struct address *address)
{
	*wire = (struct wire){ .engine = engine, .address = address };
	nodes_init(&wire->nodes, address);
}

static void
drop(struct wire *wire)
{
	if (wire->context != NULL)
		redisFree(wire->context);
	wire->context = NULL;
}

/* Where the server is, for diagnostics. */
static const char *
where(const struct wire *wire, char text[static WHERE_SIZE])
{
	const struct address *a = wire->address;
	const struct address_place *place = nodes_now(&wire->nodes);
	bool sentinel = a->master != NULL && !nodes_pointed(&wire->nodes);

	if (place == NULL)
		snprintf(text, WHERE_SIZE, "unix://%s", a->path);
	else
		snprintf(text, WHERE_SIZE, "redis%s%s://%s:%d", a->tls ? "s" : "",
		    sentinel ? "-sentinel" : "", place->host, (int)place->port);
	return text;
}

/* NEWER VERSION KEY: a script has found a queue there that it does not know to read. */
static enum engine_end
newer(const struct wire *wire, const char *text)
{
	size_t len = strcspn(text, " ");
	char why[FORMAT_TEXT];
	uint64_t version = 0;

	num_parse_bytes(text, len, 0, UINT64_MAX, &version);
	return engine_broken(wire->engine, "%s: %s", text + len + (text[len] != '\0'),
	    formats_newer_text(why, "queue", FORMAT_QUEUE, version));
}

/* CLOSED KEY MARK: a script has found that the queue is being copied. */
static enum engine_end
closed(const struct wire *wire, const char *text)
{
	const char *begin = strchr(text, '{'), *end = strchr(text, '}');
	char name[ENGINE_NAME_MAX + 1] = "";

	if (begin != NULL && end != NULL && begin < end)
		snprintf(name, sizeof(name), "%.*s", (int)(end - begin - 1), begin + 1);
	text += strcspn(text, " ");
	return engine_closed(wire->engine, name, text + (*text != '\0'));
}

/* What to do where the server refuses what was asked. */
static const char *
remedy_of(const redisReply *reply)
{
	if (reply_is(reply, "NOAUTH") || reply_is(reply, "WRONGPASS"))
		return "; see --password-file";
	return reply_is(reply, "ERR DB index") ? "; see --url" : "";
}

enum engine_end
wire_odd(const struct wire *wire, const redisReply *reply)
{
	static const char mark[] = "NEWER ", shut[] = "CLOSED ";
	char place[WHERE_SIZE];

	if (reply_is(reply, mark))
		return newer(wire, reply->str + strlen(mark));
	if (reply_is(reply, shut))
		return closed(wire, reply->str + strlen(shut));
	if (reply->type == REDIS_REPLY_ERROR)
		return engine_broken(wire->engine, "%s: %s%s", where(wire, place),
		    reply->str, remedy_of(reply));
	return engine_broken(wire->engine, "%s: not an answer to what was asked: %s",
	    where(wire, place), reply_kind(reply));
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

static enum attempt
no_memory(struct wire *wire)
{
	engine_broken(wire->engine, "the server: %s", strerror(ENOMEM));
	return ATTEMPT_BROKEN;
}

/* The server answers with an error that passes. */
static enum attempt
unready(struct wire *wire, const redisReply *reply)
{
	snprintf(wire->unready, sizeof(wire->unready), "%s", reply->str);
	if (reply_is(reply, "READONLY"))
		nodes_failed(&wire->nodes); /* another one may take it */
	return ATTEMPT_AGAIN;
}

/* TLS does not begin, and never will. */
static enum attempt
refused(struct wire *wire)
{
	char place[WHERE_SIZE];

	engine_broken(wire->engine, "%s: %s", where(wire, place), wire->context->errstr);
	return ATTEMPT_BROKEN;
}

/* No answer, or no connection: is it for want of memory here, or did TLS refuse it? */
static enum attempt
failed(struct wire *wire)
{
	if (redis_lacks_memory(wire->context))
		return no_memory(wire);
	if (wire->address->tls && tls_refused(wire->context))
		return refused(wire);
	return ATTEMPT_AGAIN;
}

/* Words of a call that is ours, to the buffer of the connection. */
static int
append(struct wire *wire, const struct call *call)
{
	bool script = call->script != SCRIPT_NONE;
	char head[96];
	int n;

	n = snprintf(head, sizeof(head), "*%u\r\n", call->count + (script ? 2 : 0));
	if (script)
		n += snprintf(head + n, sizeof(head) - (size_t)n,
		    "$7\r\nEVALSHA\r\n$40\r\n%s\r\n", wire->sha[call->script]);
	if (redisAppendFormattedCommand(wire->context, head, (size_t)n) != REDIS_OK)
		return -1;
	return redisAppendFormattedCommand(
		   wire->context, call->words.data, call->words.len) == REDIS_OK
	    ? 0
	    : -1;
}

/* How long an answer may keep us waiting, ms. */
static uint64_t
silence(const struct wire *wire)
{
	uint64_t usual = ANSWER_WAIT * 1000, patience = wire->engine->patience;
	uint64_t silent = patience < ANSWER_LEAST ? ANSWER_LEAST : patience;

	return silent < usual ? silent : usual;
}

/* One answer to what was appended; NULL: there is none, see failed(). */
static redisReply *
answer(struct wire *wire)
{
	uint64_t usual = ANSWER_WAIT * 1000, patience = wire->engine->patience;
	const struct redis_wait wait = { .silent = silence(wire),
		.most = patience > usual ? patience : usual,
		.wake = wire->engine->wake };

	redisReply *reply = redis_answer(wire->context, &wait);

	/* The server is none that failed. */
	if (reply == NULL && wire->context->err == REDIS_ERR_IO && errno == EINTR)
		snprintf(wire->unready, sizeof(wire->unready), "no answer");
	return reply;
}

/* The reply must be there and be a status, or an error that passes.  Takes it. */
static enum attempt
must(struct wire *wire, redisReply *reply)
{
	enum attempt end = ATTEMPT_DONE;

	if (reply == NULL)
		return failed(wire);
	if (passes(reply)) {
		end = unready(wire, reply);
	} else if (reply->type != REDIS_REPLY_STATUS) {
		wire_odd(wire, reply);
		end = ATTEMPT_BROKEN;
	}
	freeReplyObject(reply);
	return end;
}

/* Say who we are, with a user if there is one. */
static enum attempt
authenticate(struct wire *wire)
{
	const struct address *a = wire->address;
	int sent = REDIS_OK;

	if (a->user == NULL && a->password == NULL)
		return ATTEMPT_DONE;
	sent = a->user != NULL
	    ? redisAppendCommand(wire->context, "AUTH %s %s", a->user,
		  a->password == NULL ? "" : a->password)
	    : redisAppendCommand(wire->context, "AUTH %s", a->password);
	return must(wire, sent == REDIS_OK ? answer(wire) : NULL);
}

/* SELECT, where it is not the first one. */
static enum attempt
choose_db(struct wire *wire)
{
	unsigned long long db = wire->address->db;

	if (db == 0)
		return ATTEMPT_DONE;
	return must(wire,
	    redisAppendCommand(wire->context, "SELECT %llu", db) == REDIS_OK
		? answer(wire)
		: NULL);
}

/* The server's name for a script is known once it has been loaded. */
static enum attempt
load_script(struct wire *wire, enum script script)
{
	struct bytes text = { 0 };
	redisReply *reply = NULL;
	enum attempt end = ATTEMPT_DONE;

	if (script_text(script, &text) < 0)
		end = no_memory(wire);
	else if (redisAppendCommand(
		     wire->context, "SCRIPT LOAD %b", text.data, text.len) == REDIS_OK)
		reply = answer(wire);
	bytes_free(&text);
	if (end != ATTEMPT_DONE)
		return end;
	if (reply == NULL || reply->type == REDIS_REPLY_ERROR)
		return must(wire, reply);
	if (reply_fits(reply, "t") && reply->len == SHA_SIZE - 1) {
		memcpy(wire->sha[script], reply->str, SHA_SIZE);
	} else {
		wire_odd(wire, reply);
		end = ATTEMPT_BROKEN;
	}
	freeReplyObject(reply);
	return end;
}

/* Which others there are, if it is of a cluster: this one may be the first to die. */
static enum attempt
learn_nodes(struct wire *wire)
{
	redisReply *reply;
	int status;

	if (nodes_now(&wire->nodes) == NULL)
		return ATTEMPT_DONE;
	reply = redisAppendCommand(wire->context, "CLUSTER SLOTS") == REDIS_OK
	    ? answer(wire)
	    : NULL;
	if (reply == NULL)
		return failed(wire);
	status = nodes_learn(&wire->nodes, reply);
	freeReplyObject(reply);
	return status < 0 ? no_memory(wire) : ATTEMPT_DONE;
}

/* What a new connection needs before the first call. */
static enum attempt
introduce(struct wire *wire)
{
	enum attempt end = authenticate(wire);

	if (end == ATTEMPT_DONE)
		end = choose_db(wire);
	if (end == ATTEMPT_DONE)
		end = learn_nodes(wire);
	for (int i = 0; end == ATTEMPT_DONE && i < SCRIPT_COUNT; i++)
		end = load_script(wire, (enum script)i);
	wire->made += end == ATTEMPT_DONE;
	return end;
}

/* A connection to the server whose turn it is, or to Sentinel. */
static enum attempt
dial(struct wire *wire)
{
	const struct timeval soon = { .tv_sec = CONNECT_WAIT };
	const struct timeval late = { .tv_sec = (time_t)(silence(wire) / 1000) };
	const struct address *a = wire->address;
	const struct address_place *place = nodes_now(&wire->nodes);

	wire->context = place == NULL
	    ? redisConnectUnixWithTimeout(a->path, soon)
	    : redisConnectWithTimeout(place->host, (int)place->port, soon);
	if (redis_lacks_memory(wire->context))
		return no_memory(wire);
	if (wire->context->err != 0 || redisSetTimeout(wire->context, late) != REDIS_OK)
		return ATTEMPT_AGAIN;
	redis_limit(wire->context, &wire->limits);
	if (place != NULL)
		redisEnableKeepAlive(wire->context);
	if (place == NULL || !a->tls)
		return ATTEMPT_DONE;
	switch (tls_begin(wire->context, place->host, a->certificate)) {
	case TLS_BEGUN:
		return ATTEMPT_DONE;
	case TLS_NEVER:
		return refused(wire);
	case TLS_FAILED:
		if (errno == EAGAIN)
			snprintf(wire->unready, sizeof(wire->unready),
			    "no answer by TLS; is it spoken there?");
		break;
	}
	return ATTEMPT_AGAIN;
}

/* Where Sentinel says that the master is; not there: it may come to know. */
static enum attempt
follow(struct wire *wire, const redisReply *reply)
{
	const char *host;

	if (reply->type == REDIS_REPLY_ERROR || reply->type == REDIS_REPLY_NIL) {
		snprintf(wire->unready, sizeof(wire->unready), "no master %s: %s",
		    wire->address->master,
		    reply->type == REDIS_REPLY_NIL ? "Sentinel does not know it"
						   : reply->str);
		nodes_failed(&wire->nodes);
		return ATTEMPT_AGAIN;
	}
	if (!reply_fits(reply, "[bn]") || reply_number(reply->element[1]) == 0 ||
	    reply_number(reply->element[1]) > UINT16_MAX) {
		wire_odd(wire, reply);
		return ATTEMPT_BROKEN;
	}
	host = reply->element[0]->str;
	return nodes_point(
		   &wire->nodes, host, strlen(host), reply_number(reply->element[1])) < 0
	    ? no_memory(wire)
	    : ATTEMPT_DONE;
}

/* Ask Sentinel where the master is. */
static enum attempt
ask_sentinel(struct wire *wire)
{
	enum attempt end = dial(wire);
	redisReply *reply;

	if (end != ATTEMPT_DONE)
		return end;
	reply = redisAppendCommand(wire->context, "SENTINEL GET-MASTER-ADDR-BY-NAME %s",
		    wire->address->master) == REDIS_OK
	    ? answer(wire)
	    : NULL;
	if (reply == NULL)
		return failed(wire);
	end = follow(wire, reply);
	freeReplyObject(reply);
	if (end == ATTEMPT_DONE)
		drop(wire);
	return end;
}

static enum attempt
connect_to(struct wire *wire)
{
	enum attempt end = ATTEMPT_DONE;

	if (wire->address->master != NULL && !nodes_pointed(&wire->nodes))
		end = ask_sentinel(wire);
	if (end == ATTEMPT_DONE)
		end = dial(wire);
	return end == ATTEMPT_DONE ? introduce(wire) : end;
}

/* MOVED SLOT HOST:PORT: all keys of a queue are there.  Nothing has failed. */
static enum attempt
move(struct wire *wire, const redisReply *reply)
{
	const char *host = strrchr(reply->str, ' '), *colon = strrchr(reply->str, ':');
	uint64_t port;

	if (host == NULL || colon == NULL || colon <= host + 1 ||
	    num_parse(colon + 1, 1, UINT16_MAX, &port) < 0) {
		wire_odd(wire, reply);
		return ATTEMPT_BROKEN;
	}
	if (nodes_point(&wire->nodes, host + 1, (size_t)(colon - host - 1), port) < 0)
		return no_memory(wire);
	snprintf(wire->unready, sizeof(wire->unready), "%s", reply->str);
	return ATTEMPT_AGAIN;
}

/* Answers that time cures are as if they had not come. */
static enum attempt
look_through(struct wire *wire, struct call *calls, size_t count)
{
	enum attempt end = ATTEMPT_DONE;

	for (size_t i = 0; i < count; i++) {
		if (!passes(calls[i].reply))
			continue;
		end = reply_is(calls[i].reply, "MOVED ") ? move(wire, calls[i].reply)
							 : unready(wire, calls[i].reply);
		call_forget(&calls[i]);
		if (end == ATTEMPT_BROKEN)
			break;
	}
	return end;
}

/* Send what is not answered, and take the answers. */
static enum attempt
attempt(struct wire *wire, struct call *calls, size_t count)
{
	enum attempt end = wire->context == NULL ? connect_to(wire) : ATTEMPT_DONE;

	if (end != ATTEMPT_DONE)
		return end;
	for (size_t i = 0; i < count; i++)
		if (calls[i].cut)
			return no_memory(wire);
	for (size_t i = 0; i < count; i++)
		if (calls[i].reply == NULL && append(wire, &calls[i]) < 0)
			return ATTEMPT_AGAIN;
	for (size_t i = 0; i < count; i++) {
		if (calls[i].reply != NULL)
			continue;
		calls[i].reply = answer(wire);
		if (calls[i].reply == NULL)
			return failed(wire);
	}
	return look_through(wire, calls, count);
}

/* What to do where no server has answered yet: maybe there is none, or elsewhere. */
static const char *
remedy(const struct wire *wire)
{
	return wire->made > 0 ? "" : "; see --url";
}

/* Why the last attempt failed. */
static const char *
reason(const struct wire *wire)
{
	if (wire->unready[0] != '\0')
		return wire->unready;
	if (wire->context->err == REDIS_ERR_IO && errno == EAGAIN)
		return "no answer";
	return wire->context->err != 0 ? wire->context->errstr
				       : "the server is not ready";
}

/* What was asked last gives no answer: it is another one's turn. */
static void
turn_away(struct wire *wire)
{
	if (wire->unready[0] == '\0')
		nodes_failed(&wire->nodes);
	wire->unready[0] = '\0';
	drop(wire);
}

enum engine_end
wire_send(struct wire *wire, struct call *calls, size_t count)
{
	uint64_t begin = clock_ms(), wait = backoff_next(&attempts, 0);
	struct engine *engine = wire->engine;
	char place[WHERE_SIZE];
	bool told = false;
	enum attempt end;

	while ((end = attempt(wire, calls, count)) == ATTEMPT_AGAIN) {
		if (clock_ms() - begin >= engine->patience)
			return engine_broken(engine, "%s: %s; given up after %g s%s",
			    where(wire, place), reason(wire),
			    (double)(clock_ms() - begin) / 1000, remedy(wire));
		if (!told && wait == attempts.longest) {
			warn("%s: %s; trying again%s", where(wire, place), reason(wire),
			    remedy(wire));
			told = true;
		}
		turn_away(wire);
		engine_pause(engine, wait);
		if (engine->woken)
			return ENGINE_WOKEN;
		wait = backoff_next(&attempts, wait);
	}
	if (told && end == ATTEMPT_DONE)
		warn("%s: it is back", where(wire, place));
	return end == ATTEMPT_DONE ? ENGINE_OK : ENGINE_BROKEN;
}

enum engine_end
wire_ask(struct wire *wire, struct call *call, const char *shape)
{
	enum engine_end end = wire_send(wire, call, 1);

	if (end == ENGINE_OK && !reply_fits(call->reply, shape))
		end = wire_odd(wire, call->reply);
	return end;
}

/* Wait until as many replicas as are wanted have all that was written until now. */
static enum engine_end
settle(struct wire *wire)
{
	struct engine *engine = wire->engine;
	uint64_t begin = clock_ms(), wanted = engine->plan->replicas, have;
	enum engine_end end = ENGINE_OK;
	struct call call = { 0 };
	char place[WHERE_SIZE];

	do {
		call_begin(&call, SCRIPT_NONE);
		call_text(&call, "WAIT");
		call_number(&call, wanted);
		call_number(&call, SETTLE_WAIT);
		end = wire_ask(wire, &call, "n");
		have = end == ENGINE_OK ? reply_number(call.reply) : 0;
		if (end != ENGINE_OK || have >= wanted)
			break;
		if (clock_ms() - begin >= engine->patience)
			end = engine_broken(engine,
			    "%s: replicas that have what was written: %llu, and %llu "
			    "are wanted; given up after %g s; see --wait-replicas",
			    where(wire, place), (unsigned long long)have,
			    (unsigned long long)wanted,
			    (double)(clock_ms() - begin) / 1000);
		engine_pause(engine, 0);
		if (engine->woken)
			end = ENGINE_WOKEN;
	} while (end == ENGINE_OK);
	call_free(&call);
	return end;
}

enum engine_end
wire_write(struct wire *wire, struct call *calls, size_t count)
{
	unsigned long long made;
	enum engine_end end;

	do {
		made = wire->made;
		end = wire_send(wire, calls, count);
		if (end != ENGINE_OK || wire->engine->plan->replicas == 0)
			return end;
		end = settle(wire);
		if (end != ENGINE_OK || wire->made == made)
			return end;
		for (size_t i = 0; i < count; i++)
			call_forget(&calls[i]);
	} while (true);
}

void
wire_close(struct wire *wire)
{
	drop(wire);
	nodes_free(&wire->nodes);
}
