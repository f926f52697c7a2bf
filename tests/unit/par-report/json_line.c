/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "json_line.h"

/* All items of a line as DEPTH NAME=VALUE, and whether it ended well. */
static void
read_all(const char *line, char *to, size_t size)
{
	struct json_line json;
	struct json_item item;
	size_t used = 0;

	json_line_begin(&json, line, strlen(line));
	while (json_line_next(&json, &item)) {
		struct bytes text = { 0 };
		struct field value = item.value;

		if (item.text)
			value = json_line_text(&text, &item);
		used += (size_t)snprintf(to + used, size - used, "%u%.*s=%s%.*s ",
		    item.depth, (int)item.name.len, item.name.data, item.text ? "'" : "",
		    (int)value.len, value.data);
		bytes_free(&text);
	}
	snprintf(to + used, size - used, json.ended ? "." : "!");
}

static void
lines(void)
{
	static const struct {
		const char *line, *want;
	} rows[] = {
		{ "{}", "." },
		{ "{\"a\":1}", "1a=1 ." },
		{ " {\"a\" : \"x\" , \"b\":true}", "1a='x 1b=true ." },
		{ "{\"a\":{\"b\":2,\"c\":\"d\"},\"e\":3}", "2b=2 2c='d 1e=3 ." },
		{ "{\"a\":{\"b\":{\"c\":4}}}", "3c=4 ." },
		{ "{\"a\":{},\"b\":5}", "1b=5 ." },
		{ "{\"a\":{}}", "." },
		{ "{\"a\":\"\\u00e4\\t\\\\\\\"\"}", "1a='\xc3\xa4\\t\\\\\" ." },
		{ "{\"a\":\"\\ud83d\\ude00\\udcff\\u0000\"}",
		    "1a='\xf0\x9f\x98\x80\xff\\0 ." },
		{ "{\"a\":\"\\uzz\\", "!" },
		{ "", "!" },
		{ "{", "!" },
		{ "[1]", "!" },
		{ "{\"a\":[1]}", "!" },
		{ "{\"a\":1", "1a=1 !" },
		{ "{\"a\" 1}", "!" },
		{ "{\"a\":1 \"b\":2}", "1a=1 !" },
		{ "{\"a\":{\"b\":{\"c\":{\"d\":{\"e\":1}}}}}", "!" },
	};
	char text[200];

	for (size_t i = 0; i < COUNT(rows); i++) {
		check_at(i + 1);
		read_all(rows[i].line, text, sizeof(text));
		check_text(text, rows[i].want);
	}
}

TESTS("json_line", { "lines", lines })
