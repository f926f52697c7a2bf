/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "chance.h"
#include "check.h"
#include "memory.h"
#include "words.h"

static void
splits(void)
{
	static const struct {
		const char *text, *why, *words[4];
	} rows[] = {
		{ "a", NULL, { "a" } },
		{ "a b", NULL, { "a", "b" } },
		{ "  a \t b  ", NULL, { "a", "b" } },
		{ "'a b' c", NULL, { "a b", "c" } },
		{ "\"a b\" c", NULL, { "a b", "c" } },
		{ "a'b c'd", NULL, { "ab cd" } },
		{ "'a\"b' \"c'd\"", NULL, { "a\"b", "c'd" } },
		{ "'' a", NULL, { "", "a" } },
		{ "\"\"", NULL, { "" } },
		{ "a\\ b", NULL, { "a\\", "b" } },
		{ "$a *", NULL, { "$a", "*" } },
		{ "a\nb", NULL, { "a\nb" } },
		{ "", "is empty", { NULL } },
		{ " \t ", "is empty", { NULL } },
		{ "'a", "a quote is not closed", { NULL } },
		{ "a \"b", "a quote is not closed", { "a" } },
		{ "a'", "a quote is not closed", { NULL } },
		{ "'a\"", "a quote is not closed", { NULL } },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct words words = { 0 };
		size_t count = 0;

		check_at(i + 1);
		check_text(words_split(&words, rows[i].text), rows[i].why);
		while (count < 4 && rows[i].words[count] != NULL)
			count++;
		check_is(words.count, count);
		for (size_t k = 0; k < count; k++)
			check_text(words.list[k], rows[i].words[k]);
		check(count == 0 || words.list[count] == NULL);
		words_free(&words);
		check(words.list == NULL && words.count == 0);
	}
}

/* What is split comes behind what is there, and what is added is not split. */
static void
adds(void)
{
	struct words words = { 0 };
	char text[8];

	words_add(&words, "a b", 3);
	check(words_split(&words, "c d") == NULL);
	words_add(&words, "'e'xx", 3);
	check_is(words.count, 4);
	check_text(words.list[0], "a b");
	check_text(words.list[1], "c");
	check_text(words.list[2], "d");
	check_text(words.list[3], "'e'");
	check(words.list[4] == NULL);
	for (size_t i = 0; i < 1000; i++) {
		size_t len = chance_below(sizeof(text));

		memset(text, 'x', sizeof(text));
		words_add(&words, text, len);
		check_is(strlen(words.list[4 + i]), len);
		check(words.list[5 + i] == NULL);
	}
	check_text(words.list[0], "a b");
	words_free(&words);
}

static void
split_one(void)
{
	struct words words = { 0 };
	const char *why = words_split(&words, "a 'b c'  d\"e\"");

	check_text(why, memory_failed() ? words_no_memory : NULL);
	check(memory_failed() || words.count == 3);
	words_free(&words);
}

static void
without_memory(void)
{
	memory_torment(split_one);
}

TESTS("words", { "of a text", splits }, { "one by one", adds },
    { "without memory", without_memory })
