/* SPDX-License-Identifier: ISC */
/*
 * as_is - pages that come as they are, a whole input each, made into page records.
 */
#ifndef PAR_LINKS_AS_IS_H
#define PAR_LINKS_AS_IS_H

#include <stddef.h>

#include "bytes.h"
#include "record.h"

/* All zero to begin with. */
struct as_is {
	char *folder; /* that names of files begin in, with "file://"; or NULL */
	struct bytes body, text; /* a page, and its record */
	uint64_t count;
};

/* Find out where names of files begin, while that may still be asked. */
void as_is_open(struct as_is *pages);

/*
 * Make a record of all that fd has, of at most max bytes.  Its URL is base, or that of
 * the file called name; where both are NULL it is "-", which is none.  RECORD_OK, or
 * RECORD_TOO_LONG, or RECORD_ERROR with errno.  out stays valid until the next call, also
 * for what is too long: it has no body then.
 */
enum record_status as_is_read(struct as_is *pages, int fd, const char *name,
    const char *base, size_t max, struct record *out);

void as_is_close(struct as_is *pages);

#endif
