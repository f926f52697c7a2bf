/* SPDX-License-Identifier: ISC */
/*
 * target - a URL as it is asked for: checked, normalised, taken apart.
 */
#ifndef PAR_FETCH_TARGET_H
#define PAR_FETCH_TARGET_H

#include <stdbool.h>
#include <stddef.h>

#include "bytes.h"

enum { TARGET_LONGEST = 4 << 20 }; /* bytes; libcurl refuses some longer ones */

/* All zero is none.  All strings are its own. */
struct target {
	char *url; /* without user, password and fragment */
	char *key; /* host:port, as url_host.h has hosts: whose turn it is to be asked */
	char *user, *password; /* NULL if the URL has none */
	bool http; /* http or https */
};

/*
 * Read len bytes of text, a URL, on base, one that was read, or NULL: by the URL
 * Standard.  url is its normal form, for libcurl.  protocols are the schemes allowed,
 * with commas between.  NULL, or why it cannot be asked for (a string that stays valid);
 * then out is empty.
 */
const char *target_read(struct target *out, const char *base, const char *text,
    size_t len, const char *protocols);

/*
 * Where no scheme is in front of text, a URL that is to be, or a host and port that look
 * like one that protocols does not have: put http:// there.
 */
void target_guess(struct bytes *text, const char *protocols);

/* Is it a URL of https? */
bool target_is_https(const struct target *target);

/* Do both lead to the same server, by the same protocol? */
bool target_same_origin(const struct target *one, const struct target *other);

void target_release(struct target *target);

#endif
