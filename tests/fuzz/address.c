/* SPDX-License-Identifier: ISC */
/*
 * Fuzz lib: URLs of servers.  What is taken names one place, with numbers within their
 * limits, and says the same when it is written again; no password that all can see is.
 */
#include <stdint.h>
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

/* Each server of it. */
static char *
put_places(char *to, const struct address *address)
{
	for (size_t i = 0; i < address->count; i++) {
		const struct address_place *place = &address->places[i];
		const char *form =
		    strchr(place->host, ':') != NULL ? "%s[%s]:%llu" : "%s%s:%llu";

		must(place->port >= 1 && place->port <= UINT16_MAX);
		to += sprintf(to, form, i == 0 ? "" : ",", place->host,
		    (unsigned long long)place->port);
	}
	return to;
}

static void
check(const struct address *address, size_t size)
{
	struct address again = { 0 };
	char *url = malloc(12 * size + 100), *to = url;

	must(url != NULL && (address->count == 0) == (address->path != NULL));
	if (address->path != NULL) {
		must(*address->path == '/');
		to = stpcpy(to, "unix:///");
		to = encode(to, address->path + 1);
		sprintf(to, "?db=%llu", (unsigned long long)address->db);
	} else {
		to = stpcpy(to, address->tls ? "rediss" : "redis");
		to = stpcpy(to, address->master != NULL ? "-sentinel://" : "://");
		to = encode(to, address->user == NULL ? "" : address->user);
		if (address->password != NULL) {
			*to++ = ':';
			to = encode(to, address->password);
		}
		to = put_places(stpcpy(to, "@"), address);
		to += sprintf(to, "/%llu", (unsigned long long)address->db);
		if (address->master != NULL)
			encode(stpcpy(to, "?master="), address->master);
	}
	must(address_parse(&again, url, true) == NULL);
	must(again.db == address->db && again.count == address->count);
	for (size_t i = 0; i < address->count; i++) {
		must(again.places[i].port == address->places[i].port);
		must(strcmp(again.places[i].host, address->places[i].host) == 0);
	}
	must((again.master == NULL) == (address->master == NULL));
	if (address->master != NULL)
		must(strcmp(again.master, address->master) == 0);
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
