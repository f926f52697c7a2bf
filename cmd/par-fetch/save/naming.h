/* SPDX-License-Identifier: ISC */
/*
 * naming - names of files by a template, for --name.
 *
 * What comes of it is a path of parts with slashes between, which leads nowhere but down:
 * without empty parts, "." and "..", or control bytes, no part longer than a file system
 * takes, and none that bodies.h has for itself.
 */
#ifndef PAR_FETCH_NAMING_H
#define PAR_FETCH_NAMING_H

#include <stddef.h>

#include "bytes.h"

enum { NAMING_PART = 200, NAMING_MOST = 2000 }; /* bytes of a part, of a name; roughly */

/* NULL, or what is wrong with template. */
const char *naming_check(const char *template);

/* What a name is made of. */
struct naming_source {
	const char *url; /* in its normal form, as target.h has it */
	const char *record; /* the record of input that it is from, of len bytes */
	size_t len;
};

/* Put the name by template, one that was checked, and a NUL. */
void
naming_put(struct bytes *out, const char *template, const struct naming_source *source);

enum { NAMING_HASH = 33 };

/* 128 bits of a cryptographic hash of data, in hexadecimal digits. */
void naming_hash(char out[static NAMING_HASH], const char *data, size_t len);

#endif
