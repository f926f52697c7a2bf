/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "address.h"
#include "diag.h"
#include "engines.h"
#include "habits.h"
#include "near.h"
#include "num.h"
#include "opt.h"
#include "record.h"
#include "verb.h"

enum { DAY = 24 * 60 * 60 * 1000 };

static const char *const names[VERB_COUNT] = {
	[VERB_PUT] = "put",
	[VERB_WORK] = "work",
	[VERB_GET] = "get",
	[VERB_STAT] = "stat",
	[VERB_PS] = "ps",
	[VERB_DEAD] = "dead",
	[VERB_REVOKE] = "revoke",
	[VERB_PAUSE] = "pause",
	[VERB_RESUME] = "resume",
	[VERB_SCALE] = "scale",
	[VERB_RATE] = "rate",
	[VERB_DRAIN] = "drain",
	[VERB_CHECK] = "check",
	[VERB_PURGE] = "purge",
	[VERB_COPY] = "copy",
};

/* What follows the options of each verb, and how many operands that may be. */
static const struct {
	const char *operands;
	int least, most; /* most 0: no bound */
	const char *example; /* of what follows the verb */
} shapes[VERB_COUNT] = {
	[VERB_PUT] = { "QUEUE", 1, 1, "QUEUE <records" },
	[VERB_WORK] = { "QUEUE[=WEIGHT][,...] [--] STAGE [ARG...]", 2, 0,
	    "QUEUE -- par-run -n 4 STAGE" },
	[VERB_GET] = { "QUEUE", 1, 1, "QUEUE >results" },
	[VERB_STAT] = { "QUEUE", 1, 1, "QUEUE" },
	[VERB_PS] = { "QUEUE", 1, 1, "QUEUE" },
	[VERB_DEAD] = { "QUEUE", 1, 1, "QUEUE" },
	[VERB_REVOKE] = { "QUEUE ID...", 2, 0, "QUEUE 1 2" },
	[VERB_PAUSE] = { "QUEUE", 1, 1, "QUEUE" },
	[VERB_RESUME] = { "QUEUE", 1, 1, "QUEUE" },
	[VERB_SCALE] = { "QUEUE N", 2, 2, "QUEUE 4" },
	[VERB_RATE] = { "QUEUE N[/s|/m|/h]", 2, 2, "QUEUE 10/m" },
	[VERB_DRAIN] = { "QUEUE", 1, 1, "QUEUE" },
	[VERB_CHECK] = { "", 0, 0, "" },
	[VERB_PURGE] = { "QUEUE", 1, 1, "--yes QUEUE" },
	[VERB_COPY] = { "FROM TO", 2, 2, "QUEUE QUEUE@redis://HOST" },
};

/* An option, and the verbs that take it as bits. */
struct row {
	unsigned verbs;
	struct opt opt;
};

#define BIT(verb) (1u << (VERB_##verb))

static const char *
take_backoff(void *target, const char *value)
{
	struct backoff *backoff = target;
	const char *comma = strchr(value, ',');
	size_t len = comma == NULL ? strlen(value) : (size_t)(comma - value);
	char first[32];

	snprintf(first, sizeof(first), "%.*s", (int)len, value);
	if (len >= sizeof(first) ||
	    num_duration(first, 1, 365ull * DAY, &backoff->first) < 0 ||
	    (comma != NULL &&
		num_duration(comma + 1, 1, 365ull * DAY, &backoff->longest) < 0))
		return "not two times, such as 1s,10m";
	if (backoff->longest < backoff->first)
		backoff->longest = backoff->first;
	return NULL;
}

static const char *
take_at(void *target, const char *value)
{
	uint64_t seconds;

	if (num_parse(value, 0, UINT32_MAX * 64ull, &seconds) < 0)
		return "not seconds since 1970, as date +%s writes them";
	*(uint64_t *)target = seconds * 1000;
	return NULL;
}

static const char *
take_wait(void *target, const char *value)
{
	struct queue_options *o = target;

	if (num_duration(value, 0, 3650ull * DAY, &o->wait) < 0)
		return "not a time, such as 1.5s or 10m";
	o->waits = true;
	return NULL;
}

static const char *
take_name(void *target, const char *value)
{
	if (!engine_name_ok(value, strlen(value)))
		return engine_name_why;
	*(const char **)target = value;
	return NULL;
}

