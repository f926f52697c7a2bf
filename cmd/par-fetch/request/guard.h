/* SPDX-License-Identifier: ISC */
/*
 * guard - which addresses are public, so that URLs from strangers cannot reach
 * this machine, its neighbours or what a cloud tells its own machines.
 *
 * Addresses are looked at as numbers, after names were resolved and whatever
 * they were written as: nothing that comes between can change them.
 */
#ifndef PAR_FETCH_GUARD_H
#define PAR_FETCH_GUARD_H

#include <stdbool.h>
#include <sys/socket.h>

struct curl_slist;

/*
 * Is it of the Internet at large, and no loopback, private, link-local, shared,
 * multicast, documentation or metadata address, on its own or inside of an IPv6
 * one; or is it one of those that allowed lists (NULL: none)?
 */
bool guard_public(const struct sockaddr *address, const struct curl_slist *allowed);

/* Is the address that text is public?  What is no address is not. */
bool guard_public_text(const char *text, const struct curl_slist *allowed);

#endif
