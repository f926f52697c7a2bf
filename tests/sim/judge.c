/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge.h"
#include "plan.h"
#include "process.h"
#include "scene.h"
#include "shortage.h"
#include "stage.h"
#include "tally.h"
#include "trace.h"

enum {
	MORE_STARTS = 10,
	OUTPUT_LINE = 16 << 10,
	MESSAGE = 8 << 10,
	MOST_TURNS = 200 * 1000
};

/* Reads the output as it comes. */
static struct {
	char line[OUTPUT_LINE];
	size_t len;
	uint64_t at; /* bytes before the next */
	bool inside; /* a record, of which more lines are to come */
	unsigned record, serial, next;
	unsigned after; /* with -k: the number that the next record has at least */
	bool again; /* what is read was read before */
} reader;

static struct {
	char errors[MESSAGE];
	size_t errors_len;
	uint64_t turns;
	uint64_t idle_deaths; /* of those that were given nothing, in a row */
	bool early; /* one ended well before its input did */
	bool unwritten; /* one was to have a record when it was dead already */
	bool unsure; /* one ended that was to have more than was written to it */
	bool trouble; /* one exited with another status than 0 */
} judge;

void
judge_turn(void)
{
	shared->counts.turns++;
	if (++judge.turns > MOST_TURNS)
		fault("the supervisor turns without end");
}

/* A line on standard error. */
static void
take_message(const char *line)
{
	unsigned record;

	trace("says: %s", line);
	tally_message(line);
	if (plan.quarantine == 0 && sscanf(line, "par-run: r%u\\t", &record) == 1 &&
	    record < plan.records)
		shared->entries[record].named++;
}

void
judge_errors(const char *data, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (judge.errors_len < sizeof(judge.errors) - 1)
			judge.errors[judge.errors_len++] = data[i];
		if (data[i] != '\n')
			continue;
		judge.errors[judge.errors_len - 1] = '\0';
		take_message(judge.errors);
		judge.errors_len = 0;
	}
}

/* A record begins in the output. */
static void
begin_record(unsigned record, unsigned serial)
{
	struct entry *entry = &shared->entries[record];
	const char *why;

	why = reader.again ? NULL : stage_may_pass(serial, record);
	if (why != NULL)
		fault("output for record %u by process %u, %s", record, serial, why);
	if (entry->out)
		fault("output for record %u comes twice, by process %u and by %u", record,
		    entry->out_by, serial);
	if (entry->named > 0 && !entry->failed && shared->lives == 1)
		fault("output for record %u, which was given up", record);
	if (plan.keep != 0 && record < reader.after)
		fault("output for record %u comes after that for %u", record,
		    reader.after - 1);
	entry->out = true;
	entry->out_by = serial;
	entry->out_at = reader.at - reader.len;
	entry->out_bytes = 0;
}

/* A line that is one of several of a record. */
static void
take_part(unsigned record, unsigned serial, unsigned line)
{
	if (reader.inside &&
	    (record != reader.record || serial != reader.serial || line != reader.next))
		fault("output for record %u is broken by that for record %u",
		    reader.record, record);
	if (!reader.inside && line != 0)
		fault("output for record %u begins with line %u of it", record, line);
	if (line == 0)
		begin_record(record, serial);
	shared->entries[record].out_bytes += reader.len;
	reader.record = record;
	reader.serial = serial;
	reader.next = line + 1;
	reader.inside = reader.next < stage_lines(record, serial);
	reader.after = record + 1;
}

/* Lines of a command that is not native are merged one by one. */
static void
take_plain(unsigned record, unsigned serial, unsigned line)
{
	struct entry *entry = &shared->entries[record];

	if (entry->out && entry->out_by != serial)
		fault("record %u was done twice, by process %u and by %u", record,
		    entry->out_by, serial);
	if ((entry->lines & 1u << line) != 0)
		fault("line %u for record %u comes twice", line, record);
	entry->out = true;
	entry->out_by = serial;
	entry->lines |= 1u << line;
}

