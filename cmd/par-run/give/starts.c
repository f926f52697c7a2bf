/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "diag.h"
#include "gate.h"
#include "host.h"
#include "hosts.h"
#include "ledger.h"
#include "plural.h"
#include "signs.h"
#include "spawn.h"
#include "starts.h"
#include "verbatim.h"

enum {
	MISFIT_WAIT = 500, /* ms for the others to end alike */
	ALONE =
	    50, /* ms that the first one is waited for: of what use is its input to it? */
	WORDS_WAIT =
	    300, /* ms that words of those that are not known yet are buffered, */
	WORDS_MOST = 4 << 10 /* and bytes of the first that ended, to know them again */
};

/* Others are tried, or are of use: say what was not said. */
static void
say_misfits(struct misfits *misfits)
{
	if (misfits->count > 0 && !misfits->over)
		warn("%llu worker%s exited with status %d, before reading anything",
		    (unsigned long long)misfits->count, misfits->count == 1 ? "" : "s",
		    misfits->status);
	misfits->over = true;
}

/* What it said goes no further if another one has said the same. */
static void
fold_words(struct misfits *misfits, struct errors *errors)
{
	struct buffered *said = &errors->buffered;
	size_t len = said->end - said->start;
	struct bytes *words = &misfits->words;

	if (!errors->way.together || buffered_filed(said) > 0 || len > WORDS_MOST)
		return;
	if (words->len == len && len > 0 &&
	    memcmp(words->data, buffered_at(said), len) == 0) {
		buffered_drop(said, len);
		return;
	}
	bytes_clear(words, WORDS_MOST);
	if (bytes_put(words, buffered_at(said), len) < 0)
		bytes_clear(words, WORDS_MOST); /* the next one says them, too */
}

bool
starts_misfit(struct starts *starts, struct slot *slot)
{
	struct misfits *misfits = &starts->misfits;
	struct worker *worker = &slot->worker;

	restarts_together(starts->restarts);
	if (misfits->over || starts->nature->kind != WORKER_UNKNOWN || worker->unsure ||
	    worker->exit_signal != 0 || worker->exit_code == STATUS_NEVER ||
	    starts->restarts->limit.given || slot->link.host != NULL ||
	    (misfits->count > 0 && misfits->status != worker->exit_code)) {
		say_misfits(misfits);
		return false;
	}
	misfits->status = worker->exit_code;
	misfits->count++;
	fold_words(misfits, &worker->errors);
	return true;
}

/*
 * Each worker that there was has ended alike, one alone twice, and reads nothing.  Where
 * there is no input no other one comes.
 */
static void
count_misfits(struct starts *starts)
{
	struct misfits *misfits = &starts->misfits;
	char why[80 + UNREAD_REMEDY], remedy[UNREAD_REMEDY];

	if (misfits->over || misfits->count == 0 || starts->pool->living > 0 ||
	    (misfits->count == 1 && !supply_empty(starts->supply)))
		return;
	snprintf(why, sizeof(why), "%sexited with status %d, before reading anything%s",
	    misfits->count > 1 ? "each worker " : "", misfits->status,
	    unread_remedy(starts->unread, remedy));
	misfits->over = true;
	gate_give_in(starts->gate, HOPE_GIVEN_UP, why);
}

void
starts_count_deaths(struct starts *starts, const char *how)
{
	const struct restarts *restarts = starts->restarts;
	char why[WORKER_EXIT_TEXT + 120 + SIGNS_REMEDY], remedy[SIGNS_REMEDY];

	count_misfits(starts);
	if (!supply_left(starts->supply) ||
	    !restarts_over(restarts, starts->pool->workers))
		return;
	signs_remedy(remedy, "par-run", starts->options->command);
	if (restarts->limit.within == 0)
		snprintf(why, sizeof(why),
		    "%llu worker%s in a row ended without finishing a record, the last "
		    "%s%s",
		    (unsigned long long)restarts->row, plural(restarts->row, "", "s"),
		    how, remedy);
	else
		snprintf(why, sizeof(why),
		    "more than %llu worker%s ended within %g s, the last %s",
		    (unsigned long long)restarts->limit.most,
		    plural(restarts->limit.most, "", "s"),
		    (double)restarts->limit.within / 1000, how);
	gate_give_in(starts->gate, HOPE_GIVEN_UP, why);
}

