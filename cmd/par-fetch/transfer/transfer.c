/* SPDX-License-Identifier: ISC */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "diag.h"
#include "failure.h"
#include "guard.h"
#include "need.h"
#include "rules.h"
#include "schedule.h"
#include "streams.h"
#include "transfer.h"

enum {
	KEEP = 128 << 10, /* a larger buffer is given back after use, bytes */
	RETRY_AFTER_MOST = 1 << 30, /* s; a server may ask for more than fits into ms */
	MOVED_MOST = 64 << 10, /* of a redirect's body that is waited for, bytes, */
	MOVED_RATE = 1 << 10, /* at so many a second, */
	MOVED_SECONDS = 2, /* or for so many seconds: then its connection goes */
	FORESEEN = 1 << 20 /* most room made for a body that is only announced */
};

/* Does status lead elsewhere, when there is a Location too? */
static bool
leads_on(long status)
{
	return status == 301 || status == 302 || status == 303 || status == 307 ||
	    status == 308;
}

long
transfer_status(struct transfer *transfer)
{
	long status = 0;

	curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
	return status == 206 && transfer->went_on ? 200 : status;
}

const char *
transfer_location(struct transfer *transfer)
{
	struct curl_header *header;

	if (curl_easy_header(transfer->easy, "Location", 0, CURLH_HEADER, -1, &header) !=
	    CURLHE_OK)
		return NULL;
	return header->value[strspn(header->value, " \t\r\n")] == '\0' ? NULL
								       : header->value;
}

/* A Retry-After of digits, however many: libcurls differ in those that do not fit. */
static bool
says_seconds(struct transfer *transfer, uint64_t *seconds)
{
	struct curl_header *header;
	const char *at;

	if (curl_easy_header(transfer->easy, "Retry-After", 0, CURLH_HEADER, -1,
		&header) != CURLHE_OK ||
	    header->amount > 1)
		return false;
	*seconds = 0;
	for (at = header->value; *at >= '0' && *at <= '9'; at++)
		if (*seconds < RETRY_AFTER_MOST)
			*seconds = *seconds * 10 + (uint64_t)(*at - '0');
	if (*seconds > RETRY_AFTER_MOST)
		*seconds = RETRY_AFTER_MOST;
	return at > header->value && *at == '\0';
}

uint64_t
transfer_retry_after(struct transfer *transfer)
{
	curl_off_t seconds = 0;
	uint64_t said;

	if (says_seconds(transfer, &said))
		return said * 1000;
	curl_easy_getinfo(transfer->easy, CURLINFO_RETRY_AFTER, &seconds);
	if (seconds <= 0)
		return 0;
	return seconds < RETRY_AFTER_MOST ? (uint64_t)seconds * 1000
					  : (uint64_t)RETRY_AFTER_MOST * 1000;
}

/* That of the answer itself, neither of hints before it nor of a trailer, unfolded. */
static const char *
content_type(struct transfer *transfer)
{
	struct curl_header *header;
	CURLHcode code;
	char *type = NULL;

	if (!transfer->request->target.http) {
		curl_easy_getinfo(transfer->easy, CURLINFO_CONTENT_TYPE, &type);
		return type;
	}
	code = curl_easy_header(
	    transfer->easy, "Content-Type", 0, CURLH_HEADER, -1, &header);
	if (code == CURLHE_OK && header->amount > 1) /* the last one counts */
		code = curl_easy_header(transfer->easy, "Content-Type",
		    header->amount - 1, CURLH_HEADER, -1, &header);
	return code == CURLHE_OK ? header->value : NULL;
}

/* How the answer came, for --headers; NULL without that. */
static const struct page_record_way *
way_of(struct transfer *transfer)
{
	struct page_record_way *way = &transfer->way;
	curl_off_t usec = 0;
	char *address = NULL;
	long version = 0;

	if (!transfer->set->tell)
		return NULL;
	*way = (struct page_record_way){ .lines = &transfer->header_lines };
	if (transfer->request->refusal != NULL)
		return way;
	curl_easy_getinfo(transfer->easy, CURLINFO_HTTP_VERSION, &version);
	curl_easy_getinfo(transfer->easy, CURLINFO_PRIMARY_IP, &address);
	curl_easy_getinfo(transfer->easy, CURLINFO_TOTAL_TIME_T, &usec);
	way->address = address != NULL && address[0] != '\0' ? address : NULL;
	way->usec = (uint64_t)usec;
	way->version = version == CURL_HTTP_VERSION_1_0 ? "1.0"
	    : version == CURL_HTTP_VERSION_1_1		? "1.1"
	    : version == CURL_HTTP_VERSION_2_0		? "2"
	    : version == CURL_HTTP_VERSION_3		? "3"
							: NULL;
	return way;
}

