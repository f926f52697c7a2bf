/* SPDX-License-Identifier: ISC */
/*
 * kind - the attributes that hold links, and how a value is read for them.
 */
#ifndef PAR_LINKS_KIND_H
#define PAR_LINKS_KIND_H

#include <stdbool.h>
#include <stddef.h>

#include "name.h"

enum kind_form {
	KIND_URL, /* the value is one link */
	KIND_SRCSET, /* candidates, separated by commas */
	KIND_REFRESH /* a time, and perhaps url=: of <meta http-equiv=refresh> */
};

/* An attribute that holds links. */
struct link_kind {
	const char *element, *attribute;
	enum kind_form form;
	unsigned where; /* KIND_HTML and KIND_FOREIGN */
};

enum { KIND_HTML = 1, KIND_FOREIGN = 2 /* SVG */, KIND_MAX = 64 };

/* Those of an element stand together; ends with an element that is NULL. */
extern const struct link_kind kinds[];

/* What to look for, by index of kinds. */
struct kind_set {
	bool chosen[KIND_MAX];
	bool names[NAME_COUNT]; /* the elements, by enum name; base too */
	bool sitemap, feed; /* what is no HTML: see listing.h */
	bool canonical; /* of link elements those alone that say canonical */
	bool anchors_only; /* nothing but href of a and area */
};

/*
 * Choose the elements that list names, separated by commas; "all" is all of them.
 * NULL, or why not.
 */
const char *kind_choose(struct kind_set *set, const char *list);

/*
 * The next link of a value from *at on, as a stretch of it.  False: no more.
 */
bool kind_next(
    enum kind_form form, const char *value, size_t len, size_t *at, size_t *link_len);

#endif
