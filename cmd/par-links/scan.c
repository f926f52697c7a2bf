/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "scan.h"

/* Which searches stop at a tag of that name. */
enum {
	HTML = 1, /* start tags in HTML */
	HTML_END = 2,
	FOREIGN = 4, /* start tags in SVG and MathML */
	FOREIGN_END = 8,
	BOTH = HTML | FOREIGN,
	INSIDE = FOREIGN | FOREIGN_END | HTML_END
};

struct name {
	const char *name;
	enum element element;
	unsigned stops;
};

/* Names of one first letter stand together; "a" is first, as it is the most frequent. */
static const struct name names[] = {
	{ "a", ELEMENT_A, BOTH },
	{ "area", ELEMENT_AREA, HTML },
	{ "annotation-xml", ELEMENT_ANNOTATION, INSIDE },
	{ "base", ELEMENT_BASE, HTML },
	{ "b", ELEMENT_BREAKOUT, FOREIGN },
	{ "big", ELEMENT_BREAKOUT, FOREIGN },
	{ "blockquote", ELEMENT_BREAKOUT, FOREIGN },
	{ "body", ELEMENT_BREAKOUT, FOREIGN },
	{ "br", ELEMENT_BREAKOUT, FOREIGN | FOREIGN_END },
	{ "center", ELEMENT_BREAKOUT, FOREIGN },
	{ "code", ELEMENT_BREAKOUT, FOREIGN },
	{ "dd", ELEMENT_BREAKOUT, FOREIGN },
	{ "desc", ELEMENT_SVG_TEXT, INSIDE },
	{ "div", ELEMENT_BREAKOUT, FOREIGN },
	{ "dl", ELEMENT_BREAKOUT, FOREIGN },
	{ "dt", ELEMENT_BREAKOUT, FOREIGN },
	{ "em", ELEMENT_BREAKOUT, FOREIGN },
	{ "embed", ELEMENT_BREAKOUT, FOREIGN },
	{ "font", ELEMENT_FONT, FOREIGN },
	{ "foreignobject", ELEMENT_SVG_TEXT, INSIDE },
	{ "h1", ELEMENT_BREAKOUT, FOREIGN },
	{ "h2", ELEMENT_BREAKOUT, FOREIGN },
	{ "h3", ELEMENT_BREAKOUT, FOREIGN },
	{ "h4", ELEMENT_BREAKOUT, FOREIGN },
	{ "h5", ELEMENT_BREAKOUT, FOREIGN },
	{ "h6", ELEMENT_BREAKOUT, FOREIGN },
	{ "head", ELEMENT_BREAKOUT, FOREIGN },
	{ "hr", ELEMENT_BREAKOUT, FOREIGN },
	{ "i", ELEMENT_BREAKOUT, FOREIGN },
	{ "iframe", ELEMENT_RAW, HTML },
	{ "img", ELEMENT_BREAKOUT, FOREIGN },
	{ "li", ELEMENT_BREAKOUT, FOREIGN },
	{ "listing", ELEMENT_BREAKOUT, FOREIGN },
	{ "math", ELEMENT_MATH, BOTH | FOREIGN_END },
	{ "menu", ELEMENT_BREAKOUT, FOREIGN },
	{ "meta", ELEMENT_BREAKOUT, FOREIGN },
	{ "mi", ELEMENT_MATH_TEXT, INSIDE },
	{ "mn", ELEMENT_MATH_TEXT, INSIDE },
	{ "mo", ELEMENT_MATH_TEXT, INSIDE },
	{ "ms", ELEMENT_MATH_TEXT, INSIDE },
	{ "mtext", ELEMENT_MATH_TEXT, INSIDE },
	{ "nobr", ELEMENT_BREAKOUT, FOREIGN },
	{ "noembed", ELEMENT_RAW, HTML },
	{ "noframes", ELEMENT_RAW, HTML },
	{ "ol", ELEMENT_BREAKOUT, FOREIGN },
	{ "p", ELEMENT_BREAKOUT, FOREIGN | FOREIGN_END },
	{ "plaintext", ELEMENT_PLAINTEXT, HTML },
	{ "pre", ELEMENT_BREAKOUT, FOREIGN },
	{ "ruby", ELEMENT_BREAKOUT, FOREIGN },
	{ "s", ELEMENT_BREAKOUT, FOREIGN },
	{ "script", ELEMENT_SCRIPT, HTML },
	{ "small", ELEMENT_BREAKOUT, FOREIGN },
	{ "span", ELEMENT_BREAKOUT, FOREIGN },
	{ "strike", ELEMENT_BREAKOUT, FOREIGN },
	{ "strong", ELEMENT_BREAKOUT, FOREIGN },
	{ "style", ELEMENT_RAW, HTML },
	{ "sub", ELEMENT_BREAKOUT, FOREIGN },
	{ "sup", ELEMENT_BREAKOUT, FOREIGN },
	{ "svg", ELEMENT_SVG, BOTH | FOREIGN_END },
	{ "table", ELEMENT_BREAKOUT, FOREIGN },
	{ "template", ELEMENT_TEMPLATE, HTML | HTML_END },
	{ "textarea", ELEMENT_RAW, HTML },
	{ "title", ELEMENT_TITLE, HTML | INSIDE },
	{ "tt", ELEMENT_BREAKOUT, FOREIGN },
	{ "u", ELEMENT_BREAKOUT, FOREIGN },
	{ "ul", ELEMENT_BREAKOUT, FOREIGN },
	{ "var", ELEMENT_BREAKOUT, FOREIGN },
	{ "xmp", ELEMENT_RAW, HTML },
};