/* What stands before the body.  Protocols that have no status get 200 for a success. */
static struct page_record_head
head_of(struct transfer *transfer)
{
	struct page_record_head head = { .status = transfer_status(transfer) };

	if (head.status != 0 || !transfer->request->target.http)
		head.type = content_type(transfer);
	if (transfer->why[0] != '\0')
		head.error = transfer->why;
	else if (head.status == 0)
		head.status = 200;
	return head;
}

/* The answer breaks a limit: say so, and have libcurl end the transfer. */
static size_t
refuse(struct transfer *transfer, const char *what, uint64_t limit)
{
	snprintf(transfer->why, sizeof(transfer->why),
	    "%s longer than %llu bytes; see --max-%s", what, (unsigned long long)limit,
	    what);
	transfer->dropped = true;
	return 0;
}

static bool
will_move(struct transfer *transfer)
{
	return (transfer->set->max_redirs > 0 || transfer->request->robots != NULL) &&
	    leads_on(transfer_status(transfer)) && transfer_location(transfer) != NULL;
}

/* How long the escaped body might be, by what the server says: a line has some bytes. */
static size_t
foresee(struct transfer *transfer)
{
	curl_off_t len = -1;

	curl_easy_getinfo(transfer->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &len);
	if (len < 0)
		return 0;
	return len > FORESEEN ? FORESEEN : (size_t)(len + len / 32) + 1024;
}

/* More of what is to be the body of the record; -1: see why. */
static int
add_body(struct transfer *transfer, const char *data, size_t len)
{
	struct page_record_head head = { 0 };

	if (transfer->answer.head == 0) {
		head = head_of(transfer);
		head.body = foresee(transfer);
	}
	if (answer_body(&transfer->answer, transfer->form, transfer->request, &head, data,
		len) == 0)
		return 0;
	snprintf(transfer->why, sizeof(transfer->why), "file: %s", bodies_why(errno));
	transfer->dropped = true;
	return -1;
}

/* The body is too long; len more bytes of it would not be. */
static bool
refuse_body(struct transfer *transfer, const char *data, uint64_t len)
{
	bool kept = transfer->set->keep && add_body(transfer, data, (size_t)len) == 0;

	refuse(transfer, "body", transfer->set->max_body);
	transfer->dropped = !kept;
	return false;
}

/* A robots.txt: the beginning is taken, and what is too much of it is no error. */
static bool
add_robots(struct transfer *transfer, const char *data, size_t len)
{
	need_put(&transfer->answer.raw, data, len);
	transfer->enough = transfer->answer.raw.len >= RULES_TEXT;
	return !transfer->enough;
}

/* More of the body, decoded; false to have libcurl end the transfer. */
static bool
take_decoded(void *user, const char *data, size_t len)
{
	struct transfer *transfer = user;
	uint64_t before;

	if (transfer->request->robots != NULL && !transfer->moved)
		return add_robots(transfer, data, len);
	before = transfer->body;
	transfer->body += len;
	if (transfer->moved) {
		transfer->enough = transfer->body > MOVED_MOST;
		return !transfer->enough;
	}
	if (transfer->body > transfer->set->max_body)
		return refuse_body(transfer, data, transfer->set->max_body - before);
	return add_body(transfer, data, len) == 0;
}

/* More of a body that is encoded; false to have libcurl end the transfer. */
static bool
decode_body(struct transfer *transfer, const char *data, size_t len)
{
	const struct decode_sink sink = { .take = take_decoded, .user = transfer };
	struct decode *decode = &transfer->whole.decode;

	if (decode_put(decode, data, len, &sink))
		return true;
	if (transfer->why[0] != '\0' || transfer->enough)
		return false;
	snprintf(transfer->why, sizeof(transfer->why), "%s", decode->why);
	transfer->cut_short = transfer->body > 0;
	return false;
}

/* An archive is to have the body as it was sent; false if that is too much. */
static bool
archive_body(struct transfer *transfer, const char *data, size_t len)
{
	struct bytes *body = &transfer->exchange.body;
	uint64_t most = transfer->request->robots != NULL ? 2 * (uint64_t)RULES_TEXT
							  : transfer->set->max_body;

	if (body->len + len > most) {
		refuse(transfer, "body", most);
		transfer->dropped = !transfer->set->keep;
		return false;
	}
	need_put(body, data, len);
	return true;
}

/*
 * The rest of a body was asked for, and an answer is there: is it that rest?  If it is
 * the whole, or something else, what came before is of no use.  False: it is neither.
 * Headers before that of the answer, of a proxy say, have no body that we get to see.
 */