void
starts_rest(const struct starts *starts, struct slot *slot)
{
	uint64_t wait =
	    slot->link.host != NULL ? hosts_pause(slot) : restarts_wait(starts->restarts);

	/* The others, of which not one may be there yet, come first. */
	if (starts->misfits.count > 0 && !starts->misfits.over &&
	    (starts->pool->living > 0 || starts->pool->workers > 1))
		wait = MISFIT_WAIT;
	slot_rest(slot, starts->times->now + wait);
}

static void
begin(struct starts *starts, struct slot *slot)
{
	if (slot->account.starts > 0 &&
	    (starts->misfits.count > 1 ||
		(starts->misfits.count == 1 && starts->pool->living > 0)))
		say_misfits(&starts->misfits);
	if (!starts->restarts->ever && slot->worker.kind == WORKER_UNKNOWN &&
	    slot->link.host == NULL) {
		starts->others_at = starts->times->now + ALONE;
		restarts_alone(starts->restarts, UINT64_MAX);
	}
	restarts_begun(starts->restarts, starts->pool->living);
	pool_started(starts->pool, slot);
	account_started(&slot->account,
	    slot->account.starts > 0 && starts->nature->kind != WORKER_BLOCK);
	/* What would not have room in its pipe, or is to be counted, is read. */
	output_absorb(&slot->spout,
	    starts->nature->kind == WORKER_BLOCK &&
		(slot->reading.large || starts->options->max_output != 0));
	if (starts->nature->kind == WORKER_BLOCK &&
	    (slot->voice.tag.len > 0 || slot->files.open || starts->options->line_buffer))
		output_absorb_all(&slot->spout);
}

/* The worker could not be started; false if it never can be. */
static bool
start_failed(struct starts *starts, struct slot *slot, int error)
{
	bool news = starts->restarts->error != error;
	enum restarts_next next = restarts_failed(
	    starts->restarts, error, starts->pool->living, starts->times->now);
	char how[WORKER_EXIT_TEXT];

	if (next == RESTARTS_NEVER)
		return false;
	snprintf(how, sizeof(how), "could not be started: %.40s", strerror(error));
	if (news)
		warn("worker %u: %s%s%s", slot->worker.number, how,
		    next == RESTARTS_FEWER ? "; fewer workers for now" : "",
		    diag_remedy(error));
	if (next == RESTARTS_FEWER) { /* what waits for this place goes to others */
		slot_rest(slot, starts->restarts->next_at);
		return true;
	}
	starts_rest(starts, slot);
	starts_count_deaths(starts, how);
	return true;
}

/*
 * Which run it may be told that its records are of; NULL: none that is known, or the same
 * one when it goes on.
 */
static const char *
offered_run(const struct starts *starts)
{
	const struct run_options *o = starts->options;
	const char *run = starts->facts->run;
	bool known = *run != '\0' && (o->id != NULL || o->checkpoint == NULL);

	return known && o->key.kind == KEY_RECORD ? run : NULL;
}

/* How what it writes is told, of a process for block if that is not NULL.  The same. */
static int
begin_voice(struct starts *starts, struct slot *slot, const struct batch *block)
{
	struct errors_way *way = &slot->worker.errors.way;

	*way = (struct errors_way){ 0 };
	if (starts->nature->kind == WORKER_UNKNOWN && slot->link.host == NULL) {
		way->together = true;
		way->until = starts->times->now + WORDS_WAIT;
	}
	if (block == NULL)
		return 0;
	if (tags_fill(starts->tags, block, slot->worker.number, &slot->voice.tag) < 0)
		return -1;
	voice_begin(&slot->voice, block->first);
	way->tagged = slot->voice.out;
	way->together = !starts->options->line_buffer;
	if (starts->results->on) {
		way->copy = results_err;
		way->context = &slot->files;
	}
	return results_begin(starts->results, slot);
}

/*
 * What the process for block reads: nothing, or a header and then its records as they
 * are, or what they were in the input.  0, or -1 with errno.
 */
static int
hand_over(struct starts *starts, struct slot *slot, const struct batch *block,
    struct worker_plan *plan)
{
	const struct run_options *o = starts->options;
	const struct bytes *before = &starts->header->text;
	const struct verbatim verbatim = { .escaped = o->escaped,
		.end = o->separator.on ? o->separator.byte : '\n',
		.header = before->data,
		.header_len = before->len };