enum { NAMES = sizeof(names) / sizeof(names[0]), SOURCE_MAX = 8192 };

/* Pieces of the patterns.  Attribute syntax is that of the tokenizer, 13.2.5.32 ff. */
#define BLANKS "\\t\\n\\f\\r "
#define BLANK "[" BLANKS "]*+"
#define GAP "[" BLANKS "/]*+" /* what may stand between attributes */
#define NAME_ENDS "[" BLANKS "/>]"
#define NAME_REST "[^" BLANKS "/>=]*+"
#define ATTR_NAME "[^" BLANKS "/>]" NAME_REST /* its first byte may be "=" */
#define BARE "[^" BLANKS ">\"'][^" BLANKS ">]*+"
/* An unclosed quote takes the rest of the page, where no ">" is left to match. */
#define VALUE BLANK "=" BLANK "(?:\"[^\"]*+(?:\"|\\z)|'[^']*+(?:'|\\z)|" BARE "|(?=>))"
#define ATTRS "(?:" GAP ATTR_NAME "(?:" VALUE ")?+)*+"
#define ATTRS_BUT(name)                                                                  \
	"(?:" GAP "(?!" name "[" BLANKS "/>=])" ATTR_NAME "(?:" VALUE ")?+)*+"
/* The attribute called name, its value as the next group. */
#define ATTR(name)                                                                       \
	GAP name "(?|" BLANK "=" BLANK "\"([^\"]*+)\"|" BLANK "=" BLANK                  \
		 "'([^']*+)'|" BLANK "=" BLANK "(" BARE ")|" BLANK "=" BLANK             \
		 "()(?=>)|()(?=" NAME_ENDS ")(?!" BLANK "=))"
#define TAG_REST "[^" BLANKS "/>]*+(?:[^=>]*+>|" ATTRS GAP ">)"
#define COMMENT "<!--(?:-?+>|[^-]*+(?:-(?!-!?>)[^-]*+)*+(?:--!?>|\\z))"
#define BOGUS "<[!?][^>]*+>|</[^a-z>][^>]*+>|</>"
#define CDATA "<!(?-i:\\[CDATA\\[)[^]]*+(?:](?!]>)[^]]*+)*+(?:]]>|\\z)"

/* Groups of the search for a tag. */
enum { GROUP_SLASH = 1, GROUP_NAME, GROUP_HREF, GROUP_GAP };