/* What people know of others, for each verb; any of them, where it is not known yet. */
static const struct opt_foreign *
habits_of(enum verb verb)
{
	if (verb == VERB_PUT)
		return habits_of_put;
	if (verb == VERB_GET)
		return habits_of_get;
	return verb == VERB_WORK || verb == VERB_COUNT ? habits_of_work
						       : habits_of_others;
}

/* The options of a verb, or of more, being gathered. */
struct verb_options {
	unsigned verbs; /* bits */
	struct opt_table table;
};

/* Add those of rows that go with the verbs, up to the one that is all zero. */
static void
add(struct verb_options *options, const struct row *rows)
{
	for (; rows->verbs != 0; rows++) {
		const struct opt one[] = { rows->opt, { 0 } };

		if ((rows->verbs & options->verbs) != 0)
			opt_add(&options->table, one);
	}
}

static void
add_engine(struct verb_options *options, struct queue_options *o)
{
	const struct row rows[] = {
		{ ~0u, { .help = "Where queues are" } },
		{ ~0u,
		    { 'u', "url", OPT_STRING, .text = &o->engine.url, "URL",
			"where queues are: file:FOLDER, or a server: "
			"redis://[USER@]HOST[:PORT][/DB],\nrediss:// the same by TLS, "
			"unix:///PATH[?db=DB], or for PostgreSQL\n"
			"postgresql://[USER@][HOST][:PORT]/DB[?WORD=VALUE] (default "
			"$PAR_QUEUE_URL,\nor a folder of your own)",
			0, 0, NULL } },
		{ ~0u,
		    { 0, "cert", OPT_STRING, .text = &o->engine.certificate, "FILE",
			"our certificate and its key, for a server by TLS that asks for "
			"it",
			0, 0, NULL } },
		{ ~0u,
		    { 0, "password-file", OPT_STRING, .text = &o->engine.password_file,
			"FILE",
			"the password is the first line of FILE "
			"(default $PAR_QUEUE_PASSWORD)",
			0, 0, NULL } },
		{ ~0u,
		    { 0, "patience", OPT_DURATION, .number = &o->engine.patience, "TIME",
			"give up after TIME without the server (default 1m)", 0,
			365ull * DAY, NULL } },
		{ 0 },
	};

	add(options, rows);
}

static void
add_put(struct verb_options *options, struct queue_options *o)
{
	const struct row rows[] = {
		{ BIT(PUT), { .help = "Records put" } },
		{ BIT(PUT),
		    { 'c', "chunk", OPT_NUMBER, .number = &o->chunk, "N",
			"put: N records to a chunk (default: few while the queue is "
			"short)",
			1, 1 << 20, NULL } },
		{ BIT(PUT),
		    { 0, "after", OPT_DURATION, .number = &o->delay, "TIME",
			"put: to be taken after TIME", 0, 3650ull * DAY, NULL } },
		{ BIT(PUT),
		    { 0, "at", OPT_CALL, .context = &o->at, "SECONDS",
			"put: to be taken at that time, in seconds since 1970", 0, 0,
			take_at } },
		{ BIT(PUT),
		    { 0, "expires", OPT_DURATION, .number = &o->expires, "TIME",
			"put: dead if not taken within TIME", 1, 3650ull * DAY, NULL } },
		{ BIT(PUT),
		    { 0, "producer", OPT_CALL, .context = &o->producer, "NAME",
			"put: go on where the producer of that NAME was interrupted", 0,
			0, take_name } },
		{ BIT(PUT) | BIT(WORK) | BIT(GET),
		    { 0, "progress", OPT_FLAG, .flag = &o->progress, NULL,
			"put, work, get: show on a terminal how far it is", 0, 0,
			NULL } },
		{ BIT(PUT) | BIT(WORK),
		    { 0, "ids", OPT_FLAG, .flag = &o->ids, NULL,
			"put: write the number of each chunk, and its records; "
			"work: have\nit before each result",
			0, 0, NULL } },
		{ BIT(PUT),
		    { 0, "max-record", OPT_SIZE, .number = &o->max_record, "SIZE",
			"put: name and pass over records longer than SIZE (default 64M)",
			1, 256 << 20, NULL } },
		{ BIT(PUT) | BIT(WORK) | BIT(GET) | BIT(COPY),
		    { .help = "Room and time" } },
		{ BIT(PUT) | BIT(WORK),
		    { 'l', "limit", OPT_NUMBER, .number = &o->limit, "N",
			"put: wait while N records are unfinished; "
			"work: while N chunks\nof results are not fetched",
			1, 0, NULL } },
		{ BIT(PUT) | BIT(WORK),
		    { 0, "wait-replicas", OPT_NUMBER, .number = &o->engine.replicas, "N",
			"put, work: what is put or committed counts when N replicas of "
			"the\nRedis server have it, too",
			1, 1000, NULL } },
		{ BIT(PUT) | BIT(GET) | BIT(COPY),
		    { 'w', "wait", OPT_CALL, .context = o, "TIME",
			"put: wait so long for room (default 1h); get: until all is "
			"finished,\nbut no longer; copy: for workers to end (default "
			"1h)",
			0, 0, take_wait } },
		{ 0 },
	};

	add(options, rows);
}

