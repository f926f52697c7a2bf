/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "cpus.h"
#include "hosts.h"
#include "opt.h"
#include "options.h"
#include "record.h"

enum { RETRIES_MAX = 1000000, HOST_WAIT = 60 * 1000 };

static const char *
set_key(void *target, const char *value)
{
	return key_parse(target, value);
}

/* How records are given to processes. */
static void
add_workers(struct opt_table *table, struct run_options *o)
{
	const struct opt rows[] = {
		{ 'n', "workers", OPT_NUMBER, .number = &o->workers, "N",
		    "run N copies of COMMAND (default: usable processors)", 1,
		    WORKERS_MAX, NULL },
		{ 0, "map", OPT_FLAG, .flag = &o->map, NULL,
		    "COMMAND writes one line for each that it reads, in order", 0, 0,
		    NULL },
		{ 0, "ahead", OPT_CALL, .context = &o->ahead, "SIZE[/N]",
		    "what a silent one of --map gets before it must answer (default "
		    "64M/1048576)",
		    0, 0, ahead_read },
		{ 0, "key", OPT_CALL, .context = &o->key, "FIELD",
		    "same key to the same worker; 'host' is that of a URL", 0, 0,
		    set_key },
		{ 'N', "records", OPT_NUMBER, .number = &o->block_records, "N",
		    "a process of its own for each block of N records", 1, 0, NULL },
		{ 'b', "block", OPT_SIZE, .number = &o->block_bytes, "SIZE",
		    "a process of its own for each block of at most SIZE bytes", 1, 0,
		    NULL },
		{ 0, "halve", OPT_FLAG, .flag = &o->halve, NULL,
		    "halve blocks of -N that fail on all tries, as those of -b", 0, 0,
		    NULL },
		{ 0, "block-wait", OPT_DURATION, .number = &o->block_wait, "TIME",
		    "begin a block that is not full after TIME (default never)", 0, 0,
		    NULL },
		{ 0, "raw", OPT_FLAG, .flag = &o->raw, NULL,
		    "pass the output of each block byte for byte", 0, 0, NULL },
		{ 0, "control", OPT_STRING, .text = &o->control, "FIFO",
		    "take commands from FIFO while it runs; made if it is not there", 0,
		    0, NULL },
		{ 0 },
	};

	opt_add(table, rows);
}

/* Machines to spread the run over. */
static void
add_hosts(struct opt_table *table, struct run_options *o)
{
	const struct opt rows[] = {
		{ 0, "host", OPT_STRING, .text = &o->host_list, "LIST",
		    "run on the hosts of LIST: HOST[:N],... with : for this one", 0, 0,
		    NULL },
		{ 0, "hosts", OPT_STRING, .text = &o->host_file, "FILE",
		    "run on the hosts of FILE, one or a list a line", 0, 0, NULL },
		{ 0, "host-wait", OPT_DURATION, .number = &o->host_wait, "TIME",
		    "end when no host is up for TIME (default 60s)", 1, 0, NULL },
		{ 0, "rsh", OPT_STRING, .text = &o->rsh, "COMMAND",
		    "reach a host by COMMAND, with %h for its name (default ssh)", 0, 0,
		    NULL },
		{ 0, "remote", OPT_STRING, .text = &o->remote, "COMMAND",
		    "start par-run on a host by COMMAND (default par-run)", 0, 0, NULL },
		{ 0, "serve", OPT_FLAG, .flag = &o->serve, NULL,
		    "be the par-run on a host, at the other end of the link", 0, 0,
		    NULL },
		{ 0 },
	};

	opt_add(table, rows);
}

/* What becomes of records that are not finished. */
static void
add_fates(struct opt_table *table, struct run_options *o)
{
	const struct opt rows[] = {
		{ 'r', "retries", OPT_NUMBER, .number = &o->retries, "N",
		    "give a record up after N more tries (default 2)", 0, RETRIES_MAX,
		    NULL },
		{ 't', "timeout", OPT_DURATION, .number = &o->timeout, "TIME",
		    "try a record again that takes longer than TIME", 1, 0, NULL },
		{ 'q', "quarantine", OPT_STRING, .text = &o->quarantine, "FILE",
		    "set records aside in FILE instead of naming them", 0, 0, NULL },
		{ 0, "max-restarts", OPT_CALL, .context = &o->restarts, "N[/TIME]",
		    "end when more than N workers die within TIME, or in a row", 0, 0,
		    restarts_read },
		{ 0, "max-output", OPT_SIZE, .number = &o->max_output, "SIZE",
		    "fail records, or blocks, with more output than SIZE (default none)",
		    1, INT64_MAX, NULL },
		{ 0, "max-record", OPT_SIZE, .number = &o->max_record, "SIZE",
		    "fail records longer than SIZE (default 64M)", 1, 1 << 30, NULL },
		{ 0 },
	};

	opt_add(table, rows);
}

