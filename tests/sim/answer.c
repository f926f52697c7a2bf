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

bool
answer_task(struct stage_model *stage, size_t at)
{
	struct task *task = &stage->tasks[at];
	uint64_t bytes;

	if (answer_is_deadly(task->record)) {
		shared->entries[task->record].blamed++;
		trace("record %u kills process %u", task->record, stage->process->serial);
		return false;
	}
	task->answer = plan.kind == STAGE_NATIVE ? answer_of(task->record) : ANSWER_OK;
	if (plan.hosts != 0) { /* each line is followed by what it counts */
		stage->body.start = stage->body.end = 0;
		bytes = add_output(stage, &stage->body, task);
		add_word(&stage->out, at, bytes, task->answer);
		pending_add(&stage->out, stage->body.data, stage->body.end);
	} else {
		bytes = add_output(stage, &stage->out, task);
		if (plan.kind == STAGE_NATIVE)
			add_word(&stage->tell, at, bytes, task->answer);
	}
	task->told_at = stage->tell.made;
	task->out_at = stage->out.made;
	stage->order[stage->answered++] = (unsigned)at;
	return true;
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
	return status;
}
