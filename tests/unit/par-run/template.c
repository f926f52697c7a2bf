/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "form.h"
#include "memory.h"
#include "template.h"

enum { MOST = 10 };

/* The words of a command, and those of one process for the records. */
struct row {
	const char *command[MOST], *records, *words[MOST];
	const char *mark, *names; /* see struct template_rules */
	bool escaped;
	const char *left; /* named as left alone */
	size_t longest;
	const char *why; /* there are no words */
	uint64_t record; /* for that one */
};

static struct template_records
records_of(const char *data)
{
	struct template_records records = {
		.data = data, .len = strlen(data), .first = 6, .worker = 3
	};

	for (const char *c = data; *c != '\0'; c++)
		records.count += *c == '\n';
	return records;
}

static int
read_words(struct template *template, const char *const *words,
    const struct template_rules *rules)
{
	return template_read(template, (char **)(uintptr_t)words, rules);
}

static void
try(const struct row *row)
{
	const struct template_rules rules = { .mark = row->mark,
		.names = row->names,
		.names_len = row->names == NULL ? 0 : strlen(row->names),
		.escaped = row->escaped,
		.longest = row->longest,
		.folder = "/t/files" };
	struct template_records records = records_of(row->records);
	struct template_fault fault;
	struct template template;
	struct bytes room = { 0 };
	char **words;

	check_is(read_words(&template, row->command, &rules), 0);
	check((row->left == NULL) == (template.left == NULL));
	if (row->left != NULL)
		check_text(template.left, row->left);
	words = template_fill(&template, &records, &room, &fault);
	check((words == NULL) == (row->why != NULL));
	if (words == NULL) {
		check_text(fault.why, row->why);
		check_is(fault.record, row->record);
	}
	for (size_t i = 0; words != NULL; i++) {
		check((words[i] == NULL) == (row->words[i] == NULL));
		if (words[i] == NULL)
			break;
		check_text(words[i], row->words[i]);
	}
	bytes_free(&room);
	template_free(&template);
}

static void
try_all(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		check_at(i);
		try(&rows[i]);
	}
}

static void
files(void)
{
	static const struct row rows[] = {
		{ .command = { "cat", "{@}", "-f{@}{@}x", "{#}" },
		    .records = "a\nb\n",
		    .words = { "cat", "/t/files/3", "-f/t/files/3/t/files/3x", "7" } },
		{ .command = { "cat", "{@.png}", "-f{@.png}{@.png}",
		      "{@png}{@.}{@.a/b}" },
		    .records = "a\nb\n",
		    .words = { "cat", "/t/files/3.png", "-f/t/files/3.png/t/files/3.png",
			"{@png}{@.}{@.a/b}" } },
		{ .command = { "{@}" },
		    .mark = "X",
		    .records = "a\n",
		    .words = { "{@}" } },
		{ .command = { "HEAD@{1}x", "@{@", "$ {@}" },
		    .records = "a\n",
		    .words = { "HEAD@ax", "@{@", "$ {@}" },
		    .left = "$ {@}" },
	};

	try_all(rows, COUNT(rows));
}

