/* SPDX-License-Identifier: ISC */
/*
 * tally - do the numbers that the supervisor tells, on standard error, in the file of
 * --log and the table of -s, agree with what became of the records?
 */
#ifndef SIM_TALLY_H
#define SIM_TALLY_H

/* What became of a record, as far as it can be seen from here. */
enum outcome {
	OUTCOME_NONE,
	OUTCOME_DONE,
	OUTCOME_FAILED, /* it was named, or set aside */
	OUTCOME_MAYBE /* done without output, if the supervisor has heard of it */
};

/* A line on standard error, without its newline. */
void tally_message(const char *line);

/* The end of the only life of a supervisor. */
void tally_end(int status);

#endif
