/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan.h"
#include "process.h"
#include "real.h"
#include "stage.h"
#include "stage_model.h"
#include "trace.h"

enum { ALWAYS = 5 };

unsigned
stage_lines(unsigned record, unsigned serial)
{
	if (plan.kind == STAGE_MAP)
		return 1;
	return (unsigned)(dice_mix(plan.seed ^ record, serial) % (plan.lines + 1));
}

size_t
stage_line(unsigned record, unsigned serial, unsigned line, char *text)
{
	uint64_t number = dice_mix(dice_mix(plan.seed, record), serial * 16 + line);
	size_t fill = (size_t)(number >> 8) % 24, len;

	if ((number & 0x3ff) == 0)
		fill = (size_t)(number >> 16) % (TEXT_MOST / 2);
	len = (size_t)snprintf(text, 64, "%u %u %u ", record, serial, line);
	for (size_t i = 0; i < fill; i++)
		text[len++] = (char)('a' + (number + i) % 26);
	if (plan.raw != 0 && fill > 3) { /* any bytes */
		text[len - 3] = '\0';
		text[len - 2] = '\n';
	}
	if (plan.raw == 0 || (number & 0x800) != 0)
		text[len++] = '\n';
	return len;
}

/* Is it one record in so many, of some kind? */
static bool
is_one(const char *kind, unsigned record, uint64_t in)
{
	struct dice dice = dice_for(plan.seed, kind, record);

	return in != 0 && dice_one_in(&dice, in);
}

/* How often a record does what it does, of up to ALWAYS. */
static uint64_t
times(const char *kind, unsigned record)
{
	struct dice dice = dice_for(plan.seed, kind, record + 1000000u);

	return dice_from(&dice, 1, ALWAYS);
}

static bool
still(uint64_t times, uint64_t done)
{
	return times == ALWAYS || done < times;
}

bool
answer_is_deadly(unsigned record)
{
	return is_one("deadly", record, plan.deadly) &&
	    still(times("deadly", record), shared->entries[record].blamed);
}

static enum answer
answer_of(unsigned record)
{
	if (is_one("failing", record, plan.failing))
		return ANSWER_FAIL;
	if (is_one("flaky", record, plan.flaky) &&
	    still(times("flaky", record), shared->entries[record].retried))
		return ANSWER_RETRY;
	return ANSWER_OK;
}

void
pending_add(struct pending *pending, const char *data, size_t len)
{
	if (pending->end + len > pending->size) {
		size_t size = 2 * (pending->end - pending->start + len) + 256;
		char *more = kernel_memory(size);

		if (pending->data != NULL)
			memcpy(more, pending->data + pending->start,
			    pending->end - pending->start);
		free(pending->data);
		pending->data = more;
		pending->size = size;
		pending->end -= pending->start;
		pending->start = 0;
	}
	if (len > 0)
		memcpy(pending->data + pending->end, data, len);
	pending->end += len;
	pending->made += len;
}

/* The output of a task; how many bytes. */
static uint64_t
add_output(struct stage_model *stage, struct pending *to, const struct task *task)
{
	unsigned serial = stage->process->serial;
	unsigned lines = stage_lines(task->record, serial);
	uint64_t before = to->made;
	char text[TEXT_MOST];

	for (unsigned i = 0; i < lines; i++)
		pending_add(to, text, stage_line(task->record, serial, i, text));
	return to->made - before;
}

static void
add_word(struct pending *to, size_t index, uint64_t bytes, enum answer answer)
{
	static const char *const words[] = { "", "ok", "fail no good", "retry later" };
	char line[64];

	pending_add(to, line,
	    (size_t)snprintf(line, sizeof(line), "%zu %llu %s\n", index,
		(unsigned long long)bytes, words[answer]));
}

/* Where lines go. */
static struct pending *
lines_of(struct stage_model *stage)
{
	return plan.hosts != 0 ? &stage->out : &stage->tell;
}

/* Over a link each line is followed at once by what it counts. */
static struct pending *
output_of(struct stage_model *stage)
{
	return plan.hosts != 0 ? &stage->body : &stage->out;
}

