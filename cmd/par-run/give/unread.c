/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bytes.h"
#include "diag.h"
#include "fdio.h"
#include "quote.h"
#include "signs.h"
#include "unread.h"

enum {
	WORDS = 8, /* of a command that is shown as it should be, up to its files */
	FILES = 2 /* so many of these are shown */
};

static bool
is_file(const char *word)
{
	struct stat st;

	return stat(word, &st) == 0 && S_ISREG(st.st_mode);
}

static bool
is_executable(const char *word)
{
	struct stat st;

	return stat(word, &st) == 0 && (st.st_mode & 0111) != 0;
}

/* What follows the last dot of a word, or "". */
static const char *
suffix(const char *word)
{
	const char *dot = strrchr(word, '.');

	return dot == NULL || strchr(dot, '/') != NULL ? "" : dot;
}

/*
 * Is the word before command[at], a file, one, too, and alike?  Else it may be a script
 * with its arguments, or what an option is about.
 */
static bool
goes_with(char *const *command, size_t at)
{
	const char *word = command[at - 1], *its = suffix(word);

	if (!is_file(word) || strcmp(its, suffix(command[at])) != 0)
		return false;
	return *its != '\0' || (!is_executable(word) && *command[at - 2] != '-');
}

void
unread_open(struct unread *unread)
{
	char *const *command = unread->options->command;
	size_t count = 0, first;

	while (command[count] != NULL)
		count++;
	if (count < 2 || !is_file(command[count - 1]))
		return;
	for (first = count - 1; first > 1 && goes_with(command, first); first--)
		;
	if (first < WORDS) {
		unread->file = first;
		unread->files = count - first;
	}
}

void
unread_ended(struct unread *unread, bool so)
{
	if (!so)
		unread->ends = UNREAD_OVER;
	else if (unread->ends == UNREAD_NONE)
		unread->ends = UNREAD_ALL;
	if (so && !unread->supply->intake->end)
		restarts_none(unread->restarts);
	else
		restarts_together(unread->restarts);
}

/* Is there something to read that nobody has read? */
static bool
is_input(const struct unread *unread)
{
	const struct intake *intake = unread->supply->intake;

	return unread->supply->requeued.head != NULL || intake->used > intake->cut ||
	    (!intake->end && isatty(intake->fd) != 0);
}

static bool
is_so(const struct unread *unread)
{
	return unread->ends == UNREAD_ALL && unread->pool->living == 0 &&
	    unread->nature->kind != WORKER_NATIVE && unread->gate->hope == HOPE_LEFT &&
	    unread->gate->phase == PHASE_RUN;
}

bool
unread_waits(const struct unread *unread)
{
	return is_so(unread) && !unread->supply->intake->end && unread->restarts->alone;
}

const char *
unread_remedy(const struct unread *unread, char text[static UNREAD_REMEDY])
{
	char *const *command = unread->options->command;
	char place[] = "{}", follows[] = ":::", *words[WORDS + FILES + 3] = { 0 };
	struct bytes line = { .most = UNREAD_REMEDY / 2 };
	size_t shown = unread->files < FILES ? unread->files : FILES, n = 0;

	signs_remedy(text, "par-run", command);
	if (*text != '\0' || unread->file == 0)
		return text;
	for (; n < unread->file; n++)
		words[n] = command[n];
	words[n++] = place;
	words[n++] = follows;
	for (size_t i = 0; i < shown; i++)
		words[n++] = command[unread->file + i];
	if (quote_words(&line, words) == 0)
		snprintf(text, UNREAD_REMEDY, "; to run it on %.60s: par-run %.*s%s",
		    unread->files == 1 ? command[unread->file] : "each",
		    (int)(line.len - 1), line.data, shown < unread->files ? " ..." : "");
	bytes_free(&line);
	return text;
}

void
unread_turn(struct unread *unread)
{
	char why[120 + UNREAD_REMEDY], remedy[UNREAD_REMEDY];

	if (!is_so(unread) || !is_input(unread))
		return;
	unread->ends = UNREAD_OVER;
	unread_remedy(unread, remedy);
	snprintf(why, sizeof(why), "ended well, without reading any of the input%s",
	    *remedy != '\0' ? remedy : "; {} stands for a record in its words");
	gate_give_in(unread->gate, HOPE_GIVEN_UP, why);
}

void
unread_end(const struct unread *unread)
{
	char remedy[UNREAD_REMEDY];

	if (is_so(unread) && supply_empty(unread->supply) && unread->files > 1 &&
	    unread->pool->workers > 1 && fdio_is_null(unread->supply->intake->fd))
		warn("%s: was run once, as the input is /dev/null%s",
		    unread->options->command[0], unread_remedy(unread, remedy));
}
