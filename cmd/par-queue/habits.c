/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "habits.h"

/* Letters that some verbs have are answered where another one gets them. */
const struct opt_foreign habits_options[] = {
	{ "n|c|j|P|concurrency|pool|autoscale",
	    "the stage has workers: par-queue work QUEUE -- par-run -n 8 STAGE" },
	{ "max-tasks-per-child|max-memory-per-child",
	    "see --replace-after of par-run, as the stage" },
	{ "Q|queues", "queues follow the options: par-queue work QUEUE,QUEUE STAGE" },
	{ "A|app", "the stage follows the queue: par-queue work QUEUE -- STAGE" },
	{ "b|broker|result-backend|H|host", "see --url" },
	{ "time-limit|job-timeout|timeout", "see --hard" },
	{ "soft-time-limit", "see --soft" },
	{ "visibility-timeout", "see --lease" },
	{ "prefetch-multiplier|worker-prefetch-multiplier",
	    "nothing is taken that would wait here while another worker is idle" },
	{ "max-retries|retry", "see --retries" },
	{ "countdown", "see --after" },
	{ "eta", "see --at" },
	{ "burst", "see --once" },
	{ "loglevel|logfile|verbose|v", "nothing is said unless something fails" },
	{ "i|input", "records are standard input" },
	{ "o|output", "results are standard output" },
	{ "h", "see --help" },
	{ "V", "see --version" },
	{ 0 },
};

const struct opt_foreign habits_verbs[] = {
	{ "worker|start|consume|run|multi", "see work" },
	{ "push|send|add|enqueue|delay|submit|publish|call|apply_async", "see put" },
	{ "pop|result|results|fetch|receive|output", "see get" },
	{ "status|info|list|len|length|count|size|queues|inspect", "see stat and ps" },
	{ "events|monitor|flower|active|workers", "see ps, and stat --prometheus" },
	{ "control", "see pause, resume, scale, rate and drain" },
	{ "kill|terminate|cancel", "see revoke" },
	{ "retry|requeue|failed", "see dead" },
	{ "stop|shutdown|suspend", "see pause and drain" },
	{ "delete|clear|flush|empty|remove", "see purge" },
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
