/* SPDX-License-Identifier: ISC */
/*
 * Fuzz lib: URLs of servers.  What is taken names one place, with numbers within their
 * limits, and says the same when it is written again; no password that all can see is.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "address.h"
#include "fuzz.h"

/* Percent-encoded, every byte of it. */
static char *
encode(char *to, const char *text)
{
	for (; *text != '\0'; text++)
		to += sprintf(to, "%%%02x", (unsigned char)*text);
	return to;
}

static void
check(const struct address *address, size_t size)
{
	struct address again = { 0 };
	char *url = malloc(3 * size + 100), *to = url;

	must(url != NULL && (address->host == NULL) != (address->path == NULL));
	if (address->path != NULL) {
		must(*address->path == '/');
		to = stpcpy(to, "unix:///");
		to = encode(to, address->path + 1);
		sprintf(to, "?db=%llu", (unsigned long long)address->db);
	} else {
		must(address->port >= 1 && address->port <= 65535);
		to = stpcpy(to, address->tls ? "rediss://" : "redis://");
		to = encode(to, address->user == NULL ? "" : address->user);
		if (address->password != NULL) {
			*to++ = ':';
			to = encode(to, address->password);
		}
		sprintf(to,
		    strchr(address->host, ':') != NULL ? "@[%s]:%llu/%llu"
						       : "@%s:%llu/%llu",
		    address->host, (unsigned long long)address->port,
		    (unsigned long long)address->db);
	}
	must(address_parse(&again, url, true) == NULL);
	must(again.db == address->db && again.port == address->port);
	if (address->host != NULL && *address->host != '\0')
		must(strcmp(again.host, address->host) == 0);
	if (address->path != NULL)
		must(strcmp(again.path, address->path) == 0);
	if (address->password != NULL)
		must(strcmp(again.password, address->password) == 0);
	if (address->path == NULL && address->user != NULL && *address->user != '\0')
		must(strcmp(again.user, address->user) == 0);
	address_free(&again);
	free(url);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *url = calloc(size + 1, 1);

	must(url != NULL);
	if (size > 0)
		memcpy(url, data, size);
	for (int secret = 0; secret < 2; secret++) {
		struct address address = { 0 };

		if (address_parse(&address, url, secret) == NULL) {
			check(&address, size);
			must(secret || address.password == NULL);
		}
		address_free(&address);
	}
	free(url);
	return 0;
}