/* Add the names whose stops has any of wanted, as an alternation by first letter. */
static size_t
put_names(char *dst, size_t used, unsigned wanted)
{
	char letter = '\0';

	for (size_t i = 0; i < NAMES; i++) {
		const char *name = names[i].name;

		if ((names[i].stops & wanted) == 0)
			continue;
		if (*name != letter)
			used += (size_t)snprintf(dst + used, SOURCE_MAX - used,
			    "%s%c(?:", letter == '\0' ? "" : ")|", *name);
		else
			dst[used++] = '|';
		letter = *name;
		used += (size_t)snprintf(dst + used, SOURCE_MAX - used, "%s", name + 1);
	}
	return used + (size_t)snprintf(dst + used, SOURCE_MAX - used, ")");
}

/* The search for the next tag whose name's stops has start, or for end tags end. */
static int
compile_find(struct pattern *pattern, unsigned start, unsigned end, const char *extra,
    char why[static PATTERN_WHY])
{
	char source[SOURCE_MAX];
	size_t used;

	used = (size_t)snprintf(source, SOURCE_MAX, "(?:[^<]++|<(?!(?:");
	used = put_names(source, used, start);
	used += (size_t)snprintf(source + used, SOURCE_MAX - used,
	    ")" NAME_ENDS ")[a-z]" TAG_REST "|</(?!(?:");
	used = put_names(source, used, end);
	snprintf(source + used, SOURCE_MAX - used,
	    ")" NAME_ENDS ")[a-z]" TAG_REST "|" COMMENT "%s|" BOGUS "|<(?![a-z/!?]))*+"
	    "<(/?)([a-z][^" BLANKS "/>]*+)"
	    "(?:" ATTRS_BUT("href") ATTR("href") ")?+" ATTRS "(" GAP ")>",
	    extra);
	return pattern_open(
	    pattern, source, PCRE2_ANCHORED | PCRE2_CASELESS | PCRE2_DOTALL, NULL, why);
}

/*
 * Script data up to its end tag.  After "<!--" a "<script" hides the next
 * "</script", until "-->"; the dashes of "<!--" may be those of "-->" too.
 */
#define SCRIPT_END "/script(?=" NAME_ENDS ")"
static const char script_source[] =
    "(?:[^<]++|<(?!!--|" SCRIPT_END ")|<!"
    "(?:[^<-]++|-(?!->)|<(?!/?script" NAME_ENDS ")|<script(?=" NAME_ENDS ")"
    "(?:[^<-]++|-(?!->)|<(?!" SCRIPT_END "))*+(?:<" SCRIPT_END ")?+"
    ")*+(?:-->)?+"
    ")*+";

int
scanner_open(struct scanner *scanner, char why[static PATTERN_WHY])
{
	*scanner = (struct scanner){ 0 };
	if (compile_find(&scanner->html, HTML, HTML_END, "", why) < 0)
		return -1;
	if (compile_find(&scanner->foreign, FOREIGN, FOREIGN_END, "|" CDATA, why) < 0 ||
	    pattern_open(&scanner->script, script_source,
		PCRE2_ANCHORED | PCRE2_CASELESS | PCRE2_DOTALL, NULL, why) < 0 ||
	    pattern_open(&scanner->base, "<base", PCRE2_CASELESS, NULL, why) < 0) {
		scanner_close(scanner);
		return -1;
	}
	return 0;
}

void
scanner_close(struct scanner *scanner)
{
	pattern_close(&scanner->html);
	pattern_close(&scanner->foreign);
	pattern_close(&scanner->script);
	pattern_close(&scanner->base);
	free(scanner->contexts);
}

bool
scanner_base(struct scanner *scanner, const char *data, size_t len)
{
	return pattern_match(&scanner->base, data, len, 0, NULL) != 0;
}

void
scan_begin(struct scan *scan, struct scanner *scanner, const char *data, size_t len)
{
	*scan = (struct scan){ .scanner = scanner, .data = data, .len = len };
}

static enum element
element_of(const char *name, size_t len)
{
	for (size_t i = 0; i < NAMES; i++)
		if (strlen(names[i].name) == len &&
		    strncasecmp(names[i].name, name, len) == 0)
			return names[i].element;
	return ELEMENT_OTHER;
}

static bool
in_foreign(const struct scan *scan)
{
	if (scan->depth == 0)
		return false;
	return scan->scanner->contexts[scan->depth - 1] <= CONTEXT_MATH;
}

