/* SPDX-License-Identifier: ISC */
/*
 * arguments - records as words of the command: what a process for some of them is to be
 * started with.
 */
#ifndef PAR_RUN_ARGUMENTS_H
#define PAR_RUN_ARGUMENTS_H

#include <stdbool.h>
#include <stddef.h>

#include "batch.h"
#include "bytes.h"
#include "options.h"
#include "template.h"

struct arguments {
	bool on;
	struct template template;
	const char *names; /* of the fields, as a record; NULL: they have none */
	struct bytes room; /* of words */
	size_t most; /* bytes of words and pointers to them that the system takes */
	char **words; /* of the process that is started next */
};

/*
 * Read the words of the command.  names of the fields, a record; and the folder of files
 * with records: both must stay, and may be NULL.  Ends the program on misuse.
 */
void arguments_open(struct arguments *arguments, const struct run_options *options,
    const char *names, const char *folder);

/*
 * How many of the first records of so many bytes at data, at least one, one process can
 * have.
 */
uint64_t arguments_fit(
    const struct arguments *arguments, const char *data, uint64_t count, size_t len);

/* Set words for these records; false, and *fault says why they cannot be. */
bool arguments_fill(struct arguments *arguments, const struct batch *records,
    unsigned worker, struct template_fault *fault);

/*
 * A process with these words could not be started, for what errno says: NULL, or why that
 * is for its records.
 */
const char *arguments_why(const struct arguments *arguments, int error);

void arguments_close(struct arguments *arguments);

#endif
