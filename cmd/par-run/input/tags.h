/* SPDX-License-Identifier: ISC */
/*
 * tags - --tag and --tag-format: the text before each line that a process writes.
 */
#ifndef PAR_RUN_TAGS_H
#define PAR_RUN_TAGS_H

#include <stdbool.h>

#include "batch.h"
#include "bytes.h"
#include "options.h"
#include "template.h"

enum { TAG_MOST = 4096 }; /* bytes; what is longer is cut short */

struct tags {
	bool on;
	struct template template; /* of --tag-format; without that it is the record */
	char *format; /* its text; or NULL */
};

/*
 * names: of the fields, as a record, or NULL.  Ends the program without memory.
 */
void tags_open(struct tags *tags, const struct run_options *options, const char *names);

/*
 * The tag of a process for these records, which is made of the first, and a TAB; empty if
 * there is none to be.  0, or -1 with errno.
 */
int tags_fill(const struct tags *tags, const struct batch *records, unsigned worker,
    struct bytes *tag);

void tags_close(struct tags *tags);

#endif
