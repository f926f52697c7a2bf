/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "quote.h"

/* Bytes that no shell takes for anything else, wherever they stand. */
static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			    "0123456789_-./:@%+,";

static int
quote_word(struct bytes *line, const char *word)
{
	if ((*word != '\0' && word[strspn(word, plain)] == '\0') ||
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
	for (; *words != NULL; words++)
		if (quote_word(line, *words) < 0 ||
		    bytes_put(line, words[1] == NULL ? "\n" : " ", 1) < 0)
			return -1;
	return 0;
}
