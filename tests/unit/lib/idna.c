/* SPDX-License-Identifier: ISC */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "chance.h"
#include "check.h"
#include "idna.h"
#include "idna_chars.h"
#include "punycode.h"

/* By the standard: names, and what they are to DNS; NULL: none. */
static const struct {
	const char *in, *out;
} rows[] = {
	{ "a.B-_~", "a.b-_~" },
	{ "b\303\274cher.Stra\303\237e", "xn--bcher-kva.xn--strae-oqa" },
	{ "bu\314\210cher", "xn--bcher-kva" },
	{ "\341\272\236", "xn--zca" }, /* a capital sharp s */
	{ "\317\203\317\202", "xn--3xab" }, /* a final sigma stays one */
	{ "\342\204\252", "k" }, /* Kelvin */
	{ "\342\222\210x", NULL }, /* a digit with its full stop */
	{ "a\343\200\202b\357\274\216c\357\275\241d", "a.b.c.d" },
	{ "\304\261", "xn--cfa" },
	{ "\341\204\222\341\205\241\341\206\253", "xn--6q8b" }, /* letters of Hangul */
	{ "\355\225\234", "xn--6q8b" },
	{ "a\302\255b", "ab" },
	{ "\302\255", "" },
	{ "-\303\251--.-a-", "xn------bma.-a-" }, /* no limits of DNS */
	{ "a\314\226\314\200", "xn--0ca64i" }, /* marks in their order */
	{ "a\314\200\314\226", "xn--0ca64i" },
	/* What must not be. */
	{ "\314\200a", NULL }, /* a mark comes first */
	{ "a\342\200\256b", NULL },
	{ "a\357\277\275", NULL },
	{ "a\377", NULL },
	{ "\355\240\200", NULL }, /* half a pair */
	/* Joiners stand where scripts want them. */
	{ "a\342\200\215b", NULL },
	{ "a\342\200\214b", NULL },
	{ "\340\244\225\340\245\215\342\200\215\340\244\267", "xn--11b2ezcw70k" },
	{ "\340\244\225\340\245\215\342\200\214\340\244\267", "xn--11b2ezcs70k" },
	{ "\330\250\342\200\214\330\250", "xn--ngba799q" },
	{ "\330\250\342\200\214a", NULL },
	/* From right to left: no other direction, no digit first, but in a name of
	   neither. */
	{ "\327\220a", NULL },
	{ "\327\220.1a", NULL },
	{ "1a.\303\251", "1a.xn--9ca" },
	{ "\327\2201", "xn--1-zhc" },
	{ "\331\2401", NULL },
	{ "\327\220\331\2401", NULL }, /* digits of two kinds */
	{ "\327\220.a", "xn--4db.a" },
	{ "\327\220..a", "xn--4db..a" },
	{ "\327\220-", NULL },
	/* What is encoded already. */
	{ "xn--bcher-kva.\303\251", "xn--bcher-kva.xn--9ca" },
	{ "XN--BCHER-KVA", "xn--bcher-kva" },
	{ "\357\275\230n--bcher-kva", "xn--bcher-kva" },
	{ "xn--", NULL },
	{ "xn--a-", NULL },
	{ "xn--a", NULL },
	{ "xn--ab", NULL },
	{ "xn--\303\251", NULL },
	{ "xn--Bcher-uta", "xn--bcher-uta" },
	{ "xn--zzzzzzzzzzzzzzzzz", NULL },
	{ "xn---bcher-kva", "xn---bcher-kva" },
	{ "xn--xn--a-ecp.ru", NULL },
};

static void
table(void)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *in = rows[i].in, *out = rows[i].out;
		char dst[256];
		long got = idna_to_ascii(dst, sizeof(dst), in, strlen(in));

		check_at(i + 1);
		check((got < 0) == (out == NULL));
		if (out != NULL)
			check_bytes(dst, (size_t)got, out, strlen(out));
	}
}

