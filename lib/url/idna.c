/* SPDX-License-Identifier: ISC */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "idna.h"
#include "idna_chars.h"
#include "idna_label.h"
#include "punycode.h"
#include "utf8_char.h"

enum {
	LABEL_MAX = 1000, /* what follows takes time by the square of it */
	ROOM = LABEL_MAX * IDNA_APART_MAX,
	PREFIX = 4,
	FIRST_OF_OTHERS = 0x80 /* than ASCII */
};

static const char prefix[] = "xn--";

/* A name at work, label by label. */
struct idna_name {
	char *dst;
	size_t size, len; /* of what is written */
	bool is_rtl; /* some label is written from right to left */
	bool breaks_order; /* some label does not keep the rule for such names */
	bool is_ascii; /* the label so far */
	size_t count; /* of it in text, mapped and taken apart */
	uint32_t text[ROOM];
	uint32_t decoded[LABEL_MAX];
};

static int
put(struct idna_name *n, const char *data, size_t len)
{
	if (len > n->size - n->len)
		return -1;
	memcpy(n->dst + n->len, data, len);
	n->len += len;
	return 0;
}

/* Put a label that is ASCII. */
static int
put_ascii(struct idna_name *n)
{
	if (n->count > n->size - n->len)
		return -1;
	for (size_t i = 0; i < n->count; i++)
		n->dst[n->len++] = (char)n->text[i];
	return 0;
}

static bool
has_prefix(const uint32_t *label, size_t len)
{
	for (size_t i = 0; i < PREFIX; i++)
		if (i == len || label[i] != (unsigned char)prefix[i])
			return false;
	return true;
}

/* Add len code points to the label.  0, or -1: it is too long. */
static int
extend(struct idna_name *n, const uint32_t *text, size_t len)
{
	if (len > ROOM - n->count)
		return -1;
	memcpy(n->text + n->count, text, len * sizeof(*text));
	n->count += len;
	return 0;
}

/* Is what was decoded what would have been encoded?  What is in n->text is lost. */
static bool
is_normal(struct idna_name *n, size_t len)
{
	bool is_ascii = true;

	n->count = 0;
	for (size_t i = 0; i < len; i++) {
		uint32_t code = n->decoded[i];
		size_t count = 1;
		const uint32_t *text = idna_expand(code, &count);

		if (idna_property_of(code)->status != IDNA_VALID || code == '.' ||
		    extend(n, text == NULL ? &code : text, count) < 0)
			return false;
		is_ascii = is_ascii && code < FIRST_OF_OTHERS;
	}
	return !is_ascii && !has_prefix(n->decoded, len) &&
	    idna_compose(n->text, n->count) == len &&
	    memcmp(n->text, n->decoded, len * sizeof(*n->text)) == 0;
}

/* May the label be these?  What is asked of the whole name waits for its end. */
static bool
is_valid(struct idna_name *n, const uint32_t *label, size_t len)
{
	n->is_rtl = n->is_rtl || idna_label_is_rtl(label, len);
	n->breaks_order = n->breaks_order || !idna_label_keeps_order(label, len);
	return idna_label_is_valid(label, len);
}

/* A label that begins with "xn--" is of ASCII, and stands for others. */
static int
put_encoded(struct idna_name *n)
{
	const char *begin = n->dst + n->len + PREFIX;
	long len;

	if (!n->is_ascii || n->count > LABEL_MAX || put_ascii(n) < 0)
		return -1;
	len = punycode_decode(
	    n->decoded, LABEL_MAX, begin, (size_t)(n->dst + n->len - begin));
	if (len < 0 || !is_normal(n, (size_t)len))
		return -1;
	return is_valid(n, n->decoded, (size_t)len) ? 0 : -1;
}

/* A label that has to be encoded. */
static int
encode(struct idna_name *n)
{
	long got;

	if (n->count > LABEL_MAX || put(n, prefix, PREFIX) < 0)
		return -1;
	got = punycode_encode(n->dst + n->len, n->size - n->len, n->text, n->count);
	if (got < 0)
		return -1;
	n->len += (size_t)got;
	return 0;
}

static int
end_label(struct idna_name *n)
{
	if (!n->is_ascii)
		n->count = idna_compose(n->text, n->count);
	if (has_prefix(n->text, n->count))
		return put_encoded(n);
	if (!is_valid(n, n->text, n->count))
		return -1;
	return n->is_ascii ? put_ascii(n) : encode(n);
}

/* A full stop ends the label. */
static int
put_dot(struct idna_name *n)
{
	if (end_label(n) < 0 || put(n, ".", 1) < 0)
		return -1;
	n->count = 0;
	n->is_ascii = true;
	return 0;
}

/* One character of the name, which may stand for more.  0, or -1. */
static int
add(struct idna_name *n, uint32_t code)
{
	enum idna_status status = idna_property_of(code)->status;
	size_t count = 1;
	const uint32_t *text = idna_expand(code, &count);

	if (status == IDNA_IGNORED)
		return 0;
	if (status == IDNA_DISALLOWED)
		return -1;
	if (text == NULL)
		text = &code;
	for (size_t i = 0; i < count; i++) {
		if (text[i] == '.' ? put_dot(n) < 0 : extend(n, text + i, 1) < 0)
			return -1;
		if (text[i] >= FIRST_OF_OTHERS)
			n->is_ascii = false;
	}
	return 0;
}

long
idna_to_ascii(char *dst, size_t size, const char *domain, size_t len)
{
	struct idna_name n; /* not all of it is set to 0: it is large */

	n.dst = dst;
	n.size = size;
	n.len = n.count = 0;
	n.is_rtl = n.breaks_order = false;
	n.is_ascii = true;
	while (len > 0) {
		uint32_t code;
		size_t got = utf8_char(domain, len, &code);

		if (got == 0 || add(&n, code) < 0)
			return -1;
		domain += got;
		len -= got;
	}
	if (end_label(&n) < 0 || (n.is_rtl && n.breaks_order))
		return -1;
	return (long)n.len;
}
