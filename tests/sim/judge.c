/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge.h"
#include "machines.h"
#include "parcel.h"
#include "parent.h"
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
	SHOWN_WHOLE = 200, /* bytes of a record that is named */
	LATE = 100 * MS, /* a turn may take so long, of one time */
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
	size_t blanks; /* in the line, of any bytes */
	size_t whole; /* so long is that, when it is known; 0 */
} reader;

/* When some began last, ns, and before that. */
struct begun {
	uint64_t last, before;
};

static struct {
	struct begun starts, keys[RECORDS_MOST];
	char errors[MESSAGE];
	size_t errors_len;
	uint64_t turns;
	uint64_t idle_deaths; /* of those that were given nothing, in a row */
	bool early; /* one ended well before its input did */
	bool unsure; /* one ended that was given part of a record */
	bool wrote; /* the output was written to, or cut */
	bool trouble; /* one exited with another status than 0 */
} judge;

void
judge_turn(void)
{
	shared->counts.turns++;
	machines_turn();
	if (++judge.turns > MOST_TURNS)
		fault("the supervisor turns without end");
}

/* The record as it is named, with a backslash and a t for each TAB; its length. */
static size_t
name_of(unsigned record, char name[2 * TEXT_MOST])
{
	char text[TEXT_MOST];
	size_t len = scene_record(record, text) - 1, to = 0;

	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\t')
			name[to++] = '\\';
		name[to++] = text[i] == '\t' ? 't' : text[i];
	}
	return to;
}

/* A line that names a record has all of it, and behind it this; what is long is cut. */
static void
check_name(unsigned record, const char *line, const char *behind, size_t most)
{
	char name[2 * TEXT_MOST];
	size_t len = name_of(record, name);

	if (len > most || scene_is_refused(record))
		return;
	if (strncmp(line, name, len) != 0 ||
	    strncmp(line + len, behind, strlen(behind)) != 0)
		fault("record %u is named otherwise: %s", record, shown(line, len + 1));
}

/* A line on standard error. */
static void
take_message(const char *line)
{
	static const char program[] = "par-run: ";
	unsigned record;

	trace("says: %s", line);
	tally_message(line);
	if (sscanf(line, "par-run: r%u\\t", &record) != 1 || record >= plan.records)
		return;
	check_name(record, line + sizeof(program) - 1, ": ", SHOWN_WHOLE);
	shared->entries[record].named++;
	shared->entries[record].said++;
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

/* Of bytes that are no lines: is that of one record there?  By how it begins. */
static bool
is_whole(void)
{
	char expected[OUTPUT_LINE];
	unsigned record, serial, line;

	if (reader.len == 1)
		reader.blanks = reader.whole = 0;
	if (reader.whole != 0)
		return reader.len == reader.whole;
	if (reader.line[reader.len - 1] == ' ')
		reader.blanks++;
	if (reader.blanks < 3)
		return false;
	reader.line[reader.len] = '\0';
	if (sscanf(reader.line, "%u %u %u ", &record, &serial, &line) == 3)
		reader.whole = stage_line(record, serial, line, expected);
	return reader.len == reader.whole;
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
		if (plan.raw != 0 ? is_whole() : data[i] == '\n')
			take_line();
	}
}

uint64_t
judge_output_bytes(void)
{
	return reader.at;
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
	judge.wrote = true;
	if (at != reader.at)
		read_again(file, at);
	judge_output(NULL, file->data + at, len);
}

void
judge_file_cut(const struct disk_file *file, uint64_t size)
{
	if (strcmp(file->name, "out") != 0)
		return;
	judge.wrote = true;
	trace("the output is cut to %llu bytes", (unsigned long long)size);
	read_again(file, size);
}

/* How often a record may be tried again: a block of -b, then each of its halves. */
static uint64_t
most_retries(void)
{
	uint64_t most = plan.retries;

	if (plan.kind != STAGE_BLOCK || !plan_halves())
		return most;
	for (uint64_t records = plan.records; records > 1; records = (records + 1) / 2)
		most++;
	return most + 1 + plan.retries;
}