static int
push(struct scan *scan, enum context context)
{
	struct scanner *scanner = scan->scanner;

	if (scan->depth == scanner->room) {
		size_t room = scanner->room == 0 ? 64 : scanner->room * 2;
		unsigned char *contexts = realloc(scanner->contexts, room);

		if (contexts == NULL)
			return -1;
		scanner->contexts = contexts;
		scanner->room = room;
	}
	scanner->contexts[scan->depth++] = (unsigned char)context;
	scan->open[context]++;
	return 0;
}

static enum context
pop(struct scan *scan)
{
	enum context context = scan->scanner->contexts[--scan->depth];

	scan->open[context]--;
	return context;
}

/* Close the innermost context of that kind, and all in it, if one is open. */
static void
pop_to(struct scan *scan, enum context context)
{
	if (scan->open[context] > 0)
		while (pop(scan) != context)
			;
}

/* A start tag that has no place in SVG or MathML: they end before it. */
static void
break_out(struct scan *scan)
{
	while (in_foreign(scan))
		pop(scan);
}

/* Where the raw text that begins at scan->at, of an element called name, ends. */
static size_t
raw_end(const struct scan *scan, const char *name, size_t len)
{
	const char *end = scan->data + scan->len, *p = scan->data + scan->at;

	while ((p = memchr(p, '<', (size_t)(end - p))) != NULL) {
		if ((size_t)(end - p) > len + 2 && p[1] == '/' &&
		    strncasecmp(p + 2, name, len) == 0 && p[2 + len] != '\0' &&
		    strchr("\t\n\f\r />", p[2 + len]) != NULL)
			return (size_t)(p - scan->data);
		p++;
	}
	return scan->len;
}

/* A tag as it was found, before it is known what it means here. */
struct found {
	enum element element;
	bool end;
	bool closed; /* <svg/> */
	const char *name;
	size_t name_len;
};

/* What a tag in HTML changes.  0, or -1 without memory. */
static int
enter_html(struct scan *scan, const struct found *found)
{
	struct scanner *scanner = scan->scanner;

	switch ((int)found->element) {
	case ELEMENT_SCRIPT:
		pattern_match(&scanner->script, scan->data, scan->len, scan->at, NULL);
		scan->at = scanner->script.groups[1];
		break;
	case ELEMENT_RAW:
	case ELEMENT_TITLE:
		scan->at = raw_end(scan, found->name, found->name_len);
		break;
	case ELEMENT_PLAINTEXT:
		scan->at = scan->len;
		break;
	case ELEMENT_TEMPLATE:
		scan->templates++;
		break;
	case ELEMENT_SVG:
		return found->closed ? 0 : push(scan, CONTEXT_SVG);
	case ELEMENT_MATH:
		return found->closed ? 0 : push(scan, CONTEXT_MATH);
	default:
		break;
	}
	return 0;
}

/* The end of what holds HTML inside SVG or MathML, or of a template. */
static void
leave_html(struct scan *scan, const struct found *found)
{
	enum context innermost;

	if (found->element == ELEMENT_TEMPLATE && scan->templates > 0)
		scan->templates--;
	if (found->element == ELEMENT_TEMPLATE || scan->depth == 0)
		return;
	innermost = scan->scanner->contexts[scan->depth - 1];
	if (innermost == CONTEXT_SVG_HTML &&
	    (found->element == ELEMENT_SVG_TEXT || found->element == ELEMENT_TITLE))
		pop(scan);
	if (innermost == CONTEXT_MATH_HTML &&
	    (found->element == ELEMENT_MATH_TEXT || found->element == ELEMENT_ANNOTATION))
		pop(scan);
}

/* Does tag, from its name on, have one of the attributes of <font> that break out? */
static bool
has_any(const struct scan *scan, const struct found *found, const char *const *wanted)
{
	const char *end = scan->data + scan->at;

	for (; *wanted != NULL; wanted++) {
		size_t len = strlen(*wanted);

		for (const char *p = found->name + found->name_len; p + len < end; p++)
			if (strncasecmp(p, *wanted, len) == 0)
				return true;
	}
	return false;
}

