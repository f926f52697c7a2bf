/* SPDX-License-Identifier: ISC */
/*
 * name - the elements that building the tree of a page tells apart, and what is
 * said of each of them in section 13.2 of the HTML Standard.
 */
#ifndef PAR_LINKS_NAME_H
#define PAR_LINKS_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the start tag of an element does in the body. */
enum name_rule {
	RULE_ANY, /* nothing that is its own */
	RULE_IGNORED, /* has no place there */
	RULE_HTML,
	RULE_BODY,
	RULE_FRAMESET,
	RULE_HEAD, /* is of the head: void there */
	RULE_HEAD_RAW, /* the same, and holds raw text */
	RULE_TEMPLATE,
	RULE_BLOCK, /* ends a paragraph */
	RULE_HEADING,
	RULE_PRE,
	RULE_FORM,
	RULE_LI,
	RULE_DD, /* dd, dt */
	RULE_PLAINTEXT,
	RULE_BUTTON,
	RULE_A,
	RULE_FORMAT, /* b, i, font and the like */
	RULE_NOBR,
	RULE_OBJECT,
	RULE_TABLE,
	RULE_VOID, /* br, img and the like */
	RULE_INPUT,
	RULE_PARAM,
	RULE_HR,
	RULE_IMAGE,
	RULE_TEXTAREA,
	RULE_XMP,
	RULE_IFRAME,
	RULE_NOEMBED,
	RULE_SELECT,
	RULE_OPTION,
	RULE_OPTGROUP,
	RULE_RUBY_BASE, /* rb, rtc */
	RULE_RUBY_TEXT, /* rp, rt */
	RULE_MATH,
	RULE_SVG,
	RULE_COUNT
};

/* What else is true of an element. */
enum {
	IS_SPECIAL = 1, /* the category of that name */
	IS_IMPLIED = 2, /* its end may be left out */
	IS_IMPLIED_ALL = 4, /* also where it is generated "thoroughly" */
	IS_SCOPE = 8, /* bounds what is "in scope" */
	IS_TABLE_SCOPE = 16,
	IS_TABLE_PART = 32, /* where text and most elements are put before the table */
	ENDS_BLOCK = 64, /* its end tag closes all up to it, if it is in scope */
	BREAKS_OUT = 128, /* its start tag ends SVG and MathML */
	IS_MATH_POINT = 256, /* HTML inside MathML */
	IS_SVG_POINT = 512 /* HTML inside SVG */
};