static void
begin_body(struct stage_model *stage)
{
	stage->body.start = stage->body.end = 0;
}

static void
end_body(struct stage_model *stage)
{
	if (plan.hosts != 0 && stage->body.end > 0)
		pending_add(&stage->out, stage->body.data, stage->body.end);
}

/* What was added up to now tells of the task. */
static void
note_told(struct stage_model *stage, size_t at)
{
	stage->tasks[at].told_at = stage->tell.made;
	stage->tasks[at].out_at = stage->out.made;
}

static void
add_group(struct stage_model *stage)
{
	const struct group *group = &stage->group;
	unsigned long long bytes = (unsigned long long)group->bytes;
	size_t first = group->first, last = first + group->count - 1;
	char line[sizeof(group->counts) + 64];
	bool summed = stage->process->takes == TAKES_RUNS && dice_one_in(&stage->dice, 2);
	int len;

	if (group->count > 1 && plan.joint != 0)
		len =
		    snprintf(line, sizeof(line), "%zu-%zu %llu ok\n", first, last, bytes);
	else if (group->count > 1 && summed)
		len = snprintf(
		    line, sizeof(line), "%zu..%zu %llu ok\n", first, last, bytes);
	else
		len = snprintf(line, sizeof(line), "%zu %.*s ok\n", first,
		    (int)group->counts_len, group->counts);
	pending_add(lines_of(stage), line, (size_t)len);
}

void
answer_tell(struct stage_model *stage)
{
	struct group *group = &stage->group;

	if (group->count == 0)
		return;
	add_group(stage);
	end_body(stage);
	for (size_t i = 0; i < group->count; i++)
		note_told(stage, group->first + i);
	group->count = 0;
}

/* May the task be told of with the group? */
static bool
goes_with(struct stage_model *stage, size_t at)
{
	const struct group *group = &stage->group;

	if (group->count == 0 || at != group->first + group->count ||
	    group->counts_len + 24 > sizeof(group->counts))
		return false;
	if (plan.joint != 0)
		return group->count < plan.joint;
	return plan.runs != 0 && stage->process->takes != TAKES_NONE &&
	    !dice_one_in(&stage->dice, 16);
}

/* A task is done: it joins the group, or begins the next. */
static void
add_done(struct stage_model *stage, size_t at)
{
	struct group *group = &stage->group;
	uint64_t bytes;

	if (!goes_with(stage, at)) {
		answer_tell(stage);
		begin_body(stage);
		*group = (struct group){ .first = at };
	}
	bytes = add_output(stage, output_of(stage), &stage->tasks[at]);
	stage->tasks[at].bytes = bytes;
	group->bytes += bytes;
	group->counts_len += (size_t)snprintf(group->counts + group->counts_len,
	    sizeof(group->counts) - group->counts_len, "%s%llu",
	    group->count > 0 ? "," : "", (unsigned long long)bytes);
	group->count++;
	stage->tasks[at].told_at = UINT64_MAX;
}

/* A task has failed, for now or for good. */
static void
add_failed(struct stage_model *stage, size_t at)
{
	uint64_t bytes;

	answer_tell(stage);
	begin_body(stage);
	bytes = add_output(stage, output_of(stage), &stage->tasks[at]);
	add_word(lines_of(stage), at, bytes, stage->tasks[at].answer);
	end_body(stage);
	note_told(stage, at);
}

