/* SPDX-License-Identifier: ISC */
/*
 * link - a link on its way out: resolved, chosen or left out, put as a record.
 */
#ifndef PAR_LINKS_LINK_H
#define PAR_LINKS_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bytes.h"
#include "charset.h"
#include "choice.h"
#include "field.h"
#include "stage.h"
#include "table.h"
#include "url.h"

/* A link as it was found: UTF-8, character references decoded. */
struct link {
	const char *data;
	size_t len;
	const char *kind; /* the element */
	struct field text, rel; /* those that are asked for */
};

/*
 * Read a URL as url_parse() does, names of hosts in all scripts; false: it is none.
 * Ends the program without memory.
 */
bool
link_url(struct url *url, char *dst, const char *in, size_t len, const struct url *base);

/* Where links go; page to has_document are set anew for each page. */
struct sink {
	struct stage *stage;
	const struct choice *choice;
	struct pairs_encoders *encoders; /* of queries */

	struct field page; /* its URL, as its record has it */
	const struct charset *charset; /* what it is written in */
	struct url base; /* what links are resolved on */
	struct url document; /* where the page is */
	bool has_base, has_document;

	uint64_t count; /* put of this page */
	bool failed; /* a pattern ran away on one of its links; why tells */
	char why[PATTERN_WHY];
	struct table seen; /* links of this page */
	bool seen_open;
	struct bytes cleaned, query, resolved, line;
};

/* Begin a page. */
void sink_begin(struct sink *sink, struct field page);

/* Put a link that can be copied as it stands in the page; false if it is not one. */
bool sink_put_plain(struct sink *sink, const char *data, size_t len);

/* Put a link, or leave it out. */
void sink_put(struct sink *sink, const struct link *link);

/* Has the page as many links as are wanted? */
static inline bool
sink_full(const struct sink *sink)
{
	return sink->choice->first > 0 && sink->count >= sink->choice->first;
}

void sink_close(struct sink *sink);

#endif
