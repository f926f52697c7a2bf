/* SPDX-License-Identifier: ISC */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge.h"
#include "plan.h"
#include "process.h"
#include "real.h"
#include "stage.h"
#include "stage_model.h"
#include "trace.h"

static const char *const death_names[] = { "is killed", "crashes", "exits with 1",
	"exits with 0" };

/* What its life is like. */
static void
draw(struct stage_model *stage)
{
	struct dice *dice = &stage->dice;
	bool dies = plan.mortal != 0 && dice_one_in(dice, plan.mortal);
	uint64_t steps = dice_scale(dice, 1, 24);

	stage->pace = dice_scale(dice, 1000, 5 * MS);
	stage->hello_after = dice_scale(dice, 1, plan.hello_ms * MS + 1);
	stage->death = (enum death)dice_from(dice, 0, DEATHS - 1);
	if ((plan.kind == STAGE_MAP || plan.kind == STAGE_BLOCK) &&
	    stage->death == DEATH_EXIT_0) /* to end well says that all is done */
		stage->death = DEATH_KILL;
	stage->frozen =
	    plan.frozen != 0 && dice_one_in(dice, plan.frozen) && shared->deaths_left > 0;
	stage->stubborn = plan.stubborn != 0 && dice_one_in(dice, plan.stubborn);
	stage->shuffles = dice_one_in(dice, 2);
	stage->chunk = dice_scale(dice, 1, 64 << 10);
	stage->batch = dice_scale(dice, 1, 64);
	stage->flush_one_in = dice_scale(dice, 1, 16);
	stage->appetite = dice_scale(dice, plan.jobs, 4 * plan.jobs + 100);
	if (shared->deaths_left == 0 || !(dies || stage->frozen))
		return;
	shared->deaths_left--;
	stage->steps_left = steps;
}

/* A whole line of its input has come: a record. */
static void
add_task(struct stage_model *stage)
{
	struct process *process = stage->process;
	char where[64];
	unsigned record;

	snprintf(where, sizeof(where), "given to process %u", process->serial);
	record = scene_number_of(stage->line, stage->line_len, where);
	stage->line_len = 0;
	if (stage->count == stage->room) {
		stage->room = 2 * stage->room + 16;
		stage->tasks =
		    __real_realloc(stage->tasks, stage->room * sizeof(*stage->tasks));
		stage->order =
		    __real_realloc(stage->order, stage->room * sizeof(*stage->order));
		if (stage->tasks == NULL || stage->order == NULL)
			fault("the simulator has no memory");
	}
	stage->tasks[stage->count++] = (struct task){ .record = record,
		.begin = stage->count == 1 ? 0 : stage->tasks[stage->count - 2].end,
		.end = stage->given };
	judge_given(process, record);
}

/* The line before what a host is to run. */
static void
take_job(struct stage_model *stage)
{
	unsigned long long bytes;

	if (sscanf(stage->line, "par-job 1 %llu\n", &bytes) != 1)
		fault("process %u is told no job: %s", stage->process->serial,
		    shown(stage->line, stage->line_len));
	stage->skip = bytes;
	stage->has_job = true;
	stage->line_len = 0;
}

/* Bytes came into the pipe to it. */
static void
given(void *who, const char *data, size_t len)
{
	struct stage_model *stage = ((struct process *)who)->stage;

	for (size_t i = 0; i < len; i++) {
		if (stage->skip > 0) {
			stage->skip--;
			stage->given++;
			continue;
		}
		if (stage->line_len == sizeof(stage->line))
			fault("process %u is given a line that is no record",
			    stage->process->serial);
		stage->line[stage->line_len++] = data[i];
		stage->given++;
		if (data[i] == '\n' && plan.hosts != 0 && !stage->has_job)
			take_job(stage);
		else if (data[i] == '\n')
			add_task(stage);
	}
}

static void
wake(void *who)
{
	struct process *process = who;
	const struct stage_model *stage = process->stage;

	if (process->state == PROCESS_RUNS && !process->stopped && !stage->frozen)
		world_wake(&process->actor, stage->pace / 4);
}

