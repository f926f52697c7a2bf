/* SPDX-License-Identifier: ISC */
/*
 * url_ipv6 - hosts that are IPv6 addresses.
 */
#ifndef PAR_URL_IPV6_H
#define PAR_URL_IPV6_H

#include <stddef.h>

/*
 * Write the address in brackets that in is, len bytes that begin with one, in the one way
 * that the URL Standard has, to dst, room for 48.  Its length, or -1: it is none.
 */
long ipv6_write(char *dst, const char *in, size_t len);

#endif
