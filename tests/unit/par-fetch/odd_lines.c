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

/* What is no status is made none that any libcurl could take for one. */
static void
statuses(void)
{
	char four[] = "HTTP/1.1 2000 Odd\r\n\r\n", three[] = "HTTP/1.1 200\r\n\r\n";
	struct odd_lines lines = { 0 };

	odd_lines_expect(&lines, four);
	odd_lines_mend(&lines, four, strlen(four));
	check_text(four, "HTTP/1.1 x000 Odd\r\n\r\n");
	odd_lines_expect(&lines, three);
	odd_lines_mend(&lines, three, strlen(three));
	check_text(three, "HTTP/1.1 200\r\n\r\n");
	odd_lines_leave(&lines);
}

TESTS("odd_lines", { "a header becomes what libcurl takes", mended },
    { "a status of four digits", statuses })