static bool
settle_rest(struct transfer *transfer)
{
	long status = transfer_status(transfer);

	if (transfer->from == 0 || transfer->settled || !transfer->whole.header)
		return true;
	transfer->settled = true;
	transfer->went_on = status == 206 && transfer->whole.decode.count == 0 &&
	    rest_follows(transfer->easy, transfer->from);
	if (transfer->went_on)
		return true;
	answer_clear(&transfer->answer, transfer->form);
	transfer->body = 0;
	if (status != 206 && status != 416)
		return true;
	snprintf(
	    transfer->why, sizeof(transfer->why), "answer is not the rest of the body");
	transfer->cut_short = true;
	return false;
}

/* libcurl has more of the body: CURLOPT_WRITEFUNCTION. */
static size_t
take_body(char *data, size_t one, size_t len, void *user)
{
	struct transfer *transfer = user;

	(void)one;
	if (!settle_rest(transfer))
		return 0;
	if (transfer->form->warc != NULL && !archive_body(transfer, data, len))
		return 0;
	if (transfer->moved || !transfer->whole.coded)
		return take_decoded(transfer, data, len) ? len : 0;
	return decode_body(transfer, data, len) ? len : 0;
}

static bool
is_status_line(const char *line, size_t len)
{
	return len >= 5 && memcmp(line, "HTTP/", 5) == 0;
}

/* With -I and --headers the header is wanted: that of the last answer there is. */
static void
add_header(struct transfer *transfer, const char *data, size_t len)
{
	if (is_status_line(data, len))
		bytes_clear(&transfer->header_lines, KEEP);
	need_put(&transfer->header_lines, data, len);
}

/* May the request be made twice without harm, by its method? */
static bool
repeatable(const struct transfer *transfer)
{
	return transfer->request->as_get || client_repeats(transfer->set);
}

/* Has it a connection of its own, because it must not be asked twice or has to be sure?
 */
static bool
has_own(const struct transfer *transfer)
{
	return transfer->request->alone || !repeatable(transfer);
}

/*
 * Does a status line speak of HTTP/2 where that was not spoken?  libcurl could believe
 * it, and share the connection.
 */
static bool
lies(const struct transfer *transfer, const char *line, size_t len)
{
	return len > 5 && memcmp(line, "HTTP/", 5) == 0 && line[5] >= '2' &&
	    transfer->connection.speaks != SPEAKS_MANY && !has_own(transfer);
}

/* Give up what is slower than rate, bytes a second, for so many seconds. */
static void
set_low_speed(const struct transfer *transfer, uint64_t rate, uint64_t seconds)
{
	curl_easy_setopt(transfer->easy, CURLOPT_LOW_SPEED_LIMIT, (long)rate);
	curl_easy_setopt(transfer->easy, CURLOPT_LOW_SPEED_TIME, (long)seconds);
}

/* The header has come.  Where it leads on, the body is of no use, whatever it is. */
static void
take_header_end(struct transfer *transfer)
{
	transfer->moved = will_move(transfer);
	if (transfer->moved)
		set_low_speed(transfer, MOVED_RATE, MOVED_SECONDS);
}

/* libcurl has a header line: CURLOPT_HEADERFUNCTION. */
static size_t
take_header(char *data, size_t one, size_t len, void *user)
{
	struct transfer *transfer = user;
	bool trailer = transfer->whole.header && !is_status_line(data, len);
	const char *why = NULL;

	(void)one;
	transfer->header += len;
	if (transfer->header > transfer->set->max_header)
		return refuse(transfer, "header", transfer->set->max_header);
	if (lies(transfer, data, len)) {
		transfer->mixed = true;
		return 0;
	}
	if (transfer->request->target.http)
		why = whole_header(&transfer->whole, data, len);
	if (transfer->whole.header && !transfer->moved)
		take_header_end(transfer);
	if (why != NULL && !transfer->moved) {
		snprintf(transfer->why, sizeof(transfer->why), "%s", why);
		return 0;
	}
	if (transfer->request->target.http &&
	    (transfer->set->head || (transfer->set->tell && !trailer)))
		add_header(transfer, data, len);
	return len;
}

static void
deny(struct transfer *transfer, const char *address)
{
	snprintf(
	    transfer->why, sizeof(transfer->why), "address %s is not public", address);
}

/* libcurl is about to connect to an address: CURLOPT_OPENSOCKETFUNCTION. */
static curl_socket_t
open_socket(void *user, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct transfer *transfer = user;
	char text[INET6_ADDRSTRLEN] = "of an unknown kind";

	(void)purpose;
	if (!guard_public(&address->addr, transfer->set->allowed)) {
		getnameinfo(&address->addr, address->addrlen, text, sizeof(text), NULL, 0,
		    NI_NUMERICHOST);
		deny(transfer, text);
		return CURL_SOCKET_BAD;
	}
	return socket(address->family, address->socktype, address->protocol);
}

