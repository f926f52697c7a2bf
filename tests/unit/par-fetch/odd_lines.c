/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "check.h"
#include "odd_lines.h"

/* A header becomes what libcurl takes, in whatever two pieces it comes. */
static void
mended(void)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "HTTP/1.1 200 OK\r\nA: b\r\n\r\nc\r\n",
		    "HTTP/1.1 200 OK\r\nA: b\r\n\r\nc\r\n" },
		{ "HTTP/1.1 200 OK\r\nab\r\n\r\nc\r\n",
		    "HTTP/1.1 200 OK\r\nab:\n\r\nc\r\n" },
		{ "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n",
		    "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n" },
		{ "HTTP/1.1 100 Go on\r\na\r\n\r\nHTTP/1.1 200 OK\r\na\r\n\r\nc\r\n",
		    "HTTP/1.1 100 Go on\r\na:\n\r\nHTTP/1.1 200 OK\r\na:\n\r\nc\r\n" },
		{ "HTTP\r\nab\r\n\r\n", "HTTP\r\nab\r\n\r\n" },
		{ "no header\r\nab\r\n\r\n", "no header\r\nab\r\n\r\n" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t len = strlen(rows[i].in);

		for (size_t cut = 0; cut <= len; cut++) {
			struct odd_lines lines = { 0 };
			char data[128];

			check_at(i + 1);
			strcpy(data, rows[i].in);
			odd_lines_expect(&lines, rows);
			if (odd_lines_mend(&lines, data, cut))
				odd_lines_mend(&lines, data + cut, len - cut);
			odd_lines_leave(&lines);
			check_text(data, rows[i].out);
		}
	}
}

TESTS("odd_lines", { "a header becomes what libcurl takes", mended })
