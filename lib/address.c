/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "address.h"
#include "bytes.h"
#include "num.h"
#include "trouble.h"

const char address_no_tls[] = "TLS is not spoken here; reach the server through ssh -L "
			      "or stunnel, by redis://";

const char address_no_password[] = "a password in an argument can be seen by ps(1); use "
				   "--password-file";

enum { REDIS_PORT = 6379, SENTINEL_PORT = 26379, MOST_DBS = 1 << 20, MOST_PLACES = 1024 };

static int
hex(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c == '\0' ? NULL : strchr(digits, c | 0x20);

	return at == NULL ? -1 : (int)(at - digits);
}

/* A copy of len bytes with %XX decoded.  NULL, or why not: wrong, if it is that. */
static const char *
decode(char **out, const char *data, size_t len, const char *wrong)
{
	char *text = bytes_string(data, len), *to = text;

	if (text == NULL)
		return trouble_no_memory;
	for (const char *from = text; *from != '\0'; from++) {
		int high, low;

		if (*from != '%') {
			*to++ = *from;
			continue;
		}
		high = hex(from[1]);
		low = high < 0 ? -1 : hex(from[2]);
		if (low < 0 || high * 16 + low == 0) { /* no text has a NUL */
			free(text);
			return wrong;
		}
		*to++ = (char)(high * 16 + low);
		from += 2;
	}
	*to = '\0';
	free(*out);
	*out = text;
	return NULL;
}

/* USER, USER:PASSWORD or :PASSWORD, len bytes. */
static const char *
take_user(struct address *address, const char *text, size_t len, bool secret)
{
	const char *colon = memchr(text, ':', len), *why = NULL;
	size_t user = colon == NULL ? len : (size_t)(colon - text);

	if (colon != NULL && !secret)
		return address_no_password;
	if (user > 0)
		why =
		    decode(&address->user, text, user, "the user is not rightly encoded");
	if (why != NULL || colon == NULL)
		return why;
	return decode(&address->password, colon + 1, len - user - 1,
	    "the password is not rightly encoded");
}

/* HOST, HOST:PORT or [ADDRESS]:PORT, len bytes; without a port it is that of place. */
static const char *
take_place(struct address_place *place, const char *text, size_t len)
{
	const char *end = text + len, *host = text, *host_end, *colon;

	if (len > 0 && *text == '[') {
		host++;
		host_end = memchr(text, ']', len);
		if (host_end == NULL)
			return "a [ is not closed";
		colon = host_end + 1;
	} else {
		host_end = memchr(text, ':', len);
		if (host_end == NULL)
			host_end = end;
		colon = host_end;
	}
	if (memchr(host, '[', (size_t)(host_end - host)) != NULL ||
	    memchr(host, ']', (size_t)(host_end - host)) != NULL)
		return "brackets stand around an address only";
	if (colon < end &&
	    (*colon != ':' ||
		num_parse_bytes(colon + 1, (size_t)(end - colon - 1), 1, UINT16_MAX,
		    &place->port) < 0))
		return "the port is not right";
	place->host = host == host_end ? bytes_string("127.0.0.1", strlen("127.0.0.1"))
				       : bytes_string(host, (size_t)(host_end - host));
	return place->host == NULL ? trouble_no_memory : NULL;
}

/* Some of these, len bytes, with commas between. */
static const char *
take_places(struct address *address, const char *text, size_t len, uint64_t port)
{
	const char *end = text + len, *why = NULL;
	size_t most = 1;

	for (const char *at = text; at < end; at++)
		most += *at == ',';
	if (most > MOST_PLACES)
		return "there are too many servers";
	address->places = calloc(most, sizeof(*address->places));
	if (address->places == NULL)
		return trouble_no_memory;
	while (why == NULL && address->count < most) {
		const char *comma = memchr(text, ',', (size_t)(end - text));
		const char *stop = comma == NULL ? end : comma;

		if (stop == text && most > 1)
			return "a comma has no server beside it";
		address->places[address->count].port = port;
		why = take_place(
		    &address->places[address->count++], text, (size_t)(stop - text));
		text = stop + 1;
	}
	return why;
}

/* ?master=NAME */
static const char *
take_master(struct address *address, const char *query)
{
	static const char word[] = "?master=";
	size_t len = strlen(word);

	if (strncmp(query, word, len) != 0 || query[len] == '\0')
		return "Sentinel is to be asked for ?master=NAME";
	return decode(&address->master, query + len, strlen(query + len),
	    "the name of the master is not rightly encoded");
}

/* /DB, len bytes; that may be missing. */
static const char *
take_db(struct address *address, const char *text, size_t len)
{
	if (len == 0 || (len == 1 && *text == '/'))
		return NULL;
	if (*text != '/' ||
	    num_parse_bytes(text + 1, len - 1, 0, MOST_DBS, &address->db) < 0)
		return "the database is not a number";
	return NULL;
}

