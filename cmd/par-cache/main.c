/* SPDX-License-Identifier: ISC */
/*
 * par-cache(1) - remembers what a stage made of each record.
 * README lists its files, lowest layer first.
 */
#include <stdlib.h>
#include <string.h>

#include "cache.h"
#include "diag.h"
#include "grow.h"
#include "opt.h"
#include "record.h"
#include "sig.h"

/* One byte less than what mmap(2) can surely map. */
static const uint64_t largest = UINT64_C(1) << 46;

/* One more variable that counts. */
enum { MOST_NAMES = 1 << 20 }; /* of --env */

static const char *
take_env(void *target, const char *name)
{
	struct cache_options *options = target;
	const char **more;

	if (*name == '\0' || strchr(name, '=') != NULL)
		return "not the name of a variable";
	more = grow(options->env, &options->env_room, options->env_count + 1,
	    sizeof(*more), MOST_NAMES);
	if (more == NULL)
		return trouble_no_memory;
	options->env = more;
	more[options->env_count++] = name;
	return NULL;
}

static enum status
run(struct cache_options *options, uint64_t ttl_ms, char **command)
{
	enum status status;

	options->store.ttl = ttl_ms / 1000;
	options->command = command;
	status = *command != NULL ? cache_run(options) : cache_show(options);
	free(options->env);
	return status;
}

static void
list_options(struct cache_options *options, uint64_t *ttl_ms, struct opt_table *table)
{
	const struct opt rows[] = {
		{ .help = "What is kept, and where" },
		{ 'd', "store", OPT_STRING, .text = &options->store.where, "STORE",
		    "a folder (default: par in the cache folder)", 0, 0, NULL },
		{ 0, "ttl", OPT_DURATION, .number = ttl_ms, "TIME",
		    "use outputs for TIME (default: for ever)", 1000, 0, NULL },
		{ 0, "max-size", OPT_SIZE, .number = &options->store.max_size, "SIZE",
		    "drop the oldest beyond SIZE (default 1G)", 1 << 20, largest, NULL },
		{ 0, "password-file", OPT_STRING, .text = &options->store.password_file,
		    "FILE",
		    "a server's password is the first line of FILE\n"
		    "(default $PAR_CACHE_PASSWORD)",
		    0, 0, NULL },
		{ 'f', "refresh", OPT_FLAG, .flag = &options->refresh, NULL,
		    "compute all anew, and store that", 0, 0, NULL },
		{ 's', "stats", OPT_FLAG, .flag = &options->stats, NULL,
		    "tell what was found; without COMMAND, what is stored", 0, 0, NULL },
		{ .help = "What an output depends on" },
		{ 0, "as", OPT_STRING, .text = &options->as, "VERSION",
		    "COMMAND is known by VERSION, not by its words and files", 0, 0,
		    NULL },
		{ 0, "env", OPT_CALL, .context = options, "NAME",
		    "outputs depend on the variable NAME of the environment, too", 0, 0,
		    take_env },
		{ .help = "Input and output" },
		{ 'i', "input", OPT_STRING, .text = &options->input, "FILE",
		    "read FILE, which may be a FIFO", 0, 0, NULL },
		{ 'o', "output", OPT_STRING, .text = &options->output, "FILE",
		    "write to FILE, which may be a FIFO", 0, 0, NULL },
		{ 0, "map", OPT_FLAG, .flag = &options->map, NULL,
		    "COMMAND writes one line for each that it reads, in order", 0, 0,
		    NULL },
		{ 0, "max-record", OPT_SIZE, .number = &options->max_record, "SIZE",
		    "fail records longer than SIZE (default 64M)", 1, 1 << 30, NULL },
		{ 0, "wait", OPT_DURATION, .number = &options->wait_ms, "TIME",
		    "give up FIFOs without another end after TIME (default never)", 1, 0,
		    NULL },
		{ 0 },
	};

	opt_add(table, rows);
}

int
main(int argc, char **argv)
{
	struct cache_options options = { .max_record = RECORD_LIMIT,
		.store.max_size = 1 << 30 };
	uint64_t ttl_ms = 0;
	struct opt_table table = { 0 };
	struct opt_program program = { .name = "par-cache",
		.synopsis = "[-fs] [-d STORE] [-i FILE] [-o FILE] [OPTION ...] "
			    "[COMMAND [ARG ...]]",
		.about = "Run COMMAND for the records that it has not answered before; "
			 "the others are\nanswered from a store.",
		.examples =
		    "  seq 1000 | par-cache -d numbers par-fib     compute each once\n"
		    "  par-cache --map tr a-z A-Z <words          a filter of lines\n"
		    "  par-cache -s -d numbers                    what is stored\n",
		.command = true };
	int first;

	sig_begin();
	diag_on_abort();
	list_options(&options, &ttl_ms, &table);
	program.opts = table.rows;
	first = diag_options(&program, argc, argv);
	opt_free(&table);
	if (first == argc && !options.stats)
		die_missing(&program, argv, "a command is needed", "COMMAND");
	return (int)run(&options, ttl_ms, argv + first);
}
