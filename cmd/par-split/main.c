/* SPDX-License-Identifier: ISC */
/*
 * par-split(1) - one stream to many files or FIFOs, by whole records.
 * README lists its files, lowest layer first.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "cut.h"
#include "names.h"
#include "num.h"
#include "opt.h"
#include "record.h"
#include "roles.h"
#include "sig.h"
#include "split.h"

struct split_command {
	struct split_plan plan;
	bool round_robin, tee, chunk;
	bool unique_key; /* given */
	uint64_t number; /* of outputs to be named by a template; 0: not given */
	char **paths; /* of the outputs */
	size_t count;
};

static const char *
set_key(void *target, const char *value)
{
	struct split_plan *plan = target;

	plan->mode = SPLIT_KEY;
	return key_parse(&plan->key, value);
}

static const char *
set_hash_key(void *target, const char *value)
{
	struct split_plan *plan = target;

	plan->keyed = true;
	if (strcmp(value, "random") == 0)
		plan->hash_key = hash_random_key();
	else if (hash_key_parse(&plan->hash_key, value) < 0)
		return "neither 32 hexadecimal digits nor random";
	return NULL;
}

static const char *
set_unique_key(void *target, const char *value)
{
	struct split_command *command = target;
	struct split_plan *plan = &command->plan;

	plan->unique = command->unique_key = true;
	plan->unique_key.kind = KEY_RECORD;
	if (strcmp(value, "record") == 0 || key_parse(&plan->unique_key, value) == NULL)
		return NULL;
	return "not a field number, counted from 1, 'host' or 'record'";
}

/* Which of the modes the options ask for; NULL, or what does not fit. */
static const char *
choose_mode(struct split_command *command)
{
	struct split_plan *plan = &command->plan;
	bool fill = plan->lines > 0 || plan->bytes > 0, key = plan->mode != SPLIT_DEMAND;

	if (command->round_robin + command->tee + command->chunk + key +
		(plan->lines > 0) + (plan->bytes > 0) >
	    1)
		return "--bytes, --cut, --key, --lines, --round-robin and --tee: only "
		       "one of them";
	if (plan->keyed && !key)
		return "--hash-key needs --key";
	if (command->chunk && plan->unique)
		return "--cut does not go with --unique: it reads no records";
	if (command->chunk && plan->progress)
		return "--cut does not go with --progress: it counts no records";
	if (fill && (command->number > 0 || command->plan.own))
		return "--lines and --bytes do not go with -n or --mkfifo: they make as "
		       "many files as it takes";
	if (plan->follow && (fill || command->chunk))
		return "--follow does not go with --bytes, --cut and --lines";
	if (key && !command->unique_key)
		plan->unique_key = plan->key;
	if (command->round_robin)
		plan->mode = SPLIT_ROUND_ROBIN;
	if (command->tee)
		plan->mode = SPLIT_TEE;
	if (command->chunk)
		plan->mode = SPLIT_CHUNK;
	if (fill)
		plan->mode = SPLIT_FILL;
	return NULL;
}

/* Is there one operand, from which all names are made? */
static bool
is_template(const struct split_command *command)
{
	return command->number > 0 || command->plan.mode == SPLIT_FILL;
}

/* Name the outputs by the operands. */
static void
choose_names(struct split_command *command, char **operands, size_t count)
{
	const char *why;

	command->paths = operands;
	command->count = count;
	if (!is_template(command))
		return;
	if (count > 1)
		die_misuse("%s: one TEMPLATE for all names is needed, such as part.%%d",
		    operands[1]);
	why = names_check(operands[0]);
	if (why != NULL)
		die_misuse("%s: %s", operands[0], why);
	command->plan.template = operands[0];
	if (command->number == 0)
		return;
	command->count = (size_t)command->number;
	command->paths = names_list(operands[0], command->count);
	if (command->paths == NULL)
		die(STATUS_BROKEN, ENOMEM, "names");
}

/* For diag_before_end(). */
static void
remove_fifos(void *command)
{
	const struct split_command *made = command;

	names_remove(made->paths, made->count);
}

/* No file may be two of those that are given; others have no names yet. */
static void
check_roles(const struct split_command *command)
{
	struct roles roles = { 0 };
	struct trouble trouble = { 0 };

	roles_add(&roles, ROLE_INPUT, "-i", command->plan.input);
	if (command->plan.mode != SPLIT_FILL)
		for (size_t i = 0; i < command->count; i++)
			roles_add(&roles, ROLE_OUTPUT, NULL, command->paths[i]);
	if (roles_check(&roles, &trouble) < 0)
		die_of(&trouble);
}

static enum status
run(struct split_command *command)
{
	static const int stops[] = { SIGHUP, SIGINT, SIGTERM };
	const struct split_plan *plan = &command->plan;
	enum status status;

	if (command->plan.own) {
		const char *failed, *why;

		/* A signal is heard, so that the FIFOs are removed then, too. */
		command->plan.signals = sig_open(stops, sizeof(stops) / sizeof(stops[0]));
		if (command->plan.signals < 0)
			die(STATUS_BROKEN, errno, "signals");
		why = names_mkfifo(command->paths, command->count, &failed);
		if (why != NULL)
			die(STATUS_BROKEN, 0, "%s: %s", failed, why);
		diag_before_end(remove_fifos, command);
	}
	check_roles(command);
	if (plan->mode == SPLIT_CHUNK)
		status = cut_run(plan, command->paths, command->count);
	else
		status = split_run(plan, command->paths, command->count);
	if (command->plan.own)
		remove_fifos(command);
	diag_before_end(NULL, NULL);
	if (command->number > 0)
		names_free(command->paths, command->count);
	return status;
}