	bytes_clear(&slot->text, SIZE_MAX);
	plan->no_input = starts->arguments->on && !o->on_stdin;
	if (plan->no_input)
		return 0;
	plan->preamble = before->data;
	plan->preamble_len = before->len;
	plan->in_bytes = before->len + block->len;
	if (!o->on_stdin || verbatim_same(&verbatim))
		return 0;
	if (verbatim_make(&verbatim, &slot->text, block->data, block->len) < 0)
		return -1;
	plan->preamble = slot->text.data;
	plan->preamble_len = plan->in_bytes = slot->text.len;
	return 0;
}

bool
starts_handed(const struct slot *slot)
{
	return slot->text.len > 0;
}

/* Start it, with block if that is not NULL.  0, or -1 with errno. */
static int
start(struct starts *starts, struct slot *slot, const struct batch *block)
{
	struct worker_plan plan = { .argv = starts->options->command,
		.env = slot->env,
		.fine = &starts->options->ok_status,
		.runs = ledger_takes(starts->ledger),
		.trace = trace_share(starts->trace),
		.run = offered_run(starts),
		.kind = starts->nature->kind == WORKER_NATIVE ? WORKER_UNKNOWN
							      : starts->nature->kind };

	if (slot->link.host != NULL) {
		hosts_begin(starts->hosts, slot);
		plan.argv = slot->link.host->command.list;
		plan.framed = true;
		plan.parts = starts->options->line_buffer;
		plan.keeps = starts->options->results != NULL;
		plan.fine = NULL; /* those of its workers are, there */
		plan.preamble = slot->link.host->job;
		plan.preamble_len = slot->link.host->job_len;
	} else if (block != NULL) {
		plan.env = facts_env(starts->facts, block, slot->env);
		if (starts->arguments->on)
			plan.argv = starts->arguments->words;
		if (hand_over(starts, slot, block, &plan) < 0)
			return -1;
	}
	snprintf(slot->of, sizeof(slot->of), "PAR_WORKERS=%zu", starts->pool->workers);
	if (begin_voice(starts, slot, block) < 0 ||
	    worker_start(&slot->worker, &plan) < 0)
		return -1;
	begin(starts, slot);
	return 0;
}

/* The worker could not be started: later, or the run ends. */
static void
not_started(struct starts *starts, struct slot *slot, int error)
{
	const char *name = slot->link.host != NULL ? slot->link.host->command.list[0]
						   : starts->options->command[0];

	if (!start_failed(starts, slot, error))
		ending_add(starts->ending, ENDING_NO_START, error, name);
}

bool
starts_one(struct starts *starts, struct slot *slot)
{
	if (start(starts, slot, NULL) == 0)
		return true;
	not_started(starts, slot, errno);
	return false;
}

bool
starts_never(const struct starts *starts, const struct slot *slot, uint64_t left)
{
	const struct worker *worker = &slot->worker;
	const struct tally *tally = starts->ledger->tally;
	bool any =
	    starts->nature->kind == WORKER_BLOCK && tally->finished > tally->refused;

	const struct place_end end = { .reports = worker->kind == WORKER_NATIVE,
		.never = worker_never(worker, any) && starts->gate->phase < PHASE_STOP,
		.left = left,
		.more = supply_left(starts->supply) || supply_empty(starts->supply) };

	return slot->place.cause == PLACE_NO_CAUSE &&
	    place_judge(&slot->place, &end) == PLACE_PERMANENT;
}

/* Records from to from + count of block, if there are some, are to be sent again first.
 */
static void
put_back(struct starts *starts, const struct batch *block, uint64_t from, uint64_t count)
{
	size_t offset = batch_offset(block, from);
	struct batch *part = count == 0 ? NULL : batch_slice(block, from, count, offset);

	if (part != NULL)
		batch_push_front(&starts->supply->requeued, part);
	else if (count > 0)
		ending_broken(starts->ending, ENOMEM, "records to send again");
}

/* Record k of block cannot be done, the others can.  Takes the block. */
static enum start
refuse(struct starts *starts, struct batch *block, uint64_t k, const char *why)
{
	size_t at = batch_offset(block, k);
	struct record record = { .data = block->data + at,
		.len = batch_offset(block, k + 1) - at - 1,
		.number = block->first + k };

	put_back(starts, block, k + 1, block->count - k - 1);
	put_back(starts, block, 0, k);
	ledger_refused(starts->ledger, &record, false, why);
	batch_free(block);
	return START_REFUSED;
}

