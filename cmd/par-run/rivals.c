/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rivals.h"

/*
 * In the order of xargs, GNU parallel, xe, rush, fd, rust-parallel, Celery and Python's
 * pools; aliases stand together.
 */
const struct opt_foreign rivals_options[] = {
	{ "jobs|max-procs|maxprocs|threads", "see -n, and -N for what is -n there" },
	{ "a|arg-file|argfile", "see -i, or ::: VALUE and :::: FILE behind COMMAND" },
	{ "f|infile", "see -i, or :::: FILE behind COMMAND" },
	{ "A|arg-sep|argsep|arg-file-sep|argfilesep",
	    "lists behind COMMAND begin with ::: or ::::" },
	{ "out-file", "see -o" },
	{ "delimiter|D|record-delimiter", "see -d" },
	{ "E|eof", "end the input before it: sed '/^END$/,$d' (xargs -E)" },
	{ "e",
	    "end the input before it: sed '/^END$/,$d' (xargs -e); see --stop-on "
	    "(rush -e)" },
	{ "F|stop-on-error|exit-on-error", "see --stop-on failures=1" },
	{ "halt|H|halt-on-error", "see --stop-on" },
	{ "L|l|max-lines|maxlines", "see -N; lines of two processes never mix (xe -L)" },
	{ "max-args|maxargs|max-replace-args|maxreplaceargs|nrecords|batch-size",
	    "see -N" },
	{ "X|exec-batch|m|xargs", "see -N and -b: a word {} is as many as there are" },
	{ "records-join-sep", "a program joins them: sh -c 'IFS=,; echo \"$*\"' _ {}" },
	{ "J", "see -N: a word {} is as many as there are" },
	{ "max-chars|maxchars", "see -b" },
	{ "show-limits|showlimits|max-line-length-allowed|maxlinelengthallowed",
	    "see getconf ARG_MAX; with -b a process gets what the system takes" },
	{ "x|exec|exit",
	    "COMMAND needs no option before it (fd -x); a record that is "
	    "too long is given up by name (xargs -x)" },
	{ "open-tty|tty", "a program opens it: sh -c 'vi \"$1\" </dev/tty' _ {}" },
	{ "p|interactive",
	    "nothing is asked: see --dry-run (xargs -p); see {.} and {/} "
	    "for parts of names (xe -p)" },
	{ "t|verbose|v|debug", "see --dry-run, --log and --progress" },
	{ "process-slot-var|processslotvar", "see PAR_WORKER, and {%}" },
	{ "no-run-if-empty|norunifempty|R", "without input nothing is run" },
	{ "S|sshlogin", "see --host" },
	{ "hgrp|hostgrp|hostgroup|hostgroups", "see --host" },
	{ "sshloginfile|slf", "see --hosts" },
	{ "filter-hosts|filterhosts|filter-host",
	    "a host that is down is tried again later, and others do its work" },
	{ "ssh", "see --rsh" },
	{ "controlmaster|M", "see ControlMaster in ssh_config(5)" },
	{ "onall|nonall", "see ::: with the hosts: par-run ssh {} COMMAND ::: HOST ..." },
	{ "env|record-env|recordenv", "env NAME=VALUE before COMMAND" },
	{ "work-dir|workdir|wd", "env -C DIR before COMMAND" },
	{ "nice", "nice before COMMAND" },
	{ "transfer|transfer-file|transferfile|transfer-files|transferfiles|tf|trc|"
	  "return|cleanup|basefile|bf|rsync-opts|rsyncopts",
	    "no files are sent to hosts: see rsync(1), or a folder that they share" },
	{ "h", "see --help" },
	{ "V|minversion", "see --version" },
	{ "bar|eta|latest-line|latestline|ll|tmux|tmux-pane|tmuxpane", "see --progress" },
	{ "total-jobs|totaljobs|total", "see --progress, which counts files and lists" },
	{ "basenamereplace|bnr", "see {/}" },
	{ "basenameextensionreplace|bner", "see {/.}" },
	{ "dirnamereplace|dnr", "see {//}" },
	{ "extensionreplace|er|U", "see {.}" },
	{ "seqreplace", "see {#}" },
	{ "slotreplace", "see {%}, and PAR_WORKER" },
	{ "rpl|parens|plus|assign",
	    "see {.} and its like, or a program: sh -c 'echo \"${1%.gz}\"' _ {}" },
	{ "template|tmpl", "a program makes the file: sh -c '... \"$1\" >FILE' _ {}" },
	{ "bin|shard|group-by|groupby", "see --key" },
	{ "bg|fg|semaphore|semaphore-name|semaphorename|semaphore-timeout|"
	  "semaphoretimeout|st",
	    "see flock(1)" },
	{ "pipe|spreadstdin", "see -b and -N, for a command without {}" },
	{ "pipe-part|pipepart", "see -b, and -i FILE" },
	{ "block-size|blocksize", "see -b" },
	{ "block-timeout|blocktimeout|bt", "see --block-wait" },
	{ "round-robin|roundrobin|round",
	    "so it is for a command without {}, -b and -N" },
	{ "tee", "see par-split --tee" },
	{ "cat|fifo", "is {@} in the command: the name of a file with its records" },
	{ "C|col-sep|colsep|csv|field-delimiter",
	    "fields are separated by TABs, see {1}: tr or awk before it" },
	{ "T|trim", "sed before it" },
	{ "filter", "grep or awk before it" },
	{ "shuf", "shuf before it" },
	{ "regexp|regex",
	    "--recstart and --recend are texts: awk before it finds patterns" },
	{ "remove-rec-sep|removerecsep|rrs",
	    "what ends a record is left out where it is an argument" },
	{ "skip-first-line|skipfirstline", "see --header, or tail -n +2 before it" },
	{ "link|xapply|linkinputsource|xapplyinputsource", "see :::+" },
	{ "joblog|jl", "see --log, with --log-format joblog" },
	{ "resume|continue|succ-cmd-file", "see --checkpoint" },
	{ "c", "see -n (Celery), or --checkpoint (rush)" },
	{ "resume-failed|resumefailed|retry-failed|retryfailed",
	    "see --checkpoint, and -q: what it sets aside is input again" },
	{ "retry-interval", "see -r" },
	{ "print-retry-output",
	    "of a try that fails only what it says on standard error "
	    "comes out" },
	{ "propagate-exit-status",
	    "the status is 1 if a record failed, see -q and "
	    "--log for which" },
	{ "term-seq|termseq|cleanup-time|no-kill-exes|no-stop-exes",
	    "see -t: SIGTERM to the whole process group, and SIGKILL a second later" },
	{ "ctrl-c|ctrlc|no-ctrl-c|no-ctrlc|noctrlc",
	    "one SIGINT lets what runs finish, two end it" },
	{ "dryrun|dr", "see --dry-run" },
	{ "shell-quote|shellquote|shell_quote", "see --dry-run, which quotes" },
	{ "quote|escape|escape-symbols|Q",
	    "no shell is involved: nothing is to be quoted" },
	{ "keeporder", "see -k" },
	{ "no-keep-order|nokeeporder|nok|no-k", "so it is without -k" },
	{ "group", "output of a process comes together, but for --line-buffer" },
	{ "ungroup|u|immediate-output|linebuffer|line-buffered|linebuffered|lb",
	    "see --line-buffer" },
	{ "tagstring|tag-string", "see --tag-format" },
	{ "result|res|files|output-as-files|outputasfiles", "see --results" },
	{ "color|colour|color-failed|colour-failed|colorfailed|colourfailed|color-fail|"
	  "colour-fail|colorfail|colourfail|cf|ctag|ctagstring|ctag-string",
	    "see --tag, and --tag-format" },
	{ "ssh-delay|sshdelay", "a host that cannot be reached is tried again later" },
	{ "silent", "nothing is said unless something fails" },
	{ "print0", "see -0" },
	{ "load|max-load|maxload", "see --admit load=N" },
	{ "memfree|mem-free|memsuspend|mem-suspend", "see --admit memory=SIZE" },
	{ "noswap|no-swap", "see --admit pressure=P%, and memory=SIZE" },
	{ "delay", "see --admit starts=N/s" },
	{ "limit", "see --admit" },
	{ "tmpdir|tempdir", "see TMPDIR" },
	{ "compress|compress-program|compressprogram|use-compress-program|"
	  "usecompressprogram|decompress-program|decompressprogram|"
	  "use-decompress-program|usedecompressprogram",
	    "what waits for its turn is kept as it is, see TMPDIR" },
	{ "number-of-cores|numberofcores|number-of-cpus|numberofcpus|number-of-sockets|"
	  "numberofsockets|number-of-threads|numberofthreads",
	    "see nproc(1)" },
	{ "use-cores-instead-of-threads|usecoresinsteadofthreads|"
	  "use-cpus-instead-of-cores|usecpusinsteadofcores|"
	  "use-sockets-instead-of-threads|usesocketsinsteadofthreads",
	    "see -n" },
	{ "sql|sql-master|sqlmaster|sql-worker|sqlworker|sql-and-worker|sqlandworker",
	    "see par-queue" },
	{ "combineexec|combine-exec|combineexecutable|combine-executable|embed|shebang|"
	  "hashbang|shebang-wrap",
	    "a script of the shell has it: exec par-run COMMAND" },
	{ "shell-completion|shellcompletion", "completions are installed with it" },
	{ "profile|plain", "no file of settings is read" },
	{ "gnu|tollef|session|will-cite|willcite|nn|nonotice|no-notice|bibtex|citation",
	    "it is not needed" },
	{ "input-file", "see -i" },
	{ "null-separator", "see -0" },
	{ "progress-bar", "see --progress" },
	{ "timeout-seconds", "see -t" },
	{ "shell|shell-path",
	    "no shell is involved: sh -c 'echo \"$1\" | wc -c' _ {} for one" },
	{ "regex", "fields are separated by TABs, see {1}: sed before it" },
	{ "discard-output",
	    "behind it: >/dev/null, or a program does so for each: "
	    "sh -c 'COMMAND \"$1\" >/dev/null' _ {}" },
	{ "channel-capacity|disable-path-cache", "it is not needed" },
	{ "concurrency|processes|max-workers|n-jobs|num-workers|nproc", "see -n" },
	{ "autoscale", "see -n auto, and workers N for --control" },
	{ "time-limit|soft-time-limit|task-time-limit|deadline", "see -t" },
	{ "max-retries|max-tries|tries|retry|attempts", "see -r" },
	{ "retry-backoff|retry-delay|backoff|countdown",
	    "see -r: the pauses before its tries grow" },
	{ "rate-limit|rate|throttle", "see --admit starts=N/s, or key=N/s for each key" },
	{ "ordered|preserve-order", "see -k" },
	{ "unordered", "so it is without -k" },
	{ "max-tasks-per-child|maxtasksperchild", "see --replace-after" },
	{ "max-memory-per-child",
	    "see --admit memory=SIZE for processes of records, --replace-after for "
	    "stages" },
	{ "chunksize|chunk-size|prefetch-multiplier|prefetch",
	    "records go to whoever is ready, many at a time where that is fast; see -N "
	    "for a process for so many" },
	{ "initializer|initargs",
	    "a stage begins once and gets many records, see par-stage(7)" },
	{ "acks-late|reject-on-worker-lost",
	    "so it is for native stages, --map, -b, -N and {}" },
	{ "app|broker|queues|queue|pool|loglevel|beat|B|detach|hostname",
	    "workers of a queue are those of par-queue(1)" },
	{ NULL, NULL },
};

