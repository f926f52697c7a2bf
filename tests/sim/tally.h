/* SPDX-License-Identifier: ISC */
/*
 * tally - do the numbers that the supervisor tells, on standard error, in the file of
 * --log and the table of -s, agree with what became of the records?
 */
#ifndef SIM_TALLY_H
#define SIM_TALLY_H

#include <stdbool.h>

/* What became of a record, as far as it can be seen from here. */
enum seen_outcome {
	SEEN_NONE,
	SEEN_DONE,
	SEEN_FAILED, /* it was named, or set aside */
	SEEN_MAYBE /* done without output, if the supervisor has heard of it */
};

/* A line on standard error, without its newline. */
void tally_message(const char *line);

/* Has it said that all stages ended well, and read nothing? */
bool tally_unread(void);

/* At which limit of --stop-on it said that it stops, and what was counted then. */
enum tally_limit { TALLY_NO_LIMIT, TALLY_FAILURES, TALLY_SUCCESS };
enum tally_limit tally_limit(unsigned long long *count);

/* The end of the only life of a supervisor. */
void tally_end(int status);

#endif