/* The system takes no words of so many records: half of them at a time.  The same. */
static enum start
part(struct starts *starts, struct batch *block)
{
	uint64_t half = block->count / 2;

	put_back(starts, block, half, block->count - half);
	put_back(starts, block, 0, half);
	batch_free(block);
	return START_REFUSED;
}

/* The process for block could not be started.  The same. */
static enum start
failed(struct starts *starts, struct slot *slot, struct batch *block, int error)
{
	const char *why = arguments_why(starts->arguments, error);

	if (why != NULL && block->copy) { /* its worker has it all the same */
		batch_free(block);
		return START_LATER;
	}
	if (why != NULL && block->count > 1)
		return part(starts, block);
	if (why != NULL)
		return refuse(starts, block, 0, why);
	supply_put_back(starts->supply, block);
	not_started(starts, slot, error);
	return START_LATER;
}

enum start
starts_fill(struct starts *starts, const struct slot *slot, struct batch *block)
{
	struct template_fault fault;

	if (!starts->arguments->on ||
	    arguments_fill(starts->arguments, block, slot->worker.number, &fault))
		return START_DONE;
	if (fault.record != UINT64_MAX)
		return refuse(starts, block, fault.record, fault.why);
	supply_put_back(starts->supply, block);
	ending_broken(starts->ending, ENOMEM, "arguments");
	return START_LATER;
}

/* The records of the process in a file, if it gets one.  0, or -1 with errno. */
static int
put_file(struct starts *starts, const struct slot *slot, const struct batch *block)
{
	struct record_files *files = starts->record_files;

	if (!files->on ||
	    record_files_put(
		files, starts->options, starts->header, block, slot->worker.number) == 0)
		return 0;
	if (!spawn_is_shortage(errno))
		ending_broken(starts->ending, errno, files->folder);
	return -1;
}

enum start
starts_block(struct starts *starts, struct slot *slot, struct batch *block)
{
	int error;

	if (put_file(starts, slot, block) == 0 && start(starts, slot, block) == 0)
		return START_DONE;
	error = errno;
	record_files_drop(starts->record_files, slot->worker.number);
	if (!ending_near(starts->ending))
		return failed(starts, slot, block, error);
	supply_put_back(starts->supply, block);
	return START_LATER;
}

/*
 * The others follow the first one, whatever there is for them: all are to be there.  They
 * get tokens when they get records.
 */
static void
begin_others(struct starts *starts)
{
	for (size_t i = 0; i < starts->pool->count; i++) {
		struct slot *slot = starts->pool->slots[i];

		if (slot->place.state == PLACE_EMPTY && slot->account.starts == 0 &&
		    pool_may_start(starts->pool) && !starts_one(starts, slot))
			return;
	}
}

bool
starts_wait(const struct starts *starts)
{
	return restarts_open_ended(starts->restarts) && gate_gives(starts->gate) &&
	    !supply_came(starts->supply);
}

/*
 * They come for what has come: of no input one worker makes what the command alone would,
 * so that its output does not depend on how many there may be, nor on time.
 */
static void
let_others_in(struct starts *starts)
{
	bool empty = supply_empty(starts->supply);

	if (empty || supply_came(starts->supply))
		restarts_until(starts->restarts, empty ? 0 : starts->others_at);
	if (restarts_opened(starts->restarts, starts->times->now) && !empty &&
	    starts->nature->kind != WORKER_NATIVE && starts->gate->phase == PHASE_RUN)
		begin_others(starts);
}

void
starts_turn(struct starts *starts)
{
	unread_turn(starts->unread);
	if (starts->nature->kind != WORKER_UNKNOWN)
		say_misfits(&starts->misfits);
	if (starts->nature->kind == WORKER_BLOCK || ending_near(starts->ending))
		return; /* started with what it gets, or not any more */
	let_others_in(starts);
	count_misfits(starts);
	for (size_t i = 0; i < starts->pool->count; i++) {
		struct slot *slot = starts->pool->slots[i];

		if (slot->place.state != PLACE_EMPTY ||
		    slot->start_at > starts->times->now ||
		    starts->gate->phase >= PHASE_STOP || !pool_may_start(starts->pool) ||
		    (!supply_left(starts->supply) &&
			!speculate_lacks(starts->speculate)) ||
		    !busy_may_start(starts->busy, slot))
			continue;
		if (starts_one(starts, slot))
			busy_given(starts->busy, slot);
	}
}
