/* SPDX-License-Identifier: ISC */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "dice.h"
#include "plan.h"
#include "shared.h"
#include "trace.h"

#define FROM(name, least)                                                                \
	{                                                                                \
#name, offsetof(struct plan, name), least                                \
	}
#define FIELD(name) FROM(name, 0)

struct plan plan;

/* In the order in which they are made smaller. */
const struct plan_field plan_fields[] = { FIELD(records), FIELD(deaths), FIELD(kills),
	FROM(workers, 1), FIELD(signals), FIELD(commands), FIELD(shortages),
	FIELD(killer), FIELD(mortal), FIELD(stubborn), FIELD(frozen), FIELD(failing),
	FIELD(flaky), FIELD(deadly), FIELD(lines), FIELD(longest), FROM(jobs, 1),
	FIELD(window), FIELD(ahead), FIELD(joint), FIELD(hello_ms), FIELD(slow_reader),
	FIELD(slow_source), FIELD(log), FIELD(stats), FIELD(quarantine), FIELD(control),
	FIELD(timeout), FIELD(key), FIELD(keep), FIELD(serve), FIELD(output_file),
	FIELD(restarts), FIELD(retries), FIELD(block_bytes), FIELD(block_records),
	FIELD(input_file), FIELD(checkpoint), FIELD(hosts), FIELD(kind) };

const size_t plan_field_count = sizeof(plan_fields) / sizeof(plan_fields[0]);

uint64_t *
plan_number(size_t field)
{
	return (uint64_t *)(void *)((char *)&plan + plan_fields[field].at);
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
	plan.timeout = dice_one_in(dice, 3) ? dice_scale(dice, 50, 3000) : 0;
	plan.frozen =
	    plan.timeout != 0 && plan.kind != STAGE_PLAIN && dice_one_in(dice, 2)
	    ? dice_scale(dice, 4, 30)
	    : 0;
	plan.restarts = dice_one_in(dice, 6) ? 0
	    : dice_one_in(dice, 8)	     ? dice_scale(dice, 1, 8)
					     : 100000;
	plan.block_records = dice_scale(dice, 1, 20);
	plan.block_bytes = dice_one_in(dice, 2) ? dice_scale(dice, 1, 2000) : 0;
	if (plan.block_bytes != 0 && dice_one_in(dice, 2))
		plan.block_records = 0;
	plan.input_file = plan.checkpoint != 0 || dice_one_in(dice, 2);
	plan.output_file = plan.checkpoint != 0 || dice_one_in(dice, 4);
}

/* Hosts do what workers do, but for what does not go with them. */
static void
draw_hosts(struct dice *dice)
{
	if (plan.kind != STAGE_NATIVE || !dice_one_in(dice, 3))
		return;
	plan.hosts = dice_from(dice, 1, 3);
	/* What kills its workers a host finds out by itself. */
	plan.key = plan.control = plan.commands = plan.frozen = plan.deadly = 0;
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
	plan.shortages = dice_one_in(&dice, 6) ? dice_scale(&dice, 5, 100) : 0;
	plan.slow_reader = dice_scale(&dice, 0, 50);
	plan.slow_source = dice_scale(&dice, 0, 50);
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

int
plan_words(char *words[PLAN_WORDS])
{
	bool block = plan.kind == STAGE_BLOCK;
	const struct {
		bool on;
		const char *name;
		const uint64_t *number;
	} options[] = { { true, "-n", &plan.workers }, { true, "-r", &plan.retries },
		{ plan.keep != 0, "-k", NULL }, { plan.stats != 0, "-s", NULL },
		{ plan.quarantine != 0, "-qrefused", NULL },
		{ plan.log != 0, "--log=log", NULL },
		{ plan.checkpoint != 0, "--checkpoint=state", NULL },
		{ plan.control != 0, "--control=control", NULL },
		{ plan.key != 0, "--key=2", NULL },
		{ plan.timeout != 0, "--timeout=", &plan.timeout },
		{ plan.restarts != 0, "--max-restarts=", &plan.restarts },
		{ plan.kind == STAGE_MAP, "--map", NULL },
		{ plan.hosts == 1, "--host=a:2", NULL },
		{ plan.hosts == 2, "--host=a:1,b:2", NULL },
		{ plan.hosts >= 3, "--host=a:2,b:1,c:3", NULL },
		{ block && plan.block_bytes != 0, "-b", &plan.block_bytes },
		{ block && plan.block_records != 0, "-N", &plan.block_records },
		{ block && plan.block_bytes + plan.block_records == 0, "-N1", NULL },
		{ plan.output_file != 0, "-oout", NULL }, { true, "stage", NULL } };
	char line[PLAN_WORDS * 40];
	size_t len = 0;
	int count = 0;

	words[count++] = word("par-run", NULL, "");
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (options[i].on)
			words[count++] = word(options[i].name, options[i].number,
			    options[i].number == &plan.timeout ? "ms" : "");
	words[count] = NULL;
	for (int i = 0; i < count; i++)
		len += (size_t)snprintf(line + len, sizeof(line) - len, " %s", words[i]);
	trace("$%s", line);
	return count;
}
