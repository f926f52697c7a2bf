/* SPDX-License-Identifier: ISC */
#include <signal.h>
#include <stddef.h>
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

/* A process has the record no more. */
static void
let_go(struct entry *entry, unsigned serial)
{
	if (entry->second == serial)
		entry->second = 0;
	if (entry->holder != serial)
		return;
	entry->holder = entry->second;
	entry->second = 0;
}

static void
note_done(struct entry *entry, unsigned record, unsigned serial)
{
	entry->done_by = serial;
	entry->quiet = entry->quiet || stage_lines(record, serial) == 0;
}

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
	if ((plan.kind == STAGE_MAP || plan.kind == STAGE_BLOCK) && plan.hosts == 0 &&
	    stage->death == DEATH_EXIT_0) /* to end well says that all is done */
		stage->death = DEATH_KILL;
	stage->frozen =
	    plan.frozen != 0 && dice_one_in(dice, plan.frozen) && shared->deaths_left > 0;
	stage->stubborn = plan.stubborn != 0 && dice_one_in(dice, plan.stubborn);
	stage->shuffles = dice_one_in(dice, 2) && plan.joint == 0;
	stage->strict = plan.joint != 0 && dice_one_in(dice, 2);
	stage->unsure = plan.unsure != 0 && dice_one_in(dice, plan.unsure);
	stage->liar = plan.lies != 0 && plan.hosts == 0 && dice_one_in(dice, plan.lies);
	stage->chunk = dice_scale(dice, 1, 64 << 10);
	stage->batch = dice_scale(dice, 1, 64);
	stage->flush_one_in = dice_scale(dice, 1, 16);
	stage->appetite = plan.kind == STAGE_BLOCK
	    ? UINT64_MAX
	    : plan.joint + dice_scale(dice, plan.jobs, 4 * plan.jobs + 100);
	if (shared->deaths_left == 0 || !(dies || stage->frozen || stage->liar))
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
	size_t len = stage->line_len;
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
	stage->tasks[stage->count++] = (struct task){
		.record = record, .begin = stage->given - len, .end = stage->given
	};
	judge_given(process, record);
}

