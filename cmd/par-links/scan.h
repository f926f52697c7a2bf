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

/* Elements that are given out come first. */
enum element {
	ELEMENT_A,
	ELEMENT_AREA,
	ELEMENT_BASE,
	ELEMENT_LINKS, /* how many those are */
	ELEMENT_SCRIPT = ELEMENT_LINKS,
	ELEMENT_RAW, /* style, textarea and the like: text up to their end tag */
	ELEMENT_TITLE,
	ELEMENT_PLAINTEXT,
	ELEMENT_TEMPLATE,
	ELEMENT_SVG,
	ELEMENT_MATH,
	ELEMENT_SVG_TEXT, /* foreignObject, desc: HTML inside SVG */
	ELEMENT_MATH_TEXT, /* mi, mo and the like: HTML inside MathML */
	ELEMENT_ANNOTATION,
	ELEMENT_FONT,
	ELEMENT_BREAKOUT, /* div, p and the like: end SVG and MathML */
	ELEMENT_OTHER
};

/* What is open around: SVG, MathML, and HTML inside them. */
enum context { CONTEXT_SVG, CONTEXT_MATH, CONTEXT_SVG_HTML, CONTEXT_MATH_HTML, CONTEXTS };

struct scanner {
	struct pattern html, foreign; /* the next tag that matters in either */
	struct pattern script; /* the text of a script */
	struct pattern base; /* what may be a <base> */
	unsigned char *contexts; /* a stack; kept from page to page */
	size_t room;
};

/* 0, or -1 and a sentence in why. */
int scanner_open(struct scanner *scanner, char why[static PATTERN_WHY]);
void scanner_close(struct scanner *scanner);

/* Is there a "<base" in the page at all, be it in a comment? */
bool scanner_base(struct scanner *scanner, const char *data, size_t len);

/* A start tag; the strings point into the page, and are not decoded. */
struct scan_tag {
	enum element element;
	bool in_template; /* not part of the document */
	const char *href; /* of its first attribute of that name; NULL: it has none */
	size_t href_len;
};

/* One page. */
struct scan {
	struct scanner *scanner;
	const char *data;
	size_t len, at;
	size_t depth; /* of scanner->contexts */
	size_t open[CONTEXTS]; /* how many of each are in it */
	size_t templates; /* how many are open */
};

void scan_begin(struct scan *scan, struct scanner *scanner, const char *data, size_t len);

/* The next tag: 1 and *tag, 0 at the end of the page, -1 without memory. */
int scan_next(struct scan *scan, struct scan_tag *tag);

#endif
