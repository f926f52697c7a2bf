/* SPDX-License-Identifier: ISC */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "dice.h"
#include "machines.h"
#include "parent.h"
#include "plan.h"
#include "shared.h"
#include "trace.h"

#define FROM(name, least)                                                                \
	{                                                                                \
#name, offsetof(struct plan, name), least                                \
	}
#define FIELD(name) FROM(name, 0)

enum { USUAL_RETRIES = 2 };

struct plan plan;
const char plan_before[] = "#\t\nnone\n";

/* In the order in which they are made smaller. */
const struct plan_field plan_fields[] = { FIELD(records), FIELD(deaths), FIELD(kills),
	FROM(workers, 1), FIELD(signals), FIELD(commands), FIELD(shortages),
	FIELD(killer), FIELD(mortal), FIELD(stubborn), FIELD(lies), FIELD(frozen),
	FIELD(hung), FIELD(failing), FIELD(flaky), FIELD(deadly), FIELD(lines),
	FIELD(longest), FROM(jobs, 1), FIELD(window), FIELD(ahead), FIELD(joint),
	FIELD(runs), FIELD(unsure), FIELD(filter), FIELD(torn), FIELD(ahead_records),
	FIELD(ahead_bytes), FIELD(in_memory), FIELD(words_less), FIELD(words_most),
	FIELD(word_most), FIELD(full), FIELD(halve), FIELD(raw), FIELD(before),
	FIELD(arguments), FIELD(hello_ms), FIELD(slow_reader), FIELD(narrow),
	FROM(socket, 128), FIELD(slow_source), FIELD(log), FIELD(stats),
	FIELD(quarantine), FIELD(control), FIELD(timeout), FIELD(key), FIELD(keep),
	FIELD(serve), FIELD(output_file), FIELD(restarts), FIELD(speculate),
	FIELD(replace), FIELD(replace_ms), FIELD(key_starts), FIELD(starts),
	FIELD(stop_now), FIELD(stop_failures), FIELD(stop_success), FIELD(max_record),
	FIELD(max_output), FIELD(retries), FIELD(block_bytes), FIELD(block_records),
	FIELD(input_file), FIELD(checkpoint), FIELD(jobs_most), FIELD(hosts),
	FIELD(kind) };

const size_t plan_field_count = sizeof(plan_fields) / sizeof(plan_fields[0]);

uint64_t *
plan_number(size_t field)
{
	return (uint64_t *)(void *)((char *)&plan + plan_fields[field].at);
}

bool
plan_tells(void)
{
	return plan.kind == STAGE_NATIVE || plan.hosts != 0;
}

bool
plan_halves(void)
{
	return plan.halve != 0 || (plan.block_bytes != 0 && plan.arguments == 0);
}

static void
draw_stage(struct dice *dice)
{
	plan.kind = dice_from(dice, 0, 7);
	plan.kind = plan.kind > 3 ? STAGE_NATIVE : plan.kind;
	plan.jobs = plan.kind == STAGE_NATIVE ? dice_scale(dice, 1, 16) : 1;
	plan.window = dice_one_in(dice, 3) ? dice_scale(dice, 1, 64) : 0;
	if (plan.window != 0 && plan.window < plan.jobs)
		plan.window = plan.jobs;
	plan.ahead = dice_one_in(dice, 4);
	plan.runs = dice_one_in(dice, 2);
	plan.joint = plan.kind == STAGE_NATIVE && dice_one_in(dice, 4)
	    ? dice_scale(dice, 2, 12)
	    : 0;
	plan.lies = plan.kind == STAGE_NATIVE && dice_one_in(dice, 6)
	    ? dice_scale(dice, 2, 30)
	    : 0;
	plan.hello_ms = dice_scale(dice, 0, dice_one_in(dice, 10) ? 20000 : 100);
	plan.lines = dice_from(dice, 0, 4);
	if (plan.kind == STAGE_PLAIN && plan.lines == 0)
		plan.lines = 1;
	plan.failing = dice_one_in(dice, 3) ? dice_scale(dice, 2, 200) : 0;
	plan.flaky = dice_one_in(dice, 3) ? dice_scale(dice, 2, 200) : 0;
	plan.deadly = dice_one_in(dice, 4) ? dice_scale(dice, 10, 500) : 0;
	plan.mortal = dice_one_in(dice, 16) ? 0 : dice_scale(dice, 1, 3);
	plan.stubborn = dice_one_in(dice, 4) ? dice_scale(dice, 1, 10) : 0;
	plan.killer = dice_one_in(dice, 3) ? dice_scale(dice, 1, 200) : 0;
	if (plan.kind == STAGE_NATIVE && dice_one_in(dice, 3))
		plan.unsure = dice_scale(dice, 1, 8);
	else if (plan.kind == STAGE_PLAIN) /* all of them say so, or none */
		plan.unsure = dice_one_in(dice, 4);
	plan.filter = plan.kind == STAGE_MAP && dice_one_in(dice, 3);
}

