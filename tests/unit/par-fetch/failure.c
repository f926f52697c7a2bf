/* SPDX-License-Identifier: ISC */
#include <errno.h>

#include "check.h"
#include "failure.h"

/* What libcurl says, and we. */
static const struct {
	const char *said, *words;
} rows[] = {
	{ "", "" },
	{ "Could not resolve host: a::b", "host not found: a::b" },
	{ "Could not resolve host: www.nghttp2.org", "host not found: www.nghttp2.org" },
	{ "Could not resolve proxy: p", "proxy not found: p" },
	{ "Couldn't resolve host name", "host not found" },
	{ "Too many response headers, 5000 is max", "header has more than 5000 lines" },
	{ "Operation timed out after 1000 milliseconds with 0 bytes received",
	    "no whole answer in 1000 ms" },
	{ "Operation timed out after 99 milliseconds with 1 out of 5 bytes "
	  "received",
	    "no whole answer in 99 ms" },
	{ "Connection timed out after 1001 milliseconds", "no connection in 1001 ms" },
	{ "Connection timeout after 1001 ms", "no connection in 1001 ms" },
	{ "Resolving timed out after 1001 milliseconds", "host not found in 1001 ms" },
	{ "Operation too slow. Less than 9 bytes/sec transferred the last 2 "
	  "seconds",
	    "slower than 9 bytes a second" },
	{ "SSL certificate problem: self-signed certificate",
	    "TLS: certificate: self-signed certificate" },
	{ "SSL: no alternative certificate subject name matches target host name "
	  "'h'",
	    "TLS: certificate is not of host 'h'" },
	{ "Received HTTP code 407 from proxy after CONNECT",
	    "proxy refuses to connect: status 407" },
	{ "CONNECT tunnel failed, response 403", "proxy refuses to connect: status 403" },
	{ "h2_process_pending_input: nghttp2_session_mem_recv() returned -902:x",
	    "HTTP/2 connection failed" },
	{ "Invalid HTTP header field was received: frame type: 1, stream: 1, name: "
	  "[X-A], value: [a]",
	    "HTTP/2 stream was reset: PROTOCOL_ERROR" },
	{ "[HTTP2] [1] received invalid frame: FRAME[HEADERS, len=24, hend=1, eos=1], "
	  "error -532: Violation in HTTP messaging rule",
	    "HTTP/2 stream was reset: PROTOCOL_ERROR" },
	{ "HTTP/2 stream 5 was not closed cleanly: PROTOCOL_ERROR (err 1)",
	    "HTTP/2 stream was reset: PROTOCOL_ERROR" },
	{ "HTTP/2 stream 1 was not closed cleanly before end of the underlying "
	  "stream",
	    "connection ended before the end of the answer" },
	{ "OpenSSL SSL_connect: Connection reset by peer in connection to h:1 ",
	    "TLS handshake failed: Connection reset by peer" },
	{ "OpenSSL SSL_read: error:0A000126:SSL routines::unexpected eof while "
	  "reading, errno 0",
	    "TLS: unexpected eof while reading" },
	{ "error:0A00010B:SSL routines::wrong version number",
	    "TLS: wrong version number" },
	{ "Connection died, tried 5 times before giving up",
	    "connection ended without an answer" },
	{ "URL using bad/illegal format or missing URL",
	    "host name that nobody can be asked for" },
	{ "URL rejected: Bad hostname", "host name that nobody can be asked for" },
	{ "URL rejected: Bad login part", "not a URL: Bad login part" },
	{ "Received HTTP/0.9 when not allowed", "answer is not HTTP" },
	{ "Invalid status line", "answer is not HTTP" },
	{ "Empty reply from server", "connection ended without an answer" },
	{ "transfer closed with outstanding read data remaining",
	    "body ends before its last chunk" },
	{ "transfer closed with 9 bytes remaining to read",
	    "body ends too early; missing bytes: 9" },
	{ "end of response with 9 bytes missing",
	    "body ends too early; missing bytes: 9" },
	{ "Illegal or missing hexadecimal sequence in chunked-encoding",
	    "body is not in chunks as it says" },
	{ "Recv failure: Connection reset by peer",
	    "connection broke: Connection reset by peer" },
	{ "Failed to connect to ::1 port 80 after 3 ms: Couldn't connect",
	    "cannot connect to ::1 port 80" },
	{ "Failed to connect to h port 80 after 3 ms: x", "cannot connect to h port 80" },
};

static void
said(void)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		char out[200];

		check_at(i + 1);
		failure_say(out, sizeof(out), rows[i].said, 0);
		check_text(out, rows[i].words);
	}
}

/* Why nobody was reached is said behind. */
static void
errors(void)
{
	char out[200];

	failure_say(out, sizeof(out), "Failed to connect to h port 8 after 3 ms: x",
	    ECONNREFUSED);
	check_text(out, "cannot connect to h port 8: Connection refused");
}

static void
remedy(void)
{
	check_text(failure_remedy("SSL certificate problem: self-signed certificate"),
	    "; see --cacert");
	check_text(failure_remedy("Connection timed out after 1001 milliseconds"),
	    "; see --connect-timeout");
	check_text(
	    failure_remedy("Operation timed out after 1000 milliseconds with 0 bytes"),
	    "; see --max-time");
	check_text(failure_remedy("Could not resolve host: a"), "");
	check_text(failure_remedy("Could not resolve host: certificate.org"), "");
	check_text(
	    failure_remedy("Operation too slow. Less than 9"), "; see --speed-limit");
}

TESTS("failure", { "words that show no insides", said }, { "errors", errors },
    { "options that help", remedy })
