/* SPDX-License-Identifier: ISC */
/*
 * A worker is played whose words and output are bytes in pipes, and whose records are "0"
 * to "9", each sent to it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "hearing.h"
#include "memory.h"

enum { RECORDS = 10, LINES = 128 << 10 };

/* What the owner of a worker heard of it. */
struct owner {
	struct worker worker;
	int unread; /* the other end of its input */
	bool may_be_group;
	char told[500]; /* "NUMBER FATE OUTPUT RECORD," for each */
};

static bool
group(void *context, const struct ack *ack)
{
	const struct owner *owner = context;

	check(ack->more > 0);
	return owner->may_be_group;
}

static void
told(void *context, uint64_t number, const struct ack *ack, const char *output,
    struct batch *record)
{
	struct owner *owner = context;
	size_t used = strlen(owner->told);

	check((record == NULL) == (ack->outcome == OUTCOME_OK));
	snprintf(owner->told + used, sizeof(owner->told) - used, "%u %d %.*s%.*s,",
	    (unsigned)number, (int)ack->outcome, (int)ack->bytes, output,
	    record == NULL ? 0 : (int)record->len, record == NULL ? "" : record->data);
	batch_free(record);
}

/* A pipe that holds text; its end to read from. */
static int
pipe_of(const char *text, size_t len)
{
	int ends[2];

	check(pipe2(ends, O_NONBLOCK | O_CLOEXEC) == 0);
	check(write(ends[1], text, len) == (ssize_t)len);
	close(ends[1]);
	return ends[0];
}

/* Records in flight, all of them sent, and not read; false without memory. */
static bool
fill(struct worker *worker, int *unread)
{
	int ends[2];
	struct block *block = block_new(2 * RECORDS);
	struct batch *batch = NULL;

	if (block != NULL) {
		memcpy(block->data, "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n", 2 * RECORDS);
		batch = batch_new(block, block->data, 2 * RECORDS, 0, RECORDS);
		block_drop(block);
	}
	if (batch == NULL || window_add(&worker->window, batch) < 0) {
		batch_free(batch);
		return false;
	}
	window_sent(&worker->window, 2 * RECORDS);
	check(pipe2(ends, O_NONBLOCK | O_CLOEXEC) == 0);
	worker->in = ends[1];
	*unread = ends[0];
	check(
	    write(ends[1], "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n", 2 * RECORDS) == 2 * RECORDS);
	return true;
}

/* A worker that has said these words, and written this output. */
static bool
begin(struct owner *owner, const char *words, const char *output)
{
	struct worker *worker = &owner->worker;

	*owner = (struct owner){ .unread = -1 };
	worker_init(worker, 1, NULL);
	window_init(&worker->window);
	worker->hello.jobs = 1;
	worker->lines = malloc(LINES);
	worker->ack = pipe_of(words, strlen(words));
	worker->out = pipe_of(output, strlen(output));
	return worker->lines != NULL && fill(worker, &owner->unread);
}

static void
end(struct owner *owner)
{
	window_clear(&owner->worker.window);
	if (owner->unread >= 0)
		close(owner->unread);
	worker_close(&owner->worker);
	free(owner->worker.lines);
}

/* Rows: what it says and writes, and what comes of that, as ends and records. */
static const struct row {
	const char *words, *output;
	bool group;
	enum hearing_end last; /* after those that were told */
	const char *told, *text, *shown;
} rows[] = {
	{ "", "", false, HEARING_NOTHING, "", "", NULL },
	{ "par-stage 1\n", "", false, HEARING_NOTHING, "", "", NULL },
	{ "par-stage 1\n0 2 ok\n2 0 ok\n", "a\n", false, HEARING_NOTHING, "0 0 a\n,2 0 ,",
	    "", NULL },
	{ "par-stage 1\n0 2 fail no\n1 0 retry\n", "a\n", false, HEARING_NOTHING,
	    "0 2 a\n0\n,1 1 1\n,", "", NULL },
	{ "par-stage 1\nnonsense\n", "", false, HEARING_LIES, "",
	    "not a line of par-stage(7): nonsense", NULL },
	{ "par-stage 2\n", "", false, HEARING_BAD, "",
	    "made by a newer par (par-stage 2, and this one reads 1): use that one",
	    NULL },
	{ "hello\n", "", false, HEARING_BAD, "", "not a line of par-stage(7): hello",
	    NULL },
	{ "par-stage 1\n12 0 ok\n", "", false, HEARING_LIES, "", NULL, NULL },
	{ "par-stage 1\n3 0 ok\n3 0 ok\n", "", false, HEARING_LIES, "3 0 ,", NULL, NULL },
	{ "par-stage 1\n4 5 ok\n", "a\n", false, HEARING_ILL, "",
	    "its line counts 5 bytes of output, more than were written", "4" },
	{ "par-stage 1\n0 2 ok\n4 2 ok\n", "a\nbc", false, HEARING_ILL, "0 0 a\n,",
	    "the output that its line counts, 2 bytes, does not end in a newline", "4" },
	{ "par-stage 1\n0-2 2 ok\n", "a\n", false, HEARING_GROUP, "", NULL, "0" },
	{ "par-stage 1\n0-2 2 ok\n", "a\n", true, HEARING_NOTHING, "0 0 ,1 0 ,2 0 a\n,",
	    "", NULL },
	{ "par-stage 1\n8-12 0 ok\n", "", true, HEARING_LIES, "", NULL, NULL },
	{ "par-stage 1 unsure\npar-stage 1 plain\n", "", false, HEARING_PLAIN, "", NULL,
	    NULL },
};

