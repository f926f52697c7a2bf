/* SPDX-License-Identifier: ISC */
#include <stdbool.h>
#include <string.h>

#include "quote.h"

/* Bytes that no shell takes for anything else, wherever they stand. */
static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			    "0123456789_-./:@%+,";

/* Would a shell take it for its own, as the first word? */
static bool
is_reserved(const char *word)
{
	static const char *const all[] = { "case", "coproc", "do", "done", "elif", "else",
		"esac", "fi", "for", "function", "if", "in", "select", "then", "time",
		"until", "while" };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (strcmp(word, all[i]) == 0)
			return true;
	return false;
}

static int
quote_word(struct bytes *line, const char *word, bool first)
{
	if ((*word != '\0' && word[strspn(word, plain)] == '\0' &&
		!(first && is_reserved(word))) ||
	    strcmp(word, "{}") == 0)
		return bytes_put(line, word, strlen(word));
	if (bytes_put(line, "'", 1) < 0)
		return -1;
	for (;;) {
		size_t len = strcspn(word, "'");

		if (bytes_put(line, word, len) < 0)
			return -1;
		word += len;
		if (*word == '\0')
			return bytes_put(line, "'", 1);
		if (bytes_put(line, "'\\''", 4) < 0)
			return -1;
		word++;
	}
}

int
quote_words(struct bytes *line, char *const *words)
{
	for (size_t i = 0; words[i] != NULL; i++)
		if (quote_word(line, words[i], i == 0) < 0 ||
		    bytes_put(line, words[i + 1] == NULL ? "\n" : " ", 1) < 0)
			return -1;
	return 0;
}
