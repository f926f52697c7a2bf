/* SPDX-License-Identifier: ISC */
/*
 * scan - the tags of a page that matter, as the tokenizer of the HTML Standard
 * sees them: not those in comments, scripts, styles and other raw text, nor
 * what looks like one inside an attribute.
 *
 * PCRE2 finds them: one search passes over all that does not matter, with
 * possessive groups only, so that nothing is ever tried twice and the work is
 * linear in the page, whatever it holds.  What ends raw text depends on the tag
 * that began it, and what counts as raw text on SVG and MathML around it; that
 * little is C.  The tree is not built: a link is given where its tag stands.
 */
#ifndef PAR_LINKS_SCAN_H
#define PAR_LINKS_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "pattern.h"

/* Elements that change what the tags after them mean. */
enum element {
	ELEMENT_SCRIPT,
	ELEMENT_RAW, /* style, textarea and the like: text up to their end tag */
	ELEMENT_TITLE,
	ELEMENT_PLAINTEXT,
	ELEMENT_TEMPLATE,
	ELEMENT_SVG,
	ELEMENT_MATH,
	ELEMENT_SVG_TEXT, /* foreignObject, desc: HTML inside SVG */
	ELEMENT_MATH_TEXT, /* mi, mo and the like: HTML inside MathML */
	ELEMENT_ANNOTATION,
	ELEMENT_ANCHOR,
	ELEMENT_FONT,
	ELEMENT_BREAKOUT, /* div, p and the like: end SVG and MathML */
	ELEMENT_OTHER
};

/* What is open around: SVG, MathML, and HTML inside them. */
enum context { CONTEXT_SVG, CONTEXT_MATH, CONTEXT_SVG_HTML, CONTEXT_MATH_HTML, CONTEXTS };

enum {
	SCAN_WANTED_MAX = 64,
	SCAN_TEXT_MAX = 32 << 10 /* how far the text of an anchor is looked for, bytes */
};

struct scanner {
	struct pattern html, foreign; /* the next tag that matters in either */
	struct pattern meta; /* the next <meta>, of what comes before all else */
	struct pattern script; /* the text of a script */
	struct pattern base; /* what may be a <base> */
	struct pattern attribute;
	struct pattern text; /* what an anchor holds */
	struct {
		const char *name;
		size_t len;
		enum element element;
	} wanted[SCAN_WANTED_MAX]; /* tags to give out */
	size_t wanted_count;
	unsigned char *contexts; /* a stack; kept from page to page */
	size_t room;
};

/*
 * Look for start tags of count elements, lowercase names that stay valid, each
 * named once, at most SCAN_WANTED_MAX.  0, or -1 and a sentence in why.
 */
int scanner_open(struct scanner *scanner, const char *const *elements, size_t count,
    char why[static PATTERN_WHY]);
void scanner_close(struct scanner *scanner);

/* Is there a "<base" in the page at all, be it in a comment? */
bool scanner_base(struct scanner *scanner, const char *data, size_t len);

/* A start tag; the strings point into the page, and are not decoded. */
struct scan_tag {
	const char *name; /* as scanner_open() was given it */
	bool foreign; /* of SVG or MathML */
	bool in_template; /* not part of the document */
	const char *href; /* of its first attribute of that name; NULL: it has none */
	size_t href_len;
	const char *attrs; /* what follows its name, to its ">" */
	size_t attrs_len;
};

/* The value of the first attribute called name, lowercase; false if there is none. */
bool scan_attribute(struct scanner *scanner, const struct scan_tag *tag, const char *name,
    const char **value, size_t *len);

/*
 * The next <meta> from *at on, found as browsers look for an encoding before they
 * begin: no text is raw.  False if there is none; *at is set to its end.
 */
bool scanner_meta(struct scanner *scanner, const char *data, size_t len, size_t *at,
    struct scan_tag *tag);

/* One page. */
struct scan {
	struct scanner *scanner;
	const char *data;
	size_t len, at;
	bool xml; /* caller may set: no text is raw, and CDATA is what it says */
	size_t depth; /* of scanner->contexts */
	size_t open[CONTEXTS]; /* how many of each are in it */
	size_t anchors; /* how many are open in the innermost SVG or MathML */
	size_t templates; /* how many are open */
};

void scan_begin(struct scan *scan, struct scanner *scanner, const char *data, size_t len);

/* The next tag: 1 and *tag, 0 at the end of the page, -1 without memory. */
int scan_next(struct scan *scan, struct scan_tag *tag);

/*
 * The next piece of the text between the tag given last, or *at if it is not 0,
 * and the next start or end tag of an anchor.  False: there is no more.
 */
bool scan_text(const struct scan *scan, size_t *at, const char **text, size_t *len);

#endif