/* How records become blocks, and words. */
static void
draw_blocks(struct dice *dice)
{
	plan.block_records = dice_scale(dice, 1, 20);
	plan.block_bytes = dice_one_in(dice, 2) ? dice_scale(dice, 1, 2000) : 0;
	if (plan.block_bytes != 0 && dice_one_in(dice, 2))
		plan.block_records = 0;
	plan.halve = dice_one_in(dice, 4);
	plan.raw = dice_one_in(dice, 3);
	plan.torn = dice_one_in(dice, 3) ? dice_scale(dice, 1, 10) : 0;
	plan.arguments = dice_one_in(dice, 3);
	if (plan.arguments != 0 && dice_one_in(dice, 3)) {
		plan.words_most = dice_scale(dice, 8000, 12000);
		plan.words_less = dice_one_in(dice, 2) ? dice_from(dice, 3000, 6000) : 0;
	}
}

static void
draw_options(struct dice *dice)
{
	plan.workers = dice_scale(dice, 1, 9);
	plan.keep = plan.kind != STAGE_PLAIN && dice_one_in(dice, 2);
	plan.log = plan.kind != STAGE_PLAIN && dice_one_in(dice, 3);
	plan.quarantine = dice_one_in(dice, 3);
	plan.stats = dice_one_in(dice, 3);
	plan.checkpoint = plan.kind != STAGE_PLAIN && dice_one_in(dice, 4);
	plan.kills = plan.checkpoint != 0 ? dice_scale(dice, 0, 12) : 0;
	plan.control = dice_one_in(dice, 4);
	plan.commands = plan.control != 0 ? dice_scale(dice, 0, 8) : 0;
	plan.signals = dice_one_in(dice, 5) ? dice_from(dice, 1, 3) : 0;
	plan.key =
	    plan.kind != STAGE_BLOCK && plan.checkpoint == 0 && dice_one_in(dice, 4);
	plan.retries = dice_scale(dice, 0, 20);
	plan.timeout = plan.kind != STAGE_PLAIN && dice_one_in(dice, 3)
	    ? dice_scale(dice, 50, 3000)
	    : 0;
	plan.frozen =
	    plan.timeout != 0 && dice_one_in(dice, 2) ? dice_scale(dice, 4, 30) : 0;
	plan.restarts = dice_one_in(dice, 6) ? 0
	    : dice_one_in(dice, 8)	     ? dice_scale(dice, 1, 8)
					     : 100000;
	plan.max_record = plan.kind != STAGE_PLAIN && dice_one_in(dice, 6)
	    ? dice_scale(dice, 20, 100)
	    : 0;
	plan.max_output =
	    plan.kind == STAGE_NATIVE && plan.joint == 0 && dice_one_in(dice, 6)
	    ? dice_scale(dice, 20, 200)
	    : 0;
	if (plan.kind == STAGE_BLOCK)
		draw_blocks(dice);
	if (dice_one_in(dice, 4)) {
		plan.ahead_records = dice_scale(dice, 1, 200);
		plan.ahead_bytes = dice_scale(dice, 1, 8000);
	}
	plan.in_memory = dice_one_in(dice, 4) ? dice_scale(dice, 1, 20000) : 0;
	if (plan.kind != STAGE_PLAIN && plan.checkpoint == 0 && dice_one_in(dice, 4)) {
		plan.serve = dice_from(dice, PARENT_LINES, PARENT_STREAM);
		plan.keep = plan.quarantine = 0;
	}
	plan.input_file = plan.checkpoint != 0 || dice_one_in(dice, 2);
	plan.output_file =
	    plan.checkpoint != 0 || (plan.serve == 0 && dice_one_in(dice, 4));
}

