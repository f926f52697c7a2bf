/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dice.h"
#include "judge.h"
#include "parent.h"
#include "plan.h"
#include "shared.h"
#include "stage.h"
#include "trace.h"

enum { LINE_MOST = 4096 };

/* What a line tells of. */
struct told {
	unsigned long long first, last, bytes;
	const char *counts; /* of each, in the line; or NULL */
	bool ok, apart; /* each by itself */
	int after; /* where the status begins */
};

static struct {
	char line[LINE_MOST + 1];
	size_t len;
	bool hello, takes_counts, takes_runs;
	uint64_t counted; /* bytes of the output, by lines */
	struct told told; /* whose output is to come, */
	uint64_t left; /* so many bytes */
} parent;

void
parent_begin(void)
{
	struct dice dice = dice_for(plan.seed, "parent", 0);
	uint64_t takes = dice_from(&dice, 0, 2);

	if (plan.serve != PARENT_LINES)
		return;
	parent.takes_counts = takes > 0;
	parent.takes_runs = takes > 1;
	setenv("PAR_STAGE", "3:100", 1);
	if (takes > 0)
		setenv("PAR_STAGE_TAKES", takes > 1 ? "100:runs" : "100:counts", 1);
}

/* The record is told of, and so many bytes of the output from at on are its own. */
static uint64_t
take_record(unsigned record, const struct told *told, uint64_t at)
{
	struct entry *entry = &shared->entries[record];
	uint64_t bytes = entry->out ? entry->out_bytes : 0;

	if (entry->told)
		fault("record %u is told to the parent twice", record);
	entry->told = true;
	if (!told->ok)
		entry->named++;
	if (entry->out && entry->out_at != at)
		fault("the output of record %u is not where it is told of: at %llu, %llu",
		    record, (unsigned long long)entry->out_at, (unsigned long long)at);
	if (told->ok && !entry->out &&
	    (entry->done_by == 0 ||
		(stage_lines(record, entry->done_by) > 0 &&
		    (plan.speculate == 0 || !entry->quiet))))
		fault("record %u is told to the parent as done, without output", record);
	return bytes;
}

/* All of a line is there, and what it counts. */
static void
take(const struct told *told)
{
	uint64_t at = parent.counted;
	const char *counts = told->counts;

	for (unsigned long long i = told->first; i <= told->last; i++) {
		uint64_t bytes = take_record((unsigned)i, told, at);

		if (counts != NULL && strtoull(counts, NULL, 10) != bytes)
			fault("record %llu has %llu bytes of output, and not what is "
			      "told of it to the parent: %s",
			    i, (unsigned long long)bytes, told->counts);
		if (counts != NULL)
			counts += strcspn(counts, ", ") + 1;
		at += bytes;
	}
	if (at != parent.counted + told->bytes)
		fault("records %llu to %llu have %llu bytes of output, and %llu are told "
		      "to the parent",
		    told->first, told->last, (unsigned long long)(at - parent.counted),
		    told->bytes);
	parent.counted = at;
}

/* The numbers of a line; its status begins at told->after. */
static void
read_line(const char *line, struct told *told)
{
	unsigned long long more;
	int after = 0;

	told->counts = NULL;
	told->apart = false;
	if (sscanf(line, "%llu..%llu %llu %n", &told->first, &told->last, &told->bytes,
		&after) == 3) {
		told->apart = true;
		if (!parent.takes_runs)
			fault("a run is told to a parent that takes none: %s", line);
	} else if (sscanf(line, "%llu-%llu %llu %n", &told->first, &told->last,
		       &told->bytes, &after) != 3) {
		if (sscanf(line, "%llu %llu%n", &told->first, &told->bytes, &after) != 2)
			fault("what is this to the parent: %s", line);
		told->last = told->first;
		if (line[after] == ',')
			told->counts = strchr(line, ' ') + 1;
	}
	while (line[after] == ',') {
		int used = 0;

		if (!parent.takes_counts ||
		    sscanf(line + after, ",%llu%n", &more, &used) != 1)
			fault("a run is told to a parent that takes none: %s", line);
		told->last++;
		told->bytes += more;
		after += used;
	}
	told->after = after + (line[after] == ' ');
}

static void
take_line(const char *line)
{
	struct told told = { 0 };

	trace("to the parent: %s", line);
	if (*line == 'p') {
		if (strncmp(line, "par-stage 1", 11) != 0)
			fault("what is this to the parent: %s", line);
		parent.hello = true;
		return;
	}
	if (!parent.hello)
		fault("no hello to the parent: %s", line);
	read_line(line, &told);
	told.ok = strcmp(line + told.after, "ok") == 0;
	if (told.last >= plan.records || told.first > told.last)
		fault("a record that there is not is told to the parent: %s", line);
	parent.told = told;
	parent.left = told.bytes;
	if (plan.serve == PARENT_LINES) {
		if (judge_output_bytes() < parent.counted + told.bytes)
			fault(
			    "the parent has a line before the output that it counts: %s",
			    line);
		parent.left = 0;
	}
	if (parent.left == 0)
		take(&told);
}

void
parent_heard(void *nobody, const char *data, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (parent.left > 0) {
			judge_output(nobody, data + i, 1);
			if (--parent.left == 0)
				take(&parent.told);
			continue;
		}
		if (parent.len == LINE_MOST)
			fault("a line to the parent is too long");
		parent.line[parent.len++] = data[i];
		if (data[i] != '\n')
			continue;
		parent.line[parent.len - 1] = '\0';
		parent.len = 0;
		take_line(parent.line);
	}
}

void
parent_end(int status)
{
	if (plan.serve == PARENT_NONE || status >= 3)
		return;
	if (parent.len > 0 || parent.left > 0)
		fault("the lines to the parent end within one: status %d", status);
	if (judge_output_bytes() != parent.counted)
		fault(
		    "%llu bytes of output, and lines to the parent count %llu: status %d",
		    (unsigned long long)judge_output_bytes(),
		    (unsigned long long)parent.counted, status);
	for (unsigned i = 0; i < plan.records; i++)
		if (!shared->entries[i].told)
			fault(
			    "record %u is not told to the parent: status %d", i, status);
}