/* Bytes came into the pipe to it. */
static void
given(void *who, const char *data, size_t len)
{
	struct stage_model *stage = ((struct process *)who)->stage;

	for (size_t i = 0; i < len; i++) {
		stage->given++;
		if (plan.before != 0 && plan_before[stage->before] != '\0') {
			if (data[i] != plan_before[stage->before++])
				fault("process %u is not given first what is to be",
				    stage->process->serial);
			continue;
		}
		if (link_byte(stage, data[i]))
			continue;
		if (stage->line_len == sizeof(stage->line))
			fault("process %u is given a line that is no record",
			    stage->process->serial);
		stage->line[stage->line_len++] = data[i];
		if (data[i] == '\n' && !link_line(stage)) {
			add_task(stage);
			link_record(stage);
		}
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
	if (conduit_bytes(in->conduit) == 0 && in->conduit->writers == 0)
		stage->end = true;
	return any;
}

/* Where its lines go. */
static struct pending *
words_of(struct stage_model *stage)
{
	return plan.hosts != 0 ? &stage->out : &stage->tell;
}

/* A host could not do a block: that is so when it has told of the last record of it. */
static void
block_told(const struct stage_model *stage, size_t task)
{
	size_t first = task;
	struct parcel parcel;

	while (stage->tasks[first].block == 0)
		first--;
	if (task + 1 < first + stage->tasks[first].block)
		return;
	parcel = (struct parcel){ .first = stage->tasks[first].record,
		.count = stage->tasks[first].block };
	for (size_t i = first; i <= task; i++)
		shared->entries[stage->tasks[i].record].retried++;
	parcel_failed(&parcel);
}

/* What was sent tells of these. */
static void
mark_told(struct stage_model *stage)
{
	stage->known = stage->known ||
	    (stage->said_hello && words_of(stage)->sent >= stage->known_at);
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
		let_go(entry, stage->process->serial);
		entry->suspects = 0;
		judge_told();
		if (task->answer != ANSWER_RETRY)
			entry->answered_by = stage->process->serial;
		if (task->answer == ANSWER_RETRY && plan.kind == STAGE_BLOCK)
			block_told(stage, stage->order[stage->tell_next - 1]);
		else if (task->answer == ANSWER_RETRY)
			entry->retried++;
		else if (task->answer == ANSWER_FAIL ||
		    (plan.max_output != 0 && task->bytes > plan.max_output))
			entry->failed = true;
		else
			note_done(entry, task->record, stage->process->serial);
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

/* The stage dies: some of what it was about to write may be out already. */
static void
die(struct stage_model *stage, enum death how)
{
	struct process *process = stage->process;
	size_t some = (size_t)dice_from(&stage->dice, 0, 300);

	/* Else it is a command that wants nothing, as true(1), where that may be. */
	if (how == DEATH_EXIT_0 && plan_tells() && !stage_is_known(process) &&
	    plan.keep + plan.log + plan.checkpoint == 0)
		how = DEATH_EXIT_1;
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

/* Choose among blocks over a link, by their first ones. */
static size_t
choose_block(struct stage_model *stage)
{
	size_t found = stage->read;
	uint64_t seen = 0;

	for (size_t i = stage->first; i < stage->read && seen < plan.jobs;
	     i += stage->tasks[i].block) {
		if (stage->tasks[i].block == 0 || i + stage->tasks[i].block > stage->read)
			break;
		if (stage->tasks[i].answer == ANSWER_NONE &&
		    (dice_one_in(&stage->dice, ++seen) || found == stage->read))
			found = i;
	}
	return found;
}

/* The one to be answered next, of those that it works on; count if there is none. */
static size_t
choose(struct stage_model *stage)
{
	size_t found = stage->read;
	uint64_t seen = 0;

	if (plan.kind == STAGE_BLOCK)
		return choose_block(stage);
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

	if (plan.joint != 0)
		some = plan.joint;

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
			stage->first += plan.kind == STAGE_BLOCK
			    ? stage->tasks[stage->first].block
			    : 1;
	}
	answer_tell(stage);
	return true;
}

/* Joint: does it do nothing with what it has, before there is more? */
static bool
is_waiting(const struct stage_model *stage)
{
	return stage->strict && !stage->end && stage->read - stage->answered < plan.joint;
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
	if (!stage->leaves && stage->count == 0 && process->killed) {
		stage->leaves = true; /* with nothing, as it was told to end */
	} else if (!stage->leaves) {
		parcel_came(process, &process->parcel,
		    stage->count == 0 ? 0 : stage->tasks[0].record,
		    (unsigned)stage->count, stage->given - stage->before);
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

/* As a par-run for blocks says it. */
static size_t
block_hello(char *line, size_t size)
{
	uint64_t most = plan.block_records + plan.block_bytes == 0 ? 1
	    : plan.block_records != 0				   ? plan.block_records
								   : 1 << 20;

	return (size_t)snprintf(line, size, "par-stage 1 jobs=%llu%s%s",
	    (unsigned long long)(plan.jobs * most), most > 1 ? " joint" : "",
	    plan.raw != 0 ? " raw" : "");
}

static size_t
usual_hello(char *line, size_t size)
{
	size_t len = (size_t)snprintf(
	    line, size, "par-stage 1 jobs=%llu", (unsigned long long)plan.jobs);

	if (plan.window != 0 && plan.kind == STAGE_NATIVE)
		len += (size_t)snprintf(line + len, size - len, " window=%llu",
		    (unsigned long long)plan.window);
	if (plan.joint != 0)
		len += (size_t)snprintf(line + len, size - len, " joint");
	if (plan.joint % 2 != 0) /* not all say it */
		len += (size_t)snprintf(line + len, size - len, " block=%llu",
		    (unsigned long long)plan.joint);
	return len +
	    (size_t)snprintf(line + len, size - len, "%s",
		plan.ahead != 0 || plan.kind == STAGE_MAP ? " ahead" : "");
}

static void
say_hello(struct stage_model *stage, bool waits)
{
	char line[160];
	size_t len =
	    (plan.kind == STAGE_BLOCK ? block_hello : usual_hello)(line, sizeof(line));

	len += (size_t)snprintf(
	    line + len, sizeof(line) - len, "%s\n", waits ? " waits" : "");
	pending_add(words_of(stage), line, len);
	if (!stage->said_hello)
		stage->known_at = words_of(stage)->made;
	stage->said_hello = true;
}

/*
 * Before it answers anything it says what it is: at once, or, as a supervisor does, when
 * that is known.
 */
static void
show(struct stage_model *stage)
{
	static const char unsure[] = "par-stage 1 unsure\n",
			  plain[] = "par-stage 1 plain\n";
	struct process *process = stage->process;

	if (stage->unsure && !stage->said_unsure) {
		pending_add(words_of(stage), unsure, sizeof(unsure) - 1);
		stage->said_unsure = true;
		flush(stage);
		world_wake(
		    &process->actor, dice_scale(&stage->dice, 1, plan.hello_ms * MS + 1));
		return;
	}
	if (plan.kind == STAGE_PLAIN) {
		pending_add(&stage->tell, plain, sizeof(plain) - 1);
		stage->said_hello = true;
	} else {
		say_hello(stage, false);
	}
	flush(stage);
	if (process->state == PROCESS_RUNS)
		world_wake(&process->actor, stage->pace);
}

/* One that lives for more than a block. */
static void
step_stream(struct stage_model *stage)
{
	struct process *process = stage->process;
	bool quiet = plan.ahead != 0 || !plan_tells() || plan.kind == STAGE_MAP;
	bool any = false, holds, all;

	if (!stage->said_hello && (plan_tells() || stage->unsure)) {
		if (stage->said_unsure)
			take(stage);
		if (stage->said_unsure && dice_one_in(&stage->dice, 2))
			world_wake(&process->actor, stage->hello_after);
		else
			show(stage);
		return;
	}
	if (stage->read - stage->answered < stage->appetite)
		any = take(stage);
	stage->waits = stage->waits && !any;
	if (is_waiting(stage)) {
		if (!any && !stage->waits && stage->answered < stage->read) {
			say_hello(stage, true);
			stage->waits = true;
		}
	} else {
		any = any || stage->answered < stage->read;
		if (!work(stage))
			return;
	}
	holds = (any || quiet) && !stage->end &&
	    (plan.filter != 0 || !dice_one_in(&stage->dice, stage->flush_one_in)) &&
	    stage->out.end - stage->out.start < ATOMIC;
	all = holds || flush(stage);
	if (process->state != PROCESS_RUNS)
		return;
	if (any || (holds && plan_tells()))
		world_wake(&process->actor, stage->pace);
	else if (holds && plan.filter == 0 &&
	    dice_one_in(&stage->dice, 4)) /* gives them, some time */
		world_wake(&process->actor, 50 * stage->pace);
	if (!stage->end || any || !all)
		return;
	trace("process %u ends", process->serial);
	process->by_itself = true;
	process_end(process, 0, 0);
}

/* The stage tells what is not so, and nothing more. */
static void
lie(struct stage_model *stage)
{
	answer_tell(stage);
	answer_lie(stage);
	stage->lied = true;
	flush(stage);
}

/* How many records are done. */
static unsigned
done_so_far(void)
{
	unsigned done = 0;

	for (unsigned i = 0; i < plan.records; i++)
		done += shared->entries[i].done_by != 0;
	return done;
}

/* Is it the one that is to hang, with what it has now? */
static bool
is_to_hang(const struct stage_model *stage)
{
	if (plan.hung == 0 || shared->hung || plan.speculate == 0 || plan.workers < 2 ||
	    (plan.kind == STAGE_NATIVE && !stage->said_hello))
		return false;
	for (size_t i = 0; i < stage->count; i++)
		if (stage->tasks[i].record == plan.hung - 1 &&
		    stage->tasks[i].answer == ANSWER_NONE)
			return true;
	return false;
}

/*
 * It does nothing, and for ever once the supervisor knows what is usual; if others get
 * nothing done meanwhile, it does not hang after all.
 */
static void
hang(struct stage_model *stage)
{
	enum { ENOUGH_DONE = 3, WAITS = 500 };

	shared->hung = done_so_far() >= ENOUGH_DONE || ++stage->hesitated > WAITS;
	stage->frozen = stage->hesitated <= WAITS && shared->hung;
	if (stage->frozen)
		trace("process %u hangs", stage->process->serial);
	else
		world_wake(&stage->process->actor, MS);
}

static void
step(struct actor *actor)
{
	struct process *process = (struct process *)actor;
	struct stage_model *stage = process->stage;

	if (process->stopped || stage->frozen)
		return;
	if (is_to_hang(stage)) {
		hang(stage);
		return;
	}
	if (stage->steps_left > 0 && --stage->steps_left == 0) {
		if (stage->liar && stage->said_hello)
			lie(stage);
		else
			die(stage, stage->death);
	} else if (stage->lied)
		flush(stage);
	else if (plan.kind == STAGE_BLOCK && plan.hosts == 0)
		step_block(stage);
	else
		step_stream(stage);
}

/* The records of the stage are words of its command, as if they were lines that it reads.
 */
static void
take_words(struct process *process, char *const *argv)
{
	struct conduit *conduit = process->in->conduit;
	struct opening *lines = kernel_open_conduit(conduit, OPENING_WRITES);
	size_t words = 0, records = (size_t)process->parcel.count;
	char number[32];

	conduit->room = SIZE_MAX;
	while (argv[words] != NULL)
		words++;
	if (words != records + 2)
		fault("process %u has %zu words for %zu records", process->serial, words,
		    records);
	snprintf(number, sizeof(number), "%llu",
	    (unsigned long long)process->parcel.first + 1);
	if (strcmp(argv[words - 1], number) != 0)
		fault("process %u is told that record %s is record %s", process->serial,
		    number, argv[words - 1]);
	for (size_t i = 1; i <= records; i++) {
		conduit_put(conduit, argv[i], strlen(argv[i]));
		conduit_put(conduit, "\n", 1);
	}
	kernel_close(lines);
}

/* The stage has no input: one of its own, which the supervisor knows nothing of. */
static void
open_words(struct process *process)
{
	if (process->in->kind != OPENING_NOTHING)
		fault("process %u has an input", process->serial);
	kernel_close(process->in);
	process->in = kernel_open_conduit(kernel_conduit(), OPENING_READS);
}

void
stage_begin(struct process *process, char *const *argv)
{
	struct stage_model *stage = kernel_room(sizeof(*stage));
	bool words = plan.arguments != 0 && plan.hosts == 0;
	struct conduit *in;

	memset(stage, 0, offsetof(struct stage_model, line));
	judge_started();
	if (plan.kind == STAGE_BLOCK && plan.hosts == 0)
		parcel_given(process, &process->parcel);
	if (words)
		open_words(process);
	in = process->in->conduit;
	process->stage = stage;
	stage->process = process;
	stage->dice = dice_for(plan.seed, "life", process->serial);
	draw(stage);
	stage->in = in;
	if (plan.hosts != 0)
		link_begin(stage, argv);
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
	if (words)
		take_words(process, argv);
	if (!stage->frozen)
		world_wake(&process->actor, stage->hello_after);
}

static bool
ended_well(const struct process *process)
{
	return process->by_itself && !process->killed && process->code == 0 &&
	    process->signal == 0;
}

static void
forget(struct stage_model *stage)
{
	free(stage->out.data);
	free(stage->tell.data);
	stage->out = stage->tell = (struct pending){ .data = NULL };
}

/* Did it not know yet what it runs? */
static bool
is_unsure(const struct process *process)
{
	return process->stage->unsure && !stage_is_known(process);
}

/* Is one of the records that it has read to blame?  Not if it was told to end. */
static bool
is_suspicious(const struct process *process)
{
	return process->by_itself && !process->killed &&
	    (process->signal != 0 || process->code != 0) && !is_unsure(process);
}

static bool
holds(const struct process *process, const struct task *task)
{
	const struct entry *entry = &shared->entries[task->record];

	return !task->told &&
	    (entry->holder == process->serial || entry->second == process->serial);
}

/* The stage has ended with that record. */
static void
leave(const struct process *process, struct task *task)
{
	struct entry *entry = &shared->entries[task->record];

	task->left = true;
	let_go(entry, process->serial);
	entry->read = entry->read || task->begin < process->stage->taken;
	/* With its input ended nobody can know what it has read. */
	entry->tried = entry->tried || process->stage->taken > 0 || process->killed ||
	    process->stage->in->writers == 0;
}

void
stage_ended(struct process *process)
{
	struct stage_model *stage = process->stage;

	for (size_t i = 0; i < stage->count; i++) {
		if (holds(process, &stage->tasks[i]))
			leave(process, &stage->tasks[i]);
		if (plan.kind == STAGE_BLOCK && plan.hosts == 0 && ended_well(process))
			note_done(&shared->entries[stage->tasks[i].record],
			    stage->tasks[i].record, process->serial);
	}
	judge_dead(process);
	forget(stage);
	if (process->in->conduit->hears == process)
		process->in->conduit->heard = NULL;
}

/* Had it read of a record that it left, as far as the supervisor can know? */
static bool
was_read(const struct stage_model *stage, const struct task *task)
{
	return task->left && (task->begin < stage->taken || stage->in->writers == 0);
}

/* The stage died with that record, one of so many that it had begun to read. */
static void
suspect(const struct process *process, const struct task *task, unsigned with)
{
	struct entry *entry = &shared->entries[task->record];
	bool read = was_read(process->stage, task);

	entry->died += (read && !is_unsure(process)) || process->killed;
	if (read && is_suspicious(process)) {
		/* A part of one more may have come; it may have been taken for late. */
		entry->suspects = stage_was_cut_short(process) || process->late
		    ? UNSURE
		    : process->serial;
		entry->suspected_with = with;
	} else if (process->killed && entry->suspects != 0) {
		entry->suspects = UNSURE; /* it may have been late */
	}
}

void
stage_forgotten(struct process *process)
{
	const struct stage_model *stage = process->stage;
	unsigned with = 0;

	if (plan.kind == STAGE_BLOCK && plan.hosts == 0 &&
	    (!ended_well(process) || process->late))
		parcel_failed(&process->parcel);

	for (size_t i = 0; i < stage->count; i++)
		with += was_read(stage, &stage->tasks[i]);
	for (size_t i = 0; i < stage->count; i++) {
		if (stage->tasks[i].left)
			suspect(process, &stage->tasks[i], with);
		if (stage->in->writers == 0)
			shared->entries[stage->tasks[i].record].unknown = true;
	}
}

bool
stage_ignores(const struct process *process, int signal)
{
	return signal == SIGTERM && process->stage != NULL && process->stage->stubborn;
}

bool
stage_is_known(const struct process *process)
{
	return process->stage->known;
}

bool
stage_was_cut_short(const struct process *process)
{
	return process->stage->line_len > 0;
}

bool
stage_was_given(const struct process *process)
{
	return process->stage->count > 0;
}

size_t
stage_count(const struct process *process)
{
	return process->stage->count;
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
		if (plan.kind == STAGE_BLOCK && plan.hosts == 0)
			return ended_well(process) ? NULL : "that did not end well";
		return !task->told		   ? "that has not told of it"
		    : task->answer == ANSWER_RETRY ? "that wants it again later"
		    : plan.max_output != 0 && task->bytes > plan.max_output
		    ? "which is too much"
		    : NULL;
	}
	return "that was not given it";
}