static void
take_line(void)
{
	char expected[OUTPUT_LINE];
	unsigned record, serial, line;

	reader.line[reader.len] = '\0';
	if (plan.kind == STAGE_PLAIN && stage_left(reader.line, reader.len - 1)) {
		reader.len = 0; /* it was given a newline */
		return;
	}
	if (sscanf(reader.line, "%u %u %u ", &record, &serial, &line) != 3 ||
	    record >= plan.records || line >= stage_lines(record, serial) ||
	    stage_line(record, serial, line, expected) != reader.len ||
	    memcmp(expected, reader.line, reader.len) != 0)
		fault("output that nobody wrote: %s", shown(reader.line, reader.len));
	if (plan.kind == STAGE_PLAIN)
		take_plain(record, serial, line);
	else
		take_part(record, serial, line);
	reader.len = 0;
}

void
judge_output(void *nobody, const char *data, size_t len)
{
	(void)nobody;
	for (size_t i = 0; i < len; i++) {
		if (reader.len == sizeof(reader.line) - 1)
			fault("output without a newline");
		reader.line[reader.len++] = data[i];
		reader.at++;
		if (data[i] == '\n')
			take_line();
	}
}

/* Read the file from its beginning, up to size, as what is known. */
static void
read_again(const struct disk_file *file, uint64_t size)
{
	for (size_t i = 0; i < plan.records; i++)
		shared->entries[i].out = false;
	reader.len = reader.at = reader.after = 0;
	reader.inside = false;
	reader.again = true;
	judge_output(NULL, file->data, size);
	reader.again = false;
}

void
judge_file_written(const struct disk_file *file, uint64_t at, size_t len)
{
	if (strcmp(file->name, "out") != 0)
		return;
	if (at != reader.at)
		read_again(file, at);
	judge_output(NULL, file->data + at, len);
}

void
judge_file_cut(const struct disk_file *file, uint64_t size)
{
	if (strcmp(file->name, "out") != 0)
		return;
	trace("the output is cut to %llu bytes", (unsigned long long)size);
	read_again(file, size);
}

/* How often a record may be tried again: a block of -b, then each of its halves. */
static uint64_t
most_retries(void)
{
	uint64_t most = plan.retries;

	if (plan.kind != STAGE_BLOCK || plan.block_bytes == 0)
		return most;
	for (uint64_t records = plan.records; records > 1; records = (records + 1) / 2)
		most++;
	return most + 1 + plan.retries;
}

/* With --key no two workers have records of one key, and these come in their order. */
static void
check_key(const struct process *process, unsigned record)
{
	unsigned key = scene_key(record);

	for (unsigned i = 0; i < plan.records; i++)
		if (scene_key(i) == key && shared->entries[i].holder != 0 &&
		    shared->entries[i].holder != process->serial)
			fault("record %u is given to process %u while process %u has "
			      "record %u of the same key",
			    record, process->serial, shared->entries[i].holder, i);
	/* One that was tried may come later, and so does what was to come with it. */
	if (judge.unsure || plan.control != 0)
		return;
	for (unsigned i = 0; i < record; i++) {
		const struct entry *before = &shared->entries[i];

		/* One that was read by somebody may come later. */
		if (scene_key(i) == key && before->holder == 0 && !before->read &&
		    !before->tried && before->answered_by == 0 && before->named == 0)
			fault("record %u is given to process %u before record %u of the "
			      "same key, which nobody has read",
			    record, process->serial, i);
	}
	if (shared->entries[record].given > 1)
		return;
	for (unsigned i = record + 1; i < plan.records; i++)
		if (scene_key(i) == key && shared->entries[i].given > 0)
			fault("record %u is given after record %u of the same key",
			    record, i);
}

/*
 * Records that one had which died are tried apart: in halves, with nothing else, until
 * the one that kills is alone.
 */
