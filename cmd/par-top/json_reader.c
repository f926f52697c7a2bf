/* SPDX-License-Identifier: ISC */
#include <stdint.h>
#include <string.h>

#include "json_reader.h"

#define NUMBER_MOST 1e18

/* The next byte behind blanks, or -1: there is none. */
static int
peek(struct json_reader *in)
{
	while (!in->bad && in->at < in->end && memchr(" \t\r\n", *in->at, 4) != NULL)
		in->at++;
	return in->bad || in->at == in->end ? -1 : (unsigned char)*in->at;
}

/* Is that the next byte?  Then it is taken. */
static bool
take(struct json_reader *in, char byte)
{
	if (peek(in) != byte)
		return false;
	in->at++;
	return true;
}

static void
need(struct json_reader *in, char byte)
{
	if (!take(in, byte))
		in->bad = true;
}

/* Is that the next word?  Then it is taken. */
static bool
take_word(struct json_reader *in, const char *word)
{
	size_t len = strlen(word);

	if (peek(in) < 0 || (size_t)(in->end - in->at) < len ||
	    memcmp(in->at, word, len) != 0)
		return false;
	in->at += len;
	return true;
}

/* Four digits of hexadecimal, or UINT32_MAX. */
static uint32_t
take_hex(struct json_reader *in)
{
	static const char digits[] = "0123456789abcdefABCDEF";
	uint32_t value = 0;

	for (int i = 0; i < 4; i++) {
		const char *digit =
		    in->at < in->end && *in->at != '\0' ? strchr(digits, *in->at) : NULL;

		if (digit == NULL)
			return UINT32_MAX;
		value = value << 4 |
		    (uint32_t)(digit - digits - (digit - digits > 15 ? 6 : 0));
		in->at++;
	}
	return value;
}