/* What is told of the run. */
static void
add_reports(struct opt_table *table, struct run_options *o)
{
	const struct opt rows[] = {
		{ 's', "stats", OPT_FLAG, .flag = &o->stats, NULL,
		    "show at the end what each worker did", 0, 0, NULL },
		{ 0, "progress", OPT_FLAG, .flag = &o->progress, NULL,
		    "show on a terminal how far it is", 0, 0, NULL },
		{ 0, "log", OPT_STRING, .text = &o->log, "FILE",
		    "write to FILE what became of each record", 0, 0, NULL },
		{ 0, "metrics", OPT_STRING, .text = &o->metrics, "FILE",
		    "keep numbers for Prometheus in FILE", 0, 0, NULL },
		{ 0 },
	};

	opt_add(table, rows);
}

/* What is read and written. */
static void
add_ends(struct opt_table *table, struct run_options *o)
{
	const struct opt rows[] = {
		{ 'i', "input", OPT_STRING, .text = &o->input, "FILE",
		    "read FILE, which may be a FIFO", 0, 0, NULL },
		{ 'k', "keep-order", OPT_FLAG, .flag = &o->keep_order, NULL,
		    "output in the order of the input", 0, 0, NULL },
		{ 'o', "output", OPT_STRING, .text = &o->output, "FILE",
		    "write to FILE, which may be a FIFO", 0, 0, NULL },
		{ 0, "wait", OPT_DURATION, .number = &o->wait_ms, "TIME",
		    "give up FIFOs without another end after TIME (default never)", 1, 0,
		    NULL },
		{ 0, "checkpoint", OPT_STRING, .text = &o->checkpoint, "STATE",
		    "remember in STATE what is done, and go on there next time", 0, 0,
		    NULL },
		{ 0 },
	};

	opt_add(table, rows);
}

/* What fits with what; NULL, or what does not. */
static const char *
conflict(const struct run_options *o)
{
	bool block = o->block_records != 0 || o->block_bytes != 0;
	bool key = o->key.kind != KEY_RECORD;
	bool to_file = o->output != NULL && strcmp(o->output, "-") != 0;

	if (o->serve && (hosts_used(o) || o->input != NULL || o->output != NULL))
		return "--serve does not go with --host, --hosts, -i or -o";
	if (o->map && block)
		return "--map does not go with -b or -N";
	if (o->raw && !block)
		return "--raw needs -b or -N";
	if (o->halve && !block)
		return "--halve needs -N";
	if (o->checkpoint != NULL && !to_file)
		return "--checkpoint needs -o FILE";
	if (key && block)
		return "--key does not go with -b or -N";
	if (o->log != NULL && strcmp(o->log, "-") == 0 && !to_file)
		return "--log - needs -o FILE";
	if (key && o->checkpoint != NULL)
		return "--key does not go with --checkpoint";
	if (key && hosts_used(o))
		return "--key does not go with --host or --hosts";
	return NULL;
}

void
options_read(struct run_options *options, int argc, char **argv)
{
	struct opt_table table = { 0 };
	struct opt_program program = { .name = "par-run",
		.synopsis =
		    "[-ks] [-b SIZE] [-i FILE] [-N N] [-n N] [-o FILE] [-q FILE] [-r N] "
		    "[-t TIME] [--ahead SIZE[/N]] [--block-wait TIME] [--checkpoint "
		    "STATE] "
		    "[--control FIFO] [--halve] "
		    "[--host LIST] [--hosts FILE] [--host-wait TIME] "
		    "[--key FIELD] [--log FILE] [--map] [--max-output SIZE] "
		    "[--max-record SIZE] "
		    "[--max-restarts N[/TIME]] [--metrics FILE] [--progress] "
		    "[--raw] [--remote COMMAND] "
		    "[--rsh COMMAND] [--serve] [--wait TIME] "
		    "COMMAND [ARG...]",
		.about = "Run copies of COMMAND side by side: the records of standard "
			 "input are spread\nover them, their output records are merged "
			 "to standard output.",
		.command = true };
	const char *why;
	int first;

	*options = (struct run_options){ .retries = 2,
		.max_record = RECORD_LIMIT,
		.host_wait = HOST_WAIT,
		.block_wait = UINT64_MAX };
	ahead_default(&options->ahead);
	add_workers(&table, options);
	add_hosts(&table, options);
	add_fates(&table, options);
	add_ends(&table, options);
	add_reports(&table, options);
	program.opts = table.rows;
	first = diag_options(&program, argc, argv);
	opt_free(&table);
	if (first == argc && !options->serve)
		die_misuse("a command is needed");
	why = conflict(options);
	if (why != NULL)
		die_misuse("%s", why);
	if (options->block_bytes != 0 && options->block_records == 0) {
		options->block_records = UINT64_MAX;
		options->halve = true;
	}
	if (options->block_records != 0 && options->block_bytes == 0)
		options->block_bytes = SIZE_MAX;
	options->command = first == argc ? NULL : argv + first;
	if (options->workers == 0 && !hosts_used(options))
		options->workers = cpus_usable();
}