/* From dice of its own: plans of a seed are otherwise as they were without. */
static void
draw_replacement(uint64_t seed)
{
	struct dice dice = dice_for(seed, "replacement", 0);

	if (plan.kind == STAGE_BLOCK || !dice_one_in(&dice, 4))
		return;
	plan.replace = dice_one_in(&dice, 3) ? 0 : dice_scale(&dice, 1, 60);
	plan.replace_ms =
	    plan.replace != 0 && dice_one_in(&dice, 2) ? 0 : dice_scale(&dice, 1, 500);
}

/* Draw copies, by dice of their own. */
static void
draw_copies(uint64_t seed)
{
	struct dice dice = dice_for(seed, "copies", 0);

	if (plan.kind != STAGE_PLAIN && plan.key == 0 && dice_one_in(&dice, 4))
		plan.speculate = dice_scale(&dice, 1000, 5000);
}

/*
 * Draw one that hangs, which only a copy helps on, by dice of its own; nothing else goes
 * wrong then, or there may be no copy any more.
 */
static void
draw_hung(uint64_t seed)
{
	struct dice dice = dice_for(seed, "hung", 0);

	if (plan.speculate == 0 || plan.hosts != 0 || plan.joint != 0 ||
	    plan.records < 3 || !dice_one_in(&dice, 2))
		return;
	plan.hung = dice_one_in(&dice, 2) ? dice_from(&dice, 1, 2)
					  : dice_from(&dice, 1, plan.records);
	plan.workers = plan.workers < 2 ? 2 : plan.workers;
	plan.timeout = plan.frozen = plan.deaths = plan.mortal = plan.kills = 0;
	plan.killer = plan.lies = plan.failing = plan.flaky = plan.deadly = 0;
	plan.commands = plan.signals = plan.shortages = plan.full = 0;
	plan.filter = plan.jobs_most = plan.max_record = plan.max_output = 0;
	plan.restarts = plan.stop_failures = plan.stop_success = plan.stop_now = 0;
}

/* Draw if a process for a block reads something first, by dice of its own. */
static void
draw_before(uint64_t seed)
{
	struct dice dice = dice_for(seed, "before", 0);

	plan.before = plan.kind == STAGE_BLOCK && plan.arguments == 0 &&
	    plan.hosts == 0 && dice_one_in(&dice, 3);
}

/* Draw the room of a socket, by dice of its own. */
static void
draw_socket(uint64_t seed)
{
	struct dice dice = dice_for(seed, "socket", 0);

	if (dice_one_in(&dice, plan.serve == PARENT_STREAM ? 2 : 8))
		plan.socket = dice_scale(&dice, 128, 2000);
}

/* Draw how often something may begin, and when it all ends, by dice of their own. */
static void
draw_limits(uint64_t seed)
{
	struct dice dice = dice_for(seed, "limits", 0);

	if (plan.hosts == 0 && dice_one_in(&dice, 6))
		plan.starts = dice_scale(&dice, 1, 100);
	if (plan.hosts == 0 && plan.kind == STAGE_BLOCK && dice_one_in(&dice, 2)) {
		plan.key_starts = dice_scale(&dice, 1, 100);
		plan.block_records = 1;
		plan.block_bytes = plan.halve = plan.speculate = 0;
	}
	if (plan.kind == STAGE_PLAIN || plan.serve != 0 || !dice_one_in(&dice, 4))
		return;
	if (dice_one_in(&dice, 2))
		plan.stop_failures = dice_scale(&dice, 1, 20);
	if (plan.stop_failures == 0 || dice_one_in(&dice, 2))
		plan.stop_success = dice_scale(&dice, 1, 100);
	plan.stop_now =
	    (plan.stop_success == 0 || plan.keep == 0) && dice_one_in(&dice, 2);
}

/* Hosts do what workers do, but for what does not go with them. */
static void
draw_hosts(struct dice *dice)
{
	if (plan.kind == STAGE_PLAIN || !dice_one_in(dice, 3))
		return;
	plan.hosts = dice_from(dice, 1, 3);
	if (plan.serve == PARENT_STREAM)
		plan.serve = PARENT_LINES;
	/* What kills its workers a host finds out by itself. */
	plan.key = plan.frozen = plan.deadly = plan.filter = plan.torn = 0;
	plan.words_most = plan.words_less = 0;
	if (plan.kind != STAGE_NATIVE) {
		plan.jobs = dice_from(dice, 1, 3);
		plan.window = plan.ahead = 0;
		plan.unsure = dice_one_in(dice, 2);
	}
}

