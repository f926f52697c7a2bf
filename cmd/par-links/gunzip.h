/* SPDX-License-Identifier: ISC */
/*
 * gunzip - what is in a file of gzip.
 */
#ifndef PAR_LINKS_GUNZIP_H
#define PAR_LINKS_GUNZIP_H

#include <stdbool.h>
#include <stddef.h>

#include "bytes.h"

/* Does data begin as such a file does? */
bool gunzip_is(const char *data, size_t len);

/*
 * Put what is in it to out, at most `most` bytes.  NULL, or what is wrong; what came
 * before that stands.
 */
const char *gunzip(struct bytes *out, const char *data, size_t len, size_t most);

#endif
