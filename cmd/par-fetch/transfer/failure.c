/* SPDX-License-Identifier: ISC */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "failure.h"

/* What stands for all that libcurl says with these words in it. */
static const struct {
	const char *said, *words;
} whole_sayings[] = {
	{ "Invalid HTTP header field", "HTTP/2 stream was reset: PROTOCOL_ERROR" },
	{ "Violation in HTTP messaging", "HTTP/2 stream was reset: PROTOCOL_ERROR" },
	{ "nghttp2", "HTTP/2 connection failed" },
	{ "Error in the HTTP2 framing layer", "HTTP/2 connection failed" },
	{ "Stream error in the HTTP/2", "HTTP/2 stream failed" },
	{ "before end of the underlying stream",
	    "connection ended before the end of the answer" },
	{ "closed cleanly, but before", "HTTP/2 stream ended in its header" },
	{ "Connection died", "connection ended without an answer" },
	{ "Too large response headers", "header longer than 300 KiB" },
	{ "Too many response headers", "header has more than 5000 lines" },
	{ "HTTP/0.9", "answer is not HTTP" },
	{ "Invalid status line", "answer is not HTTP" },
	{ "Empty reply from server", "connection ended without an answer" },
	{ "in chunked-encoding", "body is not in chunks as it says" },
	{ "chunk hex-length", "body is not in chunks as it says" },
	{ "Invalid Content-Length", "Content-Length is no length" },
	{ "Unsupported response code", "status is none" },
	{ "Unsupported HTTP/1 subversion", "status is none" },
	{ "Unsupported HTTP version", "status is none" },
	{ "Version mismatch", "answer is of another HTTP than its connection" },
	{ "URL using bad", "host name that nobody can be asked for" },
	{ "SSL connection timeout", "no TLS connection in time" },
	{ "aborted due to timeout", "no connection through the proxy in time" },
	{ "Failed sending data to the peer", "connection broke" },
	{ "Failure when receiving data", "connection broke" },
	{ "Timeout was reached", "no whole answer in time" },
	{ "SSL connect error", "TLS handshake failed" },
	{ "resolve host name", "host not found" },
	{ "resolve proxy name", "proxy not found" },
	{ "connect to server", "cannot connect" },
	{ "Transferred a partial file", "body ends too early" },
};

/* What stands for the beginning of it, where the rest of it ends, and what follows. */
static const struct {
	const char *begin, *words, *end, *behind;
} sayings[] = {
	{ "Could not resolve host: ", "host not found: ", "\n", "" },
	{ "Could not resolve proxy: ", "proxy not found: ", "\n", "" },
	{ "Operation timed out after ", "no whole answer in ", " milliseconds", " ms" },
	{ "Connection timed out after ", "no connection in ", " milliseconds", " ms" },
	{ "Connection timeout after ", "no connection in ", " ms", " ms" },
	{ "Resolving timed out after ", "host not found in ", " milliseconds", " ms" },
	{ "Operation too slow. Less than ", "slower than ", " bytes/sec",
	    " bytes a second" },
	{ "SSL certificate problem: ", "TLS: certificate: ", "\n", "" },
	{ "SSL: no alternative certificate subject name matches target host name ",
	    "TLS: certificate is not of host ", "\n", "" },
	{ "SSL: certificate subject name ", "TLS: certificate is of ", "\n", "" },
	{ "Received HTTP code ", "proxy refuses to connect: status ", " from proxy", "" },
	{ "CONNECT tunnel failed, response ", "proxy refuses to connect: status ", "\n",
	    "" },
	{ "Couldn't open file ", "cannot open file ", "\n", "" },
	{ "was not closed cleanly: ", "HTTP/2 stream was reset: ", " (err", "" },
	{ "OpenSSL SSL_connect: ", "TLS handshake failed: ", " in connection", "" },
	{ "OpenSSL SSL_read: ", "TLS: ", ", errno", "" },
	{ "OpenSSL SSL_write: ", "TLS: ", ", errno", "" },
	{ "error:", "TLS: ", "\n", "" },
	{ "transfer closed with outstanding", "body ends before its last chunk", "", "" },
	{ "transfer closed with ", "body ends too early; missing bytes: ", " bytes", "" },
	{ "end of response with ", "body ends too early; missing bytes: ", " bytes", "" },
	{ "URL rejected: Bad hostname", "host name that nobody can be asked for", "",
	    "" },
	{ "URL rejected: ", "not a URL: ", "\n", "" },
	{ "Failed to connect to ", "cannot connect to ", " after", "" },
	{ "Recv failure: ", "connection broke: ", "\n", "" },
	{ "Send failure: ", "connection broke: ", "\n", "" },
};