/* Draw how long a record may be that is a word, by dice of its own. */
static void
draw_words(uint64_t seed)
{
	struct dice dice = dice_for(seed, "words", 0);

	if (plan.arguments != 0 && plan.hosts == 0 && dice_one_in(&dice, 3))
		plan.word_most = dice_from(&dice, 12, 12 + plan.longest);
}

/* Draw how soon the disk is full, by dice of its own. */
static void
draw_disk(uint64_t seed)
{
	struct dice dice = dice_for(seed, "disk", 0);

	if (dice_one_in(&dice, 10))
		plan.full = dice_scale(&dice, 100, 50000);
}

/* Others share a jobserver with it. */
static void
draw_jobserver(uint64_t seed)
{
	struct dice dice = dice_for(seed, "jobserver", 0);

	if (plan.hosts == 0 && dice_one_in(&dice, 3))
		plan.jobs_most = dice_scale(&dice, 1, 10);
}

void
plan_draw(uint64_t seed)
{
	struct dice dice = dice_for(seed, "plan", 0);

	plan = (struct plan){ .seed = seed };
	plan.records = dice_one_in(&dice, 30)
	    ? dice_from(&dice, 0, 2)
	    : dice_scale(&dice, 3, dice_one_in(&dice, 20) ? 1500 : 200);
	plan.longest = dice_scale(&dice, 0, dice_one_in(&dice, 10) ? 4000 : 60);
	if (plan.records * plan.longest > FILE_BYTES / 2)
		plan.longest = FILE_BYTES / 2 / plan.records;
	plan.deaths = dice_scale(&dice, 30, 400);
	draw_stage(&dice);
	draw_options(&dice);
	draw_hosts(&dice);
	draw_replacement(seed);
	draw_copies(seed);
	draw_before(seed);
	draw_limits(seed);
	draw_jobserver(seed);
	draw_words(seed);
	draw_disk(seed);
	plan.shortages = dice_one_in(&dice, 6) ? dice_scale(&dice, 5, 100) : 0;
	plan.slow_reader = dice_scale(&dice, 0, 50);
	plan.slow_source = dice_scale(&dice, 0, 50);
	plan.narrow = dice_one_in(&dice, 4);
	draw_socket(seed);
	draw_hung(seed);
}

/* A word of the command line: an option and its number, or a name alone. */
static char *
word(const char *name, const uint64_t *number, const char *unit)
{
	static char all[PLAN_WORDS][40];
	static size_t used;
	char *text = all[used++ % PLAN_WORDS];

	if (number == NULL)
		snprintf(text, sizeof(all[0]), "%s", name);
	else
		snprintf(text, sizeof(all[0]), "%s%llu%s", name,
		    (unsigned long long)*number, unit);
	return text;
}

/* The option with a factor. */
static const char *
speculate_words(void)
{
	static char text[64];

	snprintf(text, sizeof(text), "--speculate=%llu.%03llu",
	    (unsigned long long)plan.speculate / 1000,
	    (unsigned long long)plan.speculate % 1000);
	return text;
}

/* The option with a time. */
static const char *
replacement_words(void)
{
	static char text[64];
	int len = snprintf(text, sizeof(text), "--replace-after=%llums",
	    (unsigned long long)plan.replace_ms);

	if (plan.replace != 0)
		snprintf(text + len, sizeof(text) - (size_t)len, ",%llu",
		    (unsigned long long)plan.replace);
	return text;
}

/* Limits, with commas between those that there are. */
static char *
admit_word(void)
{
	static char text[80];
	int len = snprintf(text, sizeof(text), "--admit=starts=%s", "none");

	if (plan.starts != 0)
		len = snprintf(text, sizeof(text), "--admit=starts=%llu/s",
		    (unsigned long long)plan.starts);
	if (plan.key_starts != 0)
		snprintf(text + len, sizeof(text) - (size_t)len, ",key=%llu/s",
		    (unsigned long long)plan.key_starts);
	return text;
}

