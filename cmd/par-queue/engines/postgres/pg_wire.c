/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "backoff.h"
#include "clock.h"
#include "diag.h"
#include "pg_answer.h"
#include "pg_wire.h"

enum {
	CONNECT_WAIT = 5 * 1000, /* ms that a connection may take */
	ANSWER_WAIT = 20 * 1000, /* ms that an answer may take */
	WOKEN_WAIT = 1000, /* ms for an answer that is due when we are woken */
	COPY_PART = 1 << 20 /* bytes given to libpq at a time */
};

/* Before a new attempt. */
static const struct backoff attempts = { .first = 20, .longest = 1000 };

void
pg_wire_init(struct pg_wire *wire, struct engine *engine, const struct pg_place *place,
    enum pg_attempt (*introduce)(struct pg_wire *wire))
{
	*wire =
	    (struct pg_wire){ .engine = engine, .place = place, .introduce = introduce };
}

void
pg_wire_close(struct pg_wire *wire)
{
	if (wire->conn != NULL)
		PQfinish(wire->conn);
	wire->conn = NULL;
}

/* Where the server is, for diagnostics, while there is a connection or was to be one. */
static void
note_where(struct pg_wire *wire)
{
	const char *host = PQhost(wire->conn), *port = PQport(wire->conn);
	const char *name = PQdb(wire->conn);

	host = host == NULL ? "" : host;
	name = name == NULL ? "" : name;
	if (*host == '/' || *host == '@')
		snprintf(wire->where, sizeof(wire->where), "postgresql:///%s?host=%s",
		    name, host);
	else
		snprintf(wire->where, sizeof(wire->where), "postgresql://%s%s%s/%s", host,
		    port == NULL || *port == '\0' ? "" : ":", port == NULL ? "" : port,
		    name);
}

static void
note_said(struct pg_wire *wire, const char *text)
{
	snprintf(wire->said, sizeof(wire->said), "%s", text);
}

static enum pg_attempt
no_memory(struct pg_wire *wire)
{
	engine_broken(wire->engine, "the server: %s", strerror(ENOMEM));
	return PG_BROKEN;
}

enum engine_end
pg_wire_odd(struct pg_wire *wire)
{
	note_where(wire);
	return engine_broken(
	    wire->engine, "%s: not an answer to what was asked", wire->where);
}

/* How waiting for the socket ended. */
enum waited { WAITED_READY, WAITED_LATE, WAITED_WOKEN };

/* Wait for the socket, up to a time of clock_ms(), but not long where we are woken. */
static enum waited
await(struct pg_wire *wire, short events, uint64_t until)
{
	struct pollfd polls[] = {
		{ .fd = PQsocket(wire->conn), .events = events },
		{ .fd = wire->engine->wake, .events = POLLIN },
	};
	bool woken = wire->engine->woken;

	for (;;) {
		uint64_t now = clock_ms();
		int ms = now >= until ? 0 : (int)(until - now);

		polls[0].revents = polls[1].revents = 0;
		if (poll(polls, woken ? 1 : 2, ms) < 0 && errno != EINTR)
			return WAITED_LATE;
		if (polls[0].revents != 0)
			return WAITED_READY;
		if (clock_ms() >= until)
			return woken ? WAITED_WOKEN : WAITED_LATE;
		if (polls[1].revents == 0 || woken)
			continue;
		woken = true;
		if (until > clock_ms() + WOKEN_WAIT)
			until = clock_ms() + WOKEN_WAIT;
	}
}

/* The connection, or the server, failed: libpq says how. */
static enum pg_attempt
failed(struct pg_wire *wire)
{
	struct engine_text said;
	bool passes;

	note_where(wire);
	said = pg_failure(PQerrorMessage(wire->conn), &passes);
	snprintf(wire->said, sizeof(wire->said), "%.*s", (int)said.len, said.data);
	if (strncmp(wire->said, "out of memory", 13) == 0)
		return no_memory(wire);
	/* Once it is made nothing is wrong with how it is made. */
	if (passes || PQstatus(wire->conn) == CONNECTION_OK || wire->conn == NULL)
		return PG_AGAIN;
	engine_broken(wire->engine, "%s: %s%s", wire->where, wire->said,
	    strstr(wire->said, "no password") != NULL ? "; see --password-file" : "");
	return PG_BROKEN;
}

