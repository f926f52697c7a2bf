/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cpus.h"
#include "diag.h"
#include "facts.h"
#include "lists.h"
#include "num.h"
#include "opt.h"
#include "options.h"
#include "record.h"
#include "rivals.h"
#include "template.h"

#define RETRIES_UNSAID UINT64_MAX

enum { RETRIES_MAX = 1000000, RETRIES = 2, HOST_WAIT = 60 * 1000 };
enum { BEAT_MOST = 24 * 60 * 60 * 1000 };

static const char *
set_key(void *target, const char *value)
{
	return key_parse(target, value);
}

static const char *
set_log_format(void *target, const char *value)
{
	enum log_format *format = target;

	*format = strcmp(value, "joblog") == 0 ? LOG_FORMAT_JOBS : LOG_FORMAT_RECORDS;
	return *format == LOG_FORMAT_JOBS || strcmp(value, "records") == 0
	    ? NULL
	    : "not records or joblog";
}

/* N, or auto. */
static const char *
read_workers(struct run_options *o, const char *value)
{
	o->tuned = strcmp(value, "auto") == 0;
	o->workers = 0;
	if (o->tuned || num_parse(value, 1, WORKERS_MAX, &o->workers) == 0)
		return NULL;
	return errno == ERANGE ? "out of range: 1 to 4096" : "not a number";
}

static const char *
set_header(void *records, const char *value)
{
	(void)value;
	*(uint64_t *)records = 1;
	return NULL;
}

/* What xargs has for both is not the same. */
static const char both_workers[] = "-n, and -j or -P, are the same here; see -N for "
				   "what is -n of xargs";

static const char *
set_workers(void *options, const char *value)
{
	struct run_options *o = options;

	if (o->workers_by == WORKERS_BY_JOBS)
		return both_workers;
	o->workers_by = WORKERS_BY_NUMBER;
	return read_workers(o, value);
}

/* By a letter that other programs have for it. */
static const char *
set_jobs(void *options, const char *value)
{
	struct run_options *o = options;

	if (o->workers_by == WORKERS_BY_NUMBER)
		return both_workers;
	o->workers_by = WORKERS_BY_JOBS;
	return read_workers(o, value);
}

/* A factor such as 2 or 1.5, as thousandths. */
static const char *
set_factor(void *target, const char *value)
{
	if (value[strspn(value, "0123456789.")] != '\0' ||
	    num_duration(value, 1000, 1000 * 1000, target) < 0)
		return "not a factor from 1 to 1000, such as 2 or 1.5";
	return NULL;
}

/* How records are given to processes. */
static void
add_workers(struct opt_table *table, struct run_options *o)
{
	const struct opt rows[] = {
		{ 'n', "workers", OPT_CALL, .context = o, "N",
		    "run N copies of COMMAND, or auto (also -j, -P; default: usable "
		    "processors)",
		    0, 0, set_workers },
		{ 'j', NULL, OPT_CALL, .context = o, "N", "", 0, 0, set_jobs },
		{ 'P', NULL, OPT_CALL, .context = o, "N", "", 0, 0, set_jobs },
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
		{ 0, "replace-after", OPT_CALL, .context = &o->renewal, "LIMITS",
		    "a new worker in place of one with N records, SIZE bytes or TIME", 0,
		    0, renewal_read },
		{ 0, "admit", OPT_CALL, .context = &o->admit, "LIST",
		    "start a worker only within load=N, memory=SIZE, pressure=P%, "
		    "starts=N/s, key=N/s",
		    0, 0, admission_read },
		{ 0, "jobserver", OPT_CALL, .context = &o->jobserver, "HOW",
		    "share processors with make: join (default) its jobserver, or none; "
		    "or make one for COMMAND, of a fifo or pipe",
		    0, 0, jobserver_read },
		{ 0, "env-per-worker", OPT_CALL, .context = &o->per_worker, "VALUES",
		    "a value for each worker, of a variable: NAME=A,B,C", 0, 0,
		    per_worker_read },
		{ 0, "speculate", OPT_CALL, .context = &o->speculate, "FACTOR",
		    "at the end try what takes FACTOR times the usual on a second worker",
		    0, 0, set_factor },
		{ 0, "raw", OPT_FLAG, .flag = &o->raw, NULL,
		    "pass the output of each block byte for byte", 0, 0, NULL },
		{ 0, "control", OPT_STRING, .text = &o->control, "FIFO",
		    "take commands from FIFO while it runs; made if it is not there", 0,
		    0, NULL },
		{ 0 },
	};

	opt_add(table, rows);
}