/* Write code in UTF-8; how many bytes that are. */
static size_t
encode(char *to, uint32_t code)
{
	if (code < 0x80) {
		to[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		to[0] = (char)(0xc0 | code >> 6);
		to[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	if (code < 0x10000) {
		to[0] = (char)(0xe0 | code >> 12);
		to[1] = (char)(0x80 | (code >> 6 & 0x3f));
		to[2] = (char)(0x80 | (code & 0x3f));
		return 3;
	}
	to[0] = (char)(0xf0 | code >> 18);
	to[1] = (char)(0x80 | (code >> 12 & 0x3f));
	to[2] = (char)(0x80 | (code >> 6 & 0x3f));
	to[3] = (char)(0x80 | (code & 0x3f));
	return 4;
}

/* A character behind \u, both halves of it; those that stand alone are U+FFFD. */
static uint32_t
take_code(struct json_reader *in)
{
	uint32_t code = take_hex(in), low;
	char *before = in->at;

	if (code == UINT32_MAX) {
		in->bad = true;
		return 0;
	}
	if (code < 0xd800 || code > 0xdfff)
		return code;
	if (code > 0xdbff || in->end - in->at < 2 || in->at[0] != '\\' ||
	    in->at[1] != 'u')
		return 0xfffd;
	in->at += 2;
	low = take_hex(in);
	if (low >= 0xdc00 && low <= 0xdfff)
		return 0x10000 + ((code & 0x3ff) << 10) + (low & 0x3ff);
	in->at = before;
	return 0xfffd;
}

/* What stands behind a backslash, written where there is room; how many bytes. */
static size_t
take_escape(struct json_reader *in, char *to)
{
	static const char named[] = "\"\"\\\\//b\bf\fn\nr\rt\t";
	char byte = in->at < in->end ? *in->at++ : '\0';

	if (byte == 'u')
		return encode(to, take_code(in));
	for (size_t i = 0; i < sizeof(named) - 1; i += 2)
		if (named[i] == byte) {
			*to = named[i + 1];
			return 1;
		}
	in->bad = true;
	return 0;
}

/* A string, behind its quote. */
static struct json_text
take_string(struct json_reader *in)
{
	char *start = in->at, *to = in->at;

	while (!in->bad && in->at < in->end && *in->at != '"') {
		char byte = *in->at++;

		if ((unsigned char)byte < 0x20)
			in->bad = true;
		else if (byte != '\\')
			*to++ = byte;
		else
			to += take_escape(in, to);
	}
	if (in->bad || in->at == in->end) {
		in->bad = true;
		return (struct json_text){ 0 };
	}
	in->at++;
	return (struct json_text){ start, (size_t)(to - start) };
}

/* Digits, at least one; how many. */
static size_t
take_digits(struct json_reader *in, double *value)
{
	size_t count = 0;

	for (; in->at < in->end && *in->at >= '0' && *in->at <= '9'; in->at++, count++)
		*value = *value * 10 + (*in->at - '0');
	if (count == 0)
		in->bad = true;
	return count;
}

/* What stands behind e in a number: the power of ten. */
static int
take_power(struct json_reader *in)
{
	bool less = false;
	double power = 0;

	if (in->at < in->end && (*in->at == '+' || *in->at == '-'))
		less = *in->at++ == '-';
	take_digits(in, &power);
	if (power > 400)
		power = 400;
	return less ? -(int)power : (int)power;
}

/* A number of any size. */
static double
take_number(struct json_reader *in)
{
	bool less = take(in, '-');
	double value = 0, fraction = 0;
	int power = 0;
	bool zero = in->at < in->end && *in->at == '0';

	if (peek(in) < 0 || (take_digits(in, &value) > 1 && zero))
		in->bad = true;
	if (!in->bad && in->at < in->end && *in->at == '.') {
		double unit = 1;
		size_t digits;

		in->at++;
		for (digits = take_digits(in, &fraction); digits > 0 && unit < 1e300;
		     digits--)
			unit *= 10;
		value += digits > 0 ? 0 : fraction / unit;
	}
	if (!in->bad && in->at < in->end && (*in->at == 'e' || *in->at == 'E')) {
		in->at++;
		power = take_power(in);
	}
	for (; power > 0 && value < NUMBER_MOST * 10; power--)
		value *= 10;
	for (; power < 0 && value > 0; power++)
		value /= 10;
	return less ? -value : value;
}

static void pass_over(struct json_reader *in);

static void
pass_member(void *context, struct json_reader *in, struct json_text name)
{
	(void)context, (void)name;
	pass_over(in);
}

static void
pass_value(void *context, struct json_reader *in)
{
	(void)context;
	pass_over(in);
}

/* Pass over whatever comes next; as deep as JSON_DEEP at most. */
static void
pass_over(struct json_reader *in) /* NOLINT(misc-no-recursion) */
{
	switch (peek(in)) {
	case '{':
		json_object(in, pass_member, NULL);
		return;
	case '[':
		json_array(in, pass_value, NULL);
		return;
	case '"':
		in->at++;
		take_string(in);
		return;
	case 't':
	case 'f':
		json_flag(in);
		return;
	case 'n':
		if (!json_null(in))
			in->bad = true;
		return;
	default:
		take_number(in);
	}
}

/* One deeper; false: that is too deep. */
static bool
deeper(struct json_reader *in)
{
	if (in->depth == JSON_DEEP)
		in->bad = true;
	in->depth += !in->bad;
	return !in->bad;
}

void
json_object(struct json_reader *in, json_member *member,
    void *context) /* NOLINT(misc-no-recursion) */
{
	need(in, '{');
	if (in->bad || !deeper(in))
		return;
	if (!take(in, '}')) {
		do {
			struct json_text name;
			const char *before;

			need(in, '"');
			name = take_string(in);
			need(in, ':');
			peek(in);
			before = in->at;
			if (!in->bad)
				member(context, in, name);
			if (in->at == before)
				pass_over(in);
		} while (take(in, ','));
		need(in, '}');
	}
	in->depth--;
}

void
json_array(struct json_reader *in, json_value *value,
    void *context) /* NOLINT(misc-no-recursion) */
{
	need(in, '[');
	if (in->bad || !deeper(in))
		return;
	if (!take(in, ']')) {
		do {
			const char *before;

			peek(in);
			before = in->at;
			if (!in->bad)
				value(context, in);
			if (in->at == before)
				pass_over(in);
		} while (take(in, ','));
		need(in, ']');
	}
	in->depth--;
}

double
json_number(struct json_reader *in)
{
	double value = peek(in) < 0 ? -1 : take_number(in);

	if (!(value >= 0 && value <= NUMBER_MOST))
		in->bad = true;
	return in->bad ? 0 : value;
}

struct json_text
json_text(struct json_reader *in)
{
	if (json_null(in))
		return (struct json_text){ 0 };
	need(in, '"');
	return in->bad ? (struct json_text){ 0 } : take_string(in);
}

bool
json_flag(struct json_reader *in)
{
	if (take_word(in, "true"))
		return true;
	if (!take_word(in, "false"))
		in->bad = true;
	return false;
}

bool
json_null(struct json_reader *in)
{
	return take_word(in, "null");
}

bool
json_over(struct json_reader *in)
{
	return peek(in) < 0 && !in->bad;
}
