/* SPDX-License-Identifier: ISC */
/*
 * hearing - what a worker says of its records, held to the rules of par-stage(7): for who
 * has its output in memory (buffered_in_memory) and takes it by count, record by record.
 *
 * Nothing here is said, ended or decided: each word is an end that tells the caller what
 * happened, and what it wants of one that breaks the rules is its own.  Nothing waits.
 */
#ifndef PAR_HEARING_H
#define PAR_HEARING_H

#include <stdbool.h>
#include <stdint.h>

#include "worker.h"

enum { HEARING_TEXT = WORKER_BAD_TEXT, HEARING_SHOWN = 80 };

enum hearing_end {
	HEARING_NOTHING, /* no whole word is there now, or none will come any more */
	HEARING_HELLO, /* see the worker's hello */
	HEARING_UNSURE, /* it is a supervisor that does not know yet what it runs */
	HEARING_PLAIN, /* it is a plain command, or runs one: text */
	HEARING_TOLD, /* told() was called, for one record */
	HEARING_GROUP, /* it may not tell of these records in one: see may_group() */
	HEARING_BAD, /* not a line of par-stage(7), or of a newer version of it: text */
	HEARING_LIES, /* it says what cannot be true, or does what no stage does: text */
	HEARING_ILL, /* it breaks a rule with a record, as any copy of it would: text */
	HEARING_BROKEN /* errno: no memory, or its output could not be read */
};

struct hearing {
	struct worker *worker;
	bool known; /* it, or a copy before it, has said hello; 0 at first */
	void *context; /* the caller's */
	/* More than one record is told of: may they be, by one output? */
	bool (*may_group)(void *context, const struct ack *ack);
	/*
	 * The record of that number is finished, as ack says.  Output, ack->bytes of it,
	 * is valid during the call.  record is it alone, the callee's, if it is not done,
	 * and NULL if it is.
	 */
	void (*told)(void *context, uint64_t number, const struct ack *ack,
	    const char *output, struct batch *record);
};

/*
 * Take the next word of the worker, or find that it is a plain command, as it reads, or
 * has written what is in its buffer, and has said nothing.  text is set with
 * HEARING_PLAIN, _BAD, _LIES and _ILL, and ack, which stays valid until the next word,
 * with what tells of a record.  Of one that is known, PLAIN and BAD are LIES.
 */
enum hearing_end
hearing_next(struct hearing *hearing, struct ack *ack, char text[static HEARING_TEXT]);

/* Take an ack that was not said, but follows from its output, as hearing_next() does. */
enum hearing_end hearing_take(
    const struct hearing *hearing, const struct ack *ack, char text[static HEARING_TEXT]);

/*
 * The record that ack tells of, for diagnostics; false if it cannot be shown.  After an
 * end that names one, and before the next word.
 */
bool hearing_show(
    struct worker *worker, const struct ack *ack, char shown[static HEARING_SHOWN]);

#endif
