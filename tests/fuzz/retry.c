/* SPDX-License-Identifier: ISC */
/*
 * Fuzz par-fetch: Retry-After.  A number of seconds is that many, or very long; nothing
 * that a server says there is short because it does not fit.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fuzz.h"
#include "transfer.h"

enum { MOST = 1 << 30 }; /* seconds */

static curl_socket_t
give_socket(void *fd, curlsocktype purpose, struct curl_sockaddr *address)
{
	(void)purpose;
	(void)address;
	return *(int *)fd;
}

static int
is_connected(void *unused, curl_socket_t fd, curlsocktype purpose)
{
	(void)unused, (void)fd, (void)purpose;
	return CURL_SOCKOPT_ALREADY_CONNECTED;
}

/* An answer that says so was had. */
static CURL *
ask(const char *value)
{
	CURL *easy = curl_easy_init();
	char head[8192];
	int ends[2], len;

	must(easy != NULL &&
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
	len = snprintf(head, sizeof(head),
	    "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n"
	    "Retry-After: %s\r\n\r\n",
	    value);
	must(len > 0 && (size_t)len < sizeof(head) &&
	    write(ends[1], head, (size_t)len) == len);
	shutdown(ends[1], SHUT_WR);
	curl_easy_setopt(easy, CURLOPT_URL, "http://127.0.0.1/");
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT, 10L);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, give_socket);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, &ends[0]);
	curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, is_connected);
	curl_easy_perform(easy);
	close(ends[1]);
	return easy;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct transfer transfer = { 0 };
	char *value;
	uint64_t wanted, seconds;
	size_t digits;

	if (size > 4096 || memchr(data, '\n', size) != NULL ||
	    memchr(data, '\0', size) != NULL)
		return 0;
	value = calloc(size + 1, 1);
	must(value != NULL);
	memcpy(value, data, size);
	transfer.easy = ask(value);
	wanted = transfer_retry_after(&transfer);
	must(wanted <= (uint64_t)MOST * 1000 && wanted % 1000 == 0);
	digits = strspn(value, "0123456789");
	if (transfer_status(&transfer) == 503 && digits == size && size > 0) {
		seconds = strtoull(value, NULL, 10);
		if (seconds > 0)
			must(wanted == (seconds < MOST ? seconds : MOST) * 1000);
	}
	curl_easy_cleanup(transfer.easy);
	free(value);
	return 0;
}
