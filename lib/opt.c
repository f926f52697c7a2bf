/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fdio.h"
#include "grow.h"
#include "num.h"
#include "opt.h"

enum {
	HELP = 0x100, /* what getopt_long(3) is to return for those of ours, */
	VERSION,
	LONG_ONLY, /* and for the i-th row when it has no letter: this + i */
	HELP_COLUMN = 30,
	MOST = 1024 /* rows, the last one included */
};

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
	for (; *help != '\0'; help++) {
		putchar(*help);
		if (*help == '\n')
			printf("%*s", HELP_COLUMN, "");
	}
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
	printf(
	    "usage: %s %s\n\n%s\n\n", program->name, program->synopsis, program->about);
	for (const struct opt *o = program->opts; o->help != NULL; o++)
		print_option(o->letter, o->name, o->arg, o->help);
	print_option(0, "help", NULL, "show this and exit");
	print_option(0, "version", NULL, "show the version and exit");
	return end_answer(trouble);
}

static int
print_version(const struct opt_program *program, struct trouble *trouble)
{
	printf("%s (par) %s\n", program->name, PAR_VERSION);
	return end_answer(trouble);
}

static int
refuse(const struct opt *o, const char *value, const char *why, struct trouble *trouble)
{
	if (o->kind == OPT_SECRET)
		return trouble_usage(trouble, "--%s: %s", o->name, why);
	if (o->name != NULL)
		return trouble_usage(trouble, "--%s: %s: %s", o->name, value, why);
	return trouble_usage(trouble, "-%c: %s: %s", o->letter, value, why);
}

/* Parse a number of o's kind. */
static int
take_number(const struct opt *o, const char *value, struct trouble *trouble)
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
		return refuse(o, value,
		    o->kind == OPT_SIZE		  ? "not a size, such as 64K or 1G"
			: o->kind == OPT_DURATION ? "not a time, such as 1.5s or 200ms"
						  : "not a number",
		    trouble);
	snprintf(why, sizeof(why), "out of range: %llu to %llu%s",
	    (unsigned long long)o->min, (unsigned long long)max,
	    o->kind == OPT_DURATION ? " ms" : "");
	return refuse(o, value, why, trouble);
}

/* 0, or -1 and trouble. */
static int
take(const struct opt *o, const char *value, struct trouble *trouble)
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
		return take_number(o, value, trouble);
	case OPT_STRING:
		*o->text = value;
		break;
	case OPT_CALL:
	case OPT_SECRET:
		why = o->call(o->context, value);
		if (why == trouble_no_memory)
			return trouble_set(trouble, STATUS_BROKEN, ENOMEM, "options");
		if (why != NULL)
			return refuse(o, value == NULL ? "" : value, why, trouble);
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

	while (rows[more].letter != 0 || rows[more].name != NULL)
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
	if (got == '?' && optopt != 0 && optopt < HELP)
		return trouble_usage(trouble, "-%c: no such option", optopt);
	if (got == '?')
		return trouble_usage(trouble, "%s: no such option", argv[optind - 1]);
	o = find(program, got);
	taken = take(o, optarg, trouble);
	if (o->kind == OPT_SECRET)
		blank(optarg);
	return taken;
}

static int
parse(const struct opt_program *program, int argc, char **argv,
    const struct tables *tables, struct trouble *trouble)
{
	int got;

	opterr = 0;
	while (
	    (got = getopt_long(argc, argv, tables->letters, tables->longs, NULL)) != -1)
		if (take_got(program, got, argv, trouble) < 0)
			return -1;
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
		return take(o, value, trouble) < 0 ? OPT_REFUSED : OPT_SET;
	}
	return OPT_UNKNOWN;
}
