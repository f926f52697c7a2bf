/* SPDX-License-Identifier: ISC */
#include "idna_label.h"
#include "idna_chars.h"

enum { VIRAMA = 9, NON_JOINER = 0x200c, JOINER = 0x200d };

static unsigned
joining(uint32_t code)
{
	return idna_property_of(code)->joining;
}

/* Do characters that join on their sides meet at the one at? */
static bool
joins(const uint32_t *label, size_t len, size_t at)
{
	size_t before = at, after = at + 1;
	unsigned left, right;

	while (before > 0 && joining(label[before - 1]) == JOINING_T)
		before--;
	while (after < len && joining(label[after]) == JOINING_T)
		after++;
	if (before == 0 || after == len)
		return false;
	left = joining(label[before - 1]);
	right = joining(label[after]);
	return (left == JOINING_L || left == JOINING_D) &&
	    (right == JOINING_R || right == JOINING_D);
}

bool
idna_label_is_valid(const uint32_t *label, size_t len)
{
	if (len > 0 && idna_property_of(label[0])->mark)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (label[i] != NON_JOINER && label[i] != JOINER)
			continue;
		if (i > 0 && idna_property_of(label[i - 1])->combining == VIRAMA)
			continue;
		if (label[i] == JOINER || !joins(label, len, i))
			return false;
	}
	return true;
}

static unsigned
bit(uint32_t code)
{
	return 1U << idna_property_of(code)->bidi;
}

enum {
	RTL = 1 << BIDI_R | 1 << BIDI_AL,
	NUMBERS = 1 << BIDI_EN | 1 << BIDI_AN,
	NEUTRAL = 1 << BIDI_ES | 1 << BIDI_CS | 1 << BIDI_ET | 1 << BIDI_ON |
	    1 << BIDI_BN | 1 << BIDI_NSM
};

bool
idna_label_is_rtl(const uint32_t *label, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((bit(label[i]) & (RTL | 1 << BIDI_AN)) != 0)
			return true;
	return false;
}

bool
idna_label_keeps_order(const uint32_t *label, size_t len)
{
	unsigned may = NEUTRAL | 1 << BIDI_L | 1 << BIDI_EN, seen = 0;
	unsigned end = 1 << BIDI_L | 1 << BIDI_EN, first;

	if (len == 0)
		return true;
	first = bit(label[0]);
	if ((first & (RTL | 1 << BIDI_L)) == 0)
		return false;
	if ((first & RTL) != 0) {
		may = NEUTRAL | RTL | NUMBERS;
		end = RTL | NUMBERS;
	}
	for (size_t i = 0; i < len; i++)
		seen |= bit(label[i]);
	if ((seen & ~may) != 0 || ((first & RTL) != 0 && (seen & NUMBERS) == NUMBERS))
		return false;
	while (len > 1 && bit(label[len - 1]) == 1 << BIDI_NSM)
		len--;
	return (bit(label[len - 1]) & end) != 0;
}
