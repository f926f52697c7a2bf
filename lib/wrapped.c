/* SPDX-License-Identifier: ISC */
#include <stddef.h>
#include <string.h>

#include "quote.h"
#include "wrapped.h"

static bool
is_par_run(const char *word)
{
	const char *slash = strrchr(word, '/');

	return strcmp(slash == NULL ? word : slash + 1, "par-run") == 0;
}

/* How many words there are up to the last par-run, with it; 0: there is none. */
static size_t
words_above(char *const *command)
{
	size_t above = 0;

	for (size_t i = 0; command[i] != NULL; i++)
		if (is_par_run(command[i]))
			above = i + 1;
	return above;
}

bool
wrapped_is(char *const *command)
{
	return words_above(command) > 0;
}

static int
put_text(struct bytes *line, const char *text)
{
	return bytes_put(line, text, strlen(text));
}

int
wrapped_words(struct bytes *line, const char *option, char *const *command)
{
	size_t above = words_above(command);

	for (size_t i = 0; i < above; i++) {
		char *word[] = { command[i], NULL };

		if (quote_words(line, word) < 0)
			return -1;
		line->data[line->len - 1] = ' ';
	}
	if (above == 0 && put_text(line, "par-run ") < 0)
		return -1;
	if (put_text(line, option) < 0 || put_text(line, " ") < 0 ||
	    quote_words(line, command + above) < 0)
		return -1;
	line->len--;
	return 0;
}