/* All of a block over a link, as one: it is done, or it is not. */
static void
answer_together(struct stage_model *stage, size_t first)
{
	size_t count = stage->tasks[first].block;
	enum answer answer = ANSWER_OK;
	uint64_t bytes = 0;
	char line[64];

	for (size_t i = first; i < first + count; i++)
		if (answer_of(stage->tasks[i].record) != ANSWER_OK)
			answer = ANSWER_RETRY;
	begin_body(stage);
	for (size_t i = first; i < first + count; i++) {
		stage->tasks[i].answer = answer;
		stage->order[stage->answered++] = (unsigned)i;
		if (answer == ANSWER_OK)
			bytes += add_output(stage, &stage->body, &stage->tasks[i]);
	}
	if (answer == ANSWER_OK && count > 1)
		pending_add(&stage->out, line,
		    (size_t)snprintf(line, sizeof(line), "%zu-%zu %llu ok\n", first,
			first + count - 1, (unsigned long long)bytes));
	else if (answer == ANSWER_OK)
		add_word(&stage->out, first, bytes, ANSWER_OK);
	end_body(stage);
	for (size_t i = first; i < first + count; i++) {
		if (answer != ANSWER_OK)
			add_word(&stage->out, i, 0, answer);
		note_told(stage, i);
	}
}

/* What a par-run on a host says of a record. */
static enum answer
answer_there(unsigned record)
{
	enum answer answer = answer_of(record);

	return plan.kind == STAGE_MAP && answer == ANSWER_FAIL ? ANSWER_RETRY : answer;
}

bool
answer_task(struct stage_model *stage, size_t at)
{
	struct task *task = &stage->tasks[at];

	if (plan.kind == STAGE_BLOCK) {
		answer_together(stage, at);
		return true;
	}
	if (answer_is_deadly(task->record)) {
		shared->entries[task->record].blamed++;
		trace("record %u kills process %u", task->record, stage->process->serial);
		return false;
	}
	task->answer = plan_tells() ? answer_there(task->record) : ANSWER_OK;
	stage->order[stage->answered++] = (unsigned)at;
	if (!plan_tells()) {
		add_output(stage, &stage->out, task);
		note_told(stage, at);
	} else if (task->answer == ANSWER_OK) {
		add_done(stage, at);
	} else {
		add_failed(stage, at);
	}
	return true;
}

/* A task that was told of, or was not; their number if there is none. */
static size_t
find_task(const struct stage_model *stage, bool told)
{
	size_t i = 0;

	while (i < stage->count && stage->tasks[i].told != told)
		i++;
	return i;
}

void
answer_lie(struct stage_model *stage)
{
	enum lie lie = (enum lie)dice_from(&stage->dice, 0, LIES - 1);
	size_t at = find_task(stage, lie == LIE_TWICE);
	size_t far = stage->count + 1000;
	char line[64];

	if (at == stage->count) /* nothing that it could tell of so */
		lie = LIE_UNKNOWN;
	if (lie == LIE_TAIL)
		pending_add(&stage->out, "no newline", 10);
	snprintf(line, sizeof(line),
	    lie == LIE_TWICE	     ? "%zu 0 ok\n"
		: lie == LIE_FAR     ? "%zu-%zu 0 ok\n"
		: lie == LIE_FAR_RUN ? "%zu..%zu 0 ok\n"
		: lie == LIE_BYTES   ? "%zu 999999 ok\n"
		: lie == LIE_TAIL    ? "%zu 10 ok\n"
		: lie == LIE_WORDS   ? "what is %zu to you\n"
				     : "90000%zu 0 ok\n",
	    at, far);
	trace("process %u lies: %s", stage->process->serial, shown(line, strlen(line)));
	pending_add(&stage->tell, line, strlen(line));
}

/* The stage forgets the last newline. */
static void
tear(struct pending *out)
{
	if (out->end == out->start)
		return;
	out->end--;
	out->made--;
}

int
answer_block(struct stage_model *stage)
{
	int status = 0;

	for (size_t i = 0; i < stage->count; i++) {
		struct task *task = &stage->tasks[i];
		enum answer answer = answer_of(task->record);

		if (answer_is_deadly(task->record)) {
			shared->entries[task->record].blamed++;
			return -1;
		}
		if (answer == ANSWER_RETRY)
			shared->entries[task->record].retried++;
		if (answer != ANSWER_OK)
			status = 1;
		add_output(stage, &stage->out, task);
		task->answer = ANSWER_OK;
	}
	if (plan.torn != 0 && plan.raw == 0 && dice_one_in(&stage->dice, plan.torn))
		tear(&stage->out);
	return status;
}