/* Read some; false if there is nothing now. */
static bool
take(struct stage_model *stage)
{
	struct opening *in = stage->process->in;
	char scrap[4096];
	uint64_t left = stage->chunk;
	bool any = false;

	while (left > 0) {
		size_t most = left < sizeof(scrap) ? (size_t)left : sizeof(scrap), n;

		n = conduit_take(in->conduit, scrap, most);
		if (n == 0)
			break;
		stage->taken += n;
		left -= n;
		any = true;
	}
	while (
	    stage->read < stage->count && stage->tasks[stage->read].end <= stage->taken)
		shared->entries[stage->tasks[stage->read++].record].read = true;
	if (conduit_held(in->conduit) == 0 && in->conduit->writers == 0)
		stage->end = true;
	return any;
}

/* What was sent tells of these. */
static void
mark_told(struct stage_model *stage)
{
	while (stage->tell_next < stage->answered) {
		struct task *task = &stage->tasks[stage->order[stage->tell_next]];
		struct entry *entry = &shared->entries[task->record];

		if (task->told_at > stage->tell.sent || task->out_at > stage->out.sent)
			break;
		stage->tell_next++;
		task->told = true;
		trace("process %u has told of record %u: %s", stage->process->serial,
		    task->record,
		    task->answer == ANSWER_OK	      ? "ok"
			: task->answer == ANSWER_FAIL ? "fail"
						      : "retry");
		if (entry->holder == stage->process->serial)
			entry->holder = 0;
		entry->suspects = 0;
		judge_told();
		if (task->answer != ANSWER_RETRY)
			entry->answered_by = stage->process->serial;
		if (task->answer == ANSWER_RETRY)
			entry->retried++;
		else if (task->answer == ANSWER_FAIL)
			entry->failed = true;
		else
			entry->done_by = stage->process->serial;
	}
}

/* What it has written behind the last newline. */
static void
note_tail(struct stage_model *stage, const char *data, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (stage->tail_len < sizeof(stage->tail))
			stage->tail[stage->tail_len++] = data[i];
		if (data[i] == '\n')
			stage->tail_len = 0;
	}
}

/* Write at most most bytes; false if not all of it went. */
static bool
send(struct stage_model *stage, struct opening *to, struct pending *pending, size_t most)
{
	size_t len = pending->end - pending->start, n;

	if (to == NULL || len == 0)
		return true;
	if (to->conduit->readers == 0) {
		process_end(stage->process, 0, SIGPIPE);
		return false;
	}
	n = conduit_put(
	    to->conduit, pending->data + pending->start, len < most ? len : most);
	if (pending == &stage->out)
		note_tail(stage, pending->data + pending->start, n);
	pending->start += n;
	pending->sent += n;
	if (pending->start == pending->end)
		pending->start = pending->end = 0;
	return n == len;
}

/* Output, then lines, as far as there is room; true when all went. */
static bool
flush(struct stage_model *stage)
{
	struct process *process = stage->process;
	bool all = send(stage, process->out, &stage->out, SIZE_MAX) &&
	    process->state == PROCESS_RUNS &&
	    send(stage, process->tell, &stage->tell, SIZE_MAX);

	mark_told(stage);
	return all && process->state == PROCESS_RUNS;
}

/* It dies: some of what it was about to write may be out already. */
static void
die(struct stage_model *stage, enum death how)
{
	struct process *process = stage->process;
	size_t some = (size_t)dice_from(&stage->dice, 0, 300);

	if (how == DEATH_EXIT_0 && plan.kind == STAGE_NATIVE && !stage_is_known(process))
		how = DEATH_EXIT_1; /* else it is a command that wants nothing, as true(1)
				     */
	if (how != DEATH_EXIT_0 && dice_one_in(&stage->dice, 2) &&
	    send(stage, process->out, &stage->out, some))
		send(stage, process->tell, &stage->tell, some / 4);
	mark_told(stage);
	trace("process %u %s", process->serial, death_names[how]);
	process->by_itself = true;
	process_end(process, how == DEATH_EXIT_1,
	    how == DEATH_KILL	    ? SIGKILL
		: how == DEATH_SEGV ? SIGSEGV
				    : 0);
}

