/* SPDX-License-Identifier: ISC */
/*
 * listing - the links of what is no page of HTML: sitemaps and their index files, feeds
 * (RSS and Atom), and the Sitemap lines of robots.txt.
 */
#ifndef PAR_LINKS_LISTING_H
#define PAR_LINKS_LISTING_H

#include "pages.h"

enum listing { LISTING_NONE, LISTING_XML, LISTING_ROBOTS };

/* What a body of that type is, among those that are wanted; url is the field of its URL.
 */
enum listing listing_kind(
    const struct pages *pages, const struct field *type, const struct field *url);

/* Put the links of the one at work on. */
void listing_links(struct pages *pages, enum listing listing);

#endif
