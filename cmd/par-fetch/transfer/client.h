/* SPDX-License-Identifier: ISC */
/*
 * client - what is the same for all requests: libcurl's options as the settings
 * have them, and the cookies and TLS sessions that transfers share.
 */
#ifndef PAR_FETCH_CLIENT_H
#define PAR_FETCH_CLIENT_H

#include <stdbool.h>

#include <curl/curl.h>

#include "settings.h"

struct client {
	const struct settings *set;
	CURLSH *share; /* of TLS sessions, cookies, and hosts of HSTS */
};

/* Can libcurl remember which hosts are to be asked by https, for all handles? */
bool client_has_hsts(void);

/* May all requests be made twice without harm, by their method? */
bool client_repeats(const struct settings *set);

/* May requests share a connection, where it is known to keep them apart? */
bool client_shares(const struct settings *set);

/* May an address be that of a proxy? */
bool client_proxied(const struct settings *set);

/* Ends the program if the cookie jar, or the file of HSTS, cannot be written to. */
void client_open(struct client *client, const struct settings *set);

/* A libcurl handle with all options set; NULL without memory. */
CURL *client_handle(const struct client *client);

/* Is there something to be written at the end? */
bool client_keeps(const struct settings *set);

/* Write the cookie jar, and the file of HSTS, if there are. */
void client_save(struct client *client);

/* Do so for the last time.  All handles are gone. */
void client_close(struct client *client);

#endif
