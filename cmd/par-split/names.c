/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "names.h"
#include "num.h"

enum { MAX_WIDTH = 20 };

/* Where the number stands in template, or NULL; *end is behind it. */
static const char *
find_number(const char *template, const char **end)
{
	for (const char *at = strchr(template, '%'); at != NULL;
	     at = strchr(at + 2, '%')) {
		size_t digits = strspn(at + 1, "0123456789");

		if (at[1 + digits] == 'd') {
			*end = at + digits + 2;
			return at;
		}
		if (at[1] != '%')
			return NULL;
	}
	return NULL;
}

/* Is each percent sign in text one of two? */
static bool
plain(const char *text)
{
	for (text = strchr(text, '%'); text != NULL; text = strchr(text + 2, '%'))
		if (text[1] != '%')
			return false;
	return true;
}

const char *
names_check(const char *template)
{
	const char *end = NULL, *number = find_number(template, &end);
	uint64_t width;

	if (number == NULL || !plain(end))
		return "needs one number, such as %d or %02d";
	if (end - number > 2 &&
	    num_parse_bytes(
		number + 1, (size_t)(end - number) - 2, 0, MAX_WIDTH, &width) < 0)
		return "a number may have up to 20 digits";
	return NULL;
}

/* Copy from up to end, %% as one percent sign; the end of the copy. */
static char *
copy_plain(char *to, const char *from, const char *end)
{
	while (from < end) {
		from += from[0] == '%' && from + 1 < end;
		*to++ = *from++;
	}
	return to;
}

char *
names_make(const char *template, uint64_t number)
{
	char *name = malloc(strlen(template) + 2 * MAX_WIDTH + 1), *to;
	const char *end = NULL, *at = find_number(template, &end);
	int width = (int)strtoul(at + 1, NULL, 10);

	if (name == NULL)
		return NULL;
	to = copy_plain(name, template, at);
	to += snprintf(to, 2 * MAX_WIDTH, at[1] == '0' ? "%0*llu" : "%*llu", width,
	    (unsigned long long)number);
	to = copy_plain(to, end, end + strlen(end));
	*to = '\0';
	return name;
}

void
names_free(char **names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(names[i]);
	free(names);
}

char **
names_list(const char *template, size_t count)
{
	char **names = calloc(count + 1, sizeof(*names));

	for (size_t i = 0; names != NULL && i < count; i++) {
		names[i] = names_make(template, i);
		if (names[i] == NULL) {
			names_free(names, i);
			return NULL;
		}
	}
	return names;
}

/* Standard output is made by others. */
static bool
is_standard(const char *name)
{
	return strcmp(name, "-") == 0;
}

/* Why what is there cannot be taken for a FIFO of this user's; NULL: it can be. */
static const char *
refuse(const char *name)
{
	struct stat st;

	if (lstat(name, &st) < 0)
		return strerror(errno);
	if (!S_ISFIFO(st.st_mode))
		return strerror(EEXIST);
	return st.st_uid == geteuid() ? NULL : "a FIFO of somebody else";
}

const char *
names_mkfifo(char *const *names, size_t count, const char **failed)
{
	for (size_t i = 0; i < count; i++) {
		const char *why;

		*failed = names[i];
		if (is_standard(names[i]) || mkfifo(names[i], 0600) == 0)
			continue;
		why = errno == EEXIST ? refuse(names[i]) : strerror(errno);
		if (why == NULL)
			continue;
		names_remove(names, i);
		return why;
	}
	return NULL;
}

void
names_remove(char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!is_standard(names[i]) && refuse(names[i]) == NULL)
			unlink(names[i]);
}