/*
 * One more begins, of what so many may in a second, evenly: it may come sooner than it
 * should behind one that was late, but not the next one, too.
 */
static void
check_rate(struct begun *begun, uint64_t most, const char *what)
{
	uint64_t now = shared->now;

	if (most == 0)
		return;
	if (begun->before != 0 && now + LATE < begun->before + 1000 * MS / most)
		fault("%s begin twice within %llu us, and %llu may in a second", what,
		    (unsigned long long)(now - begun->before) / 1000,
		    (unsigned long long)most);
	begun->before = begun->last;
	begun->last = now;
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
	/* One whose input has ended may have read what it had. */
	if (judge.unsure || plan.control + plan.replace + plan.replace_ms != 0)
		return;
	for (unsigned i = 0; i < record; i++) {
		const struct entry *before = &shared->entries[i];

		/* One that was read by somebody may come later. */
		if (scene_key(i) == key && before->holder == 0 && !before->read &&
		    !before->tried && before->answered_by == 0 && before->named == 0 &&
		    !scene_is_refused(i))
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
 * the one that kills is alone.  Where the disk was full it may not have been the death
 * that was blamed, but that there was no room for what it wrote.
 */
static void
check_suspect(const struct process *process, unsigned record)
{
	unsigned suspects = shared->entries[record].suspects, others = 0;

	if (shortage_room_seen())
		return;
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

/* Has any of them said hello, in this life? */
static bool
any_is_known(void)
{
	for (unsigned serial = shared->next_serial; serial > 0; serial--) {
		const struct process *process = process_by_serial(serial);

		if (process != NULL && stage_is_known(process))
			return true;
	}
	return false;
}

/*
 * How many records it may have: one before it says hello, or the first block where others
 * have said that there are blocks, then no more than it wants.
 */
static void
check_credit(const struct process *process)
{
	bool blocks = plan.joint % 2 != 0;
	unsigned has = 0;

	for (unsigned i = 0; i < plan.records; i++)
		has += shared->entries[i].holder == process->serial;
	if (has > 1 && !stage_is_known(process) &&
	    !(blocks && has <= plan.joint && any_is_known()))
		fault("process %u has %u records, and has not said hello",
		    process->serial, has);
	if (plan.window != 0 && has > plan.window)
		fault("process %u has %u records, and wants %llu at most",
		    process->serial, has, (unsigned long long)plan.window);
}

/* No more than after which another takes its place, but for whole blocks. */
static void
check_replacement(const struct process *process)
{
	uint64_t most = plan.replace + (plan.joint % 2 != 0 ? 2 * plan.joint : 0);

	if (plan.replace != 0 && plan.hosts == 0 && stage_count(process) > most)
		fault("process %u is given %zu records, and is to have %llu",
		    process->serial, stage_count(process), (unsigned long long)most);
}

/* How many it may have before it must answer. */
static void
check_ahead(const struct process *process)
{
	uint64_t has = 0;

	for (unsigned i = 0; i < plan.records; i++)
		has += shared->entries[i].holder == process->serial;
	if (has > plan.ahead_records)
		fault("process %u has %llu records, and may have %llu", process->serial,
		    (unsigned long long)has, (unsigned long long)plan.ahead_records);
}

/* It was answered by one that ended as it liked: that was to be heard. */
static void
check_unanswered(const struct process *process, unsigned record)
{
	unsigned serial = shared->entries[record].answered_by;
	const struct process *before = process_by_serial(serial);

	/* There may be no room for its output: it is tried again. */
	if (serial != 0 && before != NULL && !before->killed && !shortage_memory_seen() &&
	    !shortage_room_seen())
		fault("record %u is given to process %u, and process %u has told of it",
		    record, process->serial, serial);
}

void
judge_given(const struct process *process, unsigned record)
{
	struct entry *entry = &shared->entries[record];
	if (scene_is_refused(record))
		fault("record %u is given to process %u, and is too long", record,
		    process->serial);
	entry->given++;
	if (plan.key_starts != 0)
		check_rate(
		    &judge.keys[scene_key(record)], plan.key_starts, "records of a key");
	trace("process %u is given record %u", process->serial, record);
	if (entry->holder != 0 && plan.kind != STAGE_PLAIN &&
	    (plan.speculate == 0 || entry->second != 0))
		fault("record %u is given to process %u while process %u has it", record,
		    process->serial, entry->holder);
	if (entry->out)
		fault("record %u is given to process %u, and its output is there", record,
		    process->serial);
	/* A record and its copy are one try. */
	if (entry->retried / (plan.speculate != 0 ? 2 : 1) > most_retries() &&
	    plan.checkpoint == 0)
		fault("record %u is tried again, after %u tries", record, entry->retried);
	if (entry->holder != 0 && plan.kind != STAGE_PLAIN)
		entry->second = process->serial; /* a copy, at the end of the input */
	else
		entry->holder = process->serial;
	if (plan.key != 0 && plan.kind != STAGE_PLAIN)
		check_key(process, record);
	if (plan_tells() || plan.kind == STAGE_MAP) {
		if (plan.hosts == 0 &&
		    plan.speculate == 0) /* hosts find out by themselves */
			check_suspect(process, record);
		if (plan.speculate == 0) /* a copy may be made before it is heard */
			check_unanswered(process, record);
	}
	if (plan.kind == STAGE_NATIVE)
		check_credit(process);
	check_replacement(process);
	if (plan.kind == STAGE_MAP && plan.ahead_records != 0 && plan.ahead_bytes != 0 &&
	    plan.hosts == 0)
		check_ahead(process);
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

	check_rate(&judge.starts, plan.starts, "processes");
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

	unsigned tries = plan.kind == STAGE_BLOCK ? entry->block_failures
						  : entry->retried + entry->died;

	if (entry->named > 0 && !entry->failed && !scene_is_refused(record) &&
	    !parcel_is_too_long(record) && plan.kind != STAGE_PLAIN &&
	    tries < plan.retries + 1)
		fault(
		    "record %u was given up, after %u tries that failed", record, tries);
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
	/* One that dies before it has said what it is may have had work all the same. */
	judge.trouble = judge.trouble || process->code != 0 || (bad && plan.records == 0);
}

/* Each line of the file of -q. */
static void
count_refused(void)
{
	const struct disk_file *file = disk_find("refused");
	size_t at = 0;

	for (unsigned i = 0; i < plan.records; i++)
		shared->entries[i].named = shared->entries[i].said;
	while (file != NULL && at < file->size) {
		const char *end = memchr(file->data + at, '\n', file->size - at);
		unsigned record;

		if (end == NULL && shortage_room_seen()) /* there was room for so much */
			break;
		if (end == NULL)
			fault("what is set aside ends within a line");
		if (sscanf(file->data + at, "r%u\\t", &record) != 1 ||
		    record >= plan.records)
			fault("no record set aside: %s",
			    shown(file->data + at, file->size - at));
		check_name(record, file->data + at, "\t", SIZE_MAX);
		shared->entries[record].named++;
		at = (size_t)(end - file->data) + 1;
	}
}

enum seen_outcome
judge_outcome(unsigned record)
{
	const struct entry *entry = &shared->entries[record];

	/* One that was killed may have said so before it remembered that. */
	if (entry->named > entry->said + 1 || (entry->named > 1 && shared->lives == 1))
		fault("record %u is given up %u times", record, entry->named);
	if (entry->named > 0)
		return SEEN_FAILED;
	if (entry->out)
		return SEEN_DONE;
	/* Which of two was heard first only the supervisor knows. */
	if (entry->done_by != 0 &&
	    (stage_lines(record, entry->done_by) == 0 ||
		(plan.speculate != 0 && entry->quiet)))
		return SEEN_MAYBE;
	return SEEN_NONE;
}

/* All records are done, or named; and failed says whether some were. */
static void
check_all(int status)
{
	bool failed = false;

	for (unsigned i = 0; i < plan.records; i++) {
		enum seen_outcome outcome = judge_outcome(i);

		if (outcome == SEEN_NONE)
			fault("record %u is lost: status %d", i, status);
		failed = failed || outcome == SEEN_FAILED;
	}
	if (shared->lives > 1)
		return; /* what one said that was killed may be forgotten */
	if (failed && status == 0 && plan.serve == 0)
		fault("records failed: status 0");
	if (!failed && status == 1 && !judge.trouble)
		fault("no record failed: status 1");
}

/*
 * It stops at a limit of --stop-on when that is met, and at none that is not.  The status
 * that the rest is held against: with success records may be left.
 */
static int
check_limits(int status)
{
	unsigned long long count, done = 0, failed = 0, quiet = 0;
	enum tally_limit limit = tally_limit(&count);

	for (unsigned i = 0; i < plan.records; i++) {
		enum seen_outcome outcome = judge_outcome(i);

		done += outcome == SEEN_DONE;
		quiet += outcome == SEEN_MAYBE;
		failed += outcome == SEEN_FAILED;
	}
	if (shared->lives > 1)
		return limit == TALLY_SUCCESS && status == 0 ? 4 : status;
	if (limit == TALLY_FAILURES &&
	    (count < plan.stop_failures || (count > failed && status < 3)))
		fault("stopped at %llu failures, of %llu", count, failed);
	if (limit == TALLY_SUCCESS && count < plan.stop_success)
		fault("stopped at %llu records done", count);
	if (limit == TALLY_SUCCESS && status == 0 && plan.keep == 0 && !scene_stopped() &&
	    done + quiet < plan.stop_success)
		fault("%llu records came out, which is no success", done + quiet);
	if (limit == TALLY_FAILURES && status < 3)
		fault("stopped at a limit of failures: status %d", status);
	if (limit == TALLY_NO_LIMIT && status < 2 && !scene_stopped() &&
	    ((plan.stop_failures != 0 && failed >= plan.stop_failures) ||
		(plan.stop_success != 0 && done >= plan.stop_success)))
		fault(
		    "%llu records done, %llu failed, and no limit was met", done, failed);
	return limit == TALLY_SUCCESS && status == 0 ? 4 : status;
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
	    !shortage_memory_seen() && !shortage_room_seen();
}

void
judge_end(int status, int signal)
{
	const struct disk_file *out = disk_find("out");
	unsigned long long count;

	scene_drain();
	if (out != NULL && out->size != reader.at)
		read_again(out, out->size);
	if (signal != 0 && (judge.turns > 0 || plan.signals == 0))
		fault("the supervisor ends by signal %d", signal);
	if (signal != 0)
		return; /* before it caught any */
	if (plan.quarantine != 0)
		count_refused();
	/*
	 * One that did not come to write any leaves what one before it left; one that is
	 * ended over a link, what that has taken; one whose disk is full, what had room.
	 */
	if ((reader.len > 0 || reader.inside) && (shared->lives == 1 || judge.wrote) &&
	    ((plan.socket == 0 && !shortage_room_seen()) || status < 3))
		fault("the output ends within a record: status %d", status);
	if (status == 4 && !scene_stopped() && tally_limit(&count) != TALLY_FAILURES)
		fault("stopped by nobody: status 4");
	if (status == 125 && plan.serve != 0) /* so the parent is told of that */
		status = 3;
	if (tally_unread() && (!judge.early || status != 3))
		fault("stages are said to read nothing, and did: status %d", status);
	if (status == 3 && !tally_unread() && !shortage_seen() && !shortage_room_seen() &&
	    plan.restarts > 1000 && plan.frozen == 0 && plan.hosts == 0 && plan.lies == 0)
		fault("it could not go on, for no reason: status 3");
	if (status != 0 && status != 1 && status != 3 && status != 4)
		fault("status %d", status);
	if (plan.kind == STAGE_PLAIN) {
		if (status < 2 && !judge.early && !judge.unsure)
			check_read(status);
		return;
	}
	status = check_limits(status);
	parent_end(status);
	if (status < 2)
		check_all(status);
	for (unsigned i = 0; is_sure() && i < plan.records; i++)
		check_named(i);
	if (shared->lives == 1)
		tally_end(status);
}
