/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "link.h"
#include "machines.h"
#include "plan.h"
#include "process.h"
#include "scene.h"
#include "stage_model.h"
#include "trace.h"

/* Is it one of the words? */
static bool
has_word(const struct link *link, const char *word)
{
	for (size_t at = 0; at < link->job_len; at += strlen(link->job + at) + 1)
		if (strcmp(link->job + at, word) == 0)
			return true;
	return false;
}

/* The word must be there, or must not. */
static void
check_word(const struct stage_model *stage, bool there, const char *word)
{
	if (has_word(&stage->link, word) != there)
		fault("process %u is told %s on its host: %s", stage->process->serial,
		    there ? "too little" : "too much", word);
}

/* Check an option with a number. */
static void
check_number(
    const struct stage_model *stage, const char *name, uint64_t number, const char *unit)
{
	char word[64];

	snprintf(
	    word, sizeof(word), "--%s=%llu%s", name, (unsigned long long)number, unit);
	if (number != 0)
		check_word(stage, true, word);
}

static void
check_workers(const struct stage_model *stage)
{
	const struct link *link = &stage->link;
	unsigned long workers = 0;

	for (size_t at = 0; at < link->job_len; at += strlen(link->job + at) + 1)
		if (strncmp(link->job + at, "--workers=", 10) == 0)
			workers = strtoul(link->job + at + 10, NULL, 10);
	if ((link->may & 1u << workers % 32) == 0)
		fault("process %u is to have %lu workers on its host",
		    stage->process->serial, workers);
}

/* What it is to run there is what we run. */
static void
take_job(struct stage_model *stage)
{
	struct link *link = &stage->link;
	bool block = plan.kind == STAGE_BLOCK;
	bool one = plan.block_records + plan.block_bytes == 0;

	link->has_job = true;
	check_workers(stage);
	check_word(stage, true, "--serve");
	check_word(stage, true, "--retries=0");
	check_word(stage, plan.kind == STAGE_MAP, "--map");
	check_word(stage, block && plan.raw != 0, "--raw");
	check_word(stage, plan.arguments != 0, "{}");
	check_word(stage, true, "stage");
	check_number(stage, "timeout", plan.timeout, "ms");
	check_number(stage, "max-record", plan.max_record, "");
	check_number(stage, "max-restarts", plan.restarts, "");
	check_number(stage, "records", block ? plan.block_records + one : 0, "");
	check_number(stage, "block", block ? plan.block_bytes : 0, "");
	stage->process->takes = has_word(link, "--remote=runs") ? TAKES_RUNS
	    : has_word(link, "--remote=counts")			? TAKES_COUNTS
								: TAKES_NONE;
}

void
link_begin(struct stage_model *stage, char *const *argv)
{
	const char *host = "";

	for (; *argv != NULL && strcmp(*argv, "par-run") != 0; argv++)
		host = *argv;
	stage->link.may = machines_may(host);
	if (stage->link.may == 0)
		fault("process %u is a link to host %s, which is not to be used",
		    stage->process->serial, host);
}

bool
link_byte(struct stage_model *stage, char byte)
{
	struct link *link = &stage->link;

	if (link->job_left == 0)
		return false;
	if (link->job_len == sizeof(link->job))
		fault("process %u is told a long job", stage->process->serial);
	link->job[link->job_len++] = byte;
	if (--link->job_left == 0)
		take_job(stage);
	return true;
}

/* The line before the words. */
static void
take_job_line(struct stage_model *stage)
{
	unsigned long long bytes;
	unsigned version;

	if (sscanf(stage->line, "par-job %u %llu\n", &version, &bytes) != 2 ||
	    (plan.kind == STAGE_BLOCK ? version < 2 || version > 3 : version != 1))
		fault("process %u is told no job: %s", stage->process->serial,
		    shown(stage->line, stage->line_len));
	stage->link.job_left = (size_t)bytes;
}

/* The line before a block. */
static void
take_block_line(struct stage_model *stage)
{
	unsigned long long count, bytes, first, tries;
	struct link *link = &stage->link;

	if (sscanf(stage->line, "block %llu %llu %llu %llu\n", &count, &bytes, &first,
		&tries) != 4)
		fault("process %u is told of no block: %s", stage->process->serial,
		    shown(stage->line, stage->line_len));
	link->next = (struct parcel){
		.known = true, .first = first, .count = count, .tries = tries
	};
	link->records = count;
	link->bytes = bytes;
	link->first = stage->count;
	parcel_given(stage->process, &link->next);
}

bool
link_line(struct stage_model *stage)
{
	if (plan.hosts == 0)
		return false;
	if (!stage->link.has_job)
		take_job_line(stage);
	else if (plan.kind == STAGE_BLOCK && stage->link.records == 0)
		take_block_line(stage);
	else
		return false;
	stage->line_len = 0;
	return true;
}

void
link_record(struct stage_model *stage)
{
	struct link *link = &stage->link;
	struct task *first = &stage->tasks[link->first];
	uint64_t bytes;

	if (plan.hosts == 0 || plan.kind != STAGE_BLOCK || --link->records > 0)
		return;
	bytes = stage->tasks[stage->count - 1].end - first->begin;
	if (bytes != link->bytes)
		fault("process %u is given a block of %llu bytes, and told of %llu",
		    stage->process->serial, (unsigned long long)bytes,
		    (unsigned long long)link->bytes);
	parcel_came(stage->process, &link->next, first->record,
	    (unsigned)(stage->count - link->first), bytes);
	first->block = stage->count - link->first;
}