/* Is it for HTTP/2, on a connection that it may share? */
static bool
may_share(const struct transfer *transfer)
{
	const struct request *request = transfer->request;

	return transfer->connections != NULL && !request->alone &&
	    request->host->version != HOST_MIXED && target_is_https(&request->target);
}

/* What tells its connection from others; NULL if it has none, or not yet. */
static const void *
connection_of(const struct transfer *transfer)
{
	struct curl_tlssessioninfo *tls = NULL;

	curl_easy_getinfo(transfer->easy, CURLINFO_TLS_SSL_PTR, &tls);
	return tls == NULL ? NULL : tls->internals;
}

/* Another transfer on the connection, but for those that only wait to be collected. */
static const struct connection_user *
find_other(struct transfer *transfer, const void *connection)
{
	struct connection_user *other;

	connections_leave(&transfer->connection);
	while ((other = connections_find(transfer->connections, connection)) != NULL &&
	    connection_of(other->transfer) != connection)
		connections_leave(other);
	return other;
}

/* Take the connection that libcurl has chosen; false if it is another's. */
static bool
take_lane(struct transfer *transfer)
{
	const void *connection = connection_of(transfer);
	const struct connection_user *other;

	if (connection == NULL)
		return !may_share(transfer);
	other = find_other(transfer, connection);
	transfer->mixed = other != NULL && other->speaks == SPEAKS_ONE;
	if (other != NULL && other->speaks != SPEAKS_MANY)
		return false;
	connections_enter(transfer->connections, &transfer->connection, connection);
	curl_easy_setopt(transfer->easy, CURLOPT_VERBOSE, 1L);
	return true;
}

/*
 * May the request be sent?  Not once more by libcurl itself, where nothing has come of
 * the first time, if it must not be made twice: the server may have read it.
 */
static bool
may_ask(struct transfer *transfer)
{
	bool again = transfer->asked && transfer->header == transfer->asked_at;

	if (again && transfer->request->target.http && !repeatable(transfer)) {
		snprintf(transfer->why, sizeof(transfer->why),
		    "connection ended without an answer; not sent again");
		return false;
	}
	transfer->asked = true;
	transfer->asked_at = transfer->header;
	return true;
}

/* It is asked for by https if its host has said that it is to be: then so is its target.
 */
static void
mind_upgrade(struct transfer *transfer)
{
	struct request *request = transfer->request;
	char *scheme = NULL;

	if (transfer->set->hsts == NULL || !request->target.http ||
	    target_is_https(&request->target))
		return;
	curl_easy_getinfo(transfer->easy, CURLINFO_SCHEME, &scheme);
	if (scheme != NULL && strcasecmp(scheme, "https") == 0)
		request_upgrade(request, transfer->set->proto);
}

/*
 * libcurl is about to send a request: CURLOPT_PREREQFUNCTION.  Unlike the above it
 * is called for a connection that is used again, too.
 */
static int
before_request(void *user, char *peer, char *local, int peer_port, int local_port)
{
	struct transfer *transfer = user;

	(void)local;
	(void)peer_port;
	(void)local_port;
	mind_upgrade(transfer);
	if (transfer->set->deny_private &&
	    !guard_public_text(peer, transfer->set->allowed)) {
		deny(transfer, peer);
		return CURL_PREREQFUNC_ABORT;
	}
	if (transfer->connections != NULL &&
	    target_is_https(&transfer->request->target) && !take_lane(transfer)) {
		transfer->crowded = true;
		return CURL_PREREQFUNC_ABORT;
	}
	if (!may_ask(transfer))
		return CURL_PREREQFUNC_ABORT;
	/* What went before was for a proxy, told us to say who we are, or was in vain. */
	warc_exchange_clear(&transfer->exchange);
	transfer->begun_at = time(NULL);
	if (transfer->request->target.http)
		odd_lines_expect(&transfer->lines, connection_of(transfer));
	return CURL_PREREQFUNC_OK;
}

/*
 * libcurl tells what it has sent: CURLOPT_DEBUGFUNCTION.  The first line is the one
 * place where it says by which protocol, before there is an answer.
 */
static int
take_version(CURL *easy, curl_infotype type, char *data, size_t len, void *user)
{
	struct transfer *transfer = user;
	const char *end = memchr(data, '\r', len);

	if (type != CURLINFO_HEADER_OUT || end == NULL || end - data < 8 ||
	    transfer->connection.link == NULL)
		return 0;
	transfer->connection.speaks =
	    memcmp(end - 7, " HTTP/2", 7) == 0 || memcmp(end - 7, " HTTP/3", 7) == 0
	    ? SPEAKS_MANY
	    : SPEAKS_ONE;
	curl_easy_setopt(easy, CURLOPT_VERBOSE, 0L);
	return 0;
}

