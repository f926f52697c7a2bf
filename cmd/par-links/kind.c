/* SPDX-License-Identifier: ISC */
#include <string.h>
#include <strings.h>

#include "ascii.h"
#include "kind.h"

enum { BOTH = KIND_HTML | KIND_FOREIGN };

const struct link_kind kinds[] = {
	{ "a", "href", KIND_URL, BOTH },
	{ "a", "xlink:href", KIND_URL, KIND_FOREIGN },
	{ "area", "href", KIND_URL, KIND_HTML },
	{ "audio", "src", KIND_URL, KIND_HTML },
	{ "base", "href", KIND_URL, KIND_HTML },
	{ "blockquote", "cite", KIND_URL, KIND_HTML },
	{ "body", "background", KIND_URL, KIND_HTML },
	{ "button", "formaction", KIND_URL, KIND_HTML },
	{ "del", "cite", KIND_URL, KIND_HTML },
	{ "embed", "src", KIND_URL, KIND_HTML },
	{ "form", "action", KIND_URL, KIND_HTML },
	{ "frame", "src", KIND_URL, KIND_HTML },
	{ "iframe", "src", KIND_URL, KIND_HTML },
	{ "image", "href", KIND_URL, KIND_FOREIGN },
	{ "image", "xlink:href", KIND_URL, KIND_FOREIGN },
	{ "img", "src", KIND_URL, KIND_HTML },
	{ "img", "srcset", KIND_SRCSET, KIND_HTML },
	{ "input", "src", KIND_URL, KIND_HTML },
	{ "input", "formaction", KIND_URL, KIND_HTML },
	{ "ins", "cite", KIND_URL, KIND_HTML },
	{ "link", "href", KIND_URL, KIND_HTML },
	{ "link", "imagesrcset", KIND_SRCSET, KIND_HTML },
	{ "meta", "content", KIND_REFRESH, KIND_HTML },
	{ "object", "data", KIND_URL, KIND_HTML },
	{ "q", "cite", KIND_URL, KIND_HTML },
	{ "script", "src", KIND_URL, KIND_HTML },
	{ "script", "href", KIND_URL, KIND_FOREIGN },
	{ "script", "xlink:href", KIND_URL, KIND_FOREIGN },
	{ "source", "src", KIND_URL, KIND_HTML },
	{ "source", "srcset", KIND_SRCSET, KIND_HTML },
	{ "track", "src", KIND_URL, KIND_HTML },
	{ "use", "href", KIND_URL, KIND_FOREIGN },
	{ "use", "xlink:href", KIND_URL, KIND_FOREIGN },
	{ "video", "src", KIND_URL, KIND_HTML },
	{ "video", "poster", KIND_URL, KIND_HTML },
	{ NULL, NULL, KIND_URL, 0 },
};

_Static_assert(sizeof(kinds) / sizeof(kinds[0]) <= KIND_MAX, "room for every kind");

/* Add the kinds of one element; false if there is none of that name. */
static bool
choose_element(struct kind_set *set, const char *name, size_t len)
{
	static const char canonical[] = "canonical";
	bool all = len == 3 && memcmp(name, "all", 3) == 0, found = all;

	if (len == sizeof(canonical) - 1 && memcmp(name, canonical, len) == 0)
		set->canonical = found = true;
	if (all || (len == 7 && memcmp(name, "sitemap", 7) == 0))
		set->sitemap = found = true;
	if (all || (len == 4 && memcmp(name, "feed", 4) == 0))
		set->feed = found = true;
	for (size_t i = 0; kinds[i].element != NULL; i++) {
		if (!all &&
		    (strlen(kinds[i].element) != len ||
			memcmp(kinds[i].element, name, len) != 0))
			continue;
		set->chosen[i] = found = true;
	}
	return found;
}

const char *
kind_choose(struct kind_set *set, const char *list)
{
	struct names names;
	size_t href = 0;

	*set = (struct kind_set){ .anchors_only = true };
	while (strcmp(kinds[href].element, "link") != 0)
		href++;
	for (;;) {
		size_t len = strcspn(list, ",");

		if (!choose_element(set, list, len))
			return "no such kind; --help names them";
		if (list[len] == '\0')
			break;
		list += len + 1;
	}
	set->canonical = set->canonical && !set->chosen[href];
	set->chosen[href] |= set->canonical;
	names_open(&names);
	set->names[NAME_BASE] = true;
	for (size_t i = 0; kinds[i].element != NULL; i++) {
		enum name name =
		    name_find(&names, kinds[i].element, strlen(kinds[i].element));

		if (!set->chosen[i])
			continue;
		set->names[name] = true;
		set->anchors_only &= name == NAME_A || name == NAME_AREA;
	}
	return NULL;
}