static void
add_work(struct verb_options *options, struct queue_options *o)
{
	const struct row rows[] = {
		{ BIT(WORK), { .help = "Work" } },
		{ BIT(WORK) | BIT(COPY),
		    { 0, "lease", OPT_DURATION, .number = &o->lease, "TIME",
			"work: records of a dead worker go to others after TIME (default "
			"30s);\ncopy: of workers it waits for",
			100, DAY, NULL } },
		{ BIT(WORK),
		    { 'r', "retries", OPT_NUMBER, .number = &o->retries, "N",
			"work: give a record up after N more tries (default 3)", 0,
			1000000, NULL } },
		{ BIT(WORK),
		    { 0, "backoff", OPT_CALL, .context = &o->backoff, "TIMES",
			"work: least and most time before the next try (default 1s,10m)",
			0, 0, take_backoff } },
		{ BIT(WORK),
		    { 0, "deaths", OPT_NUMBER, .number = &o->deaths, "N",
			"work: give a record up that N workers had and died (default 5)",
			2, 1000000, NULL } },
		{ BIT(WORK),
		    { 0, "soft", OPT_DURATION, .number = &o->soft, "TIME",
			"work: SIGTERM to a stage that finishes nothing for TIME", 1,
			365ull * DAY, NULL } },
		{ BIT(WORK),
		    { 0, "hard", OPT_DURATION, .number = &o->hard, "TIME",
			"work: SIGKILL to a stage that finishes nothing for TIME", 1,
			365ull * DAY, NULL } },
		{ BIT(WORK),
		    { 0, "next", OPT_CALL, .context = &o->next, "QUEUE",
			"work: put results into QUEUE, in the same step", 0, 0,
			take_name } },
		{ BIT(WORK),
		    { 0, "once", OPT_FLAG, .flag = &o->once, NULL,
			"work: end when the queues have nothing unfinished", 0, 0,
			NULL } },
		{ 0 },
	};

	add(options, rows);
}

static void
add_get(struct verb_options *options, struct queue_options *o)
{
	const struct row rows[] = {
		{ BIT(GET), { .help = "Results" } },
		{ BIT(GET),
		    { 0, "state", OPT_STRING, .text = &o->state, "FILE",
			"get: keep in FILE how far standard output has come", 0, 0,
			NULL } },
		{ BIT(GET),
		    { 0, "into", OPT_STRING, .text = &o->into, "TABLE",
			"get: write them into TABLE of the PostgreSQL database, not to "
			"standard output",
			0, 0, NULL } },
		{ BIT(GET),
		    { 'k', "keep", OPT_FLAG, .flag = &o->keep, NULL,
			"get: leave the results on the server", 0, 0, NULL } },
		{ BIT(GET),
		    { 'f', "follow", OPT_FLAG, .flag = &o->follow, NULL,
			"get: go on until a signal", 0, 0, NULL } },
		{ BIT(GET),
		    { 0, "dead", OPT_FLAG, .flag = &o->dead, NULL,
			"get: tell what is dead, too", 0, 0, NULL } },
		{ BIT(GET),
		    { 0, "ack", OPT_FLAG, .flag = &o->ack, NULL,
			"get: delete what standard input has acknowledged, a line for "
			"each",
			0, 0, NULL } },
		{ 0 },
	};

	add(options, rows);
}

