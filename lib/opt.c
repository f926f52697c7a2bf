/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fdio.h"
#include "grow.h"
#include "near.h"
#include "num.h"
#include "opt.h"

enum {
	HELP = 0x100, /* what getopt_long(3) is to return for those of ours, */
	VERSION,
	LONG_ONLY, /* and for the i-th row when it has no letter: this + i */
	HELP_COLUMN = 30,
	WIDTH = 80,
	MOST = 1024 /* rows, the last one included */
};

/* How long a word is: what stands in brackets is one. */
static size_t
word_length(const char *text)
{
	size_t len = 0;
	int depth = 0;

	for (; text[len] != '\0'; len++) {
		if (depth <= 0 && (text[len] == ' ' || text[len] == '\n'))
			break;
		depth += (text[len] == '[') - (text[len] == ']');
	}
	return len;
}

/* Words from column at on, filled into lines that begin at column left. */
static void
print_filled(const char *text, size_t at, size_t left)
{
	const char *blanks = "";

	while (*(text += strspn(text, " \n")) != '\0') {
		size_t len = word_length(text);

		if (at + strlen(blanks) + len > WIDTH && at > left) {
			printf("\n%*s", (int)left, "");
			at = left;
			blanks = "";
		}
		at += (size_t)printf("%s%.*s", blanks, (int)len, text);
		text += len;
		blanks = strncmp(text, "  ", 2) == 0 ? "  " : " ";
	}
	putchar('\n');
}

/* One option of --help: its names in a column, its text beside or below. */
static void
print_option(int letter, const char *name, const char *arg, const char *help)
{
	int len = letter != 0 ? printf("  -%c", letter) : printf("    ");

	if (name != NULL)
		len += printf("%s--%s", letter != 0 ? ", " : "  ", name);
	if (arg != NULL)
		len += printf("%s%s", name != NULL ? "=" : " ", arg);
	if (len > HELP_COLUMN - 2) {
		putchar('\n');
		len = 0;
	}
	printf("%*s", HELP_COLUMN - len, "");
	print_filled(help, HELP_COLUMN, HELP_COLUMN);
}

static bool
is_heading(const struct opt *o)
{
	return o->letter == 0 && o->name == NULL && o->help != NULL;
}

static void
print_row(const struct opt *o)
{
	if (*o->help == '\0')
		return;
	if (is_heading(o))
		printf("\n%s:\n", o->help);
	else
		print_option(o->letter, o->name, o->arg, o->help);
}

/* A blank line stands above each heading, and above what is under none. */
static void
print_rows(const struct opt *opts)
{
	bool headings = is_heading(opts);

	if (!headings)
		putchar('\n');
	for (const struct opt *o = opts; o->help != NULL; o++)
		print_row(o);
	if (headings)
		putchar('\n');
}

/* Standard output must have taken it all. */
static int
end_answer(struct trouble *trouble)
{
	if (fclose(stdout) == EOF)
		return trouble_output(trouble, errno, "standard output");
	trouble->kind = TROUBLE_DONE;
	return -1;
}

static int
print_help(const struct opt_program *program, struct trouble *trouble)
{
	size_t at = (size_t)printf("usage: %s ", program->name);

	print_filled(program->synopsis, at, at);
	putchar('\n');
	print_filled(program->about, 0, 0);
	print_rows(program->opts);
	print_option(0, "help", NULL, "show this and exit");
	print_option(0, "version", NULL, "show the version and exit");
	if (program->examples != NULL)
		printf("\nExamples:\n%s", program->examples);
	return end_answer(trouble);
}

static int
print_version(const struct opt_program *program, struct trouble *trouble)
{
	printf("%s (par) %s\n", program->name, PAR_VERSION);
	return end_answer(trouble);
}

/* What others call so, len bytes of name, is here; or NULL. */
static const char *
answer(const struct opt_foreign *known, const char *name, size_t len)
{
	for (; known != NULL && known->names != NULL; known++)
		for (const char *at = known->names; at != NULL; at = strchr(at, '|')) {
			at += *at == '|';
			if (strcspn(at, "|") == len && memcmp(at, name, len) == 0)
				return known->here;
		}
	return NULL;
}

/* Refuse a value of o; where its letter means something else elsewhere, say so. */
static int
refuse(const struct opt_program *program, const struct opt *o, const char *value,
    const char *why, struct trouble *trouble)
{
	char letter = (char)o->letter;
	bool number = value != NULL && *value >= '1' && *value <= '9'; /* meant as here */
	const char *here = number ? NULL : answer(program->homonyms, &letter, 1);
	const char *also = here == NULL ? "" : "; ";

	if (o->kind == OPT_SECRET)
		return trouble_usage(trouble, "--%s: %s", o->name, why);
	if (here == NULL)
		here = "";
	if (o->name != NULL)
		return trouble_usage(
		    trouble, "--%s: %s: %s%s%s", o->name, value, why, also, here);
	return trouble_usage(
	    trouble, "-%c: %s: %s%s%s", o->letter, value, why, also, here);
}

