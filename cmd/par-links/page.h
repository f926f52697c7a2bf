/* SPDX-License-Identifier: ISC */
/*
 * page - the links of one page record, resolved, as link records.
 *
 *	URL status content-type effective-URL error body     in, more fields may follow
 *	URL link                                             out, one for each link
 */
#ifndef PAR_LINKS_PAGE_H
#define PAR_LINKS_PAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "field.h"
#include "pattern.h"
#include "scan.h"
#include "stage.h"
#include "url.h"

/* A buffer that grows as it must, and is used again for each record. */
struct room {
	char *data;
	size_t size;
};

/* What the user chose. */
struct choice {
	struct pattern *regex; /* what to look for instead of tags, or NULL */
	bool valid; /* leave out what is no URL */
};

/* The work on pages; all zero but for the first three to begin with. */
struct pages {
	struct stage *stage;
	const struct choice *choice;
	struct scanner *scanner;
	struct room body, value, cleaned, resolved, document, base_href;
	char why[PATTERN_WHY];

	/* Of the page at work on: */
	struct field name; /* its URL, as it is in the record */
	const char *text; /* its body */
	size_t text_len;
	bool html;
	struct url base; /* what links are resolved on */
	bool has_base;
};

/*
 * Put the links of the page record rec.  NULL, or why the record failed, valid
 * until the next call; what was put before stands.  Ends the program when there
 * is no memory.
 */
const char *page_links(struct pages *pages, const struct record *rec);

void pages_close(struct pages *pages);

#endif
