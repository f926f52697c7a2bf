/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <getopt.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "memory.h"
#include "opt.h"

struct values {
	bool flag, off;
	uint64_t number, size, time;
	const char *text, *secret;
};

static const char *
take_secret(void *target, const char *value)
{
	*(const char **)target = "taken";
	return strcmp(value, "wrong") == 0 ? "refused" : NULL;
}

static void
fill(struct opt_table *table, struct values *v)
{
	const struct opt rows[] = {
		{ 'f', "flag", OPT_FLAG, .flag = &v->flag, NULL, "", 0, 0, NULL },
		{ 0, "no-off", OPT_OFF, .flag = &v->off, NULL, "", 0, 0, NULL },
		{ 'n', "number", OPT_NUMBER, .number = &v->number, "N", "", 1, 10, NULL },
		{ 0 },
	};
	const struct opt more[] = {
		{ 0, "size", OPT_SIZE, .number = &v->size, "SIZE", "", 1, 0, NULL },
		{ 't', NULL, OPT_DURATION, .number = &v->time, "TIME", "", 0, 1000,
		    NULL },
		{ 0, "text", OPT_STRING, .text = &v->text, "TEXT", "", 0, 0, NULL },
		{ 0, "secret", OPT_SECRET, .context = &v->secret, "WORD", "", 0, 0,
		    take_secret },
		{ 0 },
	};

	*v = (struct values){ .off = true };
	opt_add(table, rows);
	opt_add(table, more);
}

/* Words, cut at spaces, as a command line. */
static int
parse(const char *line, struct values *v, struct trouble *trouble, char seen[64])
{
	char words[64], *argv[16], *word;
	struct opt_table table = { 0 };
	struct opt_program program = { .name = "unit", .synopsis = "", .about = "" };
	int argc = 0, first;

	snprintf(words, sizeof(words), "unit %s", line);
	for (word = strtok(words, " "); word != NULL; word = strtok(NULL, " "))
		argv[argc++] = word;
	argv[argc] = NULL;
	fill(&table, v);
	program.opts = table.rows;
	*trouble = (struct trouble){ 0 };
	first = opt_parse(&program, argc, argv, trouble);
	opt_free(&table);
	if (seen != NULL)
		snprintf(seen, 64, "%s", argv[argc - 1]);
	return first;
}

static void
takes(void)
{
	struct values v;
	struct trouble trouble;

	check_is(parse("-f -n 10 --size=2K -t 1s --no-off x", &v, &trouble, NULL), 8);
	check(v.flag && !v.off && v.number == 10 && v.size == 2048 && v.time == 1000);
	check_is(trouble.kind, TROUBLE_NONE);
	check_is(parse("", &v, &trouble, NULL), 1);
	check(!v.flag && v.off);
}

static void
refuses(void)
{
	static const char *const rows[][2] = {
		{ "-n 0", "--number: 0: out of range: 1 to 10" },
		{ "-n 11", "--number: 11: out of range: 1 to 10" },
		{ "-n x", "--number: x: not a number" },
		{ "--size 0", "--size: 0: out of range: 1 to 18446744073709551615" },
		{ "--size 1X", "--size: 1X: not a size, such as 64K or 1G" },
		{ "-t 1001ms", "-t: 1001ms: out of range: 0 to 1000 ms" },
		{ "-t soon", "-t: soon: not a time, such as 1.5s or 200ms" },
		{ "--text", "--text: needs an argument" },
		{ "-q", "-q: no such option" },
		{ "--nope", "--nope: no such option" },
		{ "--flag=1", "--flag=1: takes no argument" },
		{ "--no-off=1", "--no-off=1: takes no argument" },
		{ "--numbre 1", "--numbre: no such option; did you mean --number?" },
		{ "--numbers=1", "--numbers=1: no such option; did you mean --number?" },
		{ "--hlep", "--hlep: no such option; did you mean --help?" },
		{ "--s 1", "--s: which one: --size, --secret?" },
		{ "--txxt=1", "--txxt=1: no such option; did you mean --text?" },
		{ "--txxxt", "--txxxt: no such option" },
		{ "--secret wrong", "--secret: refused" },
	};
	struct values v;
	struct trouble trouble;

	for (size_t i = 0; i < COUNT(rows); i++) {
		check_at(i);
		check_is(parse(rows[i][0], &v, &trouble, NULL), -1);
		check_is(trouble.kind, TROUBLE_USAGE);
		check_is(trouble.status, STATUS_MISUSE);
		check_text(trouble.what, rows[i][1]);
	}
}

static void
hides(void)
{
	struct values v;
	struct trouble trouble;
	char seen[64];

	check_is(parse("--secret word", &v, &trouble, seen), 3);
	check_text(v.secret, "taken");
	check_text(seen, "    ");
	check_is(parse("--secret wrong", &v, &trouble, seen), -1);
	check_text(seen, "     ");
}

static void
sets(void)
{
	struct values v;
	struct opt_table table = { 0 };
	struct opt_program program = { .name = "unit", .synopsis = "", .about = "" };
	struct trouble trouble = { 0 };

	fill(&table, &v);
	program.opts = table.rows;
	check_is(opt_set(&program, "number", "3", &trouble), OPT_SET);
	check_is(opt_set(&program, "t", "3ms", &trouble), OPT_SET);
	check(v.number == 3 && v.time == 3);
	check_is(opt_set(&program, "number", NULL, &trouble), OPT_LACKS_VALUE);
	check_is(opt_set(&program, "flag", "1", &trouble), OPT_HAS_VALUE);
	check_is(opt_set(&program, "tt", "1", &trouble), OPT_UNKNOWN);
	check_is(trouble.kind, TROUBLE_NONE);
	check_is(opt_set(&program, "number", "11", &trouble), OPT_REFUSED);
	check_is(trouble.kind, TROUBLE_USAGE);
	opt_free(&table);
}

static void
starved(void)
{
	struct values v;
	struct trouble trouble;
	int first = parse("-n 2", &v, &trouble, NULL);

	check_is(first, memory_failed() ? -1 : 3);
	if (first < 0) {
		check_is(trouble.status, STATUS_BROKEN);
		check_is(trouble.error, ENOMEM);
		check_text(trouble.what, "options");
	}
}

static void
without_memory(void)
{
	memory_torment(starved);
}

/* The first trouble stays; what is longer than there is room for is cut. */
static void
troubles(void)
{
	struct trouble trouble = { 0 }, output = { 0 };
	char text[2 * TROUBLE_TEXT];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	check_is(trouble_set(&trouble, STATUS_BROKEN, EIO, "%s", text), -1);
	check_is(strlen(trouble.what), TROUBLE_TEXT - 1);
	check_is(trouble_output(&trouble, EPIPE, "other"), -1);
	check_is(trouble_usage(&trouble, "other"), -1);
	check(trouble.kind == TROUBLE_STATUS && trouble.error == EIO);
	check_is(trouble_output(&output, EPIPE, "out"), -1);
	check(output.kind == TROUBLE_OUTPUT && output.error == EPIPE);
	check_text(output.what, "out");
}

TESTS("opt", { "takes values", takes }, { "refuses values by name", refuses },
    { "hides secrets", hides }, { "sets by name", sets },
    { "tells of memory", without_memory }, { "keeps the first trouble", troubles })