/* Parse a number of o's kind. */
static int
take_number(const struct opt_program *program, const struct opt *o, const char *value,
    struct trouble *trouble)
{
	uint64_t max = o->max == 0 ? UINT64_MAX : o->max;
	char why[128];
	int got;

	if (o->kind == OPT_SIZE)
		got = num_size(value, o->min, max, o->number);
	else if (o->kind == OPT_DURATION)
		got = num_duration(value, o->min, max, o->number);
	else
		got = num_parse(value, o->min, max, o->number);
	if (got == 0)
		return 0;
	if (errno == EINVAL)
		return refuse(program, o, value,
		    o->kind == OPT_SIZE		  ? "not a size, such as 64K or 1G"
			: o->kind == OPT_DURATION ? "not a time, such as 1.5s or 200ms"
						  : "not a number",
		    trouble);
	snprintf(why, sizeof(why), "out of range: %llu to %llu%s",
	    (unsigned long long)o->min, (unsigned long long)max,
	    o->kind == OPT_DURATION ? " ms" : "");
	return refuse(program, o, value, why, trouble);
}

/* 0, or -1 and trouble. */
static int
take(const struct opt_program *program, const struct opt *o, const char *value,
    struct trouble *trouble)
{
	const char *why;

	switch (o->kind) {
	case OPT_FLAG:
		*o->flag = true;
		break;
	case OPT_OFF:
		*o->flag = false;
		break;
	case OPT_NUMBER:
	case OPT_SIZE:
	case OPT_DURATION:
		return take_number(program, o, value, trouble);
	case OPT_STRING:
		*o->text = value;
		break;
	case OPT_CALL:
	case OPT_SECRET:
		why = o->call(o->context, value);
		if (why == trouble_no_memory)
			return trouble_set(trouble, STATUS_BROKEN, ENOMEM, "options");
		if (why != NULL)
			return refuse(
			    program, o, value == NULL ? "" : value, why, trouble);
		break;
	}
	return 0;
}

/* The row that getopt_long(3) means by val. */
static const struct opt *
find(const struct opt_program *program, int val)
{
	for (int i = 0; program->opts[i].help != NULL; i++)
		if (val == program->opts[i].letter || val == LONG_ONLY + i)
			return &program->opts[i];
	return NULL;
}

/* What getopt_long(3) reads. */
struct tables {
	char *letters;
	struct option *longs;
};

/* 0, or -1 without memory. */
static int
build(const struct opt_program *program, struct tables *tables)
{
	size_t rows = 0, n = 0;
	char *letter;

	while (program->opts[rows].help != NULL)
		rows++;
	tables->letters = letter = malloc(2 * rows + sizeof("+:"));
	tables->longs = calloc(rows + 3, sizeof(*tables->longs));
	if (tables->letters == NULL || tables->longs == NULL)
		return -1;
	if (program->command)
		*letter++ = '+';
	*letter++ = ':';
	for (size_t i = 0; i < rows; i++) {
		const struct opt *o = &program->opts[i];

		if (o->letter != 0) {
			*letter++ = (char)o->letter;
			if (o->arg != NULL)
				*letter++ = ':';
		}
		if (o->name != NULL)
			tables->longs[n++] = (struct option){ .name = o->name,
				.has_arg =
				    o->arg != NULL ? required_argument : no_argument,
				.val = o->letter != 0 ? o->letter : LONG_ONLY + (int)i };
	}
	*letter = '\0';
	tables->longs[n++] = (struct option){ .name = "help", .val = HELP };
	tables->longs[n] = (struct option){ .name = "version", .val = VERSION };
	return 0;
}

void
opt_add(struct opt_table *table, const struct opt *rows)
{
	size_t more = 0;
	struct opt *larger;

	while (rows[more].help != NULL)
		more++;
	if (table->failed)
		return;
	larger = grow(
	    table->rows, &table->room, table->count + more + 1, sizeof(*larger), MOST);
	if (larger == NULL) {
		opt_free(table);
		table->failed = true;
		return;
	}
	memcpy(larger + table->count, rows, (more + 1) * sizeof(*rows));
	table->rows = larger;
	table->count += more;
}

void
opt_heading(struct opt_table *table, const char *text)
{
	opt_add(table, (const struct opt[]){ { .help = text }, { 0 } });
}

void
opt_free(struct opt_table *table)
{
	free(table->rows);
	*table = (struct opt_table){ 0 };
}

/* Leave nothing of a secret to be seen, but its place. */
static void
blank(char *secret)
{
	memset(secret, ' ', strlen(secret));
}

/* More than one option begins so: name them. */
static int
ambiguous(const struct opt_program *program, const char *name, size_t len,
    struct trouble *trouble)
{
	char which[256] = "";
	size_t used = 0;

	for (const struct opt *o = program->opts; o->help != NULL; o++)
		if (o->name != NULL && strncmp(o->name, name, len) == 0 &&
		    used < sizeof(which))
			used += (size_t)snprintf(which + used, sizeof(which) - used,
			    "%s--%s", used == 0 ? "" : ", ", o->name);
	return trouble_usage(trouble, "--%.*s: which one: %s?", (int)len, name, which);
}