/* libcurl tells what goes over the wire, for --warc: CURLOPT_DEBUGFUNCTION. */
static int
take_wire(CURL *easy, curl_infotype type, char *data, size_t len, void *user)
{
	struct transfer *transfer = user;
	struct warc_exchange *exchange = &transfer->exchange;

	(void)easy;
	if (type == CURLINFO_HEADER_OUT && exchange->header.len > 0)
		warc_exchange_clear(
		    exchange); /* that was a proxy's, or asked who we are */
	if (type == CURLINFO_HEADER_OUT)
		need_put(&exchange->request, data, len);
	if (type == CURLINFO_DATA_OUT)
		need_put(&exchange->sent, data, len);
	if (type != CURLINFO_HEADER_IN || transfer->header > transfer->set->max_header)
		return 0;
	if (len >= 5 && memcmp(data, "HTTP/", 5) == 0)
		exchange->header.len = 0;
	need_put(&exchange->header, data, len);
	return 0;
}

static void
hear(struct transfer *transfer)
{
	CURL *easy = transfer->easy;

	curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->curl_why);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
	if (transfer->form->warc != NULL) {
		curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, take_wire);
		curl_easy_setopt(easy, CURLOPT_DEBUGDATA, transfer);
		curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
	} else if (transfer->connections != NULL) {
		curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, take_version);
		curl_easy_setopt(easy, CURLOPT_DEBUGDATA, transfer);
	}
	curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, before_request);
	curl_easy_setopt(easy, CURLOPT_PREREQDATA, transfer);
	if (!transfer->set->deny_private)
		return;
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, transfer);
}

struct transfer *
transfer_new(
    const struct client *client, const struct form *form, struct connections *connections)
{
	struct transfer *transfer = calloc(1, sizeof(*transfer));

	if (transfer == NULL)
		return NULL;
	transfer->set = client->set;
	transfer->form = form;
	transfer->connections = connections;
	transfer->connection.transfer = transfer;
	transfer->answer.file.fd = -1;
	transfer->easy = client_handle(client);
	if (transfer->easy == NULL) {
		free(transfer);
		return NULL;
	}
	hear(transfer);
	return transfer;
}

/* libcurl does not have the lines any more when the next request is made. */
static void
forget_conditional(struct transfer *transfer)
{
	if (transfer->conditional == NULL)
		return;
	curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, NULL);
	curl_slist_free_all(transfer->conditional);
	transfer->conditional = NULL;
}

void
transfer_free(struct transfer *transfer)
{
	curl_easy_cleanup(transfer->easy);
	curl_slist_free_all(transfer->conditional);
	free(transfer->validator);
	answer_free(&transfer->answer);
	decode_free(&transfer->whole.decode);
	bytes_free(&transfer->header_lines);
	warc_exchange_free(&transfer->exchange);
	free(transfer);
}

/* What may be known to the hosts of the input, and to no other. */
static void
set_secrets(struct transfer *transfer)
{
	const struct request *request = transfer->request;
	const struct settings *set = transfer->set;
	bool own = request->target.user == NULL && !request->foreign;

	curl_easy_setopt(
	    transfer->easy, CURLOPT_USERNAME, own ? set->user : request->target.user);
	curl_easy_setopt(transfer->easy, CURLOPT_PASSWORD,
	    own ? set->password : request->target.password);
	curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER,
	    request->foreign ? set->safe_headers : set->headers);
	if (set->cookies != NULL)
		curl_easy_setopt(transfer->easy, CURLOPT_COOKIE,
		    request->foreign ? NULL : set->cookies);
}

/* -d and -X, but for what a redirect has turned into a GET. */
static void
set_method(struct transfer *transfer)
{
	const struct settings *set = transfer->set;
	bool get = transfer->request->as_get;

	if (set->post && get) {
		curl_easy_setopt(transfer->easy, CURLOPT_HTTPGET, 1L);
	} else if (set->post) {
		curl_easy_setopt(transfer->easy, CURLOPT_POSTFIELDS, set->data.data);
		curl_easy_setopt(transfer->easy, CURLOPT_POSTFIELDSIZE_LARGE,
		    (curl_off_t)set->data.len);
		curl_easy_setopt(transfer->easy, CURLOPT_POST, 1L);
	}
	if (set->head)
		curl_easy_setopt(transfer->easy, CURLOPT_NOBODY,
		    transfer->request->robots == NULL ? 1L : 0L);
	if (set->method != NULL)
		curl_easy_setopt(
		    transfer->easy, CURLOPT_CUSTOMREQUEST, get ? NULL : set->method);
}

