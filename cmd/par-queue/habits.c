/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "habits.h"

/* What holds of any verb. */
#define HABITS_OF_ALL                                                                    \
	{ "A|app", "the stage follows the queue: par-queue work QUEUE -- STAGE" },       \
	    { "b|broker|result-backend|H|host", "see --url" },                           \
	    { "loglevel|logfile|verbose|v|quiet",                                        \
		    "nothing is said unless something fails" },                          \
	    { "h", "see --help" }, { "V", "see --version" },                             \
	{                                                                                \
		0                                                                        \
	}

#define WORKERS "the stage has workers: par-queue work QUEUE -- par-run "

/* Letters that some verbs have are answered where another one gets them. */
const struct opt_foreign habits_of_work[] = {
	{ "n|c|j|P|concurrency|pool|workers", WORKERS "-n 8 STAGE" },
	{ "autoscale", WORKERS "-n auto STAGE" },
	{ "max-tasks-per-child|max-memory-per-child",
	    "see --replace-after of par-run, as the stage" },
	{ "Q|queue|queues",
	    "queues follow the options: par-queue work QUEUE,QUEUE STAGE" },
	{ "t|time-limit|soft-time-limit|task-time-limit|job-timeout|timeout",
	    "for each record: par-queue work QUEUE -- par-run -t TIME STAGE; "
	    "a stage that finishes nothing: see --hard" },
	{ "visibility-timeout", "see --lease" },
	{ "O|prefetch-multiplier|worker-prefetch-multiplier",
	    "nothing is taken that would wait here while another worker is idle" },
	{ "acks-late|task-acks-late|acks-on-failure-or-timeout",
	    "always so: a record is done when its results are kept" },
	{ "reject-on-worker-lost|task-reject-on-worker-lost", "always so; see --deaths" },
	{ "max-retries|retry", "see --retries" },
	{ "retry-backoff|default-retry-delay|retry-delay", "see --backoff" },
	{ "rate-limit", "see par-queue rate" },
	{ "B|beat", "see cron(8), and par-queue put --producer" },
	{ "E|events|task-events", "see par-queue ps, and stat --prometheus" },
	{ "D|detach|pidfile", "see nohup(1), or what starts services" },
	{ "without-gossip|without-mingle|without-heartbeat|heartbeat-interval",
	    "workers know nothing of each other" },
	{ "countdown", "see par-queue put --after" },
	{ "eta", "see par-queue put --at" },
	{ "expires", "see par-queue put --expires" },
	{ "burst", "see --once" },
	{ "discard|purge", "see par-queue purge" },
	{ "i|input", "records are standard input" },
	{ "o|output", "results are standard output" },
	HABITS_OF_ALL,
};

const struct opt_foreign habits_of_put[] = {
	{ "countdown|delay|in", "see --after" },
	{ "eta", "see --at" },
	{ "ttl|message-ttl", "see --expires" },
	{ "Q|queue|queues", "the queue is a word: par-queue put QUEUE" },
	{ "priority",
	    "a queue for each, and their weights: par-queue work urgent=9,usual STAGE" },
	{ "a|args|k|kwargs|i|input|f|file",
	    "records come from standard input, a line each" },
	{ "task-id|job-id|id", "see --ids, and --producer" },
	{ "r|retry|retries|max-retries|n|j|P|concurrency|link|time-limit|soft-time-limit|"
	  "timeout|acks-late|autoscale|pool|prefetch-multiplier",
	    "that is said to par-queue work, and to its stage" },
	{ "serializer|compression", "records are lines: see par-record(5)" },
	HABITS_OF_ALL,
};

const struct opt_foreign habits_of_get[] = {
	{ "t|timeout|time-limit", "see --wait" },
	{ "Q|queue|queues", "the queue is a word: par-queue get QUEUE" },
	{ "o|output", "results are standard output" },
	{ "n|c|count|limit", "all that there is comes" },
	{ "no-ack|peek", "see --keep" },
	HABITS_OF_ALL,
};

const struct opt_foreign habits_of_others[] = {
	{ "r|retry|retry-all", "see --requeue of dead" },
	{ "f|force|y", "see --yes of purge" },
	{ "t|timeout|time-limit", "see --patience" },
	{ "Q|queue|queues", "the queue is a word, behind the verb" },
	{ "d|destination", "it is told to all workers of the queue" },
	{ "terminate|signal|s", "what a worker runs already is not ended" },
	{ "i|input", "records are standard input" },
	{ "o|output", "results are standard output" },
	HABITS_OF_ALL,
};

/* Letters that work has for something else. */
const struct opt_foreign habits_letters[] = {
	{ "l", "nothing is said unless something fails, at any level" },
	{ 0 },
};

const struct opt_foreign habits_verbs[] = {
	{ "worker|start|consume|run|multi", "see work" },
	{ "push|send|add|enqueue|delay|submit|publish|call|apply_async", "see put" },
	{ "group|starmap|chunks", "see put: a record each, and get --wait for all" },
	{ "chord", "see get --wait, which writes all results to one command" },
	{ "chain|link|pipeline", "see work --next" },
	{ "pop|result|results|fetch|receive|output", "see get" },
	{ "reserved", "see ps, and running in stat" },
	{ "scheduled", "see delayed in stat" },
	{ "status|info|list|len|length|count|size|queues|inspect|stats|report",
	    "see stat and ps" },
	{ "events|monitor|flower|active|workers", "see ps, and stat --prometheus" },
	{ "control", "see pause, resume, scale, rate and drain" },
	{ "autoscale|pool_grow|pool_shrink|grow|shrink",
	    "see scale for fewer; par-run -n auto, as the stage, or another par-queue "
	    "work for more" },
	{ "rate_limit|rate-limit|ratelimit", "see rate" },
	{ "time_limit|time-limit", "see -t of par-run, as the stage" },
	{ "beat|schedule|cron|periodic", "see cron(8), and put --producer" },
	{ "ping", "see check and ps" },
	{ "kill|terminate|cancel", "see revoke" },
	{ "retry|requeue|failed", "see dead" },
	{ "stop|shutdown|suspend", "see pause and drain" },
	{ "delete|clear|flush|empty|remove", "see purge" },
	{ "migrate|move|mv|rename|export|import|transfer", "see copy" },
	{ "help", "see --help" },
	{ 0 },
};

const char *
habits_verb(const char *word)
{
	size_t len = strlen(word);

	for (const struct opt_foreign *row = habits_verbs; row->names != NULL; row++)
		for (const char *at = row->names; *at != '\0'; at += *at == '|') {
			size_t name = strcspn(at, "|");

			if (name == len && memcmp(at, word, len) == 0)
				return row->here;
			at += name;
		}
	return NULL;
}

const char *
habits_no_stage(char *const *words)
{
	bool place = false;

	if (words[0] != NULL && words[0][0] == '-')
		return "an option stands before QUEUE, and the stage behind it";
	for (; *words != NULL; words++) {
		if (strstr(*words, "par-run") != NULL)
			return NULL;
		place = place || strcmp(*words, "{}") == 0;
	}
	return place ? "{} is for par-run: par-queue work QUEUE -- par-run COMMAND {}"
		     : NULL;
}