/* Records as words of COMMAND. */
static void
add_arguments(struct opt_table *table, struct run_options *o)
{
	const struct opt rows[] = {
		{ 'I', "replace", OPT_STRING, .text = &o->replace, "TEXT",
		    "what stands for the record, instead of {}; '': nothing does", 0, 0,
		    NULL },
		{ 0, "fields", OPT_STRING, .text = &o->fields, "LIST",
		    "names of the fields, with commas between them, for {NAME}", 0, 0,
		    NULL },
		{ 0, "dry-run", OPT_FLAG, .flag = &o->dry_run, NULL,
		    "show the commands, and run none", 0, 0, NULL },
		{ 0, "escaped", OPT_FLAG, .flag = &o->escaped, NULL,
		    "{} is the record without its escapes", 0, 0, NULL },
		{ 0, "id", OPT_STRING, .text = &o->id, "TEXT",
		    "what PAR_ID begins with (default by chance)", 0, 0, NULL },
		{ 0 },
	};

	opt_add(table, rows);
}

static const char *
set_results_on(void *target, const char *value)
{
	*(bool *)target = strcmp(value, "failed") == 0;
	return *(bool *)target || strcmp(value, "all") == 0 ? NULL
							    : "neither failed nor all";
}

/* What processes write. */
static void
add_outputs(struct opt_table *table, struct run_options *o)
{
	const struct opt rows[] = {
		{ 0, "tag", OPT_FLAG, .flag = &o->tag, NULL,
		    "the record and a TAB before each line that its process writes", 0, 0,
		    NULL },
		{ 0, "tag-format", OPT_STRING, .text = &o->tag_format, "TEXT",
		    "TEXT and a TAB there, with places as words of COMMAND have", 0, 0,
		    NULL },
		{ 0, "line-buffer", OPT_FLAG, .flag = &o->line_buffer, NULL,
		    "lines come out as processes write them, whatever becomes of these",
		    0, 0, NULL },
		{ 0, "results", OPT_STRING, .text = &o->results, "DIR",
		    "have what each process wrote in a folder of DIR, too", 0, 0, NULL },
		{ 0, "results-on", OPT_CALL, .context = &o->results_failed, "FATE",
		    "only for those that failed, if FATE is failed; or all", 0, 0,
		    set_results_on },
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
		{ 0, "host-beat", OPT_DURATION, .number = &o->host_beat, "TIME",
		    "have a host say every TIME that it lives (default 10s; 0: not)", 0,
		    BEAT_MOST, NULL },
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
add_outcomes(struct opt_table *table, struct run_options *o)
{
	const struct opt rows[] = {
		{ 'r', "retries", OPT_NUMBER, .number = &o->retries, "N",
		    "give a record up after N more tries (default 2; 0 with {})", 0,
		    RETRIES_MAX, NULL },
		{ 0, "ok-status", OPT_CALL, .context = &o->ok_status, "LIST",
		    "statuses of COMMAND that are fine, too, as 1 of grep: 0,1 or 0-3", 0,
		    0, statuses_read },
		{ 't', "timeout", OPT_DURATION, .number = &o->timeout, "TIME",
		    "try a record again that takes longer than TIME", 1, 0, NULL },
		{ 'q', "quarantine", OPT_STRING, .text = &o->quarantine, "FILE",
		    "set records aside in FILE instead of naming them", 0, 0, NULL },
		{ 0, "max-restarts", OPT_CALL, .context = &o->restarts, "N[/TIME]",
		    "end when more than N workers die within TIME, or in a row", 0, 0,
		    restarts_read },
		{ 0, "stop-on", OPT_CALL, .context = &o->stop_on, "LIST",
		    "stop when so much fails or is done: failures=N, failures=P%[/N], "
		    "success=N; now: end what runs",
		    0, 0, stop_on_read },
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
		{ 0, "log-format", OPT_CALL, .context = &o->log_format, "FORMAT",
		    "lines of --log: records, or joblog as of GNU parallel", 0, 0,
		    set_log_format },
		{ 0, "metrics", OPT_STRING, .text = &o->metrics, "FILE",
		    "keep numbers for Prometheus in FILE", 0, 0, NULL },
		{ 0, "no-top", OPT_FLAG, .flag = &o->hidden, NULL,
		    "let nobody look at it by par-top", 0, 0, NULL },
		{ 0, "trace", OPT_STRING, .text = &o->trace, "FILE",
		    "write to FILE what ran when, for ui.perfetto.dev", 0, 0, NULL },
		{ 0, "trace-size", OPT_SIZE, .number = &o->trace_size, "SIZE",
		    "sum up what would make that larger (default 100M)", 65536, INT64_MAX,
		    NULL },
		{ 0 },
	};

	opt_add(table, rows);
}

/* What a record is, and what stands before all of them. */
static void
add_records(struct opt_table *table, struct run_options *o)
{
	const struct opt rows[] = {
		{ '0', "null", OPT_CALL, .context = &o->separator, NULL,
		    "records of the input end with NUL", 0, 0, separator_nul },
		{ 'd', "separator", OPT_CALL, .context = &o->separator, "BYTE",
		    "records of the input end with BYTE", 0, 0, separator_read },
		{ 0, "recstart", OPT_CALL, .context = &o->separator.edges.start, "TEXT",
		    "records are lines; a line that begins with TEXT begins one", 0, 0,
		    edge_read },
		{ 0, "recend", OPT_CALL, .context = &o->separator.edges.end, "TEXT",
		    "the same; a line that ends with TEXT ends one", 0, 0, edge_read },
		{ 0, "header", OPT_CALL, .context = &o->header, NULL,
		    "the first record names the fields, for {NAME}, and is the first "
		    "that each process of -b or -N reads",
		    0, 0, set_header },
		{ 0, "header-records", OPT_NUMBER, .number = &o->header, "N",
		    "the same of the first N; the last one of them names the fields", 1,
		    0, NULL },
		{ 0, "before", OPT_STRING, .text = &o->before, "TEXT",
		    "each process that reads records reads TEXT first", 0, 0, NULL },
		{ 0, "stdin", OPT_FLAG, .flag = &o->on_stdin, NULL,
		    "a process for records reads them, as they were in the input", 0, 0,
		    NULL },
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
		{ 0, "sync", OPT_FLAG, .flag = &o->sync, NULL,
		    "have on the disk what STATE counts, against power cuts", 0, 0,
		    NULL },
		{ 0 },
	};

	opt_add(table, rows);
}

/* Options that do not go together, and what is said then. */
struct conflict {
	bool is;
	const char *why;
};

static const char *
first_conflict(const struct conflict *conflicts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (conflicts[i].is)
			return conflicts[i].why;
	return NULL;
}

/* What goes with how records come, and become words. */
static const char *
input_conflict(const struct run_options *o)
{
	bool header = o->header != 0, named = header || o->fields != NULL;
	bool own = o->serve || header || o->input != NULL;
	bool id = o->id == NULL || (*o->id != '\0' && strlen(o->id) <= FACTS_RUN);
	bool key = o->key.kind != KEY_RECORD;
	bool lines = edges_on(&o->separator.edges);
	bool mark = o->replace != NULL && *o->replace != '\0';
	const struct conflict conflicts[] = {
		{ o->dry_run && o->serve, "--dry-run does not go with --serve" },
		{ o->input != NULL && strcmp(o->input, "{}") == 0 &&
			access(o->input, F_OK) < 0,
		    "-i: {}: is the FILE that is read; -i of xargs is not needed, as {} "
		    "is "
		    "the record" },
		{ o->list != NULL && own,
		    "::: does not go with -i, --header or --serve" },
		{ named && (o->map || key),
		    "--header and --fields do not go with --map or --key" },
		{ lines && o->separator.on,
		    "--recstart and --recend do not go with -0 or -d" },
		{ lines && (o->list != NULL || o->serve),
		    "--recstart and --recend do not go with ::: or --serve" },
		{ !id, "--id: not a text of 1 to 64 bytes" },
		{ header && o->fields != NULL, "--header does not go with --fields" },
		{ header && o->before != NULL, "--header does not go with --before" },
		{ header && o->serve, "--header does not go with --serve" },
		{ named && mark, "--header and --fields do not go with -I" },
	};

	return first_conflict(conflicts, sizeof(conflicts) / sizeof(*conflicts));
}

/* What goes with how they are given out. */
static const char *
work_conflict(const struct run_options *o)
{
	bool block = o->block_records != 0 || o->block_bytes != 0 || o->arguments;
	bool key = o->key.kind != KEY_RECORD;
	bool one = o->block_bytes == 0 &&
	    (o->block_records == 1 || (o->arguments && o->block_records == 0));
	const struct conflict conflicts[] = {
		{ o->map && block, "--map does not go with -b or -N" },
		{ o->admit.memory != 0 && !block,
		    "--admit memory needs -b, -N or {}: of a worker that goes on nobody "
		    "knows which record its memory is for; see --replace-after" },
		{ o->workers > per_worker_workers(&o->per_worker), per_worker_few },
		{ o->raw && !block, "--raw needs -b, -N or {}" },
		{ o->halve && !block, "--halve needs -N" },
		{ o->on_stdin && !block, "--stdin needs -b, -N or {}" },
		{ o->before != NULL &&
			(o->arguments ? !o->on_stdin && !o->on_file : !block),
		    "--before needs -b, -N, --stdin or {@}" },
		{ o->admit.keyed && !key,
		    "--admit key needs --key FIELD, or --key host: which key is it?" },
		{ o->admit.keyed && !one,
		    "--admit key needs {} or -N 1: stages get records before their "
		    "work on them begins" },
		{ key && block && !o->admit.keyed,
		    "--key does not go with -b or -N, but for --admit key" },
		{ o->renewal.given != NULL && block,
		    "--replace-after does not go with -b, -N or {}: each process is "
		    "new" },
		{ key && o->checkpoint != NULL && !o->admit.keyed,
		    "--key does not go with --checkpoint" },
		{ key &&
			(o->jobserver == JOBSERVER_FIFO ||
			    o->jobserver == JOBSERVER_PIPE),
		    "--key does not go with --jobserver fifo or pipe" },
		{ key && o->speculate != 0, "--key does not go with --speculate" },
		{ key && options_hosts(o), "--key does not go with --host or --hosts" },
	};

	return first_conflict(conflicts, sizeof(conflicts) / sizeof(*conflicts));
}

/* What goes with what is done to the output of processes. */
static const char *
process_conflict(const struct run_options *o)
{
	bool block = o->block_records != 0 || o->block_bytes != 0 || o->arguments;
	bool tag = o->tag || o->tag_format != NULL, live = o->line_buffer;
	bool again = o->retries != RETRIES_UNSAID && o->retries != 0;
	const struct conflict conflicts[] = {
		{ tag && !block, "--tag needs -b, -N or {}" },
		{ tag && o->raw, "--tag does not go with --raw" },
		{ o->tag_format != NULL && strchr(o->tag_format, '\n') != NULL,
		    "--tag-format: no line" },
		{ o->results != NULL && !block, "--results needs -b, -N or {}" },
		{ o->results_failed && o->results == NULL,
		    "--results-on needs --results" },
		{ o->speculate != 0 && live,
		    "--speculate does not go with --line-buffer" },
		{ o->speculate != 0 && o->results != NULL,
		    "--speculate does not go with --results" },
		{ live && !block, "--line-buffer needs -b, -N or {}" },
		{ live && o->keep_order, "--line-buffer does not go with -k" },
		{ live && o->raw, "--line-buffer does not go with --raw" },
		{ live && o->halve, "--line-buffer does not go with --halve" },
		{ live && again,
		    "--line-buffer does not go with -r: what a try has "
		    "written is out" },
		{ live && o->max_output != 0,
		    "--line-buffer does not go with --max-output" },
	};

	return first_conflict(conflicts, sizeof(conflicts) / sizeof(*conflicts));
}

/* What goes with where things are written. */
static const char *
output_conflict(const struct run_options *o)
{
	bool own = options_hosts(o) || o->input != NULL || o->output != NULL;
	bool to_file = o->output != NULL && strcmp(o->output, "-") != 0;
	bool log = o->log != NULL && strcmp(o->log, "-") == 0;
	const struct conflict conflicts[] = {
		{ o->serve && own, "--serve does not go with --host, --hosts, -i or -o" },
		{ o->checkpoint != NULL && !to_file && !o->arguments,
		    "--checkpoint needs -o FILE" },
		{ o->sync && o->checkpoint == NULL, "--sync needs --checkpoint" },
		{ log && !to_file, "--log - needs -o FILE" },
		{ o->log_format != LOG_FORMAT_UNSAID && o->log == NULL,
		    "--log-format needs --log" },
		{ o->trace_size != 0 && o->trace == NULL, "--trace-size needs --trace" },
		{ o->serve && stop_on_any(&o->stop_on),
		    "--stop-on does not go with --serve" },
		{ o->keep_order && o->stop_on.success != 0 && o->stop_on.now,
		    "--stop-on success=N,now does not go with -k" },
	};

	return first_conflict(conflicts, sizeof(conflicts) / sizeof(*conflicts));
}

/* What fits with what; NULL, or what does not. */
static const char *
conflict(const struct run_options *o)
{
	const char *why = input_conflict(o);

	if (why == NULL)
		why = work_conflict(o);
	if (why == NULL)
		why = process_conflict(o);
	return why != NULL ? why : output_conflict(o);
}

/* Take lists off the command. */
static void
take_lists(struct run_options *o)
{
	for (char **word = o->command; word != NULL && *word != NULL; word++) {
		if (!lists_begin(*word))
			continue;
		o->list = *word;
		o->list_words = word + 1;
		*word = NULL;
		return;
	}
}

/* See whether words of the command have a place for records, or would have one. */
static void
find_places(struct run_options *o)
{
	bool named = o->header != 0 || o->fields != NULL;
	const struct template_rules rules = { .mark = o->replace, .unread = named };
	bool block = o->block_records != 0 || o->block_bytes != 0;
	struct template template;

	if (o->command == NULL || o->map ||
	    (o->key.kind != KEY_RECORD && !o->admit.keyed))
		return;
	if (template_read(&template, o->command, &rules) < 0)
		die(STATUS_BROKEN, errno, "words of the command");
	o->arguments = template_used(&template) || (named && !block);
	o->on_file = template.files > 0;
	o->file_ending = template.ending;
	if (template.unlike)
		die_misuse("{@} has one ending in all words of a command");
	template_free(&template);
}

/* Does the first word name a command that cannot be here, or is one for each record? */
static bool
lacks_command(const struct run_options *o)
{
	char *const first[] = { o->command[0], NULL };
	const struct template_rules rules = { .mark = o->replace };
	struct template template;
	bool used;

	if (template_read(&template, first, &rules) < 0)
		die(STATUS_BROKEN, errno, "words of the command");
	used = template_used(&template);
	template_free(&template);
	return used || (!options_hosts(o) && !rivals_has_command(*first));
}

/* What others mean by words of the command line; NULL: nothing else. */
static const char *
guess(char text[static RIVALS_TEXT], const struct run_options *o)
{
	const struct rivals_guess said = { .quarantine = o->quarantine,
		.input = o->list == NULL ? o->input : NULL,
		.output = o->output,
		.replace = o->replace,
		.stats = o->stats,
		.header = o->header != 0,
		.command = o->command == NULL ? NULL : *o->command };

	return rivals_misled(text, &said);
}

/* The command line is wrong by itself: tell of an option that may have led there. */
static void
misled(const void *context)
{
	char text[RIVALS_TEXT];
	const char *what = guess(text, context);

	if (what != NULL)
		warn("%s", what);
}

/*
 * The first word is no command, or one for each record: refuse it if a letter has taken
 * what was meant for the command, as it would run something else.
 */
static void
refuse_misled(const struct run_options *o)
{
	char text[RIVALS_TEXT];
	const char *what;
	bool quoted;

	if (o->command == NULL || *o->command == NULL || o->serve)
		return;
	what = guess(text, o);
	quoted = !o->arguments && !o->dry_run &&
	    (*o->command)[strcspn(*o->command, " \t")] != '\0';
	if ((what == NULL && !quoted) || !lacks_command(o))
		return; /* looked for only where it matters */
	if (what != NULL)
		die_misuse("%s", what);
	die(STATUS_NOT_FOUND, 0,
	    "%s: no such command; no shell is involved: leave the quotes out, or "
	    "put sh -c before it",
	    *o->command);
}

/* What follows from what was said. */
static void
complete(struct run_options *o)
{
	if (o->list != NULL)
		o->input = "/dev/null";
	if (o->admit.keyed) { /* it does not bind records to workers */
		o->admit_key = o->key;
		o->key = (struct key){ .kind = KEY_RECORD };
	}
	separator_by_edges(&o->separator);
	o->escaped = o->escaped || o->separator.on || o->list != NULL;
	if (o->arguments && o->block_records == 0 && o->block_bytes == 0)
		o->block_records = 1;
	if (o->block_bytes != 0 && o->block_records == 0) {
		o->block_records = UINT64_MAX;
		o->halve = o->halve || !(o->arguments || o->line_buffer);
	}
	if (o->block_records != 0 && o->block_bytes == 0)
		o->block_bytes = SIZE_MAX;
	if (edges_on(&o->separator.edges) && o->block_records != 0 && !o->arguments)
		o->on_stdin = true; /* such a process knows them as they are */
	if (o->retries == RETRIES_UNSAID)
		o->retries = o->arguments || o->line_buffer ? 0 : RETRIES;
	if (o->workers == 0 && o->per_worker.count > 0 && !o->tuned)
		o->workers = per_worker_workers(&o->per_worker);
	if (o->workers == 0 && !options_hosts(o))
		o->workers = cpus_usable();
	if (o->tuned && o->workers > per_worker_workers(&o->per_worker))
		o->workers = per_worker_workers(&o->per_worker);
}

/* No command stands there, but maybe lists. */
static _Noreturn void
lack_command(const struct opt_program *program, char *const *argv, int first)
{
	if (argv[first] != NULL)
		die_misuse(
		    "a command is needed, as in par-run COMMAND {} %s ...", argv[first]);
	die_missing(program, argv, "a command is needed", "COMMAND");
}

void
options_read(struct run_options *options, int argc, char **argv)
{
	struct opt_table table = { 0 };
	struct opt_program program = { .name = "par-run",
		.synopsis = "[-0ks] [-b SIZE | -N N] [-n N] [-q FILE] [OPTION ...] "
			    "COMMAND [ARG ...] [::: VALUE ...]",
		.about = "Run copies of COMMAND side by side: the records of standard "
			 "input are spread\nover them, their output records are merged "
			 "to standard output.",
		.examples =
		    "  par-run -n 4 par-fetch <urls               copies of a stage\n"
		    "  find . -type f -print0 | par-run -0 gzip {}\n"
		    "  par-run -k -b 1M cut -f 2 <log             blocks of a file\n",
		.foreign = rivals_options,
		.homonyms = rivals_letters,
		.misled = misled,
		.context = options,
		.command = true };
	const char *why;
	int first;

	*options = (struct run_options){ .retries = RETRIES_UNSAID,
		.max_record = RECORD_LIMIT,
		.host_wait = HOST_WAIT,
		.host_beat = OPTIONS_HOST_BEAT,
		.block_wait = UINT64_MAX };
	ahead_default(&options->ahead);
	renewal_none(&options->renewal);
	opt_heading(&table, "Workers");
	add_workers(&table, options);
	opt_heading(&table, "Records as arguments");
	add_arguments(&table, options);
	opt_heading(&table, "What processes write");
	add_outputs(&table, options);
	opt_heading(&table, "Records");
	add_records(&table, options);
	opt_heading(&table, "Hosts");
	add_hosts(&table, options);
	opt_heading(&table, "Tries and limits");
	add_outcomes(&table, options);
	opt_heading(&table, "Input and output");
	add_ends(&table, options);
	opt_heading(&table, "Reports");
	add_reports(&table, options);
	program.opts = table.rows;
	first = diag_options(&program, argc, argv);
	opt_free(&table);
	if ((first == argc || lists_begin(argv[first])) && !options->serve)
		lack_command(&program, argv, first);
	options->command = first == argc ? NULL : argv + first;
	take_lists(options);
	find_places(options);
	refuse_misled(options);
	why = conflict(options);
	if (why != NULL)
		die_misuse("%s", why);
	complete(options);
}

void
options_free(struct run_options *options)
{
	per_worker_free(&options->per_worker);
}