static void
check_suspect(const struct process *process, unsigned record)
{
	unsigned suspects = shared->entries[record].suspects, others = 0;

	for (unsigned i = 0; i < plan.records; i++) {
		const struct entry *other = &shared->entries[i];

		if (other->holder != process->serial)
			continue;
		others++;
		if (i != record && other->suspects != suspects &&
		    other->suspects != UNSURE && suspects != UNSURE)
			fault("record %u is given to process %u, which has record %u, "
			      "and process %u died with one of them",
			    record, process->serial, i,
			    suspects != 0 ? suspects : other->suspects);
	}
	if (suspects != 0 && suspects != UNSURE &&
	    others > (shared->entries[record].suspected_with + 1) / 2)
		fault("process %u is given %u records that process %u had, of %u",
		    process->serial, others, suspects,
		    shared->entries[record].suspected_with);
}

/* How many records it may have: one before it says hello, then no more than it wants. */
static void
check_credit(const struct process *process)
{
	unsigned has = 0;

	for (unsigned i = 0; i < plan.records; i++)
		has += shared->entries[i].holder == process->serial;
	if (has > 1 && !stage_is_known(process))
		fault("process %u has %u records, and has not said hello",
		    process->serial, has);
	if (plan.window != 0 && has > plan.window)
		fault("process %u has %u records, and wants %llu at most",
		    process->serial, has, (unsigned long long)plan.window);
}

/* It was answered by one that ended as it liked: that was to be heard. */
static void
check_unanswered(const struct process *process, unsigned record)
{
	unsigned serial = shared->entries[record].answered_by;
	const struct process *before = process_by_serial(serial);

	/* Without memory there may be no room for its output: it is tried again. */
	if (serial != 0 && before != NULL && !before->killed && !shortage_memory_seen())
		fault("record %u is given to process %u, and process %u has told of it",
		    record, process->serial, serial);
}

void
judge_given(const struct process *process, unsigned record)
{
	struct entry *entry = &shared->entries[record];
	bool native = plan.kind == STAGE_NATIVE;

	entry->given++;
	trace("process %u is given record %u", process->serial, record);
	if (entry->holder != 0 && plan.kind != STAGE_PLAIN)
		fault("record %u is given to process %u while process %u has it", record,
		    process->serial, entry->holder);
	if (entry->out)
		fault("record %u is given to process %u, and its output is there", record,
		    process->serial);
	if (entry->retried > most_retries() && plan.checkpoint == 0)
		fault("record %u is tried again, after %u tries", record, entry->retried);
	entry->holder = process->serial;
	if (plan.key != 0 && plan.kind != STAGE_PLAIN)
		check_key(process, record);
	if (native || plan.kind == STAGE_MAP) {
		if (plan.hosts == 0) /* hosts find out by themselves */
			check_suspect(process, record);
		check_unanswered(process, record);
	}
	if (native)
		check_credit(process);
}

void
judge_unwritten(void)
{
	judge.unwritten = true;
}

void
judge_told(void)
{
	judge.idle_deaths = 0;
}

void
judge_started(void)
{
	uint64_t most = plan.restarts;

	if (most == 0)
		most = 2 * plan.workers > 10 ? 2 * plan.workers : 10;
	if (judge.idle_deaths > most + MORE_STARTS + plan.workers)
		fault("%llu died with nothing done, and another one is started",
		    (unsigned long long)judge.idle_deaths);
}

/* Was it given up for a reason: it failed, or was tried as often as it may be? */
static void
check_named(unsigned record)
{
	const struct entry *entry = &shared->entries[record];

	if (entry->named > 0 && !entry->failed &&
	    (plan.kind == STAGE_NATIVE || plan.kind == STAGE_MAP) &&
	    entry->retried + entry->died < plan.retries + 1)
		fault("record %u was given up, after %u tries that failed", record,
		    entry->retried + entry->died);
}

