/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "fdio.h"
#include "num.h"
#include "opt.h"

enum {
	MAX_OPTS = 96,
	LONG_ONLY = 0x100, /* val of the i-th row when it has no letter: this + i */
	HELP = LONG_ONLY + MAX_OPTS,
	VERSION,
	HELP_COLUMN = 30
};

void
opt_misuse(const struct opt_program *program, const char *format, ...)
{
	char message[512];
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	warn("%s", message);
	fprintf(stderr, "Try '%s --help'.\n", program->name);
	exit(STATUS_MISUSE);
}

/* One option of --help: its names in a column, its text beside or below. */
static void
print_option(int letter, const char *name, const char *arg, const char *help)
{
	char names[128];
	int len = 0;

	if (letter != 0)
		len = snprintf(names, sizeof(names), "  -%c", letter);
	else
		len = snprintf(names, sizeof(names), "    ");
	if (name != NULL)
		len += snprintf(names + len, sizeof(names) - (size_t)len, "%s--%s",
		    letter != 0 ? ", " : "  ", name);
	if (arg != NULL)
		len += snprintf(names + len, sizeof(names) - (size_t)len, "%s%s",
		    name != NULL ? "=" : " ", arg);
	printf("%s", names);
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
static void
end_answer(void)
{
	if (fclose(stdout) == EOF)
		die_output(errno, "standard output");
	exit(STATUS_OK);
}

static void
print_help(const struct opt_program *program)
{
	printf(
	    "usage: %s %s\n\n%s\n\n", program->name, program->synopsis, program->about);
	for (const struct opt *o = program->opts; o->help != NULL; o++)
		print_option(o->letter, o->name, o->arg, o->help);
	print_option(0, "help", NULL, "show this and exit");
	print_option(0, "version", NULL, "show the version and exit");
	end_answer();
}

static void
print_version(const struct opt_program *program)
{
	printf("%s (par) %s\n", program->name, PAR_VERSION);
	end_answer();
}

static void
refuse(const struct opt_program *program, const struct opt *o, const char *value,
    const char *why)
{
	if (o->kind == OPT_SECRET)
		opt_misuse(program, "--%s: %s", o->name, why);
	if (o->name != NULL)
		opt_misuse(program, "--%s: %s: %s", o->name, value, why);
	opt_misuse(program, "-%c: %s: %s", o->letter, value, why);
}

/* Parse a number of o's kind. */
static void
take_number(const struct opt_program *program, const struct opt *o, const char *value)
{
	uint64_t max = o->max == 0 ? UINT64_MAX : o->max;
	char why[128];
	int got;

	if (o->kind == OPT_SIZE)
		got = num_size(value, o->min, max, o->target);
	else if (o->kind == OPT_DURATION)
		got = num_duration(value, o->min, max, o->target);
	else
		got = num_parse(value, o->min, max, o->target);
	if (got == 0)
		return;
	if (errno == EINVAL)
		refuse(program, o, value,
		    o->kind == OPT_SIZE		  ? "not a size, such as 64K or 1G"
			: o->kind == OPT_DURATION ? "not a time, such as 1.5s or 200ms"
						  : "not a number");
	snprintf(why, sizeof(why), "out of range: %llu to %llu%s",
	    (unsigned long long)o->min, (unsigned long long)max,
	    o->kind == OPT_DURATION ? " ms" : "");
	refuse(program, o, value, why);
}

static void
take(const struct opt_program *program, const struct opt *o, const char *value)
{
	const char *why;

	switch (o->kind) {
	case OPT_FLAG:
		*(bool *)o->target = true;
		break;
	case OPT_OFF:
		*(bool *)o->target = false;
		break;
	case OPT_NUMBER:
	case OPT_SIZE:
	case OPT_DURATION:
		take_number(program, o, value);
		break;
	case OPT_STRING:
		*(const char **)o->target = value;
		break;
	case OPT_CALL:
	case OPT_SECRET:
		why = o->call(o->target, value);
		if (why != NULL)
			refuse(program, o, value == NULL ? "" : value, why);
		break;
	}
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

/* Fill the tables of getopt_long(3). */
static void
build_tables(const struct opt_program *program, char *letters, struct option *longs)
{
	size_t n = 0;

	if (program->command)
		*letters++ = '+';
	*letters++ = ':';
	for (int i = 0; program->opts[i].help != NULL; i++) {
		const struct opt *o = &program->opts[i];

		if (o->letter != 0) {
			*letters++ = (char)o->letter;
			if (o->arg != NULL)
				*letters++ = ':';
		}
		if (o->name != NULL)
			longs[n++] = (struct option){ .name = o->name,
				.has_arg =
				    o->arg != NULL ? required_argument : no_argument,
				.val = o->letter != 0 ? o->letter : LONG_ONLY + i };
	}
	*letters = '\0';
	longs[n++] = (struct option){ .name = "help", .val = HELP };
	longs[n++] = (struct option){ .name = "version", .val = VERSION };
	longs[n] = (struct option){ 0 };
}

void
opt_add(struct opt_table *table, const struct opt *rows)
{
	while (rows->letter != 0 || rows->name != NULL)
		table->rows[table->count++] = *rows++;
}

/* Leave nothing of a secret to be seen, but its place. */
static void
blank(char *secret)
{
	memset(secret, ' ', strlen(secret));
}

int
opt_parse(const struct opt_program *program, int argc, char **argv)
{
	char letters[2 * MAX_OPTS + 3];
	struct option longs[MAX_OPTS + 3];
	int got;

	diag_program(program->name);
	if (fdio_reserve_standard() < 0)
		exit(STATUS_BROKEN);
	build_tables(program, letters, longs);
	opterr = 0;
	while ((got = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		if (got == HELP)
			print_help(program);
		if (got == VERSION)
			print_version(program);
		if (got == ':')
			opt_misuse(program, "%s: needs an argument", argv[optind - 1]);
		if (got == '?' && optopt != 0 && optopt < LONG_ONLY)
			opt_misuse(program, "-%c: no such option", optopt);
		if (got == '?')
			opt_misuse(program, "%s: no such option", argv[optind - 1]);
		take(program, find(program, got), optarg);
		if (find(program, got)->kind == OPT_SECRET)
			blank(optarg);
	}
	return optind;
}

/* Is it called so? */
static bool
is_called(const struct opt *o, const char *name)
{
	return (o->name != NULL && strcmp(name, o->name) == 0) ||
	    (o->letter != 0 && name[0] == o->letter && name[1] == '\0');
}

bool
opt_set(const struct opt_program *program, const char *name, const char *value,
    const char **why)
{
	for (const struct opt *o = program->opts; o->help != NULL; o++) {
		if (!is_called(o, name))
			continue;
		*why = o->arg == NULL && value != NULL ? "takes no value"
		    : o->arg != NULL && value == NULL  ? "needs a value"
						       : NULL;
		if (*why == NULL)
			take(program, o, value);
		return true;
	}
	return false;
}
