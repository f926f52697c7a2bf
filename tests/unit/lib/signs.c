/* SPDX-License-Identifier: ISC */
#include <stdint.h>
#include <string.h>

#include "check.h"
#include "signs.h"

#define HEAD "; no shell is involved, and "

static void
remedies(void)
{
	static const struct {
		const char *words[8], *text;
	} rows[] = {
		{ { "cat" }, "" },
		{ { "cut", "-d", "|", "-f", "2" }, "" },
		{ { "|" }, "" },
		{ { "tr", "||", "a|b" },
		    HEAD "|| is a word like others: p sh -c 'tr || '\\''a|b'\\'''" },
		{ { "cat", "|", "wc" },
		    HEAD "| is a word like others: p sh -c 'cat | wc'" },
		{ { "grep", "a b", ">", "out" },
		    HEAD "> is a word like others: p sh -c 'grep '\\''a b'\\'' > out'" },
		{ { "a", "&" }, HEAD "& is a word like others: p sh -c 'a &'" },
		{ { "awk", "{print}", "|", "wc" },
		    HEAD
		    "| is a word like others: p sh -c 'awk '\\''{print}'\\'' | wc'" },
		{ { "gzip", "-c", "{}", ">", "{}.gz" },
		    HEAD "> is a word like others: p sh -c 'COMMAND \"$1\" > ...' _ {}" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		char text[SIGNS_REMEDY];

		check_at(i);
		check_text(signs_remedy(text, "p", (char **)(uintptr_t)rows[i].words),
		    rows[i].text);
	}
}

/* What has no room is left out, not cut. */
static void
long_ones(void)
{
	char word[SIGNS_REMEDY + 1], text[SIGNS_REMEDY], name[] = "cat", sign[] = "|";
	char *words[] = { name, sign, word, NULL };

	for (size_t len = 1; len < sizeof(word); len++) {
		const char *got;

		memset(word, 'x', len);
		word[len] = '\0';
		check_at(len);
		got = signs_remedy(text, "par-run", words);
		check(strstr(got, word) != NULL || strstr(got, "COMMAND") != NULL);
	}
}

TESTS("signs", { "what to write", remedies }, { "long words", long_ones })
