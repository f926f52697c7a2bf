/* SPDX-License-Identifier: ISC */
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "ascii.h"
#include "url_scheme.h"

static const struct {
	const char *name;
	size_t len;
	unsigned port;
} special[SCHEME_OTHER] = {
	[SCHEME_HTTP] = { "http", 4, 80 },
	[SCHEME_HTTPS] = { "https", 5, 443 },
	[SCHEME_WS] = { "ws", 2, 80 },
	[SCHEME_WSS] = { "wss", 3, 443 },
	[SCHEME_FTP] = { "ftp", 3, 21 },
	[SCHEME_FILE] = { "file", 4, 0 },
};

/* May byte stand in a scheme, behind its first letter? */
static bool
is_of_scheme(char byte)
{
	return ascii_is_letter(byte) || ascii_is_digit(byte) || byte == '+' ||
	    byte == '-' || byte == '.';
}

size_t
url_scheme_length(const char *data, size_t len)
{
	size_t at = 0;

	if (len == 0 || !ascii_is_letter(data[0]))
		return 0;
	while (at < len && is_of_scheme(data[at]))
		at++;
	return at < len && data[at] == ':' ? at : 0;
}

enum url_scheme
url_scheme_of(const char *name, size_t len)
{
	int scheme = 0;

	while (scheme < SCHEME_OTHER &&
	    (special[scheme].len != len ||
		strncasecmp(special[scheme].name, name, len) != 0))
		scheme++;
	return (enum url_scheme)scheme;
}

unsigned
url_scheme_port(enum url_scheme scheme)
{
	return scheme == SCHEME_OTHER ? 0 : special[scheme].port;
}
