/* SPDX-License-Identifier: ISC */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "json_reader.h"

/* Where what is read is, with nothing behind it that could be read as well. */
struct exact {
	char *data;
	struct json_reader in;
};

static void
begin(struct exact *exact, const char *text, size_t len)
{
	exact->data = malloc(len + (len == 0));
	check(exact->data != NULL);
	memcpy(exact->data, text, len);
	json_begin(&exact->in, exact->data, len);
}

/* All items as DEPTH NAME=VALUE, and whether it ended well. */
static void
read_all(const char *text, size_t text_len, char *to, size_t size)
{
	static const char kinds[] = { [JSON_OBJECT] = '{',
		[JSON_ARRAY] = '[',
		[JSON_TEXT] = '\'',
		[JSON_NUMBER] = '#',
		[JSON_TRUE] = '?',
		[JSON_FALSE] = '?',
		[JSON_NULL] = '?' };
	struct exact exact;
	struct json_item item;
	size_t used = 0;

	begin(&exact, text, text_len);
	while (json_next(&exact.in, &item)) {
		char plain[200];
		size_t len = json_text(plain, &item);

		check(item.depth >= 1 && item.depth <= JSON_DEEP);
		used +=
		    (size_t)snprintf(to + used, size - used, "%u%.*s=%c%.*s ", item.depth,
			(int)item.name.len, item.name.data == NULL ? "" : item.name.data,
			kinds[item.kind], (int)len, plain);
	}
	snprintf(to + used, size - used, json_over(&exact.in) ? "." : "!");
	check(!json_next(&exact.in, &item));
	free(exact.data);
}

static const struct read_row {
	const char *text, *want;
} rows_of_values[] = {
	{ "{}", "." },
	{ " { } \r\n", "." },
	{ "{\"a\":1}", "1a=#1 ." },
	{ " {\"a\" : \"x\"\t, \"b\":true}", "1a='x 1b=?true ." },
	{ "{\"a\":false,\"b\":null}", "1a=?false 1b=?null ." },
	{ "{\"a\":{\"b\":2,\"c\":\"d\"},\"e\":3}", "1a={ 2b=#2 2c='d 1e=#3 ." },
	{ "{\"a\":{\"b\":{\"c\":4}}}", "1a={ 2b={ 3c=#4 ." },
	{ "{\"a\":{},\"b\":[],\"c\":5}", "1a={ 1b=[ 1c=#5 ." },
	{ "{\"a\":{}}", "1a={ ." },
	{ "{\"a\":[1,[\"\",{\"b\":[]}], 2 ]}", "1a=[ 2=#1 2=[ 3=' 3={ 4b=[ 2=#2 ." },
	{ "{\"\":\"\"}", "1=' ." },
	{ "{\"a\":1,\"a\":2}", "1a=#1 1a=#2 ." },
	{ "{\"\xff\":\"\xc3\xa4\x7f\x80\"}", "1\xff='\xc3\xa4\x7f\x80 ." },
};

/* No JSON. */
static const struct read_row rows_of_others[] = {
	{ "", "!" },
	{ " ", "!" },
	{ "{", "!" },
	{ "}", "!" },
	{ "[1]", "!" },
	{ "1", "!" },
	{ "{}x", "!" },
	{ "{}{}", "!" },
	{ "{}}", "!" },
	{ "{\"a\":1}]", "1a=#1 !" },
	{ "{,}", "!" },
	{ "{\"a\":1,}", "1a=#1 !" },
	{ "{,\"a\":1}", "!" },
	{ "{\"a\":1,,\"b\":2}", "1a=#1 !" },
	{ "{\"a\":[1,]}", "1a=[ 2=#1 !" },
	{ "{\"a\":[,1]}", "1a=[ !" },
	{ "{\"a\":[1 2]}", "1a=[ 2=#1 !" },
	{ "{\"a\":[\"b\":1]}", "1a=[ 2='b !" },
	{ "{\"a\":[1}", "1a=[ 2=#1 !" },
	{ "{\"a\":{\"b\":1]}", "1a={ 2b=#1 !" },
	{ "{\"a\":{1}}", "1a={ !" },
	{ "{\"a\":1", "1a=#1 !" },
	{ "{\"a\" 1}", "!" },
	{ "{\"a\"}", "!" },
	{ "{\"a\":}", "!" },
	{ "{a:1}", "!" },
	{ "{'a':1}", "!" },
	{ "{1:1}", "!" },
	{ "{\"a\":1 \"b\":2}", "1a=#1 !" },
	{ "{\"a\":truE}", "!" },
	{ "{\"a\":truex}", "1a=?true !" },
	{ "{\"a\":nul}", "!" },
	{ "{\"a\":fals", "!" },
	{ "{\"a\":TRUE}", "!" },
	{ "{\"a\":NaN}", "!" },
	{ "{\"a\":/* */1}", "!" },
	{ "\xef\xbb\xbf{}", "!" },
	{ "{\v}", "!" },
};

