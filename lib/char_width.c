/* SPDX-License-Identifier: ISC */
#include "char_width.h"
#include "utf8_char.h"

/* From first to last they are all alike, in order. */
struct char_range {
	uint32_t first, last;
};

/* Marks that stand on the one before, and what is not seen. */
static const struct char_range narrow[] = { { 0x300, 0x36f }, { 0x483, 0x489 },
	{ 0x591, 0x5bd }, { 0x610, 0x61a }, { 0x64b, 0x65f }, { 0x6d6, 0x6dc },
	{ 0x93c, 0x93c }, { 0x94d, 0x94d }, { 0xe31, 0xe31 }, { 0xe34, 0xe3a },
	{ 0xe47, 0xe4e }, { 0x1ab0, 0x1aff }, { 0x1dc0, 0x1dff }, { 0x200b, 0x200f },
	{ 0x202a, 0x202e }, { 0x2060, 0x2064 }, { 0x20d0, 0x20f0 }, { 0xfe00, 0xfe0f },
	{ 0xfe20, 0xfe2f }, { 0xfeff, 0xfeff }, { 0xe0100, 0xe01ef } };

/* East Asian Width W and F, of Unicode, and emoji. */
static const struct char_range wide[] = { { 0x1100, 0x115f }, { 0x231a, 0x231b },
	{ 0x2329, 0x232a }, { 0x23e9, 0x23ec }, { 0x2614, 0x2615 }, { 0x26a1, 0x26a1 },
	{ 0x2705, 0x2705 }, { 0x274c, 0x274c }, { 0x2753, 0x2755 }, { 0x2e80, 0x303e },
	{ 0x3041, 0x33ff }, { 0x3400, 0x4dbf }, { 0x4e00, 0x9fff }, { 0xa000, 0xa4cf },
	{ 0xa960, 0xa97c }, { 0xac00, 0xd7a3 }, { 0xf900, 0xfaff }, { 0xfe30, 0xfe6f },
	{ 0xff01, 0xff60 }, { 0xffe0, 0xffe6 }, { 0x16fe0, 0x18cff },
	{ 0x1b000, 0x1b2ff }, { 0x1f004, 0x1f004 }, { 0x1f0cf, 0x1f0cf },
	{ 0x1f18e, 0x1f19a }, { 0x1f200, 0x1f320 }, { 0x1f32d, 0x1f64f },
	{ 0x1f680, 0x1f6fc }, { 0x1f7e0, 0x1f7eb }, { 0x1f900, 0x1faff },
	{ 0x20000, 0x3fffd } };

static int
is_in(const struct char_range *ranges, size_t count, uint32_t code)
{
	while (count > 0) {
		size_t half = count / 2;

		if (code >= ranges[half].first && code <= ranges[half].last)
			return 1;
		if (code > ranges[half].last) {
			ranges += half + 1;
			count -= half + 1;
		} else {
			count = half;
		}
	}
	return 0;
}

unsigned
char_width(uint32_t code)
{
	if (code < 0x300)
		return 1;
	if (is_in(narrow, sizeof(narrow) / sizeof(narrow[0]), code))
		return 0;
	return is_in(wide, sizeof(wide) / sizeof(wide[0]), code) ? 2 : 1;
}

size_t
char_width_fit(const char *text, size_t len, size_t columns)
{
	size_t at = 0;

	while (at < len) {
		uint32_t code;
		size_t n = utf8_char(text + at, len - at, &code);
		unsigned width = n == 0 ? 1 : char_width(code);

		if (width > columns)
			break;
		columns -= width;
		at += n == 0 ? 1 : n;
	}
	return at;
}