static void
places(void)
{
	static const struct row rows[] = {
		{ .command = { "gzip", "{}" },
		    .records = "a b\n",
		    .words = { "gzip", "a b" } },
		{ .command = { "{}" }, .records = "ls\n", .words = { "ls" } },
		{ .command = { "cp", "{}", "{}.old" },
		    .records = "x\n",
		    .words = { "cp", "x", "x.old" } },
		{ .command = { "a{}b{}c" }, .records = "--\n", .words = { "a--b--c" } },
		{ .command = { "{{}}", "{}}", "{ {}" },
		    .records = "r\n",
		    .words = { "{r}", "r}", "{ {}" },
		    .left = "{ {}" },
		{ .command = { "./{}", "--file={}", "{},{}" },
		    .records = "-x\n",
		    .words = { "./-x", "--file=-x", "-x,-x" } },
		{ .command = { "echo", "{}" }, .records = "\n", .words = { "echo", "" } },
		{ .command = { "echo", "{}" },
		    .records = "$HOME;`x`'\"*\n",
		    .words = { "echo", "$HOME;`x`'\"*" } },
		{ .command = { "echo", "{}" },
		    .records = "a\\tb\n",
		    .words = { "echo", "a\\tb" } },
		{ .command = { "echo", "{}", "{1}" },
		    .records = "a\\tb\tc\n",
		    .words = { "echo", "a\\tb\tc", "a\tb" } },
		{ .command = { "echo", "{1}", "{3}-{2}" },
		    .records = "a\tb\tc\n",
		    .words = { "echo", "a", "c-b" } },
		{ .command = { "{1}{2}", "{2}/{1}" },
		    .records = "a\tb\n",
		    .words = { "ab", "b/a" } },
		{ .command = { "out.{1}", "_{2}" },
		    .records = "a\tb\n",
		    .words = { "out.a", "_b" } },
		{ .command = { "{9}" },
		    .records = "1\t2\t3\t4\t5\t6\t7\t8\t9\n",
		    .words = { "9" } },
		{ .command = { "{1}" }, .records = "\t\n", .words = { "" } },
		{ .command = { "{#}:{%}", "{}" },
		    .records = "r\n",
		    .words = { "7:3", "r" } },
		{ .command = { "{#}", "{#}{#}" },
		    .records = "r\n",
		    .words = { "7", "77" } },
		/* {.} and its like, as fd has them. */
		{ .command = { "{.}", "{/}", "{//}", "{/.}" },
		    .records = "a/b.tar.gz\n",
		    .words = { "a/b.tar", "b.tar.gz", "a", "b.tar" } },
		{ .command = { "{.}.png", "{1/.}.{2.}" },
		    .records = "x.jpg\ty.z\n",
		    .words = { "x.jpg\ty.png", "x.y" } },
		{ .command = { "{2/.}", "{1//}" },
		    .records = "/a/b\t/c/d.e\n",
		    .words = { "d", "/a" } },
		{ .command = { "{.}" }, .records = "a\n", .words = { "a" } },
	};

	try_all(rows, COUNT(rows));
}

static void
left_alone(void)
{
	static const struct row rows[] = {
		{ .command = { "sed", "-E", "s/[0-9]{4}/Y/" },
		    .records = "r\n",
		    .words = { "sed", "-E", "s/[0-9]{4}/Y/" } },
		{ .command = { "grep", "-E", "a{3}" },
		    .records = "r\n",
		    .words = { "grep", "-E", "a{3}" } },
		{ .command = { "grep", "-E", "a{3}b{2}c{1}" },
		    .records = "r\n",
		    .words = { "grep", "-E", "a{3}b{2}c{1}" } },
		{ .command = { "grep", "-E", "(ab){2}", "9{3}", "\303\244{2}" },
		    .records = "r\n",
		    .words = { "grep", "-E", "(ab){2}", "9{3}", "\303\244{2}" } },
		{ .command = { "grep", "x{1,3}", "x\\{2\\}", "x{0}", "x{10}", "{10}",
		      "{0}" },
		    .records = "r\n",
		    .words = { "grep", "x{1,3}", "x\\{2\\}", "x{0}", "x{10}", "{10}",
			"{0}" } },
		{ .command = { "awk", "{print}" },
		    .records = "r\n",
		    .words = { "awk", "{print}" } },
		{ .command = { "awk", "{ print $1 }", "{n++}END{print(n)}" },
		    .records = "r\n",
		    .words = { "awk", "{ print $1 }", "{n++}END{print(n)}" } },
		{ .command = { "jq", "{a: 1}", "{a:1}", ".[]|{a}" },
		    .records = "r\n",
		    .words = { "jq", "{a: 1}", "{a:1}", ".[]|{a}" } },
		{ .command = { "sh", "-c", "echo ${1}" },
		    .records = "r\n",
		    .words = { "sh", "-c", "echo ${1}" } },
		{ .command = { "echo", "${1}", "${#}" },
		    .records = "r\n",
		    .words = { "echo", "${1}", "${#}" } },
		{ .command = { "echo", "{", "}", "}{", "{ }", "{a}", "{..}", "" },
		    .records = "r\n",
		    .words = { "echo", "{", "}", "}{", "{ }", "{a}", "{..}", "" } },
		{ .command = { "sh", "-c", "echo {}" },
		    .records = "r\n",
		    .words = { "sh", "-c", "echo {}" },
		    .left = "echo {}" },
		{ .command = { "sh", "-c", "f '{}'", "{}", "x {}" },
		    .records = "r\n",
		    .words = { "sh", "-c", "f '{}'", "r", "x {}" },
		    .left = "f '{}'" },
		{ .command = { "\"{}\"" },
		    .records = "r\n",
		    .words = { "\"{}\"" },
		    .left = "\"{}\"" },
		{ .command = { "`{}`", "{}\n" },
		    .records = "r\n",
		    .words = { "`{}`", "{}\n" },
		    .left = "`{}`" },
		{ .command = { "sh", "-c", "a {1} {.}" },
		    .records = "r\n",
		    .words = { "sh", "-c", "a {1} {.}" } },
	};

	try_all(rows, COUNT(rows));
}

