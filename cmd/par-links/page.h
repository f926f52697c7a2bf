/* SPDX-License-Identifier: ISC */
/*
 * page - the links of one page record: its fields, its encoding, its base, its tags.
 *
 *	URL status content-type effective-URL error body     more fields may follow
 */
#ifndef PAR_LINKS_PAGE_H
#define PAR_LINKS_PAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "build.h"
#include "charset.h"
#include "choice.h"
#include "link.h"
#include "room.h"
#include "stage.h"

/* The work on pages; all zero but for choice and sink to begin with. */
struct pages {
	const struct choice *choice;
	struct sink *sink;
	struct build build;
	struct room body, decoded, bytes, value, text, rel, document, base;
	char why[PATTERN_WHY];

	/* Of the page at work on: */
	const char *data; /* its body */
	size_t len;
	bool html, xml; /* xml: it is XHTML */
	const struct charset *charset; /* what data is in */
};

/* Make ready what is the same for all pages. */
void pages_open(struct pages *pages);

/*
 * Put the links of the page record rec.  NULL, or why the record failed, valid
 * until the next call; what was put before stands.  Ends the program when there
 * is no memory.
 */
const char *page_links(struct pages *pages, const struct record *rec);

void pages_close(struct pages *pages);

#endif