/* Not a byte is written beyond the room. */
static void
room(void)
{
	static const char in[] = "b\303\274cher.b\303\274cher.a";
	static const char out[] = "xn--bcher-kva.xn--bcher-kva.a";

	for (size_t size = 0; size < sizeof(out) + 2; size++) {
		char dst[sizeof(out) + 3];
		long got;

		check_at(size);
		memset(dst, '!', sizeof(dst));
		got = idna_to_ascii(dst, size, in, sizeof(in) - 1);
		check_is(got, size < sizeof(out) - 1 ? -1 : (long)sizeof(out) - 1);
		for (size_t i = size; i < sizeof(dst); i++)
			check(dst[i] == '!');
	}
}

/* A label of more characters than browsers bear, and one of ASCII that is longer. */
static void
lengths(void)
{
	enum { MOST = 1000 };
	char in[2 * MOST + 2], dst[8 * MOST];

	for (size_t i = 0; i <= MOST; i++)
		memcpy(in + 2 * i, "\303\251", 2);
	check(idna_to_ascii(dst, sizeof(dst), in, (size_t)2 * MOST) > MOST);
	check(idna_to_ascii(dst, sizeof(dst), in, (size_t)2 * MOST + 2) < 0);
	memset(in, 'a', sizeof(in));
	check_is(idna_to_ascii(dst, sizeof(dst), in, sizeof(in)), sizeof(in));
}

/* What was encoded is decoded again, and bytes of any kind do no harm. */
static void
encoded(void)
{
	for (uint64_t step = 0; step < 20000; step++) {
		uint32_t text[20], again[40];
		char out[400];
		size_t len = (size_t)chance_from(1, COUNT(text));
		bool is_ascii = true;
		long got;

		check_at(step);
		for (size_t i = 0; i < len; i++) {
			text[i] = (uint32_t)chance_below(chance_one_in(3) ? 0x80
				: chance_one_in(9)			  ? 0x110000
									  : 0xd800);
			if (text[i] >= 0xd800 && text[i] <= 0xdfff)
				text[i] = 'x';
			is_ascii = is_ascii && text[i] < 0x80;
		}
		got = punycode_encode(out, sizeof(out), text, len);
		check(got > 0);
		check_is(punycode_decode(again, COUNT(again), out, (size_t)got), len);
		check_bytes(again, len * sizeof(*again), text, len * sizeof(*text));
		check(punycode_encode(out, (size_t)got - 1, text, len) == -1);
		check(
		    is_ascii || punycode_decode(again, len - 1, out, (size_t)got) == -1);
		chance_bytes_of(out, 30, "az09-Z", 6);
		got = punycode_decode(again, COUNT(again), out, 30);
		check(got <= 30);
	}
}

#ifdef HAVE_ICU_UC
#include <unicode/uchar.h>
#include <unicode/uidna.h>

/* The standard's CheckBidi and CheckJoiners, and Transitional_Processing is false. */
static const uint32_t checks =
    UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ | UIDNA_NONTRANSITIONAL_TO_ASCII;

/* CheckHyphens and VerifyDnsLength are false: these are no errors. */
static const uint32_t borne = UIDNA_ERROR_EMPTY_LABEL | UIDNA_ERROR_LABEL_TOO_LONG |
    UIDNA_ERROR_DOMAIN_NAME_TOO_LONG | UIDNA_ERROR_LEADING_HYPHEN |
    UIDNA_ERROR_TRAILING_HYPHEN | UIDNA_ERROR_HYPHEN_3_4;

enum { NAME_MAX_BYTES = 400 };

static long
ask_icu(const UIDNA *icu, char *dst, const char *in, size_t len)
{
	UIDNAInfo info = UIDNA_INFO_INITIALIZER;
	UErrorCode error = U_ZERO_ERROR;
	int32_t got = uidna_nameToASCII_UTF8(
	    icu, in, (int32_t)len, dst, NAME_MAX_BYTES, &info, &error);

	return U_FAILURE(error) || (info.errors & ~borne) != 0 ? -1 : got;
}