/* What follows redis://, or redis-sentinel:// */
static const char *
parse_hosts(struct address *address, const char *rest, bool secret, bool sentinel)
{
	size_t len = strcspn(rest, "/?");
	const char *slash = rest + len, *why = NULL;
	const char *at = memrchr(rest, '@', len);
	size_t path = sentinel ? strcspn(slash, "?") : strlen(slash);

	if (at != NULL) {
		why = take_user(address, rest, (size_t)(at - rest), secret);
		len -= (size_t)(at + 1 - rest);
		rest = at + 1;
	}
	if (why == NULL)
		why = take_places(
		    address, rest, len, sentinel ? SENTINEL_PORT : REDIS_PORT);
	if (why == NULL)
		why = take_db(address, slash, path);
	if (why == NULL && sentinel)
		why = take_master(address, slash + path);
	return why;
}

/* What follows unix://: a path, and db=N behind a question mark. */
static const char *
parse_path(struct address *address, const char *rest)
{
	size_t len = strcspn(rest, "?");
	const char *query = rest + len, *why;

	if (*rest != '/')
		return "the path of the socket does not begin with /";
	why = decode(&address->path, rest, len, "the path is not rightly encoded");
	if (why != NULL || *query == '\0')
		return why;
	query += strcspn(query, "=");
	if (*query == '\0' || num_parse(query + 1, 0, MOST_DBS, &address->db) < 0)
		return "the database is not a number";
	return NULL;
}

const char address_none[] = "not redis://HOST or unix:///PATH";

/* What of url follows scheme; NULL if it has another one. */
static const char *
after(const char *url, const char *scheme)
{
	size_t len = strlen(scheme);

	return strncasecmp(url, scheme, len) == 0 ? url + len : NULL;
}

const char *
address_parse(struct address *address, const char *url, bool secret)
{
	static const char *const sockets[] = { "unix://", "redis+unix://",
		"redis+socket://" };
	static const struct {
		const char *name;
		bool tls, sentinel;
	} schemes[] = { { "redis://", false, false }, { "rediss://", true, false },
		{ "redis-sentinel://", false, true },
		{ "rediss-sentinel://", true, true } };
	const char *rest;

	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		rest = after(url, schemes[i].name);
		if (rest == NULL)
			continue;
		address->tls = schemes[i].tls;
		return parse_hosts(address, rest, secret, schemes[i].sentinel);
	}
	for (size_t i = 0; i < sizeof(sockets) / sizeof(sockets[0]); i++) {
		rest = after(url, sockets[i]);
		if (rest != NULL)
			return parse_path(address, rest);
	}
	return address_none;
}

/* Take len bytes out of the end of a string of the environment, which stays in place. */
static void
cut_out(char *at, size_t len)
{
	size_t rest = strlen(at + len);

	memmove(at, at + len, rest);
	memset(at + rest, '\0', len);
}

/* Take what stands behind password= out of the words behind the question mark. */
static void
hide_words(char *words)
{
	static const char name[] = "password=";

	while ((words = strstr(words, name)) != NULL) {
		words += strlen(name);
		cut_out(words, strcspn(words, "&"));
	}
}

/*
 * Change the variable in its place, of which even /proc would keep what setenv(3)
 * replaces, and that needs no memory.
 */
void
address_hide(const char *name, bool whole)
{
	char *value = getenv(name), *host;
	const char *scheme = value == NULL ? NULL : strstr(value, "://"), *at, *colon;

	if (value == NULL || (scheme == NULL && !whole))
		return;
	if (whole) {
		memset(value, '*', strlen(value));
		unsetenv(name);
		return;
	}
	host = value + (scheme - value) + 3;
	hide_words(host + strcspn(host, "?"));
	at = memrchr(host, '@', strcspn(host, "/?"));
	colon = at == NULL ? NULL : memchr(host, ':', (size_t)(at - host));
	if (colon == NULL)
		return;
	if (colon == host) /* without a user there is no @ either */
		at++;
	cut_out(value + (colon - value), (size_t)(at - colon));
}

int
address_password(struct address *address, const char *file)
{
	FILE *in = fopen(file, "re");
	char *line = NULL;
	size_t size = 0;
	ssize_t len;
	int error;

	if (in == NULL)
		return -1;
	errno = 0;
	len = getline(&line, &size, in);
	error = errno;
	fclose(in);
	if (len < 0) {
		free(line);
		errno = error == 0 ? ENODATA : error;
		return -1;
	}
	line[strcspn(line, "\r\n")] = '\0';
	free(address->password);
	address->password = line;
	return 0;
}

void
address_free(struct address *address)
{
	for (size_t i = 0; i < address->count; i++)
		free(address->places[i].host);
	free(address->places);
	free(address->master);
	free(address->path);
	free(address->user);
	free(address->password);
	*address = (struct address){ 0 };
}
