/* SPDX-License-Identifier: ISC */
/*
 * idna - names of hosts in all scripts as DNS knows them: the domain to ASCII of the URL
 * Standard, which is UTS 46, not transitional, without the limits of DNS.  Its tables are
 * in the program, so that every program reads names in one way.
 */
#ifndef PAR_IDNA_H
#define PAR_IDNA_H

#include <stddef.h>

/*
 * Write domain, len bytes that ought to be UTF-8, to dst; room for size bytes, no
 * overlap. Returns its length, or -1: a browser would refuse it, or there is no room, or
 * one of its labels is other than ASCII and has more than 1000 characters.
 */
long idna_to_ascii(char *dst, size_t size, const char *domain, size_t len);

#endif
