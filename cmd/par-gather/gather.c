/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>

#include "diag.h"
#include "fifo.h"
#include "gather.h"

void
gather_put(struct gather *gather, const void *data, size_t len)
{
	if (writer_put(&gather->out, data, len) < 0)
		die_output(errno, "standard output");
}

void
gather_flush(struct gather *gather)
{
	if (writer_flush(&gather->out) < 0)
		die_output(errno, "standard output");
}

void
gather_fail(struct gather *gather, const char *data, size_t len, const char *why)
{
	warn_record(data, len, why);
	gather->failed = true;
}

static void
name_input(struct gather *gather, int error)
{
	if (error == ENOMEM)
		die(STATUS_BROKEN, error, "%s", inputs_name(&gather->in));
	warn("%s: %s", inputs_name(&gather->in), fifo_why(error));
	gather->failed = true;
}

static void
name_too_long(struct gather *gather, const struct record *rec)
{
	char why[512];

	snprintf(why, sizeof(why), "%s: record at byte %llu is longer than %zu bytes",
	    inputs_name(&gather->in), (unsigned long long)rec->offset, gather->in.limit);
	gather_fail(gather, rec->data, rec->len, why);
}

bool
gather_next(struct gather *gather, struct record *run)
{
	for (;;) {
		switch (inputs_take(&gather->in, run)) {
		case RECORD_OK:
			return true;
		case RECORD_EOF:
			return false;
		case RECORD_TOO_LONG:
			name_too_long(gather, run);
			break;
		case RECORD_ERROR:
			name_input(gather, errno);
			break;
		case RECORD_NONE:
			gather_flush(gather);
			if (inputs_wait(&gather->in, -1) < 0 && errno != EINTR)
				die(STATUS_BROKEN, errno, "poll");
			break;
		}
	}
}
