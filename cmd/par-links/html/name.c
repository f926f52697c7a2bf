/* SPDX-License-Identifier: ISC */
#include <string.h>
#include <strings.h>

#include "ascii.h"
#include "name.h"

#define NAME_ROW(id, text, rule, flags) { text, rule, flags },
const struct name_facts name_facts[NAME_COUNT] = { { NULL, RULE_ANY, 0 },
	NAMES(NAME_ROW) };
#undef NAME_ROW

_Static_assert(NAME_COUNT < 256, "a name is a byte");

/* The first eight bytes, in lower case. */
static uint64_t
key_of(const char *text, size_t len)
{
	uint64_t key = 0;

	for (size_t i = 0; i < len && i < 8; i++)
		key = key << 8 | (unsigned char)ascii_lower(text[i]);
	return key;
}

static size_t
slot_of(uint64_t key, size_t len)
{
	return (size_t)((key + len) * 0x9e3779b97f4a7c15 >> 55);
}

_Static_assert(NAME_SLOTS == 1 << (64 - 55), "slot_of() gives each slot");

void
names_open(struct names *names)
{
	memset(names, 0, sizeof(*names));
	for (size_t name = NAME_OTHER + 1; name < NAME_COUNT; name++) {
		size_t len = strlen(name_facts[name].text);
		uint64_t key = key_of(name_facts[name].text, len);
		size_t slot = slot_of(key, len);

		while (names->slots[slot].len > 0)
			slot = (slot + 1) % NAME_SLOTS;
		names->slots[slot].key = key;
		names->slots[slot].len = (unsigned char)len;
		names->slots[slot].name = (unsigned char)name;
	}
}

enum name
name_find(const struct names *names, const char *text, size_t len)
{
	uint64_t key = key_of(text, len);
	size_t slot = slot_of(key, len);

	for (; names->slots[slot].len > 0; slot = (slot + 1) % NAME_SLOTS) {
		enum name name = names->slots[slot].name;

		if (names->slots[slot].key == key && names->slots[slot].len == len &&
		    (len <= 8 || strncasecmp(name_facts[name].text, text, len) == 0))
			return name;
	}
	return NAME_OTHER;
}