const struct opt_foreign rivals_letters[] = {
	{ "d", "fields are separated by TABs (rush -d)" },
	{ "n", "-n is -N here (xargs), or --dry-run (xe)" },
	{ "r", "without input nothing is run (xargs -r)" },
	{ "t", "see --dry-run, or --log (xargs -t)" },
	{ NULL, NULL },
};

static bool
is_there(const char *folder, size_t len, const char *name)
{
	char path[4096];
	int used = len == 0
	    ? snprintf(path, sizeof(path), "./%s", name)
	    : snprintf(path, sizeof(path), "%.*s/%s", (int)len, folder, name);

	return used > 0 && (size_t)used < sizeof(path) && access(path, X_OK) == 0;
}

bool
rivals_has_command(const char *name)
{
	const char *folders = getenv("PATH");

	if (strchr(name, '/') != NULL)
		return access(name, F_OK) == 0;
	if (folders == NULL)
		folders = "/bin:/usr/bin"; /* as execvp(3) has it */
	for (;;) {
		size_t len = strcspn(folders, ":");

		if (is_there(folders, len, name))
			return true;
		if (folders[len] == '\0')
			return false;
		folders += len + 1;
	}
}

/* Is value the name of a command, and of no file here? */
static bool
was_command(const char *value)
{
	return value != NULL && *value != '\0' && strchr(value, '/') == NULL &&
	    access(value, F_OK) < 0 && rivals_has_command(value);
}

