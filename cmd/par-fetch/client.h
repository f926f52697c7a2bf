/* SPDX-License-Identifier: ISC */
/*
 * client - what is the same for all requests: libcurl's options as the settings
 * have them, and the cookies that transfers share.
 */
#ifndef PAR_FETCH_CLIENT_H
#define PAR_FETCH_CLIENT_H

#include <curl/curl.h>

#include "settings.h"

struct client {
	const struct settings *set;
	CURLSH *share; /* of cookies; NULL without them */
};

/* Ends the program if the cookie jar cannot be written to. */
void client_open(struct client *client, const struct settings *set);

/* A libcurl handle with all options set; NULL without memory. */
CURL *client_handle(const struct client *client);

/* Write the cookie jar.  All handles are gone. */
void client_close(struct client *client);

#endif