void
judge_dead(const struct process *process)
{
	bool bad = process->signal != 0 || process->code != 0;

	if (bad)
		plan.hosts != 0 ? shared->counts.hosts++ : shared->counts.workers++;
	if (bad && !process->killed && plan.kind != STAGE_BLOCK && plan.hosts == 0 &&
	    !stage_was_given(process))
		judge.idle_deaths++;
	else
		judge.idle_deaths = 0;
	judge.unsure = judge.unsure || stage_was_cut_short(process);
	judge.early = judge.early ||
	    (!bad && process->in != NULL && process->in->conduit->writers > 0);
	judge.trouble = judge.trouble || process->code != 0;
}

/* Each line of the file of -q. */
static void
count_refused(void)
{
	const struct disk_file *file = disk_find("refused");
	size_t at = 0;

	for (unsigned i = 0; i < plan.records; i++)
		shared->entries[i].named = 0;
	while (file != NULL && at < file->size) {
		unsigned record;

		if (sscanf(file->data + at, "r%u\\t", &record) != 1 ||
		    record >= plan.records)
			fault("no record set aside: %s",
			    shown(file->data + at, file->size - at));
		shared->entries[record].named++;
		at = (size_t)((char *)memchr(file->data + at, '\n', file->size - at) -
			 file->data) +
		    1;
	}
}

enum outcome
judge_outcome(unsigned record)
{
	const struct entry *entry = &shared->entries[record];

	/* One that was killed may have said so before it remembered that. */
	if (entry->named > 1 && (plan.quarantine != 0 || shared->lives == 1))
		fault("record %u is given up %u times", record, entry->named);
	if (entry->named > 0)
		return OUTCOME_FAILED;
	if (entry->out)
		return OUTCOME_DONE;
	if (entry->done_by != 0 && stage_lines(record, entry->done_by) == 0)
		return OUTCOME_MAYBE;
	return OUTCOME_NONE;
}

/* All records are done, or named; and failed says whether some were. */
static void
check_all(int status)
{
	bool failed = false;

	for (unsigned i = 0; i < plan.records; i++) {
		enum outcome outcome = judge_outcome(i);

		if (outcome == OUTCOME_NONE)
			fault("record %u is lost: status %d", i, status);
		failed = failed || outcome == OUTCOME_FAILED;
	}
	if (shared->lives > 1)
		return; /* what one said that was killed may be forgotten */
	if (failed && status == 0)
		fault("records failed: status 0");
	if (!failed && status == 1 && !judge.trouble)
		fault("no record failed: status 1");
}

/* A plain command has read each record, as far as that can be known. */
static void
check_read(int status)
{
	for (unsigned i = 0; i < plan.records; i++)
		if (!shared->entries[i].read && !shared->entries[i].unknown)
			fault("record %u was read by nobody: status %d", i, status);
}

/* Is it known how often each record was tried? */
static bool
is_sure(void)
{
	return shared->lives == 1 && plan.hosts == 0 && !judge.unsure &&
	    !judge.unwritten && !shortage_memory_seen();
}

void
judge_end(int status, int signal)
{
	const struct disk_file *out = disk_find("out");

	scene_drain();
	if (out != NULL && out->size != reader.at)
		read_again(out, out->size);
	if (signal != 0 && (judge.turns > 0 || plan.signals == 0))
		fault("the supervisor ends by signal %d", signal);
	if (signal != 0)
		return; /* before it caught any */
	if (plan.quarantine != 0)
		count_refused();
	if (reader.len > 0 || reader.inside)
		fault("the output ends within a record: status %d", status);
	if (status == 4 && !scene_stopped())
		fault("stopped by nobody: status 4");
	if (status == 3 && !shortage_seen() && plan.restarts > 1000 && plan.frozen == 0 &&
	    plan.hosts == 0)
		fault("it could not go on, for no reason: status 3");
	if (status != 0 && status != 1 && status != 3 && status != 4)
		fault("status %d", status);
	if (plan.kind == STAGE_PLAIN) {
		if (status < 2 && !judge.early && !judge.unsure)
			check_read(status);
		return;
	}
	if (status < 2)
		check_all(status);
	for (unsigned i = 0; is_sure() && i < plan.records; i++)
		check_named(i);
	if (shared->lives == 1)
		tally_end(status);
}