/* Each element: its name, rule and flags. */
#define NAMES(X)                                                                         \
	X(A, "a", RULE_A, 0)                                                             \
	X(ADDRESS, "address", RULE_BLOCK, IS_SPECIAL | ENDS_BLOCK)                       \
	X(ANNOTATION_XML, "annotation-xml", RULE_ANY, 0)                                 \
	X(APPLET, "applet", RULE_OBJECT, IS_SPECIAL | IS_SCOPE)                          \
	X(AREA, "area", RULE_VOID, IS_SPECIAL)                                           \
	X(ARTICLE, "article", RULE_BLOCK, IS_SPECIAL | ENDS_BLOCK)                       \
	X(ASIDE, "aside", RULE_BLOCK, IS_SPECIAL | ENDS_BLOCK)                           \
	X(AUDIO, "audio", RULE_ANY, 0)                                                   \
	X(B, "b", RULE_FORMAT, BREAKS_OUT)                                               \
	X(BASE, "base", RULE_HEAD, IS_SPECIAL)                                           \
	X(BASEFONT, "basefont", RULE_HEAD, IS_SPECIAL)                                   \
	X(BGSOUND, "bgsound", RULE_HEAD, IS_SPECIAL)                                     \
	X(BIG, "big", RULE_FORMAT, BREAKS_OUT)                                           \
	X(BLOCKQUOTE, "blockquote", RULE_BLOCK, IS_SPECIAL | ENDS_BLOCK | BREAKS_OUT)    \
	X(BODY, "body", RULE_BODY, IS_SPECIAL | BREAKS_OUT)                              \
	X(BR, "br", RULE_VOID, IS_SPECIAL | BREAKS_OUT)                                  \
	X(BUTTON, "button", RULE_BUTTON, IS_SPECIAL | ENDS_BLOCK)                        \
	X(CAPTION, "caption", RULE_IGNORED, IS_SPECIAL | IS_IMPLIED_ALL | IS_SCOPE)      \
	X(CENTER, "center", RULE_BLOCK, IS_SPECIAL | ENDS_BLOCK | BREAKS_OUT)            \
	X(CODE, "code", RULE_FORMAT, BREAKS_OUT)                                         \
	X(COL, "col", RULE_IGNORED, IS_SPECIAL)                                          \
	X(COLGROUP, "colgroup", RULE_IGNORED, IS_SPECIAL | IS_IMPLIED_ALL)               \
	X(DD, "dd", RULE_DD, IS_SPECIAL | IS_IMPLIED | BREAKS_OUT)                       \
	X(DEL, "del", RULE_ANY, 0)                                                       \
	X(DESC, "desc", RULE_ANY, IS_SVG_POINT)                                          \
	X(DETAILS, "details", RULE_BLOCK, IS_SPECIAL | ENDS_BLOCK)                       \
	X(DIALOG, "dialog", RULE_BLOCK, ENDS_BLOCK)                                      \
	X(DIR, "dir", RULE_BLOCK, IS_SPECIAL | ENDS_BLOCK)                               \
	X(DIV, "div", RULE_BLOCK, IS_SPECIAL | ENDS_BLOCK | BREAKS_OUT)                  \
	X(DL, "dl", RULE_BLOCK, IS_SPECIAL | ENDS_BLOCK | BREAKS_OUT)                    \
	X(DT, "dt", RULE_DD, IS_SPECIAL | IS_IMPLIED | BREAKS_OUT)                       \
	X(EM, "em", RULE_FORMAT, BREAKS_OUT)                                             \
	X(EMBED, "embed", RULE_VOID, IS_SPECIAL | BREAKS_OUT)                            \
	X(FIELDSET, "fieldset", RULE_BLOCK, IS_SPECIAL | ENDS_BLOCK)                     \
	X(FIGCAPTION, "figcaption", RULE_BLOCK, IS_SPECIAL | ENDS_BLOCK)                 \
	X(FIGURE, "figure", RULE_BLOCK, IS_SPECIAL | ENDS_BLOCK)                         \
	X(FONT, "font", RULE_FORMAT, 0)                                                  \
	X(FOOTER, "footer", RULE_BLOCK, IS_SPECIAL | ENDS_BLOCK)                         \
	X(FOREIGNOBJECT, "foreignobject", RULE_ANY, IS_SVG_POINT)                        \
	X(FORM, "form", RULE_FORM, IS_SPECIAL)                                           \
	X(FRAME, "frame", RULE_IGNORED, IS_SPECIAL)                                      \
	X(FRAMESET, "frameset", RULE_FRAMESET, IS_SPECIAL)                               \
	X(H1, "h1", RULE_HEADING, IS_SPECIAL | BREAKS_OUT)                               \
	X(H2, "h2", RULE_HEADING, IS_SPECIAL | BREAKS_OUT)                               \
	X(H3, "h3", RULE_HEADING, IS_SPECIAL | BREAKS_OUT)                               \
	X(H4, "h4", RULE_HEADING, IS_SPECIAL | BREAKS_OUT)                               \
	X(H5, "h5", RULE_HEADING, IS_SPECIAL | BREAKS_OUT)                               \
	X(H6, "h6", RULE_HEADING, IS_SPECIAL | BREAKS_OUT)                               \
	X(HEAD, "head", RULE_IGNORED, IS_SPECIAL | BREAKS_OUT)                           \
	X(HEADER, "header", RULE_BLOCK, IS_SPECIAL | ENDS_BLOCK)                         \
	X(HGROUP, "hgroup", RULE_BLOCK, IS_SPECIAL | ENDS_BLOCK)                         \
	X(HR, "hr", RULE_HR, IS_SPECIAL | BREAKS_OUT)                                    \
	X(HTML, "html", RULE_HTML, IS_SPECIAL | IS_SCOPE | IS_TABLE_SCOPE)               \
	X(I, "i", RULE_FORMAT, BREAKS_OUT)                                               \
	X(IFRAME, "iframe", RULE_IFRAME, IS_SPECIAL)                                     \
	X(IMAGE, "image", RULE_IMAGE, 0)                                                 \
	X(IMG, "img", RULE_VOID, IS_SPECIAL | BREAKS_OUT)                                \
	X(INPUT, "input", RULE_INPUT, IS_SPECIAL)                                        \
	X(INS, "ins", RULE_ANY, 0)                                                       \
	X(KEYGEN, "keygen", RULE_VOID, IS_SPECIAL)                                       \
	X(LI, "li", RULE_LI, IS_SPECIAL | IS_IMPLIED | BREAKS_OUT)                       \
	X(LINK, "link", RULE_HEAD, IS_SPECIAL)                                           \
	X(LISTING, "listing", RULE_PRE, IS_SPECIAL | ENDS_BLOCK | BREAKS_OUT)            \
	X(MAIN, "main", RULE_BLOCK, IS_SPECIAL | ENDS_BLOCK)                             \
	X(MALIGNMARK, "malignmark", RULE_ANY, 0)                                         \
	X(MARQUEE, "marquee", RULE_OBJECT, IS_SPECIAL | IS_SCOPE)                        \
	X(MATH, "math", RULE_MATH, 0)                                                    \
	X(MENU, "menu", RULE_BLOCK, IS_SPECIAL | ENDS_BLOCK | BREAKS_OUT)                \
	X(META, "meta", RULE_HEAD, IS_SPECIAL | BREAKS_OUT)                              \
	X(MGLYPH, "mglyph", RULE_ANY, 0)                                                 \
	X(MI, "mi", RULE_ANY, IS_MATH_POINT)                                             \
	X(MN, "mn", RULE_ANY, IS_MATH_POINT)                                             \
	X(MO, "mo", RULE_ANY, IS_MATH_POINT)                                             \
	X(MS, "ms", RULE_ANY, IS_MATH_POINT)                                             \
	X(MTEXT, "mtext", RULE_ANY, IS_MATH_POINT)                                       \
	X(NAV, "nav", RULE_BLOCK, IS_SPECIAL | ENDS_BLOCK)                               \
	X(NOBR, "nobr", RULE_NOBR, BREAKS_OUT)                                           \
	X(NOEMBED, "noembed", RULE_NOEMBED, IS_SPECIAL)                                  \
	X(NOFRAMES, "noframes", RULE_HEAD_RAW, IS_SPECIAL)                               \
	X(NOSCRIPT, "noscript", RULE_ANY, IS_SPECIAL)                                    \
	X(OBJECT, "object", RULE_OBJECT, IS_SPECIAL | IS_SCOPE)                          \
	X(OL, "ol", RULE_BLOCK, IS_SPECIAL | ENDS_BLOCK | BREAKS_OUT)                    \
	X(OPTGROUP, "optgroup", RULE_OPTGROUP, IS_IMPLIED)                               \
	X(OPTION, "option", RULE_OPTION, IS_IMPLIED)                                     \
	X(P, "p", RULE_BLOCK, IS_SPECIAL | IS_IMPLIED | BREAKS_OUT)                      \
	X(PARAM, "param", RULE_PARAM, IS_SPECIAL)                                        \
	X(PLAINTEXT, "plaintext", RULE_PLAINTEXT, IS_SPECIAL)                            \
	X(PRE, "pre", RULE_PRE, IS_SPECIAL | ENDS_BLOCK | BREAKS_OUT)                    \
	X(Q, "q", RULE_ANY, 0)                                                           \
	X(RB, "rb", RULE_RUBY_BASE, IS_IMPLIED)                                          \
	X(RP, "rp", RULE_RUBY_TEXT, IS_IMPLIED)                                          \
	X(RT, "rt", RULE_RUBY_TEXT, IS_IMPLIED)                                          \
	X(RTC, "rtc", RULE_RUBY_BASE, IS_IMPLIED)                                        \
	X(RUBY, "ruby", RULE_ANY, BREAKS_OUT)                                            \
	X(S, "s", RULE_FORMAT, BREAKS_OUT)                                               \
	X(SCRIPT, "script", RULE_HEAD_RAW, IS_SPECIAL)                                   \
	X(SEARCH, "search", RULE_BLOCK, ENDS_BLOCK) /* not special, as in Chromium */    \
	X(SECTION, "section", RULE_BLOCK, IS_SPECIAL | ENDS_BLOCK)                       \
	X(SELECT, "select", RULE_SELECT, IS_SPECIAL | IS_SCOPE | ENDS_BLOCK)             \
	X(SMALL, "small", RULE_FORMAT, BREAKS_OUT)                                       \
	X(SOURCE, "source", RULE_PARAM, IS_SPECIAL)                                      \
	X(SPAN, "span", RULE_ANY, BREAKS_OUT)                                            \
	X(STRIKE, "strike", RULE_FORMAT, BREAKS_OUT)                                     \
	X(STRONG, "strong", RULE_FORMAT, BREAKS_OUT)                                     \
	X(STYLE, "style", RULE_HEAD_RAW, IS_SPECIAL)                                     \
	X(SUB, "sub", RULE_ANY, BREAKS_OUT)                                              \
	X(SUMMARY, "summary", RULE_BLOCK, IS_SPECIAL | ENDS_BLOCK)                       \
	X(SUP, "sup", RULE_ANY, BREAKS_OUT)                                              \
	X(SVG, "svg", RULE_SVG, 0)                                                       \
	X(TABLE, "table", RULE_TABLE,                                                    \
	    IS_SPECIAL | IS_SCOPE | IS_TABLE_SCOPE | IS_TABLE_PART | BREAKS_OUT)         \
	X(TBODY, "tbody", RULE_IGNORED, IS_SPECIAL | IS_IMPLIED_ALL | IS_TABLE_PART)     \
	X(TD, "td", RULE_IGNORED, IS_SPECIAL | IS_IMPLIED_ALL | IS_SCOPE)                \
	X(TEMPLATE, "template", RULE_TEMPLATE, IS_SPECIAL | IS_SCOPE | IS_TABLE_SCOPE)   \
	X(TEXTAREA, "textarea", RULE_TEXTAREA, IS_SPECIAL)                               \
	X(TFOOT, "tfoot", RULE_IGNORED, IS_SPECIAL | IS_IMPLIED_ALL | IS_TABLE_PART)     \
	X(TH, "th", RULE_IGNORED, IS_SPECIAL | IS_IMPLIED_ALL | IS_SCOPE)                \
	X(THEAD, "thead", RULE_IGNORED, IS_SPECIAL | IS_IMPLIED_ALL | IS_TABLE_PART)     \
	X(TITLE, "title", RULE_HEAD_RAW, IS_SPECIAL | IS_SVG_POINT)                      \
	X(TR, "tr", RULE_IGNORED, IS_SPECIAL | IS_IMPLIED_ALL | IS_TABLE_PART)           \
	X(TRACK, "track", RULE_PARAM, IS_SPECIAL)                                        \
	X(TT, "tt", RULE_FORMAT, BREAKS_OUT)                                             \
	X(U, "u", RULE_FORMAT, BREAKS_OUT)                                               \
	X(UL, "ul", RULE_BLOCK, IS_SPECIAL | ENDS_BLOCK | BREAKS_OUT)                    \
	X(USE, "use", RULE_ANY, 0)                                                       \
	X(VAR, "var", RULE_ANY, BREAKS_OUT)                                              \
	X(VIDEO, "video", RULE_ANY, 0)                                                   \
	X(WBR, "wbr", RULE_VOID, IS_SPECIAL)                                             \
	X(XMP, "xmp", RULE_XMP, IS_SPECIAL)

/* NAME_OTHER is all others. */
#define NAME_ENUM(id, text, rule, flags) NAME_##id,
enum name { NAME_OTHER, NAMES(NAME_ENUM) NAME_COUNT };
#undef NAME_ENUM

struct name_facts {
	const char *text; /* lowercase; NULL of NAME_OTHER */
	unsigned char rule; /* enum name_rule */
	unsigned short flags;
};

extern const struct name_facts name_facts[NAME_COUNT];

enum { NAME_SLOTS = 512 };

/* Names by what they are called: a hash table, made once. */
struct names {
	struct {
		uint64_t key; /* the first eight bytes */
		unsigned char len, name;
	} slots[NAME_SLOTS];
};

void names_open(struct names *names);

/* The element called text, in letters of any case. */
enum name name_find(const struct names *names, const char *text, size_t len);

static inline bool
name_is(enum name name, unsigned flags)
{
	return (name_facts[name].flags & flags) != 0;
}

static inline bool
name_is_heading(enum name name)
{
	return name >= NAME_H1 && name <= NAME_H6;
}

#endif