static void
add_rest(struct verb_options *options, struct queue_options *o)
{
	const struct row rows[] = {
		{ BIT(PAUSE) | BIT(SCALE) | BIT(RATE), { .help = "Control" } },
		{ BIT(PAUSE) | BIT(SCALE) | BIT(RATE),
		    { 0, "new", OPT_FLAG, .flag = &o->anew, NULL,
			"pause, scale, rate: though nothing was put there yet", 0, 0,
			NULL } },
		{ BIT(STAT) | BIT(PS) | BIT(DEAD) | BIT(PURGE),
		    { .help = "A look at the queue" } },
		{ BIT(STAT) | BIT(PS),
		    { 0, "json", OPT_FLAG, .flag = &o->json, NULL, "stat, ps: as JSON", 0,
			0, NULL } },
		{ BIT(STAT),
		    { 0, "prometheus", OPT_FLAG, .flag = &o->prometheus, NULL,
			"stat: as text for Prometheus", 0, 0, NULL } },
		{ BIT(DEAD),
		    { 0, "requeue", OPT_FLAG, .flag = &o->requeue, NULL,
			"dead: put them back into the queue", 0, 0, NULL } },
		{ BIT(DEAD),
		    { 0, "drop", OPT_FLAG, .flag = &o->drop, NULL,
			"dead: delete what was listed", 0, 0, NULL } },
		{ BIT(PURGE) | BIT(COPY),
		    { 0, "yes", OPT_FLAG, .flag = &o->yes, NULL,
			"purge: yes, delete all of the queue; copy: once more, what was "
			"copied",
			0, 0, NULL } },
		{ BIT(COPY), { .help = "The other place" } },
		{ BIT(COPY),
		    { 0, "to-password-file", OPT_STRING, .text = &o->to.password_file,
			"FILE",
			"copy: the password of the server of TO is the first line of "
			"FILE",
			0, 0, NULL } },
		{ BIT(COPY),
		    { 0, "to-cert", OPT_STRING, .text = &o->to.certificate, "FILE",
			"copy: our certificate and its key, for the server of TO", 0, 0,
			NULL } },
		{ 0 },
	};

	add(options, rows);
}

/* VERB_COUNT if it is none. */
static enum verb
find_verb(const char *word)
{
	for (int i = 0; i < VERB_COUNT; i++)
		if (word != NULL && strcmp(word, names[i]) == 0)
			return (enum verb)i;
	return VERB_COUNT;
}

/* No URL: a queue may be where it was before there was an engine without a server. */
static void
find_elder(struct engine_plan *plan, struct engine_plan *elder)
{
	*elder = (struct engine_plan){ .url = engines_elder, .password = plan->password };
	elder->kind = engines_find(elder->url);
	if (elder->kind->plan(elder) == PLAN_GOOD)
		plan->elder = elder;
}

/* Have the kind of a plan understand it; what: where its URL was given. */
static void
make_plan(struct engine_plan *plan, const char *what)
{
	enum engine_plan_end end;
	int error;

	plan->kind = engines_find(plan->url);
	end = plan->kind->plan(plan);
	error = errno;
	switch (end) {
	case PLAN_GOOD:
		break;
	case PLAN_URL: /* without the URL, which may hold a password */
		die_misuse("%s: %s", what, plan->why);
	case PLAN_OPTIONS:
		die_misuse("%s", plan->why);
	case PLAN_PASSWORD_FILE:
		die(STATUS_BROKEN, error, "%s", plan->password_file);
	case PLAN_FAILED:
		die(STATUS_BROKEN, 0, "%s", plan->why);
	}
}

/* Where the engine is, and its password: from arguments, then the environment. */
static void
find_engine(struct engine_plan *plan, struct engine_plan *elder)
{
	bool argued = plan->url != NULL;

	if (!argued)
		plan->url = getenv("PAR_QUEUE_URL");
	plan->secret = !argued;
	plan->password = getenv("PAR_QUEUE_PASSWORD");
	if (plan->url == NULL) {
		plan->url = engines_usual;
		find_elder(plan, elder);
	}
	make_plan(plan, argued ? "--url" : "PAR_QUEUE_URL");
	address_hide("PAR_QUEUE_PASSWORD", true);
	address_hide("PAR_QUEUE_URL", false);
	plan->password = NULL;
}

