/* SPDX-License-Identifier: ISC */
/*
 * spelling - the one way to write a URL of http or https, by which a crawl knows it: that
 * of the URL Standard, without a fragment.
 */
#ifndef PAR_FRONTIER_SPELLING_H
#define PAR_FRONTIER_SPELLING_H

#include <stdbool.h>
#include <stddef.h>

#include "bytes.h"
#include "field.h"

struct spelling {
	const char *data; /* escaped, as a field of par-record(5) */
	size_t len;
	size_t host, host_len; /* host and port in it */
};

/*
 * Write a URL, an escaped field of len bytes, into *text, which out points into then.
 * False if it is no URL of http or https.
 */
bool
spelling_read(struct spelling *out, struct bytes *text, const char *data, size_t len);

/*
 * What a URL has in common with those that are alike: without its query, and with a * for
 * each part of its path that has a digit.  It stands in *text.
 */
struct field spelling_shape(const struct spelling *url, struct bytes *text);

bool spelling_same_host(const struct spelling *a, const struct spelling *b);

#endif