/* The one to be answered next, of those that it works on; count if there is none. */
static size_t
choose(struct stage_model *stage)
{
	size_t found = stage->read;
	uint64_t seen = 0;

	for (size_t i = stage->first; i < stage->read && seen < plan.jobs; i++) {
		if (stage->tasks[i].answer != ANSWER_NONE)
			continue;
		if (dice_one_in(&stage->dice, ++seen) || found == stage->read)
			found = i;
		if (!stage->shuffles || plan.kind != STAGE_NATIVE)
			break;
	}
	return found;
}

/* Answer some; false if that was its end. */
static bool
work(struct stage_model *stage)
{
	uint64_t some = dice_from(&stage->dice, 1, stage->batch);

	while (some-- > 0) {
		size_t at = choose(stage);

		if (at == stage->read)
			break;
		if (!answer_task(stage, at)) {
			die(stage, DEATH_SEGV);
			return false;
		}
		while (stage->first < stage->read &&
		    stage->tasks[stage->first].answer != ANSWER_NONE)
			stage->first++;
	}
	return true;
}

/* A process for a block reads all before it does anything. */
static void
step_block(struct stage_model *stage)
{
	struct process *process = stage->process;

	if (!stage->leaves && !stage->end) {
		if (take(stage) || stage->end)
			world_wake(&process->actor, stage->pace);
		return;
	}
	if (!stage->leaves) {
		stage->status = answer_block(stage);
		stage->leaves = true;
		if (stage->status < 0) {
			die(stage, DEATH_SEGV);
			return;
		}
	}
	if (!flush(stage))
		return;
	trace("process %u exits with %d", process->serial, stage->status);
	process->by_itself = true;
	process_end(process, stage->status, 0);
}

static void
say_hello(struct stage_model *stage)
{
	char line[128];
	size_t len = (size_t)snprintf(
	    line, sizeof(line), "par-stage 1 jobs=%llu", (unsigned long long)plan.jobs);

	if (plan.window != 0)
		len += (size_t)snprintf(line + len, sizeof(line) - len, " window=%llu",
		    (unsigned long long)plan.window);
	len += (size_t)snprintf(
	    line + len, sizeof(line) - len, "%s\n", plan.ahead != 0 ? " ahead" : "");
	pending_add(plan.hosts != 0 ? &stage->out : &stage->tell, line, len);
	stage->said_hello = true;
}

/* One that lives for more than a block. */
static void
step_stream(struct stage_model *stage)
{
	struct process *process = stage->process;
	bool any = false, holds, all;

	if (plan.kind == STAGE_NATIVE && !stage->said_hello) {
		say_hello(stage);
		flush(stage);
		world_wake(&process->actor, stage->pace);
		return;
	}
	if (stage->read - stage->answered < stage->appetite)
		any = take(stage);
	any = any || stage->answered < stage->read;
	if (!work(stage))
		return;
	holds = (any || plan.ahead != 0 || plan.kind != STAGE_NATIVE) && !stage->end &&
	    !dice_one_in(&stage->dice, stage->flush_one_in) &&
	    stage->out.end - stage->out.start < ATOMIC;
	all = holds || flush(stage);
	if (process->state != PROCESS_RUNS)
		return;
	if (any || (holds && plan.kind == STAGE_NATIVE))
		world_wake(&process->actor, stage->pace);
	else if (holds && dice_one_in(&stage->dice, 4)) /* gives them, some time */
		world_wake(&process->actor, 50 * stage->pace);
	if (!stage->end || any || !all)
		return;
	trace("process %u ends", process->serial);
	process->by_itself = true;
	process_end(process, 0, 0);
}

static void
step(struct actor *actor)
{
	struct process *process = (struct process *)actor;
	struct stage_model *stage = process->stage;

	if (process->stopped || stage->frozen)
		return;
	if (stage->steps_left > 0 && --stage->steps_left == 0)
		die(stage, stage->death);
	else if (plan.kind == STAGE_BLOCK)
		step_block(stage);
	else
		step_stream(stage);
}