static void
other_marks(void)
{
	static const struct row rows[] = {
		{ .command = { "cp", "%", "{}", "%.{1}" },
		    .records = "r\n",
		    .words = { "cp", "r", "{}", "r.{1}" },
		    .mark = "%" },
		{ .command = { "echo", "a @@ b", "@@@" },
		    .records = "r\n",
		    .words = { "echo", "a r b", "r@" },
		    .mark = "@@" },
		{ .command = { "sh", "-c", "echo '{}' $1" },
		    .records = "r\n",
		    .words = { "sh", "-c", "echo 'r' $1" },
		    .mark = "{}" },
		{ .command = { "find", "{}", "{1}" },
		    .records = "r\n",
		    .words = { "find", "{}", "{1}" },
		    .mark = "" },
	};

	try_all(rows, COUNT(rows));
}

static void
names(void)
{
	static const struct row rows[] = {
		{ .command = { "t", "{file}", "--rate={rate}", "{2}" },
		    .records = "a\t0.1\n",
		    .words = { "t", "a", "--rate=0.1", "0.1" },
		    .names = "file\trate" },
		{ .command = { "{file.}", "{file/}", "{file//}", "{file/.}", "x{file}" },
		    .records = "a/b.c\n",
		    .words = { "a/b", "b.c", "a", "b", "xa/b.c" },
		    .names = "file" },
		{ .command = { "{a.}", "{other}", "{print}" },
		    .records = "1.x\t2.y\n",
		    .words = { "2.y", "{other}", "{print}" },
		    .names = "a\ta." },
		{ .command = { "{print}" },
		    .records = "r\n",
		    .words = { "r" },
		    .names = "print" },
		{ .command = { "say {file}" },
		    .records = "r\n",
		    .words = { "say {file}" },
		    .names = "file",
		    .left = "say {file}" },
		{ .command = { "{1}", "{}" },
		    .records = "r\ts\n",
		    .words = { "r", "r\ts" },
		    .names = "\t1" },
	};

	try_all(rows, COUNT(rows));
}

static void
bytes_back(void)
{
	static const struct row rows[] = {
		{ .command = { "{}", "{1}" },
		    .records = "a\\nb\\tc\\\\\\r\\x\n",
		    .words = { "a\nb\tc\\\r\\x", "a\nb\tc\\\r\\x" },
		    .escaped = true },
		{ .command = { "{/.}" },
		    .records = "d\\n/x\\ty.\\n\n",
		    .words = { "x\ty" },
		    .escaped = true },
		{ .command = { "{1}" }, .records = "\\n\tb\n", .words = { "\n" } },
	};

	try_all(rows, COUNT(rows));
}

