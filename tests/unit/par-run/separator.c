/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "chance.h"
#include "check.h"
#include "field.h"
#include "separator.h"

static void
read(void)
{
	static const struct {
		const char *value;
		bool refused, on;
		char byte;
	} rows[] = {
		{ ",", false, true, ',' },
		{ "\\0", false, true, '\0' },
		{ "\\t", false, true, '\t' },
		{ "\\\\", false, true, '\\' },
		{ "\\", false, true, '\\' },
		{ "\\n", false, false, '\n' },
		{ "\n", false, false, '\n' },
		{ "\377", false, true, '\377' },
		{ "", true, false, 0 },
		{ "ab", true, false, 0 },
		{ "\\x", true, false, 0 },
		{ "\\00", true, false, 0 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct separator separator = { 0 };

		check_at(i);
		check_is(
		    separator_read(&separator, rows[i].value) != NULL, rows[i].refused);
		check_is(separator.on, rows[i].on);
		if (!rows[i].refused)
			check_is(separator.byte, rows[i].byte);
	}
}

/* What is escaped says all of what it was: its bytes, how many, and their hash. */
static void
escapes(void)
{
	static char raw[20000], escaped[2 * sizeof(raw)], back[sizeof(escaped)];

	for (int step = 0; step < 300; step++) {
		struct separator separator = { .on = true, .byte = '\0' };
		struct hash_stream hash, other;
		size_t len = (size_t)chance_below(chance_one_in(5) ? sizeof(raw) : 50);
		size_t skip = (size_t)chance_below(len + 1), long_len, at = 0;

		check_at((uint64_t)step);
		if (chance_one_in(3))
			separator.byte = ',';
		chance_bytes_of(raw, len, "\0,\\\n\tab\r", 8);
		long_len = separator_escape(&separator, escaped, raw, len);
		check_is(field_raw_len(escaped, long_len), len);
		hash_begin(&hash);
		hash_begin(&other);
		separator_hash(&separator, &hash, escaped, long_len, skip);
		hash_add(&other, raw + skip, len - skip);
		check_is(hash_end(&hash), hash_end(&other));
		for (size_t i = 0; i < long_len;) {
			const char *end = memchr(escaped + i, '\n', long_len - i);
			size_t part =
			    end == NULL ? long_len - i : (size_t)(end - escaped) - i;

			at += field_unescape(back + at, escaped + i, part);
			i += part;
			if (end != NULL) {
				back[at++] = separator.byte;
				i++;
			}
		}
		check_bytes(back, at, raw, len);
	}
}

TESTS("separator", { "of an option", read }, { "escapes, and back", escapes })
