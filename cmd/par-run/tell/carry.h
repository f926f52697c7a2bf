/* SPDX-License-Identifier: ISC */
/*
 * carry - what a process on a host wrote, over the link, for --results at this end: a
 * frame with both of its outputs, before the line that says what became of its records.
 *
 *	INDEX BYTES kept OUT STATUS TOOK    the first OUT bytes are of standard output,
 *the others of standard error; TOOK is in ms
 */
#ifndef PAR_RUN_CARRY_H
#define PAR_RUN_CARRY_H

#include <stdbool.h>
#include <stdint.h>

#include "ack.h"
#include "batch.h"
#include "output.h"
#include "result_files.h"
#include "slot.h"
#include "supervisor.h"

struct carry {
	struct supervisor *parent;
	struct outflow *output;
	bool on; /* this is the end of a link that sends */
};

/* Is that of the process for batch here? */
static inline bool
carry_has(const struct result_files *files, const struct batch *batch)
{
	return files->open && files->kept && files->number == batch->first;
}

/* Files for what a process is about to write, without a name.  0, or -1 with errno. */
int carry_files(struct result_files *files);

/*
 * Send what the process of slot wrote, for records from number on; with its content, or
 * only that it ended.  What of its output is not out stays.  0, or -1 with errno.
 */
int carry_send(struct carry *carry, struct slot *slot, uint64_t number, bool content);

/*
 * Take that into the files of slot, which are empty: the next bytes of the output of its
 * link.  0, or -1 with errno, and EPROTO if ack says nothing of the kind.
 */
int carry_take(struct slot *slot, uint64_t number, const struct ack *ack);

#endif