/* What a start tag in SVG or MathML changes.  0, or -1 without memory. */
static int
enter_foreign(struct scan *scan, const struct found *found)
{
	static const char *const font[] = { "color", "face", "size", NULL };
	static const char *const html[] = { "text/html", "application/xhtml+xml", NULL };
	bool svg = scan->scanner->contexts[scan->depth - 1] == CONTEXT_SVG;

	switch ((int)found->element) {
	case ELEMENT_BREAKOUT:
		break_out(scan);
		return 0;
	case ELEMENT_FONT:
		if (has_any(scan, found, font))
			break_out(scan);
		return 0;
	case ELEMENT_SVG:
		return found->closed ? 0 : push(scan, CONTEXT_SVG);
	case ELEMENT_MATH:
		return svg || found->closed ? 0 : push(scan, CONTEXT_MATH);
	case ELEMENT_SVG_TEXT:
	case ELEMENT_TITLE:
		return !svg || found->closed ? 0 : push(scan, CONTEXT_SVG_HTML);
	case ELEMENT_MATH_TEXT:
		return svg || found->closed ? 0 : push(scan, CONTEXT_MATH_HTML);
	case ELEMENT_ANNOTATION:
		if (svg || found->closed || !has_any(scan, found, html))
			return 0;
		return push(scan, CONTEXT_MATH_HTML);
	default:
		return 0;
	}
}

static void
leave_foreign(struct scan *scan, const struct found *found)
{
	switch ((int)found->element) {
	case ELEMENT_BREAKOUT: /* </p> and </br> make an element */
		break_out(scan);
		break;
	case ELEMENT_SVG:
		if (scan->scanner->contexts[scan->depth - 1] == CONTEXT_SVG)
			pop(scan);
		break;
	case ELEMENT_MATH:
		if (scan->scanner->contexts[scan->depth - 1] == CONTEXT_MATH)
			pop(scan);
		break;
	case ELEMENT_SVG_TEXT:
	case ELEMENT_TITLE:
		pop_to(scan, CONTEXT_SVG_HTML);
		break;
	case ELEMENT_MATH_TEXT:
	case ELEMENT_ANNOTATION:
		pop_to(scan, CONTEXT_MATH_HTML);
		break;
	default:
		break;
	}
}

/* Take in a tag.  1: it is one to give out; 0, or -1 without memory. */
static int
take(struct scan *scan, const struct found *found)
{
	bool foreign = in_foreign(scan);

	if (found->end) {
		if (foreign)
			leave_foreign(scan, found);
		else
			leave_html(scan, found);
		return 0;
	}
	if (found->element < ELEMENT_LINKS)
		return 1;
	return foreign ? enter_foreign(scan, found) : enter_html(scan, found);
}

int
scan_next(struct scan *scan, struct scan_tag *tag)
{
	int given = 0;

	while (given == 0) {
		struct pattern *find =
		    in_foreign(scan) ? &scan->scanner->foreign : &scan->scanner->html;
		struct found found;
		const size_t *groups = find->groups;

		given = pattern_match(find, scan->data, scan->len, scan->at, NULL);
		if (given <= 0)
			return given;
		scan->at = groups[1];
		found.name = scan->data + groups[2 * GROUP_NAME];
		found.name_len = groups[2 * GROUP_NAME + 1] - groups[2 * GROUP_NAME];
		found.element = element_of(found.name, found.name_len);
		found.end = groups[2 * GROUP_SLASH + 1] > groups[2 * GROUP_SLASH];
		found.closed = groups[2 * GROUP_GAP + 1] > groups[2 * GROUP_GAP] &&
		    scan->data[groups[2 * GROUP_GAP + 1] - 1] == '/';
		given = take(scan, &found);
		tag->element = found.element;
		tag->href = NULL;
		if (groups[2 * GROUP_HREF] != PCRE2_UNSET) {
			tag->href = scan->data + groups[2 * GROUP_HREF];
			tag->href_len =
			    groups[2 * GROUP_HREF + 1] - groups[2 * GROUP_HREF];
		}
	}
	tag->in_template = scan->templates > 0;
	return given;
}