/* Past digits; NULL if there are none. */
static const char *
skip_digits(const char *p, const char *end)
{
	const char *first = p;

	while (p < end && *p >= '0' && *p <= '9')
		p++;
	return p > first ? p : NULL;
}

/* Is it a floating-point number of HTML, and not less than 0? */
static bool
is_density(const char *p, const char *end)
{
	const char *whole = skip_digits(p, end);

	p = whole != NULL ? whole : p;
	if (p < end && *p == '.')
		p = skip_digits(p + 1, end);
	else if (whole == NULL)
		return false;
	if (p != NULL && p < end && (*p == 'e' || *p == 'E')) {
		p++;
		p += p < end && (*p == '-' || *p == '+');
		p = skip_digits(p, end);
	}
	return p == end;
}

/* Is it a whole number above 0? */
static bool
is_size(const char *p, const char *end)
{
	const char *past = skip_digits(p, end);

	while (p < end && *p == '0')
		p++;
	return past == end && p < end;
}

/* The descriptors of a candidate, as far as they were read. */
struct descriptors {
	bool width, density, height, bad;
};

/* One more of them. */
static void
take_descriptor(struct descriptors *seen, const char *p, const char *end)
{
	bool width = end[-1] == 'w' && is_size(p, end - 1);
	bool height = end[-1] == 'h' && is_size(p, end - 1);
	bool density = end[-1] == 'x' && is_density(p, end - 1);

	seen->bad |= (width && (seen->width || seen->density)) ||
	    (height && (seen->height || seen->density)) ||
	    (density && (seen->width || seen->height || seen->density)) ||
	    !(width || height || density);
	seen->width |= width;
	seen->height |= height;
	seen->density |= density;
}

/* Past the descriptors at p, up to a comma out of parentheses; *good: a browser takes
 * them. */
static const char *
skip_descriptors(const char *p, const char *end, bool *good)
{
	struct descriptors seen = { 0 };

	while ((p = ascii_skip_blanks(p, end)) < end && *p != ',') {
		const char *first = p;
		bool inside = false;

		for (; p < end && (inside || !(ascii_is_blank(*p) || *p == ',')); p++)
			inside = *p == '(' || (inside && *p != ')');
		take_descriptor(&seen, first, p);
	}
	*good = !seen.bad && (seen.width || !seen.height);
	return p;
}

/*
 * The next candidate of a srcset that is good: a URL, and descriptors, *at being past the
 * link of the one before it.
 */
static bool
next_candidate(const char *value, size_t len, size_t *at, size_t *link_len)
{
	const char *end = value + len, *p = value + *at, *first;
	bool good;

	if (p > value && p[-1] != ',')
		p = skip_descriptors(p, end, &good);
	do {
		while (p < end && (ascii_is_blank(*p) || *p == ','))
			p++;
		for (first = p; p < end && !ascii_is_blank(*p);)
			p++;
		good = true;
		*at = (size_t)(first - value);
		*link_len = (size_t)(p - first);
		while (*link_len > 0 && first[*link_len - 1] == ',')
			(*link_len)--;
		if (*link_len == (size_t)(p - first))
			p = skip_descriptors(p, end, &good);
	} while (!good);
	return *link_len > 0;
}

/* Past "url =", if that is what stands there. */
static const char *
skip_url(const char *p, const char *end)
{
	const char *equals;

	if (end - p < 3 || strncasecmp(p, "url", 3) != 0)
		return p;
	equals = ascii_skip_blanks(p + 3, end);
	if (equals == end || *equals != '=')
		return p;
	return ascii_skip_blanks(equals + 1, end);
}

/* The URL of "5; url='x'". */
static bool
refresh_url(const char *value, size_t len, size_t *at, size_t *link_len)
{
	const char *end = value + len, *p = ascii_skip_blanks(value, end), *time = p;

	while (p < end && ((*p >= '0' && *p <= '9') || *p == '.'))
		p++;
	if (p == time || p == end || !(ascii_is_blank(*p) || *p == ';' || *p == ','))
		return false;
	p = ascii_skip_blanks(p, end);
	if (p < end && (*p == ';' || *p == ','))
		p++;
	p = skip_url(ascii_skip_blanks(p, end), end);
	if (p < end && (*p == '\'' || *p == '"')) {
		const char *quote = memchr(p + 1, *p, (size_t)(end - p - 1));

		p++;
		end = quote == NULL ? end : quote;
	}
	*at = (size_t)(p - value);
	*link_len = (size_t)(end - p);
	return p < end;
}

bool
kind_next(
    enum kind_form form, const char *value, size_t len, size_t *at, size_t *link_len)
{
	switch (form) {
	case KIND_URL:
		*link_len = len;
		return *at == 0;
	case KIND_SRCSET:
		return next_candidate(value, len, at, link_len);
	case KIND_REFRESH:
		return *at == 0 && refresh_url(value, len, at, link_len);
	}
	return false;
}