/* Where the queue is to go to: to a place of its own, or where the other one is. */
static void
find_to(struct queue_options *o)
{
	bool same = o->to.url == NULL;

	if (same && strcmp(o->operands[0], o->operands[1]) == 0)
		die_misuse("%s: FROM and TO are the same", o->operands[0]);
	if (same && (o->to.password_file != NULL || o->to.certificate != NULL))
		die_misuse("--to-%s needs a URL behind TO, as in QUEUE@URL",
		    o->to.certificate != NULL ? "cert" : "password-file");
	if (same) {
		o->to = o->engine;
		o->to.release = NULL;
		o->to.elder = NULL;
		return;
	}
	o->to.patience = o->engine.patience;
	make_plan(&o->to, "TO");
}

/* Words behind the queue that are no stage. */
static void
check_stage(const struct queue_options *o)
{
	char *const *stage = o->operands + 1 + (strcmp(o->operands[1], "--") == 0);
	const char *why = habits_no_stage(stage);

	if (*stage == NULL)
		die_misuse(
		    "STAGE is needed, as in par-queue work %s -- par-run -n 4 STAGE",
		    o->operands[0]);
	if (why != NULL)
		die_misuse("%s: %s", *stage, why);
}

/* What to write in place of operands that a verb does not take. */
static const char *
instead(enum verb verb)
{
	if (verb == VERB_PUT)
		return "; records come from standard input";
	if (verb == VERB_CHECK)
		return "; of a queue see stat";
	return shapes[verb].most == 1 ? "; one queue at a time" : "";
}

/* Too few operands, or too many. */
static void
check_count(const struct queue_options *o)
{
	int least = shapes[o->verb].least, most = shapes[o->verb].most;

	if (o->operand_count < least)
		die_misuse("%s is needed, as in par-queue %s %s",
		    shapes[o->verb].operands, names[o->verb], shapes[o->verb].example);
	if (o->operand_count > most && (most > 0 || least == 0))
		die_misuse(
		    "%s: too many operands%s", o->operands[most], instead(o->verb));
}

/* Options that do not go together. */
static void
check_pairs(const struct queue_options *o)
{
	if (o->requeue && o->drop)
		die_misuse("--requeue does not go with --drop");
	if (o->json && o->prometheus)
		die_misuse("--json does not go with --prometheus");
	if (o->follow && o->waits)
		die_misuse("--follow does not go with --wait");
	if (o->into != NULL && (o->keep || o->state != NULL))
		die_misuse("--into does not go with --%s", o->keep ? "keep" : "state");
	if (o->ack && (o->into != NULL || o->state != NULL || o->keep))
		die_misuse("--ack does not go with --%s",
		    o->into != NULL ? "into"
			: o->keep   ? "keep"
				    : "state");
	if (o->dead && o->state != NULL)
		die_misuse("--dead does not go with --state");
	if (o->ids && o->next != NULL)
		die_misuse("--ids does not go with --next");
}

/*
 * FROM or TO: QUEUE, or QUEUE@URL.  The URL goes from the operand into the plan.
 */
static void
split_place(char *operand, struct engine_plan *plan)
{
	char *at = strchr(operand, '@');

	if (at == NULL)
		return;
	if (plan->url != NULL)
		die_misuse("%s: a URL stands there, and behind --url", operand);
	if (at[1] == '\0')
		die_misuse("%s: a URL is needed behind @", operand);
	*at = '\0';
	plan->url = at + 1;
}

static void
check_name(const char *name)
{
	if (!engine_name_ok(name, strlen(name)))
		die_misuse("%s: %s", name, engine_name_why);
}

/* What the table cannot say. */
static void
check(struct queue_options *o)
{
	check_count(o);
	if (o->verb == VERB_COPY) {
		split_place(o->operands[0], &o->engine);
		split_place(o->operands[1], &o->to);
	}
	if (o->verb == VERB_WORK) /* its queues are checked where they are taken apart */
		check_stage(o);
	else if (o->operand_count > 0)
		check_name(o->operands[0]);
	if (o->verb == VERB_COPY)
		check_name(o->operands[1]);
	check_pairs(o);
	if (o->verb == VERB_PURGE && !o->yes)
		die_misuse("--yes is needed: all of the queue will be deleted");
}