static void
faults(void)
{
	static const struct row rows[] = {
		{ .command = { "echo", "{2}" },
		    .records = "a\n",
		    .why = "has no field 2",
		    .record = 0 },
		{ .command = { "echo", "{2}" },
		    .records = "a\tb\nc\nd\te\n",
		    .why = "has no field 2",
		    .record = 1 },
		{ .command = { "echo", "{2}", "{3}", "{}" },
		    .records = "a\tb\tc\nd\te\nf\tg\th\ni\n",
		    .why = "has no field 3",
		    .record = 1 },
		{ .command = { "echo", "{1}" },
		    .records = "a\nb\\0c\n",
		    .why = "holds a NUL, which no argument can",
		    .record = 1 },
		{ .command = { "echo", "{}" },
		    .records = "a\\0b\n",
		    .why = "holds a NUL, which no argument can",
		    .escaped = true },
		{ .command = { "echo", "{}{1}" },
		    .records = "abc\nabcd\nab\n",
		    .longest = 8, /* with a NUL */
		    .why = "too long for the arguments of a process",
		    .record = 1 },
		{ .command = { "{1}", "{}" },
		    .records = "\\t\\t\\t\n",
		    .escaped = true,
		    .longest = 4,
		    .words = { "\t\t\t", "\t\t\t" } },
		/* Where it is not in what is taken it does not matter. */
		{ .command = { "{2}", "{1/}" },
		    .records = "\\0/x\ty\n",
		    .words = { "y", "x" } },
	};

	try_all(rows, COUNT(rows));
}

static void
many(void)
{
	static const struct row rows[] = {
		{ .command = { "rm", "--", "{}" },
		    .records = "a\nb\nc\n",
		    .words = { "rm", "--", "a", "b", "c" } },
		{ .command = { "mv", "{}", "to" },
		    .records = "a\nb\n",
		    .words = { "mv", "a", "b", "to" } },
		{ .command = { "c", "-f{}", "x", "{/}" },
		    .records = "a/b\nc\n",
		    .words = { "c", "-fa/b", "-fc", "x", "b", "c" } },
		{ .command = { "c", "{#}", "{#}={}" },
		    .records = "a\nb\n",
		    .words = { "c", "7", "7=a", "8=b" } },
		{ .command = { "c", "{2}{1}" },
		    .records = "a\tb\nc\td\n",
		    .words = { "c", "ba", "dc" } },
	};

	try_all(rows, COUNT(rows));
}

/* What each form makes of each name. */
static void
forms(void)
{
	static const struct {
		const char *name, *stem, *base, *folder, *base_stem;
	} rows[] = {
		{ "a", "a", "a", ".", "a" },
		{ "a.b", "a", "a.b", ".", "a" },
		{ "a.b.c", "a.b", "a.b.c", ".", "a.b" },
		{ "d/a.b", "d/a", "a.b", "d", "a" },
		{ "d.e/a", "d.e/a", "a", "d.e", "a" },
		{ "/a.b", "/a", "a.b", "/", "a" },
		{ "//a", "//a", "a", "/", "a" },
		{ "a//b", "a//b", "b", "a", "b" },
		{ "/", "/", "/", "/", "/" },
		{ "//", "//", "/", "/", "/" },
		{ "", "", "", ".", "" },
		{ "d/", "d/", "d", ".", "d" },
		{ "c/d.e/", "c/d.e/", "d.e", "c", "d" },
		{ ".profile", ".profile", ".profile", ".", ".profile" },
		{ "d/.profile", "d/.profile", ".profile", "d", ".profile" },
		{ ".a.b", ".a", ".a.b", ".", ".a" },
		{ "..", "..", "..", ".", ".." },
		{ "../x.y", "../x", "x.y", "..", "x" },
		{ ".", ".", ".", ".", "." },
		{ "a.", "a", "a.", ".", "a" },
		{ "...x", "...x", "...x", ".", "...x" },
		{ "a b.c d", "a b", "a b.c d", ".", "a b" },
		{ "-x.y", "-x", "-x.y", ".", "-x" },
	};
	char text[64];

	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *wanted[] = { rows[i].name, rows[i].stem, rows[i].base,
			rows[i].folder, rows[i].base_stem };

		for (enum name_form form = FORM_WHOLE; form <= FORM_BASE_STEM; form++) {
			struct field part = form_of(
			    (struct field){ rows[i].name, strlen(rows[i].name) }, form);

			check_at(10 * i + form);
			snprintf(text, sizeof(text), "%.*s", (int)part.len, part.data);
			check_text(text, wanted[form]);
		}
	}
}