static void
hears(void)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct row *row = &rows[i];
		char text[HEARING_TEXT] = "", shown[HEARING_SHOWN];
		enum hearing_end got;
		struct hearing hearing;
		struct owner owner;
		struct ack ack;

		check_at(i);
		check(begin(&owner, row->words, row->output));
		owner.may_be_group = row->group;
		hearing = (struct hearing){ .worker = &owner.worker,
			.context = &owner,
			.may_group = group,
			.told = told };
		do {
			got = hearing_next(&hearing, &ack, text);
		} while (
		    got == HEARING_TOLD || got == HEARING_HELLO || got == HEARING_UNSURE);
		check_is(got, row->last);
		check_text(owner.told, row->told);
		if (row->text != NULL)
			check_text(text, row->text);
		if (row->shown != NULL) {
			check(hearing_show(&owner.worker, &ack, shown));
			check_text(shown, row->shown);
		}
		end(&owner);
	}
}

/* Rows: what one does, reads and says, and what it is by that. */
static void
shows(void)
{
	static const struct {
		const char *words, *output;
		bool reads, known;
		enum hearing_end last;
		const char *text;
	} kinds[] = {
		{ "", "", false, false, HEARING_NOTHING, "" },
		{ "", "", true, false, HEARING_PLAIN,
		    "reads before it has said anything" },
		{ "", "a", false, false, HEARING_PLAIN,
		    "writes before it has said anything" },
		{ "", "a", true, false, HEARING_PLAIN,
		    "writes before it has said anything" },
		{ "", "", true, true, HEARING_LIES, "reads before it has said anything" },
		{ "par-stage 1\n", "a", true, false, HEARING_NOTHING, "" },
		{ "par-stage 1 unsure\n", "a", true, false, HEARING_NOTHING, "" },
		{ "par-stage 1 unsure\npar-stage 1 plain\n", "", false, false,
		    HEARING_PLAIN, "runs a plain command" },
		{ "par-stage 1 unsure\npar-stage 1 plain\n", "", false, true,
		    HEARING_LIES, "runs a plain command" },
		{ "hello\n", "", true, true, HEARING_LIES,
		    "not a line of par-stage(7): hello" },
		{ "par-stage 1\nhello\n", "", true, false, HEARING_LIES,
		    "not a line of par-stage(7): hello" },
	};

	for (size_t i = 0; i < COUNT(kinds); i++) {
		char text[HEARING_TEXT] = "", read_of[1];
		struct hearing hearing;
		enum hearing_end got;
		struct owner owner;
		struct ack ack;

		check_at(i);
		check(begin(&owner, kinds[i].words, kinds[i].output));
		check(!kinds[i].reads || read(owner.unread, read_of, 1) == 1);
		worker_absorb(&owner.worker, 1);
		hearing = (struct hearing){ .worker = &owner.worker,
			.known = kinds[i].known,
			.context = &owner,
			.may_group = group,
			.told = told };
		do
			got = hearing_next(&hearing, &ack, text);
		while (got == HEARING_HELLO || got == HEARING_UNSURE);
		check_is(got, kinds[i].last);
		check_text(text, kinds[i].text);
		end(&owner);
	}
}

/* What follows from its output is taken as if it had been said. */
static void
takes(void)
{
	char text[HEARING_TEXT], shown[HEARING_SHOWN];
	struct hearing hearing;
	struct owner owner;

	check(begin(&owner, "", "a\nb\n"));
	hearing = (struct hearing){ .worker = &owner.worker,
		.context = &owner,
		.may_group = group,
		.told = told };
	for (uint64_t i = 0; i < 2; i++)
		check_is(
		    hearing_take(&hearing, &(struct ack){ .index = i, .bytes = 2 }, text),
		    HEARING_TOLD);
	check_text(owner.told, "0 0 a\n,1 0 b\n,");
	check_is(hearing_take(&hearing, &(struct ack){ .index = 1 }, text), HEARING_LIES);
	check(!hearing_show(&owner.worker, &(struct ack){ .index = 1 }, shown));
	check_is(hearing_take(&hearing, &(struct ack){ .index = RECORDS }, text),
	    HEARING_LIES);
	end(&owner);
}

/* Without memory it says so, and a record is told of once or not at all. */
static void
starve(void)
{
	enum hearing_end got = HEARING_TOLD;
	char text[HEARING_TEXT];
	struct hearing hearing;
	struct owner owner;
	struct ack ack;

	if (begin(&owner, "par-stage 1\n5 2 ok\n0 0 fail\n", "a\n")) {
		hearing = (struct hearing){ .worker = &owner.worker,
			.context = &owner,
			.may_group = group,
			.told = told };
		while (got == HEARING_TOLD || got == HEARING_HELLO)
			got = hearing_next(&hearing, &ack, text);
		check(got == HEARING_NOTHING ||
		    (memory_failed() && got == HEARING_BROKEN && errno == ENOMEM));
		check(got != HEARING_NOTHING ||
		    strcmp(owner.told, "5 0 a\n,0 2 0\n,") == 0);
	} else {
		check(memory_failed());
	}
	end(&owner);
}

static void
starves(void)
{
	memory_torment(starve);
}

TESTS("hearing", { "each word has its end", hears },
    { "a plain command is known by what it does", shows },
    { "what follows from output is taken", takes }, { "without memory", starves })