/* More of the lines of the request's own header; ends the program without memory. */
static void
add_conditional(struct transfer *transfer, const char *line)
{
	struct curl_slist *list = curl_slist_append(transfer->conditional, line);

	if (list == NULL)
		die(STATUS_BROKEN, ENOMEM, "request");
	transfer->conditional = list;
}

/* The lines that all requests have, for more of them. */
static void
begin_conditional(struct transfer *transfer)
{
	const struct curl_slist *line = transfer->request->foreign
	    ? transfer->set->safe_headers
	    : transfer->set->headers;

	for (; line != NULL; line = line->next)
		add_conditional(transfer, line->data);
}

/* If a body was cut, ask for its rest. */
static void
set_rest(struct transfer *transfer)
{
	struct rest *rest = transfer->request->rest;
	struct bytes text = { 0 };

	if (rest == NULL)
		return;
	transfer->request->rest = NULL;
	answer_free(&transfer->answer);
	transfer->answer = rest->answer;
	transfer->from = transfer->body = rest->from;
	transfer->validator = rest->validator;
	free(rest);
	begin_conditional(transfer);
	need_print(&text, "Range: bytes=%llu-", (unsigned long long)transfer->from);
	need_put(&text, "", 1);
	add_conditional(transfer, text.data);
	text.len = 0;
	need_print(&text, "If-Range: %s", transfer->validator);
	need_put(&text, "", 1);
	add_conditional(transfer, text.data);
	curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, transfer->conditional);
	bytes_free(&text);
}

/* If the file that we have came with an ETag from this very URL, tell it. */
static void
set_etag(struct transfer *transfer)
{
	const struct request *request = transfer->request;
	char *etag =
	    bodies_etag(transfer->form->bodies, request->had, request->target.url);
	struct bytes text = { 0 };

	if (etag == NULL)
		return;
	begin_conditional(transfer);
	need_print(&text, "If-None-Match: %s", etag);
	need_put(&text, "", 1);
	add_conditional(transfer, text.data);
	curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, transfer->conditional);
	bytes_free(&text);
	free(etag);
}

/* --if-modified: remember what a file came with. */
static void
keep_etag(struct transfer *transfer)
{
	const struct request *request = transfer->request;
	struct curl_header *etag;

	if (request->had == NULL || transfer_status(transfer) != 200 ||
	    curl_easy_header(transfer->easy, "ETag", 0, CURLH_HEADER, -1, &etag) !=
		CURLHE_OK)
		return;
	bodies_remember(
	    transfer->form->bodies, request->file, request->target.url, etag->value);
}

/* --if-modified: ask for what is newer than the file that we have, or another. */
static void
set_condition(struct transfer *transfer)
{
	set_etag(transfer);
	time_t have = bodies_modified(transfer->form->bodies, transfer->request->had);

	curl_easy_setopt(transfer->easy, CURLOPT_TIMECONDITION,
	    have == -1 ? CURL_TIMECOND_NONE : CURL_TIMECOND_IFMODSINCE);
	curl_easy_setopt(transfer->easy, CURLOPT_TIMEVALUE_LARGE, (curl_off_t)have);
}

/* On which connection it goes, and by which protocol. */
static void
set_lane(struct transfer *transfer, bool last)
{
	CURL *easy = transfer->easy;
	bool own = has_own(transfer), share = may_share(transfer);

	curl_easy_setopt(
	    easy, CURLOPT_FRESH_CONNECT, own || transfer->request->anew ? 1L : 0L);
	curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, own || last ? 1L : 0L);
	if (transfer->connections == NULL)
		return;
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
	    share ? (long)CURL_HTTP_VERSION_2TLS : (long)CURL_HTTP_VERSION_1_1);
	/* Where many requests may share a connection, wait for the first. */
	curl_easy_setopt(easy, CURLOPT_PIPEWAIT, share ? 1L : 0L);
}

void
transfer_begin(struct transfer *transfer, struct request *request, bool last)
{
	transfer->request = request;
	transfer->moved = transfer->broken = transfer->enough = false;
	transfer->crowded = transfer->mixed = transfer->asked = false;
	transfer->cut_short = transfer->dropped = false;
	transfer->stream_ended = transfer->settled = transfer->went_on = false;
	transfer->from = 0;
	transfer->connection.speaks = SPEAKS_UNKNOWN; /* not what the last one did */
	transfer->begun_at = time(NULL);
	whole_begin(&transfer->whole, request->target.http);
	transfer->body = transfer->header = 0;
	transfer->why[0] = transfer->curl_why[0] = '\0';
	curl_easy_setopt(transfer->easy, CURLOPT_URL, request->target.url);
	set_low_speed(transfer, transfer->set->speed_limit,
	    (transfer->set->speed_time + 999) / 1000);
	set_secrets(transfer);
	set_method(transfer);
	set_lane(transfer, last);
	if (request->had != NULL)
		set_condition(transfer);
	else
		set_rest(transfer);
	request->attempts++;
}

