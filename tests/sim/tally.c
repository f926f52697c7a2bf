/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "judge.h"
#include "plan.h"
#include "scene.h"
#include "shared.h"
#include "shortage.h"
#include "tally.h"
#include "trace.h"

static struct {
	bool stopped; /* it said that it was stopped early */
	unsigned long long undone;
	unsigned long long set_aside;
	bool table;
	unsigned long long jobs, failed, bytes_out; /* of its last line */
	unsigned seen[RECORDS_MOST]; /* lines of the log */
} tally;

void
tally_message(const char *line)
{
	static const char stopped[] = "par-run: stopped early: ";
	const char *name = strrchr(line, ' ');

	sscanf(line, "par-run: %llu records set aside in ", &tally.set_aside);
	if (strncmp(line, stopped, sizeof(stopped) - 1) == 0) {
		tally.stopped = true;
		tally.undone = 0;
		if (strstr(line, "records were read and not delivered") != NULL)
			sscanf(line + sizeof(stopped) - 1, "%llu", &tally.undone);
	}
	if (name != NULL && strcmp(name, " all") == 0 &&
	    sscanf(line, " %llu %*f %*f %*f %llu %*u %*u %*u %llu", &tally.jobs,
		&tally.failed, &tally.bytes_out) == 3)
		tally.table = true;
}

/* How many records begin in the first so many bytes of the input. */
static unsigned long long
begun(uint64_t bytes)
{
	char text[TEXT_MOST];
	unsigned count = 0;

	for (uint64_t at = 0; at < bytes && count < plan.records; count++)
		at += scene_record(count, text);
	return count;
}

/* The number of records that were read and are not out. */
static void
check_undone(int status, const unsigned long long outcomes[])
{
	unsigned long long read = begun(scene_bytes_read());
	unsigned long long over = outcomes[OUTCOME_DONE] + outcomes[OUTCOME_FAILED];
	unsigned long long most = read - over, least = most;

	/*
	 * par-run counts as not delivered, too, what the stage has failed, and it has
	 * named, whose turn has not come.
	 */
	for (unsigned i = 0; plan.keep != 0 && i < plan.records; i++)
		most += shared->entries[i].failed && !shared->entries[i].out;
	least = least > outcomes[OUTCOME_MAYBE] ? least - outcomes[OUTCOME_MAYBE] : 0;
	if (tally.undone < least || tally.undone > most)
		fault("%llu records are said not to be delivered, and %llu to %llu are "
		      "not: status %d",
		    tally.undone, least, most, status);
}

/* One line of the log. */
static void
take_log_line(const char *line, int status)
{
	unsigned long long record, in, out, tries;
	const struct entry *entry;
	char how[16], text[TEXT_MOST];
	bool failed;

	if (sscanf(line, "%llu %*s %*s %*s %llu %llu %llu %15s", &record, &in, &out,
		&tries, how) != 5 ||
	    record-- == 0 || record >= plan.records)
		fault("not a line of the log: %s", shown(line, strcspn(line, "\n")));
	entry = &shared->entries[record];
	failed = strcmp(how, "failed") == 0;
	if (tally.seen[record]++ > 0)
		fault("record %llu is in the log twice", record);
	if (failed != (entry->named > 0))
		fault("record %llu %s by the log, and was named %u times: status %d",
		    record, how, entry->named, status);
	if (in != scene_record((unsigned)record, text))
		fault("record %llu has %llu bytes by the log", record, in);
	/* With -k it may be done, and wait for its turn when the run is stopped. */
	if (!failed && plan.kind != STAGE_BLOCK && out != entry->out_bytes &&
	    (status < 2 || entry->out))
		fault("record %llu has %llu bytes of output by the log, and %llu", record,
		    out, (unsigned long long)entry->out_bytes);
	if (plan.kind != STAGE_BLOCK && tries < entry->retried + !failed)
		fault("record %llu has %llu tries by the log, and was to be tried again "
		      "%u times",
		    record, tries, entry->retried);
}

static void
check_log(int status)
{
	const struct disk_file *file = disk_find("log");
	size_t at = 0;
	bool first = true;

	while (file != NULL && at < file->size) {
		const char *line = file->data + at;
		const char *end = memchr(line, '\n', file->size - at);

		if (end == NULL)
			fault("the log ends within a line: status %d", status);
		if (!first)
			take_log_line(line, status);
		first = false;
		at = (size_t)(end - file->data) + 1;
	}
	for (unsigned i = 0; status < 2 && i < plan.records; i++)
		if (tally.seen[i] != 1)
			fault("record %u is in the log %u times: status %d", i,
			    tally.seen[i], status);
}

static void
check_table(int status, const unsigned long long outcomes[])
{
	uint64_t bytes = 0;

	for (unsigned i = 0; i < plan.records; i++)
		bytes += shared->entries[i].out_bytes;
	if (tally.failed != outcomes[OUTCOME_FAILED])
		fault("%llu records failed by the table, and %llu: status %d",
		    tally.failed, outcomes[OUTCOME_FAILED], status);
	if (status < 2 && tally.jobs != plan.records)
		fault("%llu records are in the table: status %d", tally.jobs, status);
	if (status < 2 && tally.bytes_out != bytes)
		fault("%llu bytes of output are in the table, and %llu were written",
		    tally.bytes_out, (unsigned long long)bytes);
}

void
tally_end(int status)
{
	unsigned long long outcomes[OUTCOME_MAYBE + 1] = { 0 };

	for (unsigned i = 0; i < plan.records; i++)
		outcomes[judge_outcome(i)]++;
	if ((tally.stopped || status >= 3) && shared->next_serial > 0 &&
	    !shortage_memory_seen())
		check_undone(status, outcomes);
	if (plan.quarantine != 0 && tally.set_aside != outcomes[OUTCOME_FAILED] &&
	    status != 3)
		fault("%llu records are said to be set aside, and %llu are: status %d",
		    tally.set_aside, outcomes[OUTCOME_FAILED], status);
	if (plan.log != 0)
		check_log(status);
	if (plan.stats != 0 && tally.table)
		check_table(status, outcomes);
	else if (plan.stats != 0 && status < 2)
		fault("there is no table: status %d", status);
}