static size_t
put(char *dst, uint32_t code)
{
	if (code < 0x80) {
		dst[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		dst[0] = (char)(0xc0 | code >> 6);
		dst[1] = (char)(0x80 | (code & 63));
		return 2;
	}
	if (code < 0x10000) {
		dst[0] = (char)(0xe0 | code >> 12);
		dst[1] = (char)(0x80 | (code >> 6 & 63));
		dst[2] = (char)(0x80 | (code & 63));
		return 3;
	}
	dst[0] = (char)(0xf0 | code >> 18);
	dst[1] = (char)(0x80 | (code >> 12 & 63));
	dst[2] = (char)(0x80 | (code >> 6 & 63));
	dst[3] = (char)(0x80 | (code & 63));
	return 4;
}

static bool
agree(const UIDNA *icu, const char *in, size_t len)
{
	char ours[NAME_MAX_BYTES], its[NAME_MAX_BYTES];
	long got = idna_to_ascii(ours, sizeof(ours), in, len);
	long want = ask_icu(icu, its, in, len);

	return got == want && (got < 0 || memcmp(ours, its, (size_t)got) == 0);
}

/* What UTS 46 has changed with Unicode 15.1 and 16. */
static const struct {
	uint32_t from, to;
} changed[] = { { 0x4c0, 0x4c0 }, { 0x10a0, 0x10c5 }, { 0x115f, 0x1160 },
	{ 0x17b4, 0x17b5 }, { 0x1806, 0x1806 }, { 0x180e, 0x180e }, { 0x1e9e, 0x1e9e },
	{ 0x2061, 0x2063 }, { 0x206a, 0x206f }, { 0x2132, 0x2132 }, { 0x2183, 0x2183 },
	{ 0x3164, 0x3164 }, { 0xffa0, 0xffa0 }, { 0x1171e, 0x1171e },
	{ 0x1d173, 0x1d17a }, { 0x2f868, 0x2f868 }, { 0x2f874, 0x2f874 },
	{ 0x2f91f, 0x2f91f }, { 0x2f95f, 0x2f95f }, { 0x2f9bf, 0x2f9bf } };

/* Is it the same in the Unicode of ICU and in that of the tables? */
static bool
is_same(uint32_t code)
{
	UVersionInfo since;

	if (u_charType((UChar32)code) == U_UNASSIGNED)
		return idna_property_of(code)->status == IDNA_DISALLOWED;
	u_charAge((UChar32)code, since);
	for (size_t i = 0; i < COUNT(changed); i++)
		if (code >= changed[i].from && code <= changed[i].to)
			return false;
	return since[0] <= 16;
}

static UIDNA *
open_icu(void)
{
	UErrorCode error = U_ZERO_ERROR;
	UIDNA *icu = uidna_openUTS46(checks, &error);

	check(U_SUCCESS(error));
	return icu;
}

/* Each code point alone, and most of those of names beside what minds its neighbours. */
static void
characters(void)
{
	static const char *const around[][2] = { { "", "" }, { "a", "" }, { "e", "o" },
		{ "\327\220", "\327\220" }, { "\330\250", "\330\250" },
		{ "\330\250\342\200\214", "" }, { "\340\245\215", "\342\200\215" },
		{ "", "\314\210" }, { "", "1" }, { "\327\220.", "" },
		{ "\341\204\222", "" }, { "\352\260\200", "" } };
	UIDNA *icu = open_icu();

	for (uint32_t code = 0; code <= 0x10ffff; code++) {
		bool is_known = idna_property_of(code)->status != IDNA_DISALLOWED &&
		    (code < 0x3400 || chance_one_in(16));

		if (!is_same(code) || (code >= 0xd800 && code <= 0xdfff))
			continue;
		check_at(code);
		for (size_t i = 0; i < (is_known ? COUNT(around) : 1); i++) {
			char in[40];
			size_t len = strlen(around[i][0]);

			memcpy(in, around[i][0], len);
			len += put(in + len, code);
			len += (size_t)sprintf(in + len, "%s", around[i][1]);
			check(agree(icu, in, len));
		}
	}
	uidna_close(icu);
}

/* A code point of a kind that there are rules about. */
static uint32_t
any_code(void)
{
	static const struct {
		uint32_t from, to;
	} kinds[] = { { 'a', 'z' }, { '0', '9' }, { '-', '.' }, { 0x300, 0x36f },
		{ 0x5d0, 0x5ea }, { 0x591, 0x5bd }, { 0x620, 0x64a }, { 0x660, 0x669 },
		{ 0x915, 0x94d }, { 0x94d, 0x94d }, { 0x200c, 0x200d }, { 0xc0, 0x17f },
		{ 0x1100, 0x11ff }, { 0xac00, 0xad00 }, { 0x3002, 0x3002 },
		{ 0x1e00, 0x1eff }, { 0x1f00, 0x1fff }, { 0xff01, 0xff5e },
		{ 0xfb1d, 0xfbff }, { 0x10a00, 0x10a4f }, { 0x20, 0xffff } };
	size_t i = (size_t)chance_below(COUNT(kinds) + 9);

	i = i < COUNT(kinds) ? i : 0;
	return (uint32_t)chance_from(kinds[i].from, kinds[i].to);
}

/* A label; now and then one that is encoded, well or not quite. */
static size_t
any_label(char *dst)
{
	uint32_t text[12];
	size_t count = (size_t)chance_below(COUNT(text)), len = 0;

	for (size_t i = 0; i < count; i++) {
		do
			text[i] = any_code();
		while (!is_same(text[i]) || (text[i] >= 0xd800 && text[i] <= 0xdfff));
		len += put(dst + len, text[i]);
	}
	if (count == 0 || !chance_one_in(4))
		return len;
	for (size_t i = 0; i < count; i++)
		if (text[i] == '.')
			text[i] = 'o';
	memcpy(dst, "xn--", 4);
	len = 4 + (size_t)punycode_encode(dst + 4, 100, text, count);
	if (chance_one_in(3))
		chance_bytes_of(dst + chance_from(4, len - 1), 1, "az0-9", 5);
	return len;
}

/*
 * Does it stand for what is the same to both?  What is nothing, or ASCII, ICU has taken
 * before it was of Unicode 16.
 */
static bool
is_same_label(const char *in, size_t len)
{
	uint32_t text[NAME_MAX_BYTES];
	long got;

	if (len < 4 || memcmp(in, "xn--", 4) != 0)
		return true;
	if (len == 4 || in[len - 1] == '-')
		return false;
	got = punycode_decode(text, COUNT(text), in + 4, len - 4);
	for (long i = 0; i < got; i++)
		if (!is_same(text[i]))
			return false;
	return true;
}

static void
names(void)
{
	UIDNA *icu = open_icu();

	for (uint64_t step = 0; step < 60000; step++) {
		char in[NAME_MAX_BYTES];
		size_t count = (size_t)chance_from(1, 3), len = 0;
		bool is_known = true;

		check_at(step);
		for (size_t i = 0; i < count; i++) {
			size_t got;

			if (i > 0)
				in[len++] = '.';
			got = any_label(in + len);
			is_known = is_known && is_same_label(in + len, got);
			len += got;
		}
		check(!is_known || agree(icu, in, len));
	}
	uidna_close(icu);
}

/* clang-format off */
#define AS_ICU \
	, { "characters as ICU reads them", characters }, { "names as ICU reads them", names }
/* clang-format on */
#else
#define AS_ICU
#endif

TESTS("idna", { "table", table }, { "room", room }, { "lengths", lengths },
    { "encoded", encoded } AS_ICU)