/* No option is written so, in full or in part: say which one is nearly. */
static int
unlike(const struct opt_program *program, const char *word, struct trouble *trouble)
{
	const char *name = word + strspn(word, "-");
	struct near near = { .word = name, .len = strcspn(name, "=") };
	size_t begin_so = 0;

	for (const struct opt *o = program->opts; o->help != NULL; o++)
		if (o->name != NULL) {
			near_try(&near, o->name);
			begin_so += strncmp(o->name, name, near.len) == 0;
		}
	if (begin_so > 1)
		return ambiguous(program, name, near.len, trouble);
	near_try(&near, "help");
	near_try(&near, "version");
	if (near.name == NULL)
		return trouble_usage(trouble, "%s: no such option", word);
	return trouble_usage(
	    trouble, "%s: no such option; did you mean --%s?", word, near.name);
}

/* There is no such option, a word or, if it is not 0, a letter of one. */
static int
unknown(const struct opt_program *program, const char *word, int letter,
    struct trouble *trouble)
{
	char short_name[] = { (char)letter, '\0' };
	const char *name = letter != 0 ? short_name : word + strspn(word, "-");
	size_t len = strcspn(name, "=");
	const char *here = answer(program->foreign, name, len);

	if (here != NULL)
		return trouble_usage(trouble, "%s%.*s: %s", letter != 0 ? "-" : "--",
		    (int)len, name, here);
	if (letter != 0)
		return trouble_usage(trouble, "-%c: no such option", letter);
	return unlike(program, word, trouble);
}

/* The option that getopt_long(3) calls got; 0, or -1 and trouble. */
static int
take_got(const struct opt_program *program, int got, char **argv, struct trouble *trouble)
{
	const struct opt *o;
	int taken;

	if (got == HELP)
		return print_help(program, trouble);
	if (got == VERSION)
		return print_version(program, trouble);
	if (got == ':')
		return trouble_usage(trouble, "%s: needs an argument", argv[optind - 1]);
	if (got == '?' && optopt != 0 && find(program, optopt) != NULL)
		return trouble_usage(trouble, "%s: takes no argument", argv[optind - 1]);
	if (got == '?' && optopt != 0 && optopt < HELP)
		return unknown(program, NULL, optopt, trouble);
	if (got == '?')
		return unknown(program, argv[optind - 1], 0, trouble);
	o = find(program, got);
	taken = take(program, o, optarg, trouble);
	if (o->kind == OPT_SECRET)
		blank(optarg);
	return taken;
}

/* Is word, --NAME[=VALUE], an option elsewhere, and here only how one of ours begins? */
static bool
is_foreign(const struct opt_program *program, const char *word)
{
	size_t len = word == NULL ? 0 : strcspn(word, "=");

	if (len < 3 || memcmp(word, "--", 2) != 0)
		return false;
	for (const struct opt *o = program->opts; o->help != NULL; o++)
		if (o->name != NULL && strlen(o->name) == len - 2 &&
		    memcmp(o->name, word + 2, len - 2) == 0)
			return false;
	return answer(program->foreign, word + 2, len - 2) != NULL;
}

static int
parse(const struct opt_program *program, int argc, char **argv,
    const struct tables *tables, struct trouble *trouble)
{
	int got, at = 1;

	opterr = 0;
	optind = 0; /* glibc, musl and BSDs: begin anew, as for a verb behind options */
	for (;
	     (got = getopt_long(argc, argv, tables->letters, tables->longs, NULL)) != -1;
	     at = optind) {
		if (is_foreign(program, argv[at]))
			return unknown(program, argv[at], 0, trouble);
		if (take_got(program, got, argv, trouble) < 0)
			return -1;
	}
	return optind;
}

int
opt_parse(
    const struct opt_program *program, int argc, char **argv, struct trouble *trouble)
{
	struct tables tables = { 0 };
	int first;

	if (fdio_reserve_standard() < 0)
		return trouble_set(trouble, STATUS_BROKEN, errno, "descriptors 0 to 2");
	if (program->opts == NULL || build(program, &tables) < 0)
		first = trouble_set(trouble, STATUS_BROKEN, ENOMEM, "options");
	else
		first = parse(program, argc, argv, &tables, trouble);
	free(tables.letters);
	free(tables.longs);
	return first;
}

/* Is it called so? */
static bool
is_called(const struct opt *o, const char *name)
{
	return (o->name != NULL && strcmp(name, o->name) == 0) ||
	    (o->letter != 0 && name[0] == o->letter && name[1] == '\0');
}

enum opt_found
opt_set(const struct opt_program *program, const char *name, const char *value,
    struct trouble *trouble)
{
	for (const struct opt *o = program->opts; o->help != NULL; o++) {
		if (!is_called(o, name))
			continue;
		if (o->arg == NULL && value != NULL)
			return OPT_HAS_VALUE;
		if (o->arg != NULL && value == NULL)
			return OPT_LACKS_VALUE;
		return take(program, o, value, trouble) < 0 ? OPT_REFUSED : OPT_SET;
	}
	return OPT_UNKNOWN;
}
