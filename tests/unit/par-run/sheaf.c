/* SPDX-License-Identifier: ISC */
/*
 * Some records at a time, their classes and places: what was cut comes out of the lanes
 * once, in order, each with its number and class, and is counted where it should be.
 */
#include <stdlib.h>
#include <string.h>

#include "chance.h"
#include "check.h"
#include "sheaf.h"

enum {
	LENGTH = 64 << 10,
	PLACES = 3, /* and one whose number is too high for a byte */
	FIRST = 7 /* number of the first record, after 2^32 of them */
};

static char text[LENGTH + HASH_GLANCE];
static struct key_classes classes, before;
static const struct hash_key hash = { { 0x243f6a8885a308d3, 0x13198a2e03707344 } };

/* len bytes of records; how long they are, and their keys, is chance. */
static void
fill(size_t len)
{
	static const char *const sets[] = { "a\n", "ab\tc\n", "0123456789abcd\n", "x" };
	const char *set = sets[chance_below(COUNT(sets))];

	chance_bytes_of(text, len, set, strlen(set));
	chance_bytes(text + len, HASH_GLANCE);
}

static void
own_some(void)
{
	for (uint32_t tag = 0; tag < KEY_CLASSES; tag++) {
		key_classes_own(&classes, tag,
		    chance_one_in(8) ? (uint16_t)(UCHAR_MAX + chance_below(3))
				     : (uint16_t)chance_below(PLACES + 1));
		classes.records[tag] =
		    chance_one_in(8) ? UINT32_MAX : (uint32_t)chance_below(3);
	}
	before = classes;
}

/* The class of record i, by the plainest code. */
static uint32_t
class_of(const struct sheaf *sheaf, size_t i)
{
	char room[LENGTH + HASH_GLANCE] = { 0 };
	size_t len = sheaf_len(sheaf, i) - 1;
	const char *tab = memchr(sheaf_record(sheaf, i), '\t', len);

	if (tab != NULL)
		len = (size_t)(tab - sheaf_record(sheaf, i));
	memcpy(room, sheaf_record(sheaf, i), len);
	return hash_class(room, len, &hash);
}

/* As all were found, one after the other. */
static void
check_classes(const struct sheaf *sheaf, bool told)
{
	for (size_t i = 0; i < sheaf->count; i++) {
		uint32_t tag = class_of(sheaf, i);
		unsigned owner = before.owners[tag];
		uint32_t *records = &before.records[tag];

		check_at(i);
		if (owner > UCHAR_MAX ||
		    (told && (*records == 0 || *records == UINT32_MAX)))
			owner = 0;
		if (told && owner != 0)
			++*records;
		check_is(sheaf_note(sheaf, i).tag, tag);
		check_is(sheaf_note(sheaf, i).number, FIRST + i);
		check_is(sheaf->owners[i], owner);
	}
	check_is(memcmp(&classes, &before, sizeof(classes)), 0);
}

/* Those from i to j of a place, into a space of just that size and what is read behind.
 */
static void
check_put(const struct sheaf *sheaf, size_t i, size_t j, unsigned char owner)
{
	static char to[LENGTH + LANE_STEP];
	static struct batch_note notes[SHEAF_MOST];
	struct lane_space space = { .text = to, .note = notes + SHEAF_MOST };
	const struct batch_note *note = notes + SHEAF_MOST;
	const char *at = to;

	sheaf_put(sheaf, i, j, owner, &space);
	for (size_t k = i; k < j; k++) {
		if (sheaf->owners[k] != owner)
			continue;
		check_at(k);
		note--;
		check_is(note->number, FIRST + k);
		check_is(note->tag, sheaf->tags[k]);
		check_is(memcmp(at, sheaf_record(sheaf, k), sheaf_len(sheaf, k)), 0);
		at += sheaf_len(sheaf, k);
	}
	check(space.text == at);
	check(space.note == note);
}

static void
agrees(void)
{
	for (int turn = 0; turn < 300; turn++) {
		size_t len = chance_below(chance_one_in(4) ? LENGTH : 2000);
		bool told = chance_one_in(2);
		struct sheaf sheaf;

		fill(len);
		if (!sheaf_cut(&sheaf, text, len, (UINT64_C(1) << 32) + FIRST)) {
			check(memchr(text, '\n', len < SHEAF_BYTES ? len : SHEAF_BYTES) ==
			    NULL);
			continue;
		}
		if (turn % 10 == 0)
			own_some();
		before = classes;
		sheaf_by_first(&sheaf, &classes, &hash, told);
		check_classes(&sheaf, told);
		for (unsigned owner = 1; owner <= PLACES; owner++) {
			size_t j = (size_t)chance_from(1, sheaf.count);

			check_put(
			    &sheaf, (size_t)chance_below(j), j, (unsigned char)owner);
			check_put(&sheaf, 0, sheaf.count, (unsigned char)owner);
		}
	}
}

TESTS("sheaf", { "agrees with plain code", agrees })
