/* SPDX-License-Identifier: ISC */
/*
 * idna - names of hosts in all scripts as DNS knows them: the domain to ASCII of the
 * URL Standard, by ICU, as browsers do it.
 */
#ifndef PAR_LINKS_IDNA_H
#define PAR_LINKS_IDNA_H

#include <stddef.h>

/* Have ICU load its tables: later there may be no files to be read. */
void idna_open(void);

/*
 * Write domain, len bytes that ought to be UTF-8, to dst as ASCII; room for size
 * bytes, no overlap.  Returns its length, or -1: a browser would refuse it, or there
 * is no room.
 */
long idna_to_ascii(char *dst, size_t size, const char *domain, size_t len);

#endif