/* The table of options, which ends with an empty row. */
static void
list_options(struct split_command *command, struct opt_table *table)
{
	struct split_plan *plan = &command->plan;
	const struct opt rows[] = {
		{ .help = "Which record goes where" },
		{ 'k', "key", OPT_CALL, .context = plan, "FIELD",
		    "same key to the same FILE; 'host' is that of a URL", 0, 0, set_key },
		{ 'r', "round-robin", OPT_FLAG, .flag = &command->round_robin, NULL,
		    "deal records out in turn, one by one", 0, 0, NULL },
		{ 0, "tee", OPT_FLAG, .flag = &command->tee, NULL,
		    "all records to each FILE", 0, 0, NULL },
		{ 'l', "lines", OPT_NUMBER, .number = &plan->lines, "N",
		    "fill files with N records each", 1, 0, NULL },
		{ 'b', "bytes", OPT_SIZE, .number = &plan->bytes, "SIZE",
		    "fill files with up to SIZE bytes of whole records", 1, 0, NULL },
		{ 'c', "cut", OPT_FLAG, .flag = &command->chunk, NULL,
		    "cut a file into one part for each FILE", 0, 0, NULL },
		{ 0, "hash-key", OPT_CALL, .context = plan, "KEY",
		    "with -k: hash by KEY, 32 hex digits or random, against\n"
		    "strangers who choose keys that fall together",
		    0, 0, set_hash_key },
		{ .help = "Files" },
		{ 'n', "number", OPT_NUMBER, .number = &command->number, "N",
		    "write N files, named by a TEMPLATE such as part.%02d", 1, 1 << 20,
		    NULL },
		{ 0, "mkfifo", OPT_FLAG, .flag = &plan->own, NULL,
		    "make each FILE a FIFO, and remove it at the end", 0, 0, NULL },
		{ 'f', "follow", OPT_FLAG, .flag = &plan->follow, NULL,
		    "go on with a FIFO whose reader has left when it has another", 0, 0,
		    NULL },
		{ 0, "progress", OPT_FLAG, .flag = &plan->progress, NULL,
		    "show on a terminal how far it is", 0, 0, NULL },
		{ 0, "wait", OPT_DURATION, .number = &plan->wait_ms, "TIME",
		    "give up FIFOs without a reader after TIME (default never)", 1, 0,
		    NULL },
		{ .help = "Records" },
		{ 'i', "input", OPT_STRING, .text = &plan->input, "FILE",
		    "read FILE (default standard input)", 0, 0, NULL },
		{ 'u', "unique", OPT_FLAG, .flag = &plan->unique, NULL,
		    "drop records that came before, with -k by their key", 0, 0, NULL },
		{ 0, "unique-key", OPT_CALL, .context = command, "FIELD",
		    "-u by FIELD, whatever -k says; 'record' is all of it", 0, 0,
		    set_unique_key },
		{ 0, "memory", OPT_SIZE, .number = &plan->memory, "SIZE",
		    "with -u: keep up to SIZE in memory, more on disk (default 1G)",
		    1 << 20, (uint64_t)1 << 44, NULL },
		{ 0, "max-record", OPT_SIZE, .number = &plan->max_record, "SIZE",
		    "fail records longer than SIZE (default 64M)", 1, 1 << 30, NULL },
		{ 0 },
	};

	opt_add(table, rows);
}

int
main(int argc, char **argv)
{
	struct split_command command = { .plan = { .input = "-",
					     .max_record = RECORD_LIMIT,
					     .memory = (uint64_t)1 << 30,
					     .signals = -1 } };
	struct opt_table table = { 0 };
	struct opt_program program = {
		.name = "par-split",
		.synopsis = "[-cfru] [-b SIZE | -l N] [-i FILE] [-k FIELD] [-n N] "
			    "[OPTION ...] FILE ...",
		.about = "Spread the records of standard input over files or FIFOs.",
		.examples =
		    "  seq 6 | par-split -r odd even              in turn\n"
		    "  par-split -n 4 -k host part.%d <urls       a site to one file\n"
		    "  par-split --mkfifo in1 in2 <records        for readers elsewhere\n"
	};
	const char *why;
	int first;

	sig_begin();
	list_options(&command, &table);
	program.opts = table.rows;
	first = diag_options(&program, argc, argv);
	opt_free(&table);
	why = choose_mode(&command);
	if (why != NULL)
		die_misuse("%s", why);
	if (first == argc)
		die_missing(&program, argv, "a FILE to write is needed",
		    is_template(&command) ? "part.%d" : "FILE1 FILE2");
	choose_names(&command, argv + first, (size_t)(argc - first));
	return (int)run(&command);
}