static void
facts(void)
{
	static const char *const none[] = { "grep", "a{3}", NULL },
				 *const first[] = { "{}", NULL },
				 *const number[] = { "echo", "{#}", NULL };
	const struct template_rules rules = { 0 };
	struct template template;

	check_is(read_words(&template, none, &rules), 0);
	check(!template_used(&template) && !template_names_command(&template));
	template_free(&template);
	check_is(read_words(&template, first, &rules), 0);
	check(template_used(&template) && template_names_command(&template));
	template_free(&template);
	check_is(read_words(&template, number, &rules), 0);
	check(template_used(&template) && template.repeated == 0);
	template_free(&template);
}

/* As many as fit: what is filled takes no more, and one record more would. */
static void
fits(void)
{
	static const char *const commands[][4] = { { "c", "{}" }, { "c", "{}", "-f{}{}" },
		{ "c", "{}", "x{#}" }, { "c" } };
	char text[400];
	size_t len = 0;

	for (int i = 0; i < 40; i++)
		len += (size_t)sprintf(text + len, "%.*s\n", i % 9, "abcdefghi");
	for (size_t i = 0; i < 3 * 300; i++) {
		const struct template_rules rules = { 0 };
		size_t room = i % 300 * 5;
		struct template template;
		uint64_t fit, used;

		check_at(i);
		check_is(read_words(&template, commands[i / 300], &rules), 0);
		fit = template_fit(&template, text, 40, len, room);
		check(fit >= 1 && fit <= 40);
		for (uint64_t count = fit; count <= fit + 1 && count <= 40; count++) {
			struct template_records records = {
				.data = text, .count = count, .len = len
			};
			struct template_fault fault;
			struct bytes memory = { 0 };
			char **words =
			    template_fill(&template, &records, &memory, &fault);

			used = sizeof(*words);
			for (; *words != NULL; words++)
				used += strlen(*words) + 1 + sizeof(*words);
			if (count == fit)
				check(used <= room || fit == 1);
			else /* a number is counted with all digits that it might have */
				check(used + (i >= 600 ? 20 : 0) > room);
			bytes_free(&memory);
		}
		template_free(&template);
	}
}

static void
starved(void)
{
	static const char *const words[] = { "a{}b{}c{}d", "{1}", "{2}", "{}", "{}", "{}",
		"{}", "{}", "{}", "{}", NULL };
	const struct template_rules rules = { 0 };
	struct template_records records = records_of("a\tb\n");
	struct template template = { 0 };
	struct template_fault fault = { 0 };
	struct bytes room = { 0 };
	char **filled = NULL;

	if (read_words(&template, words, &rules) == 0) {
		filled = template_fill(&template, &records, &room, &fault);
		check(filled != NULL || fault.record == UINT64_MAX);
	}
	check((filled == NULL) == memory_failed());
	bytes_free(&room);
	template_free(&template);
}

/* A text that is no word: whatever stands there. */
static void
texts(void)
{
	const struct template_rules rules = { .text = true };
	static const struct {
		const char *format, *text;
	} rows[] = {
		{ "{}", "d/a\\tb.c\tx" },
		{ "job{1} ($ \"{2}\")", "jobd/a\\tb.c ($ \"x\")" },
		{ "{1/.}-{3}-{#}-{%}", "a\\tb--7-3" },
		{ "", "" },
	};
	struct template_records records = records_of("d/a\\tb.c\tx\nnext\n");

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *const words[] = { rows[i].format, NULL };
		struct template template;
		struct bytes text = { 0 };

		check_is(read_words(&template, words, &rules), 0);
		check_is(template_text(&template, &records, &text), 0);
		check_bytes(text.data, text.len, rows[i].text, strlen(rows[i].text));
		bytes_free(&text);
		template_free(&template);
	}
}

static void
no_memory(void)
{
	memory_torment(starved);
}

TESTS("template", { "places", places }, { "names of files", files },
    { "words left alone", left_alone }, { "other marks", other_marks },
    { "names of fields", names }, { "bytes of escaped records", bytes_back },
    { "what cannot be a word", faults }, { "many records", many },
    { "as many as fit", fits }, { "forms of names", forms }, { "facts", facts },
    { "texts", texts }, { "no memory", no_memory })
