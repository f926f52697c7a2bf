/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "grow.h"
#include "words.h"

enum { MOST = 1 << 20 }; /* words: no system starts a command with more */

const char words_no_memory[] = "no memory";

void
words_add(struct words *words, const char *data, size_t len)
{
	char **larger =
	    grow(words->list, &words->room, words->count + 2, sizeof(char *), MOST);
	char *word = larger == NULL ? NULL : bytes_string(data, len);

	words->list = larger == NULL ? words->list : larger;
	words->short_of = words->short_of || word == NULL;
	if (word == NULL)
		return;
	words->list[words->count++] = word;
	words->list[words->count] = NULL;
}

/* Add the word at text to what it is made of; the end of it, or NULL: *why says why. */
static const char *
take_word(struct bytes *word, const char *text, const char **why)
{
	while (*text != '\0' && *text != ' ' && *text != '\t') {
		bool quote = *text == '\'' || *text == '"';
		const char *end = quote ? strchr(text + 1, *text) : text + 1;

		*why = end == NULL ? "a quote is not closed" : words_no_memory;
		if (end == NULL ||
		    bytes_put(word, text + quote, (size_t)(end - text) - quote) < 0)
			return NULL;
		text = end + quote;
	}
	return text;
}

const char *
words_split(struct words *words, const char *text)
{
	struct bytes word = { 0 };
	const char *why;

	for (;;) {
		text += strspn(text, " \t");
		if (*text == '\0')
			break;
		bytes_clear(&word, SIZE_MAX);
		text = take_word(&word, text, &why);
		if (text == NULL)
			break;
		words_add(words, word.data, word.len);
	}
	bytes_free(&word);
	if (text == NULL)
		return why;
	if (words->short_of)
		return words_no_memory;
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
