/* SPDX-License-Identifier: ISC */
/*
 * lines - the output of a process for a block as it comes: to its file of --results, with
 * its tag, and with --line-buffer on its way at once.
 */
#ifndef PAR_RUN_LINES_H
#define PAR_RUN_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "bytes.h"
#include "options.h"
#include "output.h"
#include "results.h"
#include "slot.h"
#include "supervisor.h"

struct lines {
	const struct run_options *options;
	struct outflow *output;
	struct supervisor *parent; /* if framed it hears of lines that go out */
	struct bytes scratch; /* bytes without their tags */
};

/*
 * What stands from byte from on in its buffer has just come.  0, or -1 with errno: there
 * is no room for it with its tags.
 */
int lines_came(struct lines *lines, struct slot *slot, size_t from);

/*
 * The process has ended: with --line-buffer the buffer has only a last line that lacks
 * its newline, and if it failed nothing.
 */
void lines_end(struct lines *lines, struct slot *slot, bool failed);

/* The other end of a link tells of such lines, which came last; false: they are none. */
bool lines_part(struct lines *lines, struct slot *slot, const struct ack *ack);

void lines_close(struct lines *lines);

#endif
