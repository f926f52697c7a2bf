/* SPDX-License-Identifier: ISC */
/*
 * build - the tree of a page, by the tree construction stage of the HTML Standard
 * (13.2.6), with scripts off.
 */
#ifndef PAR_LINKS_BUILD_H
#define PAR_LINKS_BUILD_H

#include <stdbool.h>
#include <stddef.h>

#include "mode.h"

/*
 * Build the tree of a page; wanted tells by enum name what may hold links.  If
 * build->tree.overflow links are missing.
 */
void build_page(struct build *build, const char *page, size_t len, const bool *wanted);

/* Begin the tree of a page, for build_page() and build_xml(). */
void build_begin(struct build *build, const char *page, size_t len, const bool *wanted);

void build_close(struct build *build);

#endif
