/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fdio.h"
#include "field.h"
#include "grow.h"
#include "lists.h"

enum { READ = 64 << 10, ENOUGH = 32 << 10 }; /* bytes */

struct value_list {
	bool linked; /* goes with the one before */
	struct field *values;
	size_t count, room;
	size_t at; /* the value of the next record */
	struct bytes text; /* of files */
};

/* How a list begins, and what it is. */
static const struct {
	const char *word;
	bool files, linked;
} beginnings[] = {
	{ ":::", false, false },
	{ ":::+", false, true },
	{ "::::", true, false },
	{ "::::+", true, true },
};

enum { BEGINNINGS = sizeof(beginnings) / sizeof(beginnings[0]) };

/* Which of them word is, or BEGINNINGS. */
static size_t
find(const char *word)
{
	size_t i = 0;

	while (i < BEGINNINGS && strcmp(beginnings[i].word, word) != 0)
		i++;
	return i;
}

bool
lists_begin(const char *word)
{
	return find(word) < BEGINNINGS;
}

static int
add_value(struct value_list *list, const char *data, size_t len)
{
	struct field *larger =
	    grow(list->values, &list->room, list->count + 1, sizeof(*larger), SIZE_MAX);

	if (larger == NULL)
		return -1;
	list->values = larger;
	list->values[list->count++] = (struct field){ data, len };
	return 0;
}

/* Add what a file holds to the text of a list.  0, or -1 with errno. */
static int
read_file(struct value_list *list, const char *path, char separator)
{
	int fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : 1;

	while (n > 0) {
		char *to = bytes_reserve(&list->text, READ);

		n = to == NULL ? -1 : fdio_read(fd, to, READ);
		if (n > 0)
			list->text.len += (size_t)n;
	}
	if (fd > STDIN_FILENO) {
		int error = errno;

		close(fd);
		errno = error;
	}
	if (n == 0 && list->text.len > 0 &&
	    list->text.data[list->text.len - 1] != separator)
		n = bytes_put(&list->text, &separator, 1);
	return (int)n;
}

/* The values of a list of files, once all are read. */
static int
split(struct value_list *list, char separator)
{
	const char *at = list->text.data, *end = at + list->text.len;

	while (at < end) {
		const char *next = memchr(at, separator, (size_t)(end - at));

		if (add_value(list, at, (size_t)(next - at)) < 0)
			return -1;
		at = next + 1;
	}
	return 0;
}

static int
add_list(struct lists *lists, bool linked)
{
	struct value_list *larger =
	    grow(lists->lists, &lists->room, lists->count + 1, sizeof(*larger), SIZE_MAX);

	if (larger == NULL)
		return -1;
	larger[lists->count] =
	    (struct value_list){ .linked = linked && lists->count > 0 };
	lists->lists = larger;
	lists->count++;
	return 0;
}

/* How many values a list has, with those that are linked to it: the least of theirs. */
static size_t
length(const struct lists *lists, size_t i)
{
	size_t least = lists->lists[i].count;

	while (++i < lists->count && lists->lists[i].linked)
		if (lists->lists[i].count < least)
			least = lists->lists[i].count;
	return least;
}

int
lists_read(struct lists *lists, const char *first, char *const *words, char separator,
    const char **name)
{
	const char *word = first;

	*lists = (struct lists){ 0 };
	*name = NULL;
	while (word != NULL) {
		size_t kind = find(word);
		struct value_list *list;

		if (add_list(lists, beginnings[kind].linked) < 0)
			return -1;
		list = &lists->lists[lists->count - 1];
		for (word = *words; word != NULL && !lists_begin(word); word = *++words) {
			*name = beginnings[kind].files ? word : NULL;
			if (*name == NULL ? add_value(list, word, strlen(word)) < 0
					  : read_file(list, word, separator) < 0)
				return -1;
		}
		if (list->text.len > 0 && split(list, separator) < 0)
			return -1;
		words += word != NULL;
	}
	for (size_t i = 0; i < lists->count; i++)
		lists->ended =
		    lists->ended || (!lists->lists[i].linked && length(lists, i) == 0);
	return 0;
}

/* The next combination: the last list goes first. */
static void
advance(struct lists *lists)
{
	for (size_t i = lists->count; i-- > 0;) {
		struct value_list *list = &lists->lists[i];
		bool over;

		if (list->linked)
			continue;
		over = list->at + 1 == length(lists, i);
		do {
			lists->lists[i].at = over ? 0 : lists->lists[i].at + 1;
		} while (++i < lists->count && lists->lists[i].linked);
		if (!over)
			return;
		i = (size_t)(list - lists->lists);
	}
	lists->ended = true;
}

/* Add the record of the combination that it is at. */
static int
make(struct lists *lists)
{
	for (size_t i = 0; i < lists->count; i++) {
		const struct value_list *list = &lists->lists[i];
		const struct field *value = &list->values[list->at];
		char *to = bytes_reserve(&lists->made, 2 * value->len + 1);

		if (to == NULL)
			return -1;
		to += field_escape(to, value->data, value->len);
		*to++ = i + 1 < lists->count ? '\t' : '\n';
		lists->made.len = (size_t)(to - lists->made.data);
	}
	return 0;
}

long
lists_next(struct lists *lists, char *to, size_t room)
{
	size_t left;

	if (lists->taken == lists->made.len) {
		bytes_clear(&lists->made, SIZE_MAX);
		lists->taken = 0;
		while (!lists->ended && lists->made.len < ENOUGH) {
			if (make(lists) < 0)
				return -1;
			advance(lists);
		}
	}
	left = lists->made.len - lists->taken;
	if (left > room)
		left = room;
	if (left > 0)
		memcpy(to, lists->made.data + lists->taken, left);
	lists->taken += left;
	return (long)left;
}

uint64_t
lists_total(const struct lists *lists)
{
	uint64_t total = lists->count > 0;

	for (size_t i = 0; i < lists->count; i++)
		if (!lists->lists[i].linked &&
		    __builtin_mul_overflow(total, length(lists, i), &total))
			return 0;
	return total;
}

void
lists_free(struct lists *lists)
{
	for (size_t i = 0; i < lists->count; i++) {
		free(lists->lists[i].values);
		bytes_free(&lists->lists[i].text);
	}
	free(lists->lists);
	bytes_free(&lists->made);
	*lists = (struct lists){ 0 };
}