static enum pg_attempt
waited(struct pg_wire *wire, enum waited end)
{
	if (end == WAITED_READY)
		return PG_DONE;
	note_where(wire);
	note_said(wire, "no answer");
	if (end == WAITED_LATE)
		return PG_AGAIN;
	wire->engine->woken = true;
	return PG_WOKEN;
}

/* What functions.sql says of a queue that is being copied: its name and mark. */
static const char closed[] = "PQ001";

enum pg_attempt
pg_wire_judge(struct pg_wire *wire, const PGresult *result)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *said = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	const char *context = PQresultErrorField(result, PG_DIAG_CONTEXT);
	bool copied =
	    context != NULL && strncmp(context, "COPY ", 5) == 0; /* says where */

	if (state == NULL || said == NULL)
		return failed(wire);
	if (strcmp(state, closed) == 0) {
		size_t len = strcspn(said, " ");
		char name[ENGINE_NAME_MAX + 1];

		snprintf(name, sizeof(name), "%.*s", (int)len, said);
		engine_closed(wire->engine, name, said + len + (said[len] != '\0'));
		return PG_BROKEN;
	}
	note_where(wire);
	note_said(wire, said);
	snprintf(wire->state, sizeof(wire->state), "%s", state);
	if (pg_passes(state))
		return PG_AGAIN;
	engine_broken(wire->engine, "%s: %s%s%.*s", wire->where, wire->said,
	    copied ? "; " : "", copied ? (int)strcspn(context, "\n") : 0,
	    copied ? context : "");
	return PG_BROKEN;
}

/* When the answer to what is asked now is to be there. */
static uint64_t
answer_by(const struct pg_wire *wire)
{
	uint64_t wait = wire->answer_wait, patience = wire->engine->patience;

	if (wait == 0)
		wait = patience > ANSWER_WAIT ? patience : ANSWER_WAIT;
	return clock_ms() + wait;
}

/* Send what is not sent, and read meanwhile what comes. */
static enum pg_attempt
flush(struct pg_wire *wire, uint64_t until)
{
	int left;

	while ((left = PQflush(wire->conn)) > 0) {
		enum pg_attempt end = waited(wire, await(wire, POLLIN | POLLOUT, until));

		if (end != PG_DONE)
			return end;
		if (PQconsumeInput(wire->conn) == 0)
			return failed(wire);
	}
	return left < 0 ? failed(wire) : PG_DONE;
}

/* The next result, or NULL at the end of what one statement has. */
static enum pg_attempt
next_result(struct pg_wire *wire, uint64_t until, PGresult **result)
{
	*result = NULL;
	while (PQisBusy(wire->conn) != 0) {
		enum pg_attempt end = waited(wire, await(wire, POLLIN, until));

		if (end != PG_DONE)
			return end;
		if (PQconsumeInput(wire->conn) == 0)
			return failed(wire);
	}
	*result = PQgetResult(wire->conn);
	return PG_DONE;
}

static bool
is_error(const PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);

	return status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE ||
	    status == PGRES_PIPELINE_ABORTED;
}

/* The answer to one call of a pipeline: a result, its end, and that of the transaction.
 */
static enum pg_attempt
hear(struct pg_wire *wire, struct pg_call *call, uint64_t until)
{
	PGresult *result;
	enum pg_attempt end = next_result(wire, until, &call->result);

	if (end != PG_DONE)
		return end;
	if (call->result == NULL)
		return failed(wire);
	if (is_error(call->result))
		return pg_wire_judge(wire, call->result);
	for (int i = 0; i < 2; i++) {
		bool good;

		end = next_result(wire, until, &result);
		if (end != PG_DONE)
			return end;
		good = i == 0 ? result == NULL
			      : PQresultStatus(result) == PGRES_PIPELINE_SYNC;
		if (!good && is_error(result)) /* the transaction failed at its end */
			end = pg_wire_judge(wire, result);
		else if (!good)
			end = failed(wire);
		PQclear(result);
		if (end != PG_DONE)
			return end;
	}
	return PG_DONE;
}

