/* SPDX-License-Identifier: ISC */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "quote.h"
#include "signs.h"

static bool
is_sign(const char *word)
{
	static const char *const signs[] = { "|", "|&", "||", "&&", "&", ";", ">", ">>",
		"<", "2>", "2>&1" };

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (strcmp(word, signs[i]) == 0)
			return true;
	return false;
}

/* The first one; NULL: there is none.  Behind an option it is its value, as of cut -d. */
static const char *
find_sign(char *const *command)
{
	for (; command[0] != NULL && command[1] != NULL; command++)
		if (is_sign(command[1]) && command[0][0] != '-')
			return command[1];
	return NULL;
}

/* The words with the signs as they are, all others quoted: what a shell is to run. */
static int
write_script(struct bytes *script, char *const *command)
{
	for (; *command != NULL; command++) {
		char *word[] = { *command, NULL };
		int end = is_sign(*command)
		    ? bytes_put(script, *command, strlen(*command)) < 0 ||
			bytes_put(script, " ", 1) < 0
		    : quote_words(script, word) < 0;

		if (end != 0)
			return -1;
		script->data[script->len - 1] = command[1] == NULL ? '\0' : ' ';
	}
	return 0;
}

/* Is there a place for a record, as {}, {1} and {/.} are? */
static bool
has_place(const char *script)
{
	for (script = strchr(script, '{'); script != NULL;
	     script = strchr(script + 1, '{'))
		if (script[1] != '\0' && strchr("}./#%@123456789", script[1]) != NULL)
			return true;
	return false;
}

const char *
signs_remedy(char text[static SIGNS_REMEDY], const char *program, char *const *command)
{
	char shell[] = "sh", option[] = "-c";
	const char *sign = find_sign(command);
	struct bytes script = { .most = SIGNS_REMEDY }, line = { .most = SIGNS_REMEDY };
	int len = 0;

	text[0] = '\0';
	if (sign == NULL)
		return text;
	if (write_script(&script, command) == 0 && script.data != NULL &&
	    !has_place(script.data)) {
		char *words[] = { shell, option, script.data, NULL };

		if (quote_words(&line, words) == 0)
			len = snprintf(text, SIGNS_REMEDY,
			    "; no shell is involved, and %s is a word like others: %s "
			    "%.*s",
			    sign, program, (int)line.len - 1, line.data);
	}
	if (len <= 0 ||
	    len >= SIGNS_REMEDY) /* a record has a place there, or it is long */
		snprintf(text, SIGNS_REMEDY,
		    "; no shell is involved, and %s is a word like others: %s sh -c "
		    "'COMMAND \"$1\" %s ...' _ {}",
		    sign, program, sign);
	bytes_free(&script);
	bytes_free(&line);
	return text;
}
