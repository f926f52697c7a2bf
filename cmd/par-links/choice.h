/* SPDX-License-Identifier: ISC */
/*
 * choice - what the user chose: which links, and what of them.
 */
#ifndef PAR_LINKS_CHOICE_H
#define PAR_LINKS_CHOICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kind.h"
#include "pattern.h"

/* Patterns of one option, which may be given more than once. */
struct pattern_list {
	struct pattern *all;
	size_t count, room;
	char why[PATTERN_WHY];
};

struct choice {
	struct kind_set kinds;
	struct pattern *regex; /* what to look for instead of tags, or NULL */
	struct pattern_list include, exclude; /* by what the link is */
	bool same_host, same_site; /* as the page */
	bool skip_nofollow;
	bool headers; /* page records have the header of the answer */
	bool valid; /* leave out what is no URL */
	bool unique; /* on one page */
	bool drop_fragments;
	uint64_t first; /* so many of a page; 0: all */
	bool raw; /* as it stands in the page */
	bool json;
	bool pages; /* a record of each page, after its links */
	bool show_kind, show_text, show_rel;
	struct sites *sites; /* what same_site needs */
};

/* Are all links put as they are resolved, and nothing but they? */
static inline bool
choice_is_plain(const struct choice *choice)
{
	return choice->include.count == 0 && choice->exclude.count == 0 &&
	    !choice->same_host && !choice->same_site && !choice->skip_nofollow &&
	    !choice->unique && !choice->drop_fragments && choice->first == 0 &&
	    !choice->raw && !choice->json && !choice->show_kind && !choice->show_text &&
	    !choice->show_rel;
}

/* Must more than the link itself be looked up in its tag? */
static inline bool
choice_needs_rel(const struct choice *choice)
{
	return choice->skip_nofollow || choice->show_rel || choice->kinds.canonical;
}

#endif