/* One call, to the buffer of the connection. */
static enum pg_attempt
send_call(struct pg_wire *wire, const struct pg_call *call)
{
	const char *values[PG_PARAMETERS];
	int formats[PG_PARAMETERS];

	if (call->cut)
		return no_memory(wire);
	for (int i = 0; i < call->count; i++) {
		values[i] = call->data.data + call->at[i];
		formats[i] = 1;
	}
	if (PQsendQueryParams(wire->conn, call->sql, call->count, call->types, values,
		call->lens, formats, 1) == 0 ||
	    PQpipelineSync(wire->conn) == 0)
		return failed(wire);
	return PG_DONE;
}

enum pg_attempt
pg_wire_attempt(struct pg_wire *wire, struct pg_call *calls, size_t count)
{
	enum pg_attempt end = PG_DONE;
	uint64_t until = answer_by(wire);

	for (size_t i = 0; i < count; i++)
		pg_call_forget(&calls[i]);
	if (PQenterPipelineMode(wire->conn) == 0)
		return failed(wire);
	for (size_t i = 0; end == PG_DONE && i < count; i++)
		end = send_call(wire, &calls[i]);
	if (end == PG_DONE)
		end = flush(wire, until);
	for (size_t i = 0; end == PG_DONE && i < count; i++)
		end = hear(wire, &calls[i], until);
	if (end == PG_DONE && PQexitPipelineMode(wire->conn) == 0)
		end = failed(wire);
	return end;
}

/* Rows for a COPY. */
static enum pg_attempt
copy(struct pg_wire *wire, const char *rows, size_t len, uint64_t until)
{
	enum pg_attempt end = PG_DONE;

	while (end == PG_DONE && len > 0) {
		size_t part = len < COPY_PART ? len : COPY_PART;
		int put = PQputCopyData(wire->conn, rows, (int)part);

		if (put < 0)
			return failed(wire);
		if (put > 0) {
			rows += part;
			len -= part;
		}
		end = flush(wire, until);
	}
	while (end == PG_DONE) {
		int put = PQputCopyEnd(wire->conn, NULL);

		if (put < 0)
			return failed(wire);
		end = flush(wire, until);
		if (put > 0)
			break;
	}
	return end;
}

enum pg_attempt
pg_wire_run(struct pg_wire *wire, const char *sql, const void *rows, size_t len,
    PGresult **result)
{
	uint64_t until = answer_by(wire);
	enum pg_attempt end, told = PG_DONE;
	PGresult *one;

	*result = NULL;
	if (PQsendQuery(wire->conn, sql) == 0)
		return failed(wire);
	end = flush(wire, until);
	while (end == PG_DONE) {
		end = next_result(wire, until, &one);
		if (one == NULL)
			break;
		if (PQresultStatus(one) == PGRES_COPY_IN)
			end = copy(wire, rows, len, until);
		else if (is_error(one)) /* of which all is read, too */
			told = pg_wire_judge(wire, one);
		if (PQresultStatus(one) == PGRES_TUPLES_OK) {
			PQclear(*result);
			*result = one;
		} else {
			PQclear(one);
		}
	}
	if (end == PG_DONE)
		end = told;
	if (end != PG_DONE) {
		PQclear(*result);
		*result = NULL;
	}
	return end;
}

/* What libpq is told beside the URL, which may say otherwise but for the last ones. */
static PGconn *
begin_connection(const struct pg_place *place)
{
	const char *names[16] = { "fallback_application_name", "keepalives_idle",
		"keepalives_interval", "keepalives_count", "dbname" };
	const char *values[16] = { "par-queue", "10", "5", "3", place->url };
	int count = 5;

	if (place->password != NULL) {
		names[count] = "password";
		values[count++] = place->password;
	}
	if (place->certificate != NULL) {
		names[count] = "sslcert";
		values[count++] = place->certificate;
		names[count] = "sslkey";
		values[count++] = place->certificate;
	}
	names[count] = values[count] = NULL;
	return PQconnectStartParams(names, values, 1);
}