static char *
stop_word(void)
{
	static char text[80];
	int len = snprintf(
	    text, sizeof(text), "--stop-on=%s", plan.stop_now != 0 ? "now," : "");

	if (plan.stop_failures != 0)
		len += snprintf(text + len, sizeof(text) - (size_t)len, "failures=%llu%s",
		    (unsigned long long)plan.stop_failures,
		    plan.stop_success != 0 ? "," : "");
	if (plan.stop_success != 0)
		snprintf(text + len, sizeof(text) - (size_t)len, "success=%llu",
		    (unsigned long long)plan.stop_success);
	return text;
}

/* Options that need a stage of some kind, or make it one. */
static int
add_work(char *words[PLAN_WORDS], int count)
{
	bool block = plan.kind == STAGE_BLOCK;
	const struct {
		bool on;
		const char *name;
		const uint64_t *number;
	} options[] = { { plan.kind == STAGE_MAP, "--map", NULL },
		{ block && plan.block_bytes != 0, "-b", &plan.block_bytes },
		{ block && plan.block_records != 0, "-N", &plan.block_records },
		{ block && plan.block_bytes + plan.block_records == 0, "-N1", NULL },
		{ block && plan.halve != 0, "--halve", NULL },
		{ block && plan.raw != 0, "--raw", NULL },
		{ plan.before != 0, "--before=#\\t\\nnone\\n", NULL },
		{ plan.hosts != 0, plan.hosts == 0 ? "" : machines_option(), NULL },
		{ plan.output_file != 0, "-oout", NULL }, { true, "stage", NULL },
		{ plan.arguments != 0, "{}", NULL },
		{ plan.arguments != 0, "{#}", NULL } };

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (options[i].on)
			words[count++] = word(options[i].name, options[i].number, "");
	return count;
}

/* How much a silent worker may have. */
static char *
ahead_word(void)
{
	static char text[80];

	snprintf(text, sizeof(text), "--ahead=%llu/%llu",
	    (unsigned long long)plan.ahead_bytes, (unsigned long long)plan.ahead_records);
	return text;
}

static void
show(char *const *words)
{
	char line[PLAN_WORDS * 40];
	size_t len = 0;

	for (; *words != NULL; words++)
		len += (size_t)snprintf(line + len, sizeof(line) - len, " %s", *words);
	trace("$%s", line);
}

int
plan_words(char *words[PLAN_WORDS])
{
	uint64_t usual = plan.arguments != 0 ? 0 : USUAL_RETRIES;
	const struct {
		bool on;
		const char *name;
		const uint64_t *number;
	} options[] = { { plan.serve == PARENT_STREAM, "--serve", NULL },
		{ true, "-n", &plan.workers },
		{ plan.retries != usual, "-r", &plan.retries },
		{ plan.keep != 0, "-k", NULL }, { plan.stats != 0, "-s", NULL },
		{ plan.quarantine != 0, "-qrefused", NULL },
		{ plan.log != 0, "--log=log", NULL },
		{ plan.checkpoint != 0, "--checkpoint=state", NULL },
		{ plan.control != 0, "--control=control", NULL },
		{ plan.key + plan.key_starts != 0, "--key=2", NULL },
		{ plan.starts + plan.key_starts != 0, admit_word(), NULL },
		{ plan.stop_failures + plan.stop_success != 0 && shared->lives == 1,
		    stop_word(), NULL }, /* or it would never get done */
		{ plan.timeout != 0, "--timeout=", &plan.timeout },
		{ plan.restarts != 0, "--max-restarts=", &plan.restarts },
		{ plan.max_record != 0, "--max-record=", &plan.max_record },
		{ plan.max_output != 0, "--max-output=", &plan.max_output },
		{ plan.replace != 0 && plan.replace_ms == 0,
		    "--replace-after=", &plan.replace },
		{ plan.replace_ms != 0, replacement_words(), NULL },
		{ plan.speculate != 0, speculate_words(), NULL } };
	int count = 0;

	words[count++] = word("par-run", NULL, "");
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (options[i].on)
			words[count++] = word(options[i].name, options[i].number,
			    options[i].number == &plan.timeout ? "ms" : "");
	if (plan.ahead_records != 0 && plan.ahead_bytes != 0)
		words[count++] = ahead_word();
	count = add_work(words, count);
	words[count] = NULL;
	show(words);
	return count;
}
