/* SPDX-License-Identifier: ISC */
/*
 * site - which hosts belong together: the part of a name that somebody could
 * register, by the public suffix list (libpsl).
 */
#ifndef PAR_SITE_H
#define PAR_SITE_H

#include <stdbool.h>
#include <stddef.h>

enum { SITE_HOST_MAX = 255 };

struct sites;

/* Read the list.  NULL if there is none, or this build has no libpsl. */
struct sites *sites_open(void);
void sites_close(struct sites *sites);

/*
 * Are two hosts, as URLs have them, of one site?  An address, and a host that is
 * a public suffix itself, is a site of its own.
 */
bool sites_same(
    const struct sites *sites, const char *a, size_t a_len, const char *b, size_t b_len);

#endif
