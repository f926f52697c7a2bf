/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "grow.h"
#include "need.h"
#include "words.h"

enum { MOST = 1 << 20 }; /* words: no system starts a command with more */

void
words_add(struct words *words, const char *data, size_t len)
{
	char **larger =
	    grow(words->list, &words->room, words->count + 2, sizeof(char *), MOST);

	if (larger == NULL)
		die(STATUS_BROKEN, errno, "words of a command");
	words->list = larger;
	words->list[words->count++] = need_string(data, len);
	words->list[words->count] = NULL;
}

/* Add the word at text to what it is made of; the end of it, or NULL. */
static const char *
take_word(struct bytes *word, const char *text)
{
	while (*text != '\0' && *text != ' ' && *text != '\t') {
		const char *end = text + 1;

		if (*text == '\'' || *text == '"') {
			end = strchr(end, *text);
			if (end == NULL)
				return NULL;
			need_put(word, text + 1, (size_t)(end - text) - 1);
			end++;
		} else {
			need_put(word, text, 1);
		}
		text = end;
	}
	return text;
}

const char *
words_split(struct words *words, const char *text)
{
	struct bytes word = { 0 };

	for (;;) {
		text += strspn(text, " \t");
		if (*text == '\0')
			break;
		bytes_clear(&word, SIZE_MAX);
		text = take_word(&word, text);
		if (text == NULL)
			break;
		words_add(words, word.data, word.len);
	}
	bytes_free(&word);
	if (text == NULL)
		return "a quote is not closed";
	return words->count == 0 ? "is empty" : NULL;
}

void
words_free(struct words *words)
{
	for (size_t i = 0; i < words->count; i++)
		free(words->list[i]);
	free(words->list);
	*words = (struct words){ 0 };
}
