/* SPDX-License-Identifier: ISC */
#include <stdint.h>

#include "check.h"
#include "quote.h"

static void
words(void)
{
	static const struct {
		const char *words[4], *line;
	} rows[] = {
		{ { "ls" }, "ls\n" },
		{ { "ls", "-l", "a/b.c" }, "ls -l a/b.c\n" },
		{ { "echo", "" }, "echo ''\n" },
		{ { "echo", "a b" }, "echo 'a b'\n" },
		{ { "echo", "it's" }, "echo 'it'\\''s'\n" },
		{ { "echo", "'" }, "echo ''\\'''\n" },
		{ { "echo", "$x`y`\\\"*?[~#;&|<>(){}!" },
		    "echo '$x`y`\\\"*?[~#;&|<>(){}!'\n" },
		{ { "a=b", "c" }, "'a=b' c\n" },
		{ { "time", "if", "x" }, "'time' if x\n" },
		{ { "done" }, "'done'\n" },
		{ { "echo", "a\nb\t\377" }, "echo 'a\nb\t\377'\n" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bytes line = { 0 };

		check_at(i);
		check_is(quote_words(&line, (char **)(uintptr_t)rows[i].words), 0);
		check_is(bytes_put(&line, "", 1), 0);
		check_text(line.data, rows[i].line);
		bytes_free(&line);
	}
}

TESTS("quote", { "words", words })
