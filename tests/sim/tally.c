/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "judge.h"
#include "parcel.h"
#include "plan.h"
#include "scene.h"
#include "shared.h"
#include "shortage.h"
#include "tally.h"
#include "trace.h"

static struct {
	bool unread; /* it said that no input was read by stages, all of which ended well
		      */
	bool stopped; /* it said that it was stopped early */
	unsigned long long undone;
	unsigned long long set_aside;
	bool table, no_table; /* it was shown last, or there was no memory for it */
	unsigned long long jobs, failed, bytes_out; /* of its last line */
	enum tally_limit limit; /* that it stopped at, */
	unsigned long long counted; /* and what it counted */
	unsigned seen[RECORDS_MOST]; /* lines of the log */
} tally;

void
tally_message(const char *line)
{
	static const char stopped[] = "par-run: stopped early: ";
	static const char no_table[] = "par-run: what each worker did: ";
	unsigned long long limit;
	const char *name = strrchr(line, ' ');

	if (sscanf(line, "par-run: --stop-on failures=%llu: %llu", &limit,
		&tally.counted) == 2)
		tally.limit = TALLY_FAILURES;
	if (sscanf(line, "par-run: --stop-on success=%llu: %llu", &limit,
		&tally.counted) == 2)
		tally.limit = TALLY_SUCCESS;
	tally.unread =
	    tally.unread || strstr(line, ": ended well, without reading") != NULL;
	if (strstr(line, " set aside in ") != NULL)
		sscanf(line, "par-run: %llu", &tally.set_aside);
	if (strncmp(line, stopped, sizeof(stopped) - 1) == 0) {
		tally.stopped = true;
		tally.table = false; /* what was shown before is not the last */
		tally.undone = 0;
		if (strstr(line, " read and not delivered") != NULL)
			sscanf(line + sizeof(stopped) - 1, "%llu", &tally.undone);
	}
	if (name != NULL && strcmp(name, " all") == 0 &&
	    sscanf(line, " %llu %*f %*f %*f %llu %*u %*u %*u %llu", &tally.jobs,
		&tally.failed, &tally.bytes_out) == 3)
		tally.table = true;
	if (strncmp(line, no_table, sizeof(no_table) - 1) == 0) {
		tally.table = false;
		tally.no_table = true;
	}
}

bool
tally_unread(void)
{
	return tally.unread;
}

enum tally_limit
tally_limit(unsigned long long *count)
{
	*count = tally.counted;
	return tally.limit;
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
	unsigned long long over = outcomes[SEEN_DONE] + outcomes[SEEN_FAILED];
	unsigned long long most = read - over, least = most;

	/* One may be out, and not known to be when the run is ended. */
	if (plan.socket != 0 || shortage_room_seen())
		most = read - outcomes[SEEN_FAILED];
	least = least > outcomes[SEEN_MAYBE] ? least - outcomes[SEEN_MAYBE] : 0;
	if (tally.undone < least || tally.undone > most)
		fault("%llu records are said not to be delivered, and %llu to %llu are "
		      "not: status %d",
		    tally.undone, least, most, status);
}

/*
 * With both it is named in its turn, too, which may not have come.  And what was not
 * told to the parent before it could not go on is done again there.
 */
static bool
named_in_turn(int status)
{
	return status >= 3 &&
	    (plan.serve != 0 || (plan.keep != 0 && plan.checkpoint != 0));
}

/* One line of the log. */
static void
take_log_line(const char *line, int status)
{
	unsigned long long record, in, out, tries;
	const struct entry *entry;
	char how[16], text[TEXT_MOST];
	bool failed, turn;

	if (sscanf(line, "%llu %*s %*s %*s %llu %llu %llu %15s", &record, &in, &out,
		&tries, how) != 5 ||
	    record-- == 0 || record >= plan.records)
		fault("not a line of the log: %s", shown(line, strcspn(line, "\n")));
	entry = &shared->entries[record];
	failed = strcmp(how, "failed") == 0;
	if (tally.seen[record]++ > 0)
		fault("record %llu is in the log twice", record);
	turn = named_in_turn(status);
	if (failed != (entry->named > 0) && !turn)
		fault("record %llu %s by the log, and was named %u times: status %d",
		    record, how, entry->named, status);
	if (in != scene_record((unsigned)record, text) &&
	    !scene_is_refused((unsigned)record))
		fault("record %llu has %llu bytes by the log", record, in);
	/* It may be done, and wait for its turn or the link when the run is stopped. */
	if (!failed && plan.kind != STAGE_BLOCK && plan.joint == 0 &&
	    out != entry->out_bytes && (status < 2 || (entry->out && plan.socket == 0)))
		fault("record %llu has %llu bytes of output by the log, and %llu", record,
		    out, (unsigned long long)entry->out_bytes);
	if (plan.kind != STAGE_BLOCK && plan.speculate == 0 &&
	    tries < entry->retried + !failed)
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

		if (end == NULL && shortage_room_seen() && status == 3)
			break;
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

/* No worker could have it. */
static bool
was_refused(unsigned record)
{
	const struct entry *entry = &shared->entries[record];

	return scene_is_refused(record) ||
	    (parcel_is_too_long(record) && entry->named > 0 &&
		entry->block_failures == 0);
}

/* The table is of what workers did: records that are refused got to none. */
static void
check_table(int status, const unsigned long long outcomes[])
{
	uint64_t bytes = 0, refused = 0, refusals = 0;

	for (unsigned i = 0; i < plan.records; i++) {
		bytes += shared->entries[i].out_bytes;
		refused += was_refused(i);
		refusals += was_refused(i) && shared->entries[i].named > 0;
	}
	if (tally.failed != outcomes[SEEN_FAILED] - refusals && !named_in_turn(status))
		fault("%llu records failed by the table, and %llu: status %d",
		    tally.failed, outcomes[SEEN_FAILED] - refusals, status);
	if (status < 2 && tally.jobs != plan.records - refused)
		fault("%llu records are in the table: status %d", tally.jobs, status);
	if (status < 2 && tally.bytes_out != bytes)
		fault("%llu bytes of output are in the table, and %llu were written",
		    tally.bytes_out, (unsigned long long)bytes);
}

void
tally_end(int status)
{
	unsigned long long outcomes[SEEN_MAYBE + 1] = { 0 }, aside = 0;

	for (unsigned i = 0; i < plan.records; i++) {
		outcomes[judge_outcome(i)]++;
		aside += shared->entries[i].named > shared->entries[i].said;
	}
	if ((tally.stopped || status >= 3) && plan.serve == 0)
		check_undone(status, outcomes);
	if (plan.quarantine != 0 && tally.set_aside != aside && status != 3)
		fault("%llu records are said to be set aside, and %llu are: status %d",
		    tally.set_aside, aside, status);
	if (plan.log != 0)
		check_log(status);
	if (plan.stats != 0 && tally.table)
		check_table(status, outcomes);
	else if (plan.stats != 0 && status < 2 && !tally.no_table)
		fault("there is no table: status %d", status);
}
