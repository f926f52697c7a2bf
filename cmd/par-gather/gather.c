/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ends.h"
#include "fdio.h"
#include "fifo.h"
#include "gather.h"
#include "plural.h"
#include "roles.h"
#include "sig.h"

/* Open what records are written to, when the inputs are there for their writers. */
static int
open_output(struct gather *gather, const struct gather_plan *plan)
{
	struct ends ends;

	if (ends_open(&ends, NULL, 0, plan->output, plan->wait_ms) < 0)
		die(STATUS_BROKEN, 0, "%s: %s", ends.name, fifo_why(errno));
	gather->out_name = ends.out_name;
	gather->empty = ends.empty;
	ends_close(&ends);
	return ends.out;
}

/* With --follow, SIGINT and SIGTERM are how the input ends. */
static int
catch_signals(void)
{
	static const int stops[] = { SIGINT, SIGTERM };
	int fd = sig_open(stops, sizeof(stops) / sizeof(stops[0]));

	if (fd < 0)
		die(STATUS_BROKEN, errno, "signals");
	return fd;
}

/* No file may be two of those that are given; but what is grouped is read before. */
static void
check_roles(const struct gather_plan *plan, char *const *files, size_t count)
{
	struct roles roles = { 0 };
	struct trouble trouble = { 0 };

	roles_add_inputs(&roles, files, count);
	roles_add(&roles, ROLE_SETTINGS, "--join-keys", plan->join_keys);
	roles_add(&roles, gather_plan_groups(plan) ? ROLE_OUTPUT_LAST : ROLE_OUTPUT, "-o",
	    plan->output);
	if (roles_check(&roles, &trouble) < 0)
		die_of(&trouble);
}

static _Noreturn void
die_inputs(const struct inputs *in)
{
	if (errno != EMFILE)
		die(STATUS_BROKEN, errno, "buffers");
	die(STATUS_BROKEN, 0, "only %zu of %zu FIFOs can be open at once: see ulimit -n",
	    in->polls_count, inputs_streams(in));
}

/* How much there is to be read, if all inputs are files. */
static uint64_t
size_of(const struct inputs *in)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < in->count; i++) {
		const char *path = in->all[i].path;
		struct stat about;
		uint64_t size = 0;

		if (path == NULL)
			size = headway_size(STDIN_FILENO);
		else if (stat(path, &about) == 0 && S_ISREG(about.st_mode))
			size = (uint64_t)about.st_size;
		if (size == 0)
			return 0;
		sum += size;
	}
	return sum;
}

void
gather_open(struct gather *gather, const struct gather_plan *plan, char *const *files,
    size_t count)
{
	check_roles(plan, files, count);
	*gather = (struct gather){ .signals = plan->follow ? catch_signals() : -1 };
	if (count == 0)
		diag_awaits("records");
	if (inputs_open(&gather->in, files, count, (size_t)plan->max_record) < 0)
		die_inputs(&gather->in);
	if (writer_open(&gather->out, open_output(gather, plan)) < 0)
		die(STATUS_BROKEN, errno, "buffers");
	writer_share(&gather->out, &diag_says);
	gather->in.watched = gather->signals;
	gather->in.follow = plan->follow;
	gather->in.wait_ms = plan->wait_ms;
	headway_open(&gather->headway, plan->progress);
	gather->size = plan->progress ? size_of(&gather->in) : 0;
}

/* How far it is. */
static struct headway_facts
look(const struct gather *gather)
{
	return (struct headway_facts){ .what = "record",
		.done = gather->taken,
		.bytes = gather->taken_bytes,
		.size = gather->size,
		.failed = gather->named };
}

void
gather_taken(struct gather *gather, uint64_t records, uint64_t bytes)
{
	struct headway_facts facts;

	gather->taken += records;
	gather->taken_bytes += bytes;
	if (!headway_is_due(&gather->headway))
		return;
	facts = look(gather);
	headway_tell(&gather->headway, &facts);
}

/* Something can be read, and maybe all was: empty an output that is a file. */
static void
begin_output(struct gather *gather)
{
	if (!gather->empty && fdio_cut(gather->out.to.fd, 0) < 0)
		die_output(errno, gather->out_name);
	gather->empty = true;
}

