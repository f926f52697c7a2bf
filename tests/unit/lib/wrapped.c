/* SPDX-License-Identifier: ISC */
#include <stdint.h>

#include "check.h"
#include "wrapped.h"

static void
words(void)
{
	static const struct {
		const char *words[8], *line;
		bool is;
	} rows[] = {
		{ { "cat" }, "par-run --map cat", false },
		{ { "tr", "a b", "c" }, "par-run --map tr 'a b' c", false },
		{ { "par-run", "tr", "a" }, "par-run --map tr a", true },
		{ { "par-run", "-n", "2", "tr" }, "par-run --map -n 2 tr", true },
		{ { "/bin/par-run", "tr" }, "/bin/par-run --map tr", true },
		{ { "nice", "par-run", "tr" }, "nice par-run --map tr", true },
		{ { "par-run", "-n", "2", "par-run", "tr", "'" },
		    "par-run -n 2 par-run --map tr ''\\'''", true },
		{ { "par-runs", "x/par-run/y" }, "par-run --map par-runs x/par-run/y",
		    false },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		char **command = (char **)(uintptr_t)rows[i].words;
		struct bytes line = { 0 };

		check_at(i);
		check_is(wrapped_is(command), rows[i].is);
		check_is(wrapped_words(&line, "--map", command), 0);
		check_is(bytes_put(&line, "", 1), 0);
		check_text(line.data, rows[i].line);
		bytes_free(&line);
	}
}

TESTS("wrapped", { "words", words })
