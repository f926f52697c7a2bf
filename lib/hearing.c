/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "hearing.h"
#include "printable.h"

enum { READ_SIZE = 256 << 10, SHOWN_LINE = 200 };

/* Have so much of its output in the hold.  1, 0 if it is not there, or -1 with errno. */
static int
absorb(struct worker *worker, uint64_t bytes)
{
	struct hold *hold = &worker->hold;

	if (!worker_wrote(worker, bytes))
		return 0;
	while (hold->end - hold->start < bytes) {
		int got = worker_absorb(worker, READ_SIZE);

		if (got < 0 && errno != ENODATA)
			return -1;
		if (got <= 0)
			return 0;
	}
	return 1;
}

static void
say(char text[static HEARING_TEXT], const char *what)
{
	snprintf(text, HEARING_TEXT, "%s", what);
}

/* What it says of a record that it has is true, and its output is there. */
static enum hearing_end
finish(const struct hearing *hearing, struct flight *flight, const struct ack *ack)
{
	struct worker *worker = hearing->worker;
	struct batch *record = NULL;
	uint64_t number;

	if (ack->fate != FATE_OK) {
		record = window_record(flight, ack->index);
		if (record == NULL)
			return HEARING_BROKEN;
	}
	number = window_done(&worker->window, flight, ack->index);
	if (number == UINT64_MAX) {
		batch_free(record);
		return HEARING_BROKEN;
	}
	hearing->told(hearing->context, number, ack, hold_at(&worker->hold), record);
	worker_release(worker, ack->bytes);
	return HEARING_TOLD;
}

enum hearing_end
hearing_take(
    const struct hearing *hearing, const struct ack *ack, char text[static HEARING_TEXT])
{
	struct worker *worker = hearing->worker;
	struct flight *flight = window_find(&worker->window, ack->index);
	char ill[WORKER_ILL_TEXT];
	const char *wrong;
	int there;

	if (flight == NULL) {
		say(text, worker_no_record);
		return HEARING_LIES;
	}
	if (ack->more > 0 && !hearing->joint(hearing->context, ack))
		return HEARING_JOINT;
	there = absorb(worker, ack->bytes);
	if (there < 0)
		return HEARING_BROKEN;
	wrong = there > 0 ? worker_ill(worker, 0, ack, ill)
			  : "its line counts more output than was written";
	if (wrong == NULL)
		return finish(hearing, flight, ack);
	say(text, wrong);
	return HEARING_ILL;
}

/* The line that is none of the protocol's, in words. */
static void
say_bad(const struct worker *worker, char text[static HEARING_TEXT])
{
	char line[SHOWN_LINE];
	size_t len;
	const char *bad = worker_bad_line(worker, &len);

	printable(line, sizeof(line), bad, len);
	snprintf(text, HEARING_TEXT, "not a line of par-stage(7): %s", line);
}

enum hearing_end
hearing_next(
    const struct hearing *hearing, struct ack *ack, char text[static HEARING_TEXT])
{
	struct worker *worker = hearing->worker;

	switch (worker_hear(worker, ack)) {
	case WORD_HELLO:
		return HEARING_HELLO;
	case WORD_UNSURE:
		return HEARING_UNSURE;
	case WORD_PLAIN:
		return HEARING_PLAIN;
	case WORD_ACK:
		return hearing_take(hearing, ack, text);
	case WORD_WRONG:
		say(text, worker->wrong);
		return HEARING_LIES;
	case WORD_BAD:
		say_bad(worker, text);
		return HEARING_BAD;
	case WORD_NONE:
	case WORD_END:
		break;
	}
	return HEARING_NOTHING;
}

bool
hearing_show(const struct hearing *hearing, const struct ack *ack,
    char shown[static HEARING_SHOWN])
{
	struct flight *flight = window_find(&hearing->worker->window, ack->index);
	struct batch *record = flight == NULL ? NULL : window_record(flight, ack->index);

	if (record == NULL)
		return false;
	printable(shown, HEARING_SHOWN, record->data, record->len - 1);
	batch_free(record);
	return true;
}