/* What OpenSSL says last: it has error:NUMBER:LIBRARY::REASON. */
static const char *
reason(const char *said, const char *end)
{
	const char *at;

	while ((at = strstr(said, "::")) != NULL && at < end)
		said = at + 2;
	return said;
}

enum { SAYINGS = sizeof(sayings) / sizeof(sayings[0]) };

/*
 * Where one of sayings stands in said, at its begin alone or anywhere, and its number;
 * false if none does.
 */
static bool
find(const char *said, bool anywhere, size_t *number, const char **at)
{
	for (size_t i = 0; i < SAYINGS; i++) {
		*number = i;
		*at = strstr(said, sayings[i].begin);
		if (*at == said || (*at != NULL && anywhere))
			return true;
	}
	return false;
}

/* The words for all of it, or NULL. */
static const char *
find_whole(const char *said)
{
	for (size_t i = 0; i < sizeof(whole_sayings) / sizeof(whole_sayings[0]); i++)
		if (strstr(said, whole_sayings[i].said) != NULL)
			return whole_sayings[i].words;
	return NULL;
}

/* The option that helps, of what begins or goes on with these words. */
static const struct {
	const char *said, *option;
} remedies[] = {
	{ "certificate", "; see --cacert" },
	{ "Connection timed out", "; see --connect-timeout" },
	{ "connection timeout", "; see --connect-timeout" },
	{ "Resolving timed out", "; see --connect-timeout" },
	{ "Operation timed out", "; see --max-time" },
	{ "Operation too slow", "; see --speed-limit" },
	{ "SSL connection timeout", "; see --connect-timeout" },
};

/* What follows the name of a host, which may be any words. */
static const char *
behind_host(const char *said)
{
	static const char *const names[] = { "Could not resolve ",
		"Failed to connect to " };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strncmp(said, names[i], strlen(names[i])) == 0) {
			const char *after = strstr(said, " after ");

			return after == NULL ? "" : after;
		}
	return said;
}

const char *
failure_remedy(const char *said)
{
	said = behind_host(said);
	for (size_t i = 0; i < sizeof(remedies) / sizeof(remedies[0]); i++)
		if (strstr(said, remedies[i].said) != NULL)
			return remedies[i].option;
	return "";
}

void
failure_say(char *out, size_t size, const char *said, int error)
{
	const char *words = "", *behind = "", *end = said + strlen(said), *at, *whole;
	size_t i;
	bool found = find(said, false, &i, &at); /* its begin first: a name may follow */

	whole = found ? NULL : find_whole(said);
	if (whole != NULL) {
		snprintf(out, size, "%s", whole);
		return;
	}
	if (found || find(said, true, &i, &at)) {
		words = sayings[i].words;
		behind = sayings[i].behind;
		said = at + strlen(sayings[i].begin);
		if ((at = strstr(said, sayings[i].end)) != NULL)
			end = at;
		if (strncmp(words, "TLS", 3) == 0)
			said = reason(said, end);
	}
	snprintf(out, size, "%s%.*s%s%s%s", words, (int)(end - said), said, behind,
	    error != 0 ? ": " : "", error != 0 ? strerror(error) : "");
}
