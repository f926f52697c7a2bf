/* SPDX-License-Identifier: ISC */
/*
 * client - what is the same for all requests: libcurl's options as the settings
 * have them, and the cookies that transfers share.
 */
#ifndef PAR_FETCH_CLIENT_H
#define PAR_FETCH_CLIENT_H

#include <stdbool.h>

#include <curl/curl.h>

#include "settings.h"

struct client {
	const struct settings *set;
	CURLSH *share; /* of cookies; NULL without them */
};

/* May all requests be made twice without harm, by their method? */
bool client_repeats(const struct settings *set);

/* May requests share a connection, where it is known to keep them apart? */
bool client_shares(const struct settings *set);

/* Ends the program if the cookie jar cannot be written to. */
void client_open(struct client *client, const struct settings *set);

/* A libcurl handle with all options set; NULL without memory. */
CURL *client_handle(const struct client *client);

/* Write the cookie jar.  All handles are gone. */
void client_close(struct client *client);

#endif
