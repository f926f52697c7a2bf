/* SPDX-License-Identifier: ISC */
/*
 * page - the links of one page record: its fields, its encoding, its base, its tags.
 *
 *	URL status content-type effective-URL error body     more fields may follow
 */
#ifndef PAR_LINKS_PAGE_H
#define PAR_LINKS_PAGE_H

#include "pages.h"
#include "record.h"

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