static void
add_all(struct verb_options *options, enum verb verb, struct queue_options *o)
{
	options->verbs = verb == VERB_COUNT ? ~0u : 1u << verb;
	add_engine(options, o);
	add_put(options, o);
	add_work(options, o);
	add_get(options, o);
	add_rest(options, o);
}

/* Read options of the verb, or of any; returns the index of the first operand. */
static int
read_options(struct opt_program *program, enum verb verb, struct queue_options *o,
    int argc, char **argv)
{
	struct verb_options options = { 0 };
	int first;

	add_all(&options, verb, o);
	program->foreign = habits_of(verb);
	program->opts = options.table.rows;
	first = diag_options(program, argc, argv);
	opt_free(&options.table);
	return first;
}

static _Noreturn void
no_such_verb(const char *word)
{
	struct near near = { .word = word, .len = strlen(word) };
	char all[VERB_COUNT * 16], *to = all;
	const char *here = habits_verb(word);

	if (here != NULL)
		die_misuse("%s: %s", word, here);

	for (int i = 0; i < VERB_COUNT; i++)
		near_try(&near, names[i]);
	if (near.name != NULL)
		die_misuse("%s: no such verb; did you mean %s?", word, near.name);
	for (int i = 0; i < VERB_COUNT; i++)
		to = stpcpy(stpcpy(to, i == 0 ? "" : ", "), names[i]);
	die_misuse("%s: no such verb; it is one of %s", word, all);
}

/* The verb, which is taken out of the words: it may stand behind options. */
static enum verb
take_verb(struct opt_program *program, struct queue_options *o, int argc, char **argv)
{
	int at = 1;
	enum verb verb = find_verb(argc > 1 ? argv[1] : NULL);

	if (verb == VERB_COUNT) {
		at = read_options(program, VERB_COUNT, o, argc, argv);
		if (at == argc)
			die_missing(program, argv, "a verb is needed", "put QUEUE");
		verb = find_verb(argv[at]);
		if (verb == VERB_COUNT)
			no_such_verb(argv[at]);
	}
	memmove(argv + 1, argv, (size_t)at * sizeof(*argv));
	return verb;
}

void
verb_read(struct queue_options *o, int argc, char **argv)
{
	struct opt_program program = { .name = "par-queue",
		.synopsis = "VERB [OPTION ...] [QUEUE] [ARG ...]",
		.about =
		    "Put records into a queue, in a folder of your own or on a "
		    "Redis server, work on them from any number of processes and "
		    "hosts, get the results.  VERB is one of put, "
		    "work, get, stat, ps, dead, revoke, pause, resume, scale, "
		    "rate, drain, check, purge, copy; VERB --help shows its own options.",
		.examples = "  par-queue put q <records\n"
			    "  par-queue work q -- par-run -n 4 par-fib\n"
			    "  par-queue get q\n",
		.homonyms = habits_letters,
		.command = true };
	char synopsis[128];
	int first;

	*o = (struct queue_options){ .engine.patience = 60 * 1000,
		.wait = 60 * 60 * 1000,
		.lease = 30 * 1000,
		.retries = 3,
		.deaths = 5,
		.backoff = { .first = 1000, .longest = 600 * 1000, .spread = true },
		.max_record = RECORD_LIMIT };
	o->verb = take_verb(&program, o, argc, argv);
	snprintf(synopsis, sizeof(synopsis), "%s [OPTION ...] %s", names[o->verb],
	    shapes[o->verb].operands);
	program.synopsis = synopsis;
	program.command = o->verb == VERB_WORK; /* its options are not ours */
	argc--;
	argv++;
	first = read_options(&program, o->verb, o, argc, argv);
	o->operands = argv + first;
	o->operand_count = argc - first;
	check(o);
	find_engine(&o->engine, &o->elder);
	if (o->verb == VERB_COPY)
		find_to(o);
	if (o->into != NULL && !o->engine.kind->tables)
		die_misuse("--into goes with a URL of postgresql:// only");
	if (o->engine.replicas > 0 && !o->engine.kind->replicas)
		die_misuse("--wait-replicas goes with a Redis server only; PostgreSQL "
			   "has synchronous_standby_names");
}

void
verb_release(struct queue_options *o)
{
	o->engine.release(o->engine.place);
	if (o->to.release != NULL)
		o->to.release(o->to.place);
	if (o->engine.elder != NULL)
		o->elder.release(o->elder.place);
}