/* Did it fail for a reason that may pass, and can it be tried again? */
static bool
passing(struct transfer *transfer, CURLcode code)
{
	long error = 0;

	switch ((int)code) {
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_RESOLVE_PROXY:
	case CURLE_SSL_CONNECT_ERROR: /* nothing was asked yet */
		return true;
	case CURLE_OPERATION_TIMEDOUT:
	case CURLE_GOT_NOTHING:
	case CURLE_PARTIAL_FILE:
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR:
	case CURLE_HTTP2:
	case CURLE_HTTP2_STREAM:
		return repeatable(transfer);
	case CURLE_COULDNT_CONNECT:
		curl_easy_getinfo(transfer->easy, CURLINFO_OS_ERRNO, &error);
		return error != ECONNREFUSED && error != 0;
	default:
		return false;
	}
}

/* Is status one that another attempt may change? */
static bool
may_pass(const struct transfer *transfer, long status)
{
	if (status == 429 || status == 503)
		return true;
	return (status == 408 || status == 500 || status == 502 || status == 504) &&
	    repeatable(transfer);
}

/* There is an answer. */
static enum attempt_verdict
judge_answer(struct transfer *transfer)
{
	long status = transfer_status(transfer);

	transfer->why[0] = '\0';
	if (will_move(transfer))
		return ATTEMPT_MOVED;
	if (status >= 0 && status < SETTINGS_STATUSES && transfer->set->fail_on[status])
		snprintf(transfer->why, sizeof(transfer->why), "status %ld", status);
	return may_pass(transfer, status) ? ATTEMPT_RETRY : ATTEMPT_ANSWER;
}

static enum whole_stream
stream_of(const struct transfer *transfer)
{
	if (transfer->connection.speaks != SPEAKS_MANY)
		return STREAM_NONE;
	return transfer->stream_ended || !streams_watched() ? STREAM_ENDED : STREAM_CUT;
}

/* libcurl has nothing to say against an answer: is it whole?  If not, say why. */
static bool
check_whole(struct transfer *transfer)
{
	const struct request *request = transfer->request;
	bool header_only = transfer->set->head && request->robots == NULL;
	const char *why = NULL;

	if (request->target.http && transfer_status(transfer) == 101) {
		snprintf(transfer->why, sizeof(transfer->why),
		    "answer goes on in another protocol");
		transfer->dropped = true; /* nobody asked for that */
		return false;
	}
	if (request->target.http && !(header_only && transfer->whole.header))
		why = whole_end(&transfer->whole, stream_of(transfer));
	if (why == NULL)
		return true;
	snprintf(transfer->why, sizeof(transfer->why), "%s", why);
	transfer->cut_short = true;
	return false;
}

static void
say_failure(struct transfer *transfer, CURLcode code)
{
	const char *said =
	    transfer->curl_why[0] != '\0' ? transfer->curl_why : curl_easy_strerror(code);
	long error = 0;
	size_t len;

	if (code == CURLE_COULDNT_CONNECT)
		curl_easy_getinfo(transfer->easy, CURLINFO_OS_ERRNO, &error);
	failure_say(transfer->why, sizeof(transfer->why), said, (int)error);
	len = strlen(transfer->why);
	snprintf(
	    transfer->why + len, sizeof(transfer->why) - len, "%s", failure_remedy(said));
}

enum attempt_verdict
transfer_judge(struct transfer *transfer, CURLcode code)
{
	transfer->code = code;
	mind_upgrade(transfer);
	connections_leave(&transfer->connection);
	odd_lines_leave(&transfer->lines);
	if (transfer->connection.speaks == SPEAKS_ONE && transfer->whole.header &&
	    transfer->request->host->version == HOST_ANY)
		transfer->request->host->version = HOST_PLAIN;
	if (transfer->crowded || transfer->mixed)
		return ATTEMPT_CROWDED;
	if (transfer->moved || transfer->enough ||
	    (settle_rest(transfer) && code == CURLE_OK && check_whole(transfer)))
		return judge_answer(transfer);
	transfer->broken = true;
	transfer->request->anew = transfer->connection.speaks == SPEAKS_MANY;
	if (transfer->why[0] != '\0')
		return transfer->cut_short && repeatable(transfer) ? ATTEMPT_RETRY
								   : ATTEMPT_FAIL;
	say_failure(transfer, code);
	return passing(transfer, code) ? ATTEMPT_RETRY : ATTEMPT_FAIL;
}