/* What the server tells by the way is for nobody. */
static void
hear_notice(void *context, const PGresult *result)
{
	(void)context;
	(void)result;
}

static enum pg_attempt
connect_to(struct pg_wire *wire)
{
	uint64_t until = clock_ms() + CONNECT_WAIT;
	enum pg_attempt end = PG_DONE;
	PostgresPollingStatusType next = PGRES_POLLING_WRITING;

	wire->conn = begin_connection(wire->place);
	if (wire->conn == NULL)
		return no_memory(wire);
	/* So that an error has its SQLSTATE, which libpq does not tell otherwise. */
	PQsetErrorVerbosity(wire->conn, PQERRORS_VERBOSE);
	PQsetNoticeReceiver(wire->conn, hear_notice, NULL);
	if (PQstatus(wire->conn) == CONNECTION_BAD)
		return failed(wire);
	while (end == PG_DONE && next != PGRES_POLLING_OK) {
		short events = next == PGRES_POLLING_READING ? POLLIN : POLLOUT;

		end = waited(wire, await(wire, events, until));
		if (end == PG_DONE)
			next = PQconnectPoll(wire->conn);
		if (next == PGRES_POLLING_FAILED)
			return failed(wire);
	}
	if (end != PG_DONE)
		return end;
	if (PQsetnonblocking(wire->conn, 1) < 0)
		return failed(wire);
	wire->made++;
	end = wire->introduce(wire);
	wire->met = wire->met || end == PG_DONE;
	return end;
}

/* What to do where no server has answered yet: maybe there is none, or elsewhere. */
static const char *
remedy(const struct pg_wire *wire)
{
	return wire->met ? "" : "; see --url";
}

static enum engine_end
give_up(struct pg_wire *wire, uint64_t begin)
{
	return engine_broken(wire->engine, "%s: %s; given up after %g s%s", wire->where,
	    wire->said, (double)(clock_ms() - begin) / 1000, remedy(wire));
}

enum engine_end
pg_wire_try(struct pg_wire *wire,
    enum pg_attempt (*run)(struct pg_wire *wire, void *context), void *context)
{
	uint64_t begin = clock_ms(), wait = backoff_next(&attempts, 0);
	struct engine *engine = wire->engine;
	bool told = false;

	for (;;) {
		enum pg_attempt end = wire->conn == NULL ? connect_to(wire) : PG_DONE;

		if (end == PG_DONE)
			end = run(wire, context);
		if (end == PG_DONE && told)
			warn("%s: it is back", wire->where);
		if (end == PG_DONE)
			return ENGINE_OK;
		pg_wire_close(wire);
		if (end != PG_AGAIN)
			return end == PG_WOKEN ? ENGINE_WOKEN : ENGINE_BROKEN;
		if (clock_ms() - begin >= engine->patience)
			return give_up(wire, begin);
		if (!told && wait == attempts.longest) {
			warn("%s: %s; trying again%s", wire->where, wire->said,
			    remedy(wire));
			told = true;
		}
		engine_pause(engine, wait);
		if (engine->woken)
			return ENGINE_WOKEN;
		wait = backoff_next(&attempts, wait);
	}
}

/* Calls, as the context of an attempt. */
struct asking {
	struct pg_call *calls;
	size_t count;
};

static enum pg_attempt
ask(struct pg_wire *wire, void *context)
{
	const struct asking *asking = context;

	return pg_wire_attempt(wire, asking->calls, asking->count);
}

enum engine_end
pg_wire_ask(struct pg_wire *wire, struct pg_call *calls, size_t count)
{
	struct asking asking = { calls, count };

	return pg_wire_try(wire, ask, &asking);
}