void
stage_begin(struct process *process, char *const *argv)
{
	struct stage_model *stage = kernel_memory(sizeof(*stage));
	struct conduit *in = process->in->conduit;

	(void)argv;
	judge_started();
	process->stage = stage;
	stage->process = process;
	stage->dice = dice_for(plan.seed, "life", process->serial);
	draw(stage);
	stage->in = in;
	in->heard = given;
	in->hears = process;
	in->reads = (struct listener){ .wake = wake, .who = process };
	process->out->conduit->writes = in->reads;
	if (process->tell != NULL)
		process->tell->conduit->writes = in->reads;
	process->actor.act = step;
	trace("worker %u is process %u%s", process->worker, process->serial,
	    stage->frozen		? ", which does nothing"
		: stage->steps_left > 0 ? ", which is to die"
					: "");
	if (!stage->frozen)
		world_wake(&process->actor, stage->hello_after);
}

static bool
ended_well(const struct process *process)
{
	return process->by_itself && process->code == 0 && process->signal == 0;
}

static void
forget(struct stage_model *stage)
{
	free(stage->out.data);
	free(stage->tell.data);
	stage->out = stage->tell = (struct pending){ .data = NULL };
}

/* Is one of its records to blame?  Not if it has read none, or was told to end. */
static bool
is_suspicious(const struct process *process)
{
	return process->by_itself && !process->killed &&
	    (process->signal != 0 || process->code != 0) && process->stage->taken > 0;
}

static void
suspect(const struct process *process, struct entry *entry, unsigned with)
{
	/* If not all was written, who else was to come is not known. */
	entry->suspects = process->in->conduit->short_write ? UNSURE : process->serial;
	entry->suspected_with = with;
}

void
stage_ended(struct process *process)
{
	struct stage_model *stage = process->stage;

	unsigned left = 0;

	for (size_t i = 0; i < stage->count; i++)
		left += shared->entries[stage->tasks[i].record].holder == process->serial;
	for (size_t i = 0; i < stage->count; i++) {
		struct entry *entry = &shared->entries[stage->tasks[i].record];

		if (entry->holder == process->serial) {
			entry->holder = 0;
			entry->died++;
			entry->read = entry->read || stage->tasks[i].begin < stage->taken;
			entry->tried =
			    entry->tried || stage->taken > 0 || process->killed;
			if (is_suspicious(process))
				suspect(process, entry, left);
			else if (process->killed && entry->suspects != 0)
				entry->suspects = UNSURE; /* it may have been late */
		}
		if (plan.kind == STAGE_BLOCK && ended_well(process))
			entry->done_by = process->serial;
	}
	judge_dead(process);
	forget(stage);
	if (process->in->conduit->hears == process)
		process->in->conduit->heard = NULL;
}

void
stage_forgotten(struct process *process)
{
	const struct stage_model *stage = process->stage;

	for (size_t i = 0; stage->in->writers == 0 && i < stage->count; i++)
		shared->entries[stage->tasks[i].record].unknown = true;
}

bool
stage_ignores(const struct process *process, int signal)
{
	return signal == SIGTERM && process->stage != NULL && process->stage->stubborn;
}

bool
stage_is_known(const struct process *process)
{
	return process->stage->tell.sent + process->stage->out.sent > 0;
}

bool
stage_was_cut_short(const struct process *process)
{
	return process->in->conduit->short_write || process->stage->line_len > 0;
}

bool
stage_was_given(const struct process *process)
{
	return process->stage->count > 0;
}

bool
stage_left(const char *data, size_t len)
{
	struct process *process;

	for (unsigned i = shared->next_serial; (process = process_by_serial(i)) != NULL;
	     i--) {
		struct stage_model *stage = process->stage;

		if (process->state == PROCESS_RUNS || stage == NULL ||
		    stage->tail_len != len || memcmp(stage->tail, data, len) != 0)
			continue;
		stage->tail_len = 0;
		return true;
	}
	return false;
}

const char *
stage_may_pass(unsigned serial, unsigned record)
{
	const struct process *process = process_by_serial(serial);
	const struct stage_model *stage = process == NULL ? NULL : process->stage;

	if (stage == NULL)
		return "that there is not";
	for (size_t i = stage->count; i-- > 0;) {
		const struct task *task = &stage->tasks[i];

		if (task->record != record)
			continue;
		if (plan.kind == STAGE_BLOCK)
			return ended_well(process) ? NULL : "that did not end well";
		return !task->told		   ? "that has not told of it"
		    : task->answer == ANSWER_RETRY ? "that wants it again later"
						   : NULL;
	}
	return "that was not given it";
}
