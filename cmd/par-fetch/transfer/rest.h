/* SPDX-License-Identifier: ISC */
/*
 * rest - a body that was cut, until the rest of it is asked for: by Range, and with
 * If-Range, so that it is never put together from two versions of a page.
 */
#ifndef PAR_FETCH_REST_H
#define PAR_FETCH_REST_H

#include <stdbool.h>
#include <stdint.h>

#include <curl/curl.h>

#include "answer.h"

struct rest {
	struct answer answer; /* what came */
	uint64_t from; /* bytes of body in it */
	char *validator; /* for If-Range */
};

/*
 * What tells this version of the page from others, by the answer of easy: a strong ETag,
 * or an old Last-Modified.  NULL, or the caller's to free(3).
 */
char *rest_validator(CURL *easy);

/* Is the answer of easy, of status 206, what follows the byte at from? */
bool rest_follows(CURL *easy, uint64_t from);

#endif
