/* SPDX-License-Identifier: ISC */
#include "idna_chars.h"
#include "idna_table.h"

const struct idna_property *
idna_property_of(uint32_t code)
{
	const unsigned char *block = idna_rows[idna_blocks[code / IDNA_BLOCK]];

	return &idna_properties[block[code % IDNA_BLOCK]];
}

const uint32_t *
idna_expand(uint32_t code, size_t *count)
{
	size_t low = 0, high = sizeof(idna_expansions) / sizeof(idna_expansions[0]);

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct idna_expansion *found = &idna_expansions[middle];

		if (found->code == code) {
			*count = found->count;
			return &idna_texts[found->at];
		}
		if (found->code < code)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* A syllable of what may be parts of one, or 0. */
static uint32_t
hangul(uint32_t first, uint32_t second)
{
	enum {
		SYLLABLES = 0xac00,
		LEADS = 0x1100,
		VOWELS = 0x1161,
		TAILS = 0x11a7, /* the one before them stands for none */
		LEAD_COUNT = 19,
		VOWEL_COUNT = 21,
		TAIL_COUNT = 28
	};
	uint32_t lead = first - LEADS, syllable = first - SYLLABLES;

	if (lead < LEAD_COUNT && second - VOWELS < VOWEL_COUNT)
		return SYLLABLES + (lead * VOWEL_COUNT + second - VOWELS) * TAIL_COUNT;
	if (syllable < LEAD_COUNT * VOWEL_COUNT * TAIL_COUNT &&
	    syllable % TAIL_COUNT == 0 && second > TAILS && second - TAILS < TAIL_COUNT)
		return first + second - TAILS;
	return 0;
}

/* What the two make, or 0. */
static uint32_t
pair(uint32_t first, uint32_t second)
{
	size_t low = 0, high = sizeof(idna_pairs) / sizeof(idna_pairs[0]);

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct idna_pair *found = &idna_pairs[middle];

		if (found->first == first && found->second == second)
			return found->whole;
		if (found->first < first ||
		    (found->first == first && found->second < second))
			low = middle + 1;
		else
			high = middle;
	}
	return hangul(first, second);
}

static unsigned
combining(uint32_t code)
{
	return idna_property_of(code)->combining;
}

/* Canonical order: marks behind a character by their classes. */
static void
order(uint32_t *text, size_t len)
{
	for (size_t i = 1; i < len; i++) {
		uint32_t code = text[i];
		unsigned class = combining(code);
		size_t to = i;

		for (; class > 0 && to > 0 && combining(text[to - 1]) > class; to--)
			text[to] = text[to - 1];
		text[to] = code;
	}
}

size_t
idna_compose(uint32_t *text, size_t len)
{
	size_t put = 0, starter = len; /* the last one of class 0: none yet */
	unsigned last = 0;

	order(text, len);
	for (size_t i = 0; i < len; i++) {
		uint32_t code = text[i], whole = 0;
		unsigned class = combining(code);

		/* What stands between them must not be of its class or above. */
		if (starter < put && (put == starter + 1 || last < class))
			whole = pair(text[starter], code);
		if (whole != 0) {
			text[starter] = whole;
			continue;
		}
		if (class == 0)
			starter = put;
		text[put++] = code;
		last = class;
	}
	return put;
}
