/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "hearing.h"
#include "printable.h"

enum { READ_SIZE = 256 << 10 };

/* Have so much of its output in the buffer.  1, 0 if it is not there, or -1 with errno.
 */
static int
absorb(struct worker *worker, uint64_t bytes)
{
	struct buffered *buffered = &worker->buffered;

	if (!worker_wrote(worker, bytes))
		return 0;
	while (buffered->end - buffered->start < bytes) {
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

	if (ack->outcome != OUTCOME_OK) {
		record = window_record(flight, ack->index);
		if (record == NULL)
			return HEARING_BROKEN;
	}
	number = window_done(&worker->window, flight, ack->index);
	if (number == UINT64_MAX) {
		batch_free(record);
		return HEARING_BROKEN;
	}
	hearing->told(
	    hearing->context, number, ack, buffered_at(&worker->buffered), record);
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
	if (ack->more > 0 && !hearing->may_group(hearing->context, ack))
		return HEARING_GROUP;
	there = absorb(worker, ack->bytes);
	if (there < 0)
		return HEARING_BROKEN;
	wrong = worker_ill(worker, 0, ack, ill);
	if (wrong == NULL && there == 0) /* it is to be dropped, and is not there */
		wrong = "its line counts more output than was written";
	if (wrong == NULL)
		return finish(hearing, flight, ack);
	say(text, wrong);
	return HEARING_ILL;
}

enum hearing_end
hearing_next(struct hearing *hearing, struct ack *ack, char text[static HEARING_TEXT])
{
	struct worker *worker = hearing->worker;
	const char *shows = worker_shows(worker); /* before its words are read */

	switch (worker_hear(worker, ack)) {
	case WORD_HELLO:
		hearing->known = true;
		return HEARING_HELLO;
	case WORD_UNSURE:
		return HEARING_UNSURE;
	case WORD_PLAIN:
		say(text, "runs a plain command");
		return hearing->known ? HEARING_LIES : HEARING_PLAIN;
	case WORD_ACK:
		return hearing_take(hearing, ack, text);
	case WORD_WRONG:
		say(text, worker->wrong);
		return HEARING_LIES;
	case WORD_BAD:
		worker_bad_text(worker, text);
		return hearing->known ? HEARING_LIES : HEARING_BAD;
	case WORD_TRACE: /* it was not asked */
	case WORD_NONE:
	case WORD_END:
		break;
	}
	if (shows == NULL)
		return HEARING_NOTHING;
	say(text, shows);
	return hearing->known ? HEARING_LIES : HEARING_PLAIN;
}

bool
hearing_show(
    struct worker *worker, const struct ack *ack, char shown[static HEARING_SHOWN])
{
	struct flight *flight = window_find(&worker->window, ack->index);
	struct batch *record = flight == NULL ? NULL : window_record(flight, ack->index);

	if (record == NULL)
		return false;
	printable(shown, HEARING_SHOWN, record->data, record->len - 1);
	batch_free(record);
	return true;
}
