/* SPDX-License-Identifier: ISC */
/*
 * idna - names of hosts in all scripts as DNS knows them: the domain to ASCII of the
 * URL Standard.
 */
#ifndef PAR_IDNA_H
#define PAR_IDNA_H

#include <stddef.h>

/* A way to write names of hosts in ASCII. */
struct idna {
	/*
	 * Write domain, len bytes that ought to be UTF-8, to dst; room for size bytes,
	 * no overlap.  Returns its length, or -1 with errno: EINVAL, a browser would
	 * refuse it or there is no room; ENOMEM.
	 */
	long (*to_ascii)(char *dst, size_t size, const char *domain, size_t len);
};

/*
 * By ICU, as browsers do it.  A program that uses it names icu-uc in its packages; in
 * others, and without ICU, it is not there.
 */
extern const struct idna idna_icu;

/* Have ICU load its tables: later there may be no files to be read. */
void idna_open(void);

#endif