void
transfer_stream_ended(CURL *easy)
{
	struct transfer *transfer;
	char *private = NULL;

	curl_easy_getinfo(easy, CURLINFO_PRIVATE, &private);
	transfer = (struct transfer *)(void *)private;
	if (transfer != NULL)
		transfer->stream_ended = true;
}

void
transfer_archive(struct transfer *transfer)
{
	struct warc_about about = { .url = transfer->request->target.url,
		.when = transfer->begun_at,
		.chunked = transfer->whole.chunked };
	char *address = NULL;

	if (transfer->form->warc == NULL || !transfer->request->target.http ||
	    transfer_status(transfer) == 0 || transfer->exchange.request.len == 0)
		return;
	curl_easy_getinfo(transfer->easy, CURLINFO_PRIMARY_IP, &address);
	about.address = client_proxied(transfer->set) ? NULL : address;
	if (transfer->broken || transfer->code != CURLE_OK)
		about.truncated = transfer->whole.decode.why[0] != '\0' ? "unspecified"
		    : transfer->code == CURLE_WRITE_ERROR		? "length"
		    : transfer->code == CURLE_OPERATION_TIMEDOUT	? "time"
									: "disconnect";
	warc_write(transfer->form->warc, &about, &transfer->exchange);
}

void
transfer_finish(struct transfer *transfer)
{
	enum answer_body body = transfer->dropped ? ANSWER_NONE
	    : transfer->broken			  ? ANSWER_PART
						  : ANSWER_WHOLE;
	struct page_record_head head;
	curl_off_t modified = -1;

	if (transfer->set->head && body != ANSWER_NONE && transfer->header_lines.len > 0)
		add_body(
		    transfer, transfer->header_lines.data, transfer->header_lines.len);
	head = head_of(transfer);
	head.way = way_of(transfer);
	curl_easy_getinfo(transfer->easy, CURLINFO_FILETIME_T, &modified);
	if (answer_finish(&transfer->answer, transfer->form, transfer->request, &head,
		body, (time_t)modified) == 0) {
		if (body == ANSWER_WHOLE)
			keep_etag(transfer);
		return;
	}
	snprintf(transfer->why, sizeof(transfer->why), "file: %s", bodies_why(errno));
	head.error = transfer->why;
	answer_finish(
	    &transfer->answer, transfer->form, transfer->request, &head, ANSWER_NONE, -1);
}

void
transfer_refuse(struct transfer *transfer, struct request *request)
{
	struct page_record_head head = { .error = request->refusal };

	transfer->request = request;
	head.way = way_of(transfer);
	snprintf(transfer->why, sizeof(transfer->why), "%s", request->refusal);
	answer_finish(&transfer->answer, transfer->form, request, &head, ANSWER_NONE, -1);
}

/* Is what came of the body the beginning of one whose rest can be asked for? */
static bool
can_go_on(const struct transfer *transfer)
{
	const struct settings *set = transfer->set;
	const struct request *request = transfer->request;

	return transfer->broken && !transfer->dropped && !transfer->moved &&
	    transfer->body > 0 && transfer->whole.decode.count == 0 &&
	    request->target.http && request->robots == NULL && request->had == NULL &&
	    !set->post && !set->head && set->method == NULL && set->warc == NULL;
}

bool
transfer_keep(struct transfer *transfer)
{
	bool asked = transfer->from > 0 && (!transfer->settled || transfer->went_on);
	struct request *request = transfer->request;
	struct rest *rest;

	if (!can_go_on(transfer))
		return false;
	if (!asked) {
		if (transfer_status(transfer) != 200)
			return false;
		free(transfer->validator);
		transfer->validator = rest_validator(transfer->easy);
	}
	rest = transfer->validator == NULL ? NULL : calloc(1, sizeof(*rest));
	if (rest == NULL)
		return false;
	*rest = (struct rest){ .answer = transfer->answer,
		.from = transfer->body,
		.validator = transfer->validator };
	transfer->answer = (struct answer){ .file = { .fd = -1 } };
	transfer->validator = NULL;
	request->rest = rest;
	request->kept = rest->answer.out.len + rest->answer.raw.len;
	return true;
}

struct request *
transfer_release(struct transfer *transfer)
{
	struct request *request = transfer->request;

	answer_clear(&transfer->answer, transfer->form);
	forget_conditional(transfer);
	bytes_clear(&transfer->header_lines, KEEP);
	warc_exchange_clear(&transfer->exchange);
	free(transfer->validator);
	transfer->validator = NULL;
	transfer->request = NULL;
	transfer->sent = 0;
	return request;
}