static void
read_rows(const struct read_row *rows, size_t count)
{
	char text[200];

	for (size_t i = 0; i < count; i++) {
		check_at(i + 1);
		read_all(rows[i].text, strlen(rows[i].text), text, sizeof(text));
		check_text(text, rows[i].want);
	}
}

static void
values(void)
{
	read_rows(rows_of_values, COUNT(rows_of_values));
}

static void
others(void)
{
	read_rows(rows_of_others, COUNT(rows_of_others));
}

/* What stands in a string, and what it is; NULL: it is none. */
static void
strings(void)
{
	static const struct {
		const char *in, *want;
		size_t len;
	} rows[] = {
		{ "plain", "plain", 5 },
		{ "\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\b\f\n\r\t", 8 },
		{ "\\u00e4x\\u20AC", "\xc3\xa4x\xe2\x82\xac", 6 },
		{ "\\u0000\\u001f\\u007F", "\0\x1f\x7f", 3 },
		{ "\\uffff", "\xef\xbf\xbf", 3 },
		{ "\\ud83d\\ude00", "\xf0\x9f\x98\x80", 4 },
		{ "\\uD800\\uDC00\\udbff\\udfff", "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", 8 },
		/* half a pair */
		{ "\\ud83d", "\xef\xbf\xbd", 3 },
		{ "\\ud83dx", "\xef\xbf\xbdx", 4 },
		{ "\\ud83d\\n", "\xef\xbf\xbd\n", 4 },
		{ "\\ud83d\\u0041", "\xef\xbf\xbd\x41", 4 },
		{ "\\ud83d\\ud83d\\ude00", "\xef\xbf\xbd\xf0\x9f\x98\x80", 7 },
		{ "\\udc00\\udc7f\\udfff", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", 9 },
		/* a byte that was no UTF-8 */
		{ "\\udc80\\udcff", "\x80\xff", 2 },
		{ "\\ud83d\\udcff", "\xf0\x9f\x93\xbf", 4 },
		/* none */
		{ "\\", NULL, 0 },
		{ "\\x", NULL, 0 },
		{ "\\'", NULL, 0 },
		{ "\\N", NULL, 0 },
		{ "\\U0041", NULL, 0 },
		{ "\\u", NULL, 0 },
		{ "\\u004", NULL, 0 },
		{ "\\u004g", NULL, 0 },
		{ "\\u00 4", NULL, 0 },
		{ "\\u-041", NULL, 0 },
		{ "\\u00\x11\x10", NULL, 0 },
		{ "\\ud83d\\u", NULL, 0 },
		{ "\x1f", NULL, 0 },
		{ "a\nb", NULL, 0 },
		{ "a\tb", NULL, 0 },
		{ "a\"b", NULL, 0 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		char text[100], plain[100];
		struct exact exact;
		struct json_item item;

		check_at(i + 1);
		snprintf(text, sizeof(text), "{\"a\":\"%s\"}", rows[i].in);
		begin(&exact, text, strlen(text));
		check((json_next(&exact.in, &item) && json_over(&exact.in)) ==
		    (rows[i].want != NULL));
		if (rows[i].want != NULL) {
			check_bytes(
			    plain, json_text(plain, &item), rows[i].want, rows[i].len);
			/* where it stands, too */
			check_bytes(exact.data + 6, json_text(exact.data + 6, &item),
			    rows[i].want, rows[i].len);
		}
		free(exact.data);
	}
}

/* A NUL ends nothing, and is no part of anything. */
static void
zeros(void)
{
	static const struct {
		const char *text;
		size_t len;
	} rows[] = {
		{ "{\0}", 3 },
		{ "{}\0", 3 },
		{ "\0{}", 3 },
		{ "{\"a\0\":1}", 8 },
		{ "{\"a\":\"\0\"}", 9 },
		{ "{\"a\":\"\\\0\"}", 10 },
		{ "{\"a\":\"\\u\0000\"}", 12 },
		{ "{\"a\":1\0}", 8 },
		{ "{\"a\":tru\0}", 10 },
		{ "{\"a\":1\0002}", 9 },
	};
	struct json_item item;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct exact exact;

		check_at(i + 1);
		begin(&exact, rows[i].text, rows[i].len);
		while (json_next(&exact.in, &item))
			;
		check(!json_over(&exact.in));
		free(exact.data);
	}
}

/* Is it a number, and does it count? */
static void
numbers(void)
{
	static const struct {
		const char *text;
		bool counts;
		uint64_t count;
		double number;
	} rows[] = {
		{ "0", true, 0, 0 }, { "-0", false, 0, 0 }, { "7", true, 7, 7 },
		{ "18446744073709551615", true, UINT64_MAX, 18446744073709551615.0 },
		{ "18446744073709551616", false, 0, 18446744073709551616.0 },
		{ "1000000000000000000000000000000", false, 0, 1e30 },
		{ "-12", false, 0, -12 }, { "0.1", false, 0, 0.1 },
		{ "1.25", false, 0, 1.25 },
		{ "10.0000000000000000000000000001", false, 0, 10 },
		{ "1e3", false, 0, 1000 }, { "1E+3", false, 0, 1000 },
		{ "1.5e-1", false, 0, 0.15 }, { "0e0", false, 0, 0 },
		{ "1e-400", false, 0, 0 },
		{ "1e00000000000000000000000000000000000000000000000000000000000003",
		    false, 0, 1000 }, /* JSON_DIGITS of them */
	};
	static const char *const none[] = { "", "-", "+1", "01", "00", "-01", ".5", "1.",
		"1.e1", "-.5", "1e", "1e+", "1e+-1", "0x1", "1e1.5", "--1", "1_0",
		"Infinity" };
	char text[100];
	struct json_reader in;
	struct json_item item;

	for (size_t i = 0; i < COUNT(rows); i++) {
		uint64_t count = 0;
		double number = -1;

		check_at(i + 1);
		snprintf(text, sizeof(text), "{\"a\":%s}", rows[i].text);
		json_begin(&in, text, strlen(text));
		check(json_next(&in, &item) && json_over(&in));
		check_is(json_count(&item, &count), rows[i].counts);
		check_is(count, rows[i].count);
		check(json_number(&item, &number) && !(number < rows[i].number) &&
		    !(number > rows[i].number));
	}
	for (size_t i = 0; i < COUNT(none); i++) {
		check_at(i + 1);
		snprintf(text, sizeof(text), "{\"a\":%s}", none[i]);
		json_begin(&in, text, strlen(text));
		while (json_next(&in, &item))
			;
		check(!json_over(&in));
	}
}

/* JSON, all the same, but no number that is taken. */
static void
numbers_beyond(void)
{
	char text[] =
	    "{\"a\":1e00000000000000000000000000000000000000000000000000000000000"
	    "0003,\"b\":1e400,\"c\":\"1\",\"d\":true}";
	struct json_reader in;
	struct json_item item;
	uint64_t count;
	double number;

	json_begin(&in, text, strlen(text));
	check(json_next(&in, &item) && item.value.len > JSON_DIGITS);
	check(!json_number(&item, &number) && !json_count(&item, &count));
	check(json_next(&in, &item) && json_number(&item, &number) && isinf(number));
	while (json_next(&in, &item))
		check(!json_number(&item, &number) && !json_count(&item, &count));
	check(json_over(&in));
}

/* So deep and no deeper, whatever is within what. */
static void
depths(void)
{
	for (unsigned kinds = 0; kinds < 16; kinds++)
		for (unsigned deep = 1; deep <= JSON_DEEP + 1; deep++) {
			char text[200] = "";
			struct json_reader in;
			struct json_item item;
			unsigned count = 0;

			for (unsigned i = 1; i <= deep; i++)
				strcat(text,
				    i == 1		     ? "{\"a\":"
					: kinds >> i % 4 & 1 ? "{\"b\":"
							     : "[");
			strcat(text, "1");
			for (unsigned i = deep; i > 0; i--)
				strcat(text, i == 1 || kinds >> i % 4 & 1 ? "}" : "]");
			json_begin(&in, text, strlen(text));
			while (json_next(&in, &item))
				check_is(item.depth, ++count);
			check_is(json_over(&in), deep <= JSON_DEEP);
			check_is(count, deep <= JSON_DEEP ? deep : JSON_DEEP - 1);
		}
}

/* What is cut off anywhere is not over, and what came of it before is the same. */
static void
cut_off(void)
{
	static const char whole[] = "{\"a\":[1,-2.5e+1,{\"b\":\"\\ud83d\\ude00\\n\"}],"
				    "\"\\u0063\":true,\"d\":{\"e\":null,\"f\":[]}}";
	char all[300], part[300];

	read_all(whole, strlen(whole), all, sizeof(all));
	check(all[strlen(all) - 1] == '.');
	for (size_t len = 0; len < strlen(whole); len++) {
		size_t same;

		check_at(len + 1);
		read_all(whole, len, part, sizeof(part));
		check(part[strlen(part) - 1] == '!');
		for (same = 0; part[same] != '!' && part[same] == all[same]; same++)
			;
		/* but for a number, which may go on */
		check(part[same] == '!' || strchr("0123456789 ", part[same]) != NULL);
	}
}

/* Those of one depth, and of one object, past all that is within them. */
static void
each(void)
{
	static const char text[] = "{\"a\":{\"x\":[1,[2],{}]},\"list\":[[],{\"n\":1},3,"
				   "{\"n\":{\"n\":9},\"m\":2}],\"b\":{},\"z\":0}";
	struct json_reader in;
	struct json_item item, inner, member;
	unsigned outer = 0, count = 0, members = 0;

	json_begin(&in, text, strlen(text));
	while (json_each(&in, 1, &item)) {
		outer++;
		check_is(item.depth, 1);
		if (json_is(&item, "b"))
			check(!json_each(&in, 2, &inner));
		if (!json_is(&item, "list"))
			continue;
		while (json_each(&in, item.depth + 1, &inner)) {
			count++;
			check(inner.name.data == NULL && inner.name.len == 0);
			while (inner.kind == JSON_OBJECT &&
			    json_each(&in, inner.depth + 1, &member))
				members++;
		}
	}
	check(json_over(&in));
	check_is(outer, 4);
	check_is(count, 4);
	check_is(members, 3);
}

/* A name is what it is, however it is written; twice, and each has its value. */
static void
names(void)
{
	static const char text[] =
	    "{\"par\":1,\"\\u0070\\u0061r\":2,\"pa\":3,\"parr\":4,\"par\\u0000\":5,"
	    "\"\\uDCFF\":6,\"p\\u0061rr\":7}";
	struct json_reader in;
	struct json_item item;
	unsigned count = 0, last = 0;

	json_begin(&in, text, strlen(text));
	while (json_next(&in, &item))
		if (json_is(&item, "par")) {
			uint64_t value;

			check(json_count(&item, &value));
			last = (unsigned)value;
			count++;
		} else if (json_is(&item, "\xff")) {
			count += 10;
		}
	check(json_over(&in));
	check_is(count, 12);
	check_is(last, 2);
}

/* A name with more escapes than are looked at is none that anybody asks for. */
static void
long_names(void)
{
	char text[400] = "{\"";
	struct json_reader in;
	struct json_item item;

	for (int i = 0; i < 22; i++)
		strcat(text, "\\u0061");
	strcat(text, "\":1}");
	json_begin(&in, text, strlen(text));
	check(json_next(&in, &item) && json_over(&in));
	check(!json_is(&item, "aaaaaaaaaaaaaaaaaaaaaa"));
}

TESTS("json_reader", { "values", values }, { "no JSON", others }, { "strings", strings },
    { "NUL", zeros }, { "numbers", numbers },
    { "numbers that are not taken", numbers_beyond }, { "depths", depths },
    { "cut off anywhere", cut_off }, { "each of one depth", each }, { "names", names },
    { "long names", long_names })