/* A word that a letter of ours took for its own. */
struct taken {
	const char *value;
	char letter;
	const char *ours, *theirs;
};

static const char *
find_taken(char text[static RIVALS_TEXT], const struct rivals_guess *guess)
{
	const struct taken all[] = {
		{ guess->quarantine, 'q', "the FILE for records that are given up",
		    "-q of others is not needed, as no shell is involved" },
		{ guess->input, 'i', "the FILE that is read",
		    "-i of xargs is not needed, as {} is the record" },
		{ guess->output, 'o', "the FILE for the output",
		    "for -o of xargs a program opens /dev/tty" },
		{ guess->replace, 'I', "the TEXT that stands for the record",
		    "what rush prints with -I comes when a process has ended" },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		const struct taken *taken = &all[i];

		if (!was_command(taken->value))
			continue;
		snprintf(text, RIVALS_TEXT,
		    "-%c: %s: is %s, and the name of a command; %s", taken->letter,
		    taken->value, taken->ours, taken->theirs);
		return text;
	}
	return NULL;
}

/* The first word was meant for an option of ours that takes none; NULL: it was not. */
static const char *
find_left(const struct rivals_guess *guess)
{
	const char *word = guess->command;

	if (word == NULL || *word == '\0')
		return NULL;
	if (guess->stats && word[strspn(word, "0123456789")] == '\0')
		return "-s: shows what each worker did, and takes no number; "
		       "-s of xargs is -b here";
	if (guess->header && strcmp(word, ":") == 0)
		return "--header: the first record names the fields; no : follows, as "
		       "with GNU parallel";
	if (guess->header && word[strspn(word, "0123456789")] == '\0')
		return "--header: is one record, and takes no number; see "
		       "--header-records";
	return NULL;
}

const char *
rivals_misled(char text[static RIVALS_TEXT], const struct rivals_guess *guess)
{
	const char *left = find_left(guess);

	return left != NULL ? left : find_taken(text, guess);
}

bool
rivals_has_place(const char *word)
{
	static const char *const plain[] = { "{..}", "{...}", "{+/}", "{+.}" };
	const char *perl = strstr(word, "{="), *last = strstr(word, "{-");

	for (size_t i = 0; i < sizeof(plain) / sizeof(*plain); i++)
		if (strstr(word, plain[i]) != NULL)
			return true;
	if (perl != NULL && strstr(perl + 2, "=}") != NULL)
		return true;
	if (last == NULL || last[2] < '1' || last[2] > '9')
		return false;
	last += 2;
	return last[strspn(last, "0123456789")] == '}';
}
