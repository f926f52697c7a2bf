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

/*
 * An end tag that is of no SVG or MathML ends them, as it will be that of an
 * element around them; one without such an element, which changes nothing, is
 * not told from it.
 */
static const struct name names[] = {
	{ "a", ELEMENT_ANCHOR, FOREIGN_END },
	{ "annotation-xml", ELEMENT_ANNOTATION, INSIDE },
	{ "b", ELEMENT_BREAKOUT, FOREIGN | FOREIGN_END },
	{ "big", ELEMENT_BREAKOUT, FOREIGN | FOREIGN_END },
	{ "blockquote", ELEMENT_BREAKOUT, FOREIGN | FOREIGN_END },
	{ "body", ELEMENT_BREAKOUT, FOREIGN },
	{ "br", ELEMENT_BREAKOUT, FOREIGN | FOREIGN_END },
	{ "center", ELEMENT_BREAKOUT, FOREIGN | FOREIGN_END },
	{ "code", ELEMENT_BREAKOUT, FOREIGN | FOREIGN_END },
	{ "dd", ELEMENT_BREAKOUT, FOREIGN | FOREIGN_END },
	{ "desc", ELEMENT_SVG_TEXT, INSIDE },
	{ "div", ELEMENT_BREAKOUT, FOREIGN | FOREIGN_END },
	{ "dl", ELEMENT_BREAKOUT, FOREIGN | FOREIGN_END },
	{ "dt", ELEMENT_BREAKOUT, FOREIGN | FOREIGN_END },
	{ "em", ELEMENT_BREAKOUT, FOREIGN | FOREIGN_END },
	{ "embed", ELEMENT_BREAKOUT, FOREIGN },
	{ "font", ELEMENT_FONT, FOREIGN },
	{ "foreignobject", ELEMENT_SVG_TEXT, INSIDE },
	{ "h1", ELEMENT_BREAKOUT, FOREIGN | FOREIGN_END },
	{ "h2", ELEMENT_BREAKOUT, FOREIGN | FOREIGN_END },
	{ "h3", ELEMENT_BREAKOUT, FOREIGN | FOREIGN_END },
	{ "h4", ELEMENT_BREAKOUT, FOREIGN | FOREIGN_END },
	{ "h5", ELEMENT_BREAKOUT, FOREIGN | FOREIGN_END },
	{ "h6", ELEMENT_BREAKOUT, FOREIGN | FOREIGN_END },
	{ "head", ELEMENT_BREAKOUT, FOREIGN },
	{ "hr", ELEMENT_BREAKOUT, FOREIGN },
	{ "i", ELEMENT_BREAKOUT, FOREIGN | FOREIGN_END },
	{ "iframe", ELEMENT_RAW, HTML },
	{ "img", ELEMENT_BREAKOUT, FOREIGN },
	{ "li", ELEMENT_BREAKOUT, FOREIGN | FOREIGN_END },
	{ "listing", ELEMENT_BREAKOUT, FOREIGN | FOREIGN_END },
	{ "math", ELEMENT_MATH, BOTH | FOREIGN_END },
	{ "menu", ELEMENT_BREAKOUT, FOREIGN | FOREIGN_END },
	{ "meta", ELEMENT_BREAKOUT, FOREIGN },
	{ "mi", ELEMENT_MATH_TEXT, INSIDE },
	{ "mn", ELEMENT_MATH_TEXT, INSIDE },
	{ "mo", ELEMENT_MATH_TEXT, INSIDE },
	{ "ms", ELEMENT_MATH_TEXT, INSIDE },
	{ "mtext", ELEMENT_MATH_TEXT, INSIDE },
	{ "nobr", ELEMENT_BREAKOUT, FOREIGN | FOREIGN_END },
	{ "noembed", ELEMENT_RAW, HTML },
	{ "noframes", ELEMENT_RAW, HTML },
	{ "ol", ELEMENT_BREAKOUT, FOREIGN | FOREIGN_END },
	{ "p", ELEMENT_BREAKOUT, FOREIGN | FOREIGN_END },
	{ "plaintext", ELEMENT_PLAINTEXT, HTML },
	{ "pre", ELEMENT_BREAKOUT, FOREIGN | FOREIGN_END },
	{ "ruby", ELEMENT_BREAKOUT, FOREIGN | FOREIGN_END },
	{ "s", ELEMENT_BREAKOUT, FOREIGN | FOREIGN_END },
	{ "script", ELEMENT_SCRIPT, HTML },
	{ "small", ELEMENT_BREAKOUT, FOREIGN | FOREIGN_END },
	{ "span", ELEMENT_BREAKOUT, FOREIGN | FOREIGN_END },
	{ "strike", ELEMENT_BREAKOUT, FOREIGN | FOREIGN_END },
	{ "strong", ELEMENT_BREAKOUT, FOREIGN | FOREIGN_END },
	{ "style", ELEMENT_RAW, HTML },
	{ "sub", ELEMENT_BREAKOUT, FOREIGN | FOREIGN_END },
	{ "sup", ELEMENT_BREAKOUT, FOREIGN | FOREIGN_END },
	{ "svg", ELEMENT_SVG, BOTH | FOREIGN_END },
	{ "table", ELEMENT_BREAKOUT, FOREIGN | FOREIGN_END },
	{ "template", ELEMENT_TEMPLATE, HTML | HTML_END },
	{ "textarea", ELEMENT_RAW, HTML },
	{ "title", ELEMENT_TITLE, HTML | INSIDE },
	{ "tt", ELEMENT_BREAKOUT, FOREIGN | FOREIGN_END },
	{ "u", ELEMENT_BREAKOUT, FOREIGN | FOREIGN_END },
	{ "ul", ELEMENT_BREAKOUT, FOREIGN | FOREIGN_END },
	{ "var", ELEMENT_BREAKOUT, FOREIGN | FOREIGN_END },
	{ "xmp", ELEMENT_RAW, HTML },
	{ "article", ELEMENT_BREAKOUT, FOREIGN_END },
	{ "aside", ELEMENT_BREAKOUT, FOREIGN_END },
	{ "button", ELEMENT_BREAKOUT, FOREIGN_END },
	{ "fieldset", ELEMENT_BREAKOUT, FOREIGN_END },
	{ "figure", ELEMENT_BREAKOUT, FOREIGN_END },
	{ "footer", ELEMENT_BREAKOUT, FOREIGN_END },
	{ "form", ELEMENT_BREAKOUT, FOREIGN_END },
	{ "header", ELEMENT_BREAKOUT, FOREIGN_END },
	{ "label", ELEMENT_BREAKOUT, FOREIGN_END },
	{ "main", ELEMENT_BREAKOUT, FOREIGN_END },
	{ "nav", ELEMENT_BREAKOUT, FOREIGN_END },
	{ "section", ELEMENT_BREAKOUT, FOREIGN_END },
	{ "td", ELEMENT_BREAKOUT, FOREIGN_END },
	{ "th", ELEMENT_BREAKOUT, FOREIGN_END },
	{ "tr", ELEMENT_BREAKOUT, FOREIGN_END },
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
#define IS BLANK "=" BLANK
#define VALUE IS "(?:\"[^\"]*+(?:\"|\\z)|'[^']*+(?:'|\\z)|" BARE "|(?=>))"
#define ATTRS "(?:" GAP ATTR_NAME "(?:" VALUE ")?+)*+"
#define ATTRS_BUT(name)                                                                  \
	"(?:" GAP "(?!" name "[" BLANKS "/>=])" ATTR_NAME "(?:" VALUE ")?+)*+"
/* The value, none included, as the next group. */
#define VALUE_GROUP                                                                      \
	"(?|" IS "\"([^\"]*+)\"|" IS "'([^']*+)'|" IS "(" BARE ")|" IS                   \
	"()(?=>)|()(?=" NAME_ENDS ")(?!" BLANK "=))"
#define TAG_REST "[^" BLANKS "/>]*+(?:[^=>]*+>|" ATTRS GAP ">)"
#define COMMENT "<!--(?:-?+>|[^-]*+(?:-(?!-!?>)[^-]*+)*+(?:--!?>|\\z))"
#define BOGUS "<[!?][^>]*+>|</[^a-z>][^>]*+>|</>"
#define CDATA "<!(?-i:\\[CDATA\\[)[^]]*+(?:](?!]>)[^]]*+)*+(?:]]>|\\z)"

/* Groups of the search for a tag. */
enum { GROUP_SLASH = 1, GROUP_NAME, GROUP_HREF, GROUP_GAP };

/* A pattern as it is put together. */
struct source {
	char text[SOURCE_MAX];
	size_t used;
};

static void
add(struct source *source, const char *text)
{
	source->used += (size_t)snprintf(
	    source->text + source->used, SOURCE_MAX - source->used, "%s", text);
}

/*
 * Add the names whose stops has any of those asked for, and those wanted, as
 * alternatives, grouped by first letter so that few are tried at a tag.
 */
static void
add_names(struct source *source, const struct scanner *scanner, unsigned stops)
{
	add(source, "(?:(?!)");
	for (int letter = 'a'; letter <= 'z'; letter++) {
		const char begin[] = { '|', (char)letter, '(', '?', ':', '(', '?', '!',
			')', '\0' };

		add(source, begin);
		for (size_t i = 0; i < NAMES; i++)
			if ((names[i].stops & stops) != 0 && names[i].name[0] == letter) {
				add(source, "|");
				add(source, names[i].name + 1);
			}
		for (size_t i = 0; scanner != NULL && i < scanner->wanted_count; i++)
			if (scanner->wanted[i].name[0] == letter) {
				add(source, "|");
				add(source, scanner->wanted[i].name + 1);
			}
		add(source, ")");
	}
	add(source, ")" NAME_ENDS);
}

/* The search for the next start tag of names, or end tag of ends. */
static int
compile_find(struct pattern *pattern, const struct source *starts,
    const struct source *ends, const char *extra, char why[static PATTERN_WHY])
{
	struct source source = { 0 };

	add(&source, "(?:[^<]++|<(?!");
	add(&source, starts->text);
	add(&source, ")[a-z]" TAG_REST "|</(?!");
	add(&source, ends->text);
	add(&source, ")[a-z]" TAG_REST "|" COMMENT);
	add(&source, extra);
	add(&source,
	    "|" BOGUS "|<(?![a-z/!?]))*+"
	    "<(/?)([a-z][^" BLANKS "/>]*+)"
	    "(?:" ATTRS_BUT("href") GAP "href" VALUE_GROUP ")?+" ATTRS "(" GAP ")>");
	return pattern_open(pattern, source.text,
	    PCRE2_ANCHORED | PCRE2_CASELESS | PCRE2_DOTALL, NULL, why);
}

static int
compile_finds(struct scanner *scanner, char why[static PATTERN_WHY])
{
	const struct source meta = { .text = "meta" NAME_ENDS },
			    none = { .text = "(?!)" };
	struct source starts = { 0 }, ends = { 0 };

	add_names(&starts, scanner, HTML);
	add_names(&ends, NULL, HTML_END);
	if (compile_find(&scanner->html, &starts, &ends, "", why) < 0)
		return -1;
	starts.used = ends.used = 0;
	add_names(&starts, scanner, FOREIGN);
	add_names(&ends, NULL, FOREIGN_END);
	if (compile_find(&scanner->foreign, &starts, &ends, "|" CDATA, why) < 0)
		return -1;
	return compile_find(&scanner->meta, &meta, &none, "", why);
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

/* One attribute: its name and its value. */
static const char attribute_source[] = GAP "(" ATTR_NAME ")" VALUE_GROUP;

/*
 * A piece of text, or the end of an anchor as the second group, or the name of an
 * element with raw text as the third.
 */
static const char text_source[] =
    "(?:" COMMENT "|" BOGUS
    "|</?(?!(?:a|script|style|textarea|title|xmp|iframe|noembed|noframes)" NAME_ENDS
    ")[a-z]" TAG_REST "|</(?!a" NAME_ENDS ")[a-z]" TAG_REST ")*+"
    "(?:((?:[^<]++|<(?![a-z/!?]))++)|(</?a)" NAME_ENDS "|<([a-z]++)" TAG_REST ")";

static enum element element_of(const char *name, size_t len);

/* What matching tags may mean, and that it is linear, is the same for all. */
static int
open_own(struct pattern *pattern, const char *source, char why[static PATTERN_WHY])
{
	return pattern_open(
	    pattern, source, PCRE2_ANCHORED | PCRE2_CASELESS | PCRE2_DOTALL, NULL, why);
}

int
scanner_open(struct scanner *scanner, const char *const *elements, size_t count,
    char why[static PATTERN_WHY])
{
	*scanner = (struct scanner){ .wanted_count = count };
	for (size_t i = 0; i < count; i++) {
		size_t len = strlen(elements[i]);

		scanner->wanted[i].name = elements[i];
		scanner->wanted[i].len = len;
		scanner->wanted[i].element = element_of(elements[i], len);
	}
	if (compile_finds(scanner, why) == 0 &&
	    open_own(&scanner->script, script_source, why) == 0 &&
	    open_own(&scanner->attribute, attribute_source, why) == 0 &&
	    open_own(&scanner->text, text_source, why) == 0 &&
	    pattern_open(&scanner->base, "<base", PCRE2_CASELESS, NULL, why) == 0)
		return 0;
	scanner_close(scanner);
	return -1;
}

void
scanner_close(struct scanner *scanner)
{
	pattern_close(&scanner->html);
	pattern_close(&scanner->foreign);
	pattern_close(&scanner->meta);
	pattern_close(&scanner->script);
	pattern_close(&scanner->base);
	pattern_close(&scanner->attribute);
	pattern_close(&scanner->text);
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
	scan->anchors = 0;
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
	case ELEMENT_MATH:
		scan->anchors = 0;
		if (found->closed)
			return 0;
		return push(
		    scan, found->element == ELEMENT_SVG ? CONTEXT_SVG : CONTEXT_MATH);
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

/* Does a tag of SVG or MathML have one of the attributes that end them? */
static bool
is_html_font(struct scanner *scanner, const struct scan_tag *tag)
{
	const char *value;
	size_t len;

	return scan_attribute(scanner, tag, "color", &value, &len) ||
	    scan_attribute(scanner, tag, "face", &value, &len) ||
	    scan_attribute(scanner, tag, "size", &value, &len);
}

/* Does an <annotation-xml> hold HTML? */
static bool
is_html_annotation(struct scanner *scanner, const struct scan_tag *tag)
{
	const char *value;
	size_t len;

	if (!scan_attribute(scanner, tag, "encoding", &value, &len))
		return false;
	return (len == 9 && strncasecmp(value, "text/html", len) == 0) ||
	    (len == 21 && strncasecmp(value, "application/xhtml+xml", len) == 0);
}

/* What a start tag in SVG or MathML changes.  0, or -1 without memory. */
static int
enter_foreign(struct scan *scan, const struct found *found, const struct scan_tag *tag)
{
	bool svg = scan->scanner->contexts[scan->depth - 1] == CONTEXT_SVG;

	switch ((int)found->element) {
	case ELEMENT_BREAKOUT:
		break_out(scan);
		return 0;
	case ELEMENT_ANCHOR:
		scan->anchors += !found->closed;
		return 0;
	case ELEMENT_FONT:
		if (is_html_font(scan->scanner, tag))
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
		if (svg || found->closed || !is_html_annotation(scan->scanner, tag))
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
	case ELEMENT_ANCHOR:
		if (scan->anchors > 0)
			scan->anchors--;
		else
			break_out(scan);
		break;
	case ELEMENT_BREAKOUT:
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

/* Take in a tag.  0, or -1 without memory. */
static int
take(struct scan *scan, const struct found *found, struct scan_tag *tag)
{
	bool foreign = in_foreign(scan);
	int got = 0;

	if (found->end && foreign)
		leave_foreign(scan, found);
	else if (found->end)
		leave_html(scan, found);
	else if (foreign)
		got = enter_foreign(scan, found, tag);
	else
		got = enter_html(scan, found);
	/* A tag that ends SVG is one of HTML. */
	tag->foreign = foreign && found->element != ELEMENT_BREAKOUT;
	return got;
}

/* Is it one to give out?  Then its name is set, and what it means. */
static bool
is_wanted(const struct scanner *scanner, struct found *found, struct scan_tag *tag)
{
	for (size_t i = 0; i < scanner->wanted_count; i++)
		if (scanner->wanted[i].len == found->name_len &&
		    strncasecmp(scanner->wanted[i].name, found->name, found->name_len) ==
			0) {
			tag->name = scanner->wanted[i].name;
			found->element = scanner->wanted[i].element;
			return !found->end;
		}
	found->element = element_of(found->name, found->name_len);
	return false;
}

static size_t
start_of(const size_t *groups, size_t group)
{
	return groups[2 * group];
}

static size_t
end_of(const size_t *groups, size_t group)
{
	return groups[2 * group + 1];
}

/* What the groups of a search tell of a tag. */
static void
read_tag(
    const char *data, const size_t *groups, struct found *found, struct scan_tag *tag)
{
	size_t gap = end_of(groups, GROUP_GAP);

	found->name = data + start_of(groups, GROUP_NAME);
	found->name_len = end_of(groups, GROUP_NAME) - start_of(groups, GROUP_NAME);
	found->end = end_of(groups, GROUP_SLASH) > start_of(groups, GROUP_SLASH);
	found->closed = gap > start_of(groups, GROUP_GAP) && data[gap - 1] == '/';
	tag->attrs = found->name + found->name_len;
	tag->attrs_len = (size_t)(data + end_of(groups, 0) - tag->attrs);
	tag->href = NULL;
	if (start_of(groups, GROUP_HREF) != PCRE2_UNSET) {
		tag->href = data + start_of(groups, GROUP_HREF);
		tag->href_len = end_of(groups, GROUP_HREF) - start_of(groups, GROUP_HREF);
	}
}

int
scan_next(struct scan *scan, struct scan_tag *tag)
{
	bool wanted = false;

	while (!wanted) {
		struct pattern *find =
		    in_foreign(scan) ? &scan->scanner->foreign : &scan->scanner->html;
		struct found found;
		int got = pattern_match(find, scan->data, scan->len, scan->at, NULL);

		if (got <= 0)
			return got;
		scan->at = find->groups[1];
		read_tag(scan->data, find->groups, &found, tag);
		wanted = is_wanted(scan->scanner, &found, tag);
		tag->in_template = scan->templates > 0;
		tag->foreign = in_foreign(scan);
		if (scan->xml)
			continue;
		if (found.element != ELEMENT_OTHER && take(scan, &found, tag) < 0)
			return -1;
	}
	return 1;
}

bool
scan_attribute(struct scanner *scanner, const struct scan_tag *tag, const char *name,
    const char **value, size_t *len)
{
	struct pattern *attribute = &scanner->attribute;
	size_t at = 0, name_len = strlen(name);

	while (pattern_match(attribute, tag->attrs, tag->attrs_len, at, NULL) > 0) {
		const size_t *groups = attribute->groups;

		at = groups[1];
		if (groups[3] - groups[2] != name_len ||
		    strncasecmp(tag->attrs + groups[2], name, name_len) != 0)
			continue;
		*value = tag->attrs + groups[4];
		*len = groups[5] - groups[4];
		return true;
	}
	return false;
}

bool
scanner_meta(struct scanner *scanner, const char *data, size_t len, size_t *at,
    struct scan_tag *tag)
{
	struct found found;

	if (pattern_match(&scanner->meta, data, len, *at, NULL) <= 0)
		return false;
	*at = scanner->meta.groups[1];
	read_tag(data, scanner->meta.groups, &found, tag);
	return true;
}

bool
scan_text(const struct scan *scan, size_t *at, const char **text, size_t *len)
{
	struct pattern *find = &scan->scanner->text;
	struct scan raw = *scan;

	if (*at == 0)
		*at = scan->at;
	if (raw.len - scan->at > SCAN_TEXT_MAX)
		raw.len = scan->at + SCAN_TEXT_MAX;
	while (*at < raw.len && pattern_match(find, scan->data, raw.len, *at, NULL) > 0) {
		const size_t *groups = find->groups;

		if (groups[2] != PCRE2_UNSET) {
			*at = groups[1];
			*text = scan->data + groups[2];
			*len = groups[3] - groups[2];
			return true;
		}
		if (groups[4] != PCRE2_UNSET)
			return false;
		raw.at = groups[1];
		*at = scan->xml
		    ? raw.at
		    : raw_end(&raw, scan->data + groups[6], groups[7] - groups[6]);
	}
	return false;
}
