/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <unistd.h>

#include "calls.h"
#include "dice.h"
#include "judge.h"
#include "life.h"
#include "others.h"
#include "parent.h"
#include "plan.h"
#include "real.h"
#include "scene.h"
#include "shared.h"
#include "shortage.h"
#include "trace.h"

/* main() of par-run. */
int par_run_main(int argc, char **argv);

enum { MORE_LIVES = 20, NO_LIMIT = 100000 };

static uint64_t kill_at;

uint64_t
life_kill_at(void)
{
	return kill_at;
}

/* No process has it any more, and nobody knows what one was told. */
static void
begin_again(struct entry *entry)
{
	entry->out = false;
	entry->holder = entry->second = entry->suspects = entry->answered_by = 0;
	entry->block_first = entry->block_count = entry->block_tries = 0;
}

void
life_run(void)
{
	static char *words[PLAN_WORDS];
	struct dice dice;
	int count;

	if (++shared->lives > plan.kills + plan.deaths + MORE_LIVES)
		fault("it does not get done, however often it is begun");
	/* With a low limit it need not, until somebody raises that. */
	if (plan.restarts != 0 &&
	    shared->lives > plan.kills + plan.deaths + MORE_LIVES / 2)
		plan.restarts = NO_LIMIT;
	for (size_t i = 0; i < plan.records; i++)
		begin_again(&shared->entries[i]);
	dice = dice_for(plan.seed, "kill", shared->lives);
	if (plan.checkpoint != 0 && shared->lives <= plan.kills)
		kill_at = dice_scale(&dice, 1, 4000);
	clearenv(); /* arguments have room beside it */
	setenv("PATH", "/bin", 1);
	unsetenv("XDG_RUNTIME_DIR"); /* where par-top would look */
	calls_begin();
	parent_begin();
	scene_open();
	shortage_begin();
	count = plan_words(words);
	life_end(par_run_main(count, words));
}

void
life_kill(void)
{
	trace("the supervisor is killed");
	shared->counts.supervisors++;
	__real__exit(LIFE_KILLED);
}

void
life_end(int status)
{
	trace("the supervisor exits with %d", status);
	judge_end(status, 0);
	others_end();
	__real__exit(plan.checkpoint != 0 && status >= 3 ? LIFE_KILLED : LIFE_DONE);
}

void
life_end_by(int signal)
{
	trace("the supervisor ends by signal %d", signal);
	judge_end(0, signal);
	__real__exit(plan.checkpoint != 0 ? LIFE_KILLED : LIFE_DONE);
}