enum status
gather_close(struct gather *gather)
{
	struct headway_facts facts = look(gather);

	headway_end(&gather->headway, &facts);
	gather_flush(gather);
	if (gather->lost < gather->in.count)
		begin_output(gather);
	if (close(gather->out.to.fd) < 0 && errno != EINTR)
		die_output(errno, gather->out_name);
	inputs_close(&gather->in);
	writer_close(&gather->out);
	if (gather->lost > 0)
		return STATUS_BROKEN;
	return gather->failed ? STATUS_FAILED : STATUS_OK;
}

void
gather_put(struct gather *gather, const void *data, size_t len)
{
	if (!gather->empty)
		begin_output(gather);
	if (writer_put(&gather->out, data, len) < 0)
		die_output(errno, gather->out_name);
}

void
gather_flush(struct gather *gather)
{
	if (writer_flush(&gather->out) < 0)
		die_output(errno, gather->out_name);
}

/* Name a record that failed. */
static void
fail(struct gather *gather, const struct record *rec, const char *why)
{
	warn_record(rec->data, rec->len, why);
	gather->failed = true;
	gather->named++;
}

void
gather_fail_field(struct gather *gather, const struct record *rec, uint64_t field,
    const char *why, const char *remedy)
{
	char what[512];

	snprintf(what, sizeof(what), "%.400s: record %llu: field %llu %s%s",
	    inputs_name(&gather->in), (unsigned long long)rec->number + 1,
	    (unsigned long long)field, why, remedy);
	fail(gather, rec, what);
}

void
gather_fail_input(struct gather *gather, const char *name, int error)
{
	if (error == ENOMEM)
		die(STATUS_BROKEN, error, "%s", name);
	warn("%s: %s", name, fifo_why(error));
	gather->lost++;
}

void
gather_fail_long(struct gather *gather, const char *name, const struct record *rec)
{
	char why[512];

	snprintf(why, sizeof(why),
	    "%s: record at byte %llu is longer than %zu bytes; see --max-record", name,
	    (unsigned long long)rec->offset, gather->in.limit);
	fail(gather, rec, why);
}

/* A second signal: what has begun is not waited for.  Name what that drops. */
static void
drop_begun(struct gather *gather)
{
	for (size_t i = 0; i < gather->in.count; i++) {
		const struct input *input = &gather->in.all[i];
		uint64_t begun =
		    input->reader.buffer == NULL ? 0 : record_begun(&input->reader);

		if (begun == 0)
			continue;
		warn("%s: %llu %s of a record that had no end %s dropped", input->name,
		    (unsigned long long)begun, plural(begun, "byte", "bytes"),
		    plural(begun, "is", "are"));
		gather->failed = true;
	}
}

/*
 * Wait for more.  After a signal only what is there already is read, and when that is
 * nothing, the ends of records that have begun; after another one not even these: false.
 */
static bool
wait_for_more(struct gather *gather, bool nothing)
{
	bool stopping = gather->signals >= 0 && !gather->in.follow;

	if (stopping && nothing && !gather->in.finishing) {
		inputs_finish(&gather->in);
		return true; /* to see whether anything has begun */
	}
	gather_flush(gather);
	gather_taken(gather, 0, 0);
	if (inputs_wait(&gather->in,
		headway_timeout(
		    &gather->headway, stopping && !gather->in.finishing ? 0 : -1)) < 0 &&
	    errno != EINTR)
		die(STATUS_BROKEN, errno, "poll");
	if (gather->signals < 0 || sig_next(gather->signals) == 0)
		return true;
	gather->in.follow = false;
	if (stopping)
		drop_begun(gather);
	return !stopping;
}

/* The records of a run are counted as long as somebody wants to know. */
static void
count_run(struct gather *gather, const struct record *run)
{
	uint64_t records;

	if (!gather->headway.ticker.on)
		return;
	record_span(run->data, run->len, UINT64_MAX, SIZE_MAX, &records);
	gather_taken(gather, records, run->len);
}

bool
gather_next(struct gather *gather, struct record *run)
{
	for (bool nothing = false;; nothing = true) {
		switch (inputs_take(&gather->in, run)) {
		case RECORD_OK:
			count_run(gather, run);
			return true;
		case RECORD_EOF:
			return false;
		case RECORD_TOO_LONG:
			gather_fail_long(gather, inputs_name(&gather->in), run);
			break;
		case RECORD_ERROR:
			gather_fail_input(gather, inputs_name(&gather->in), errno);
			break;
		case RECORD_NONE:
			if (!wait_for_more(gather, nothing))
				return false;
			break;
		}
	}
}

void
gather_copy(struct gather *gather)
{
	struct record run;

	while (gather_next(gather, &run))
		gather_put(gather, run.data, run.len);
}
