/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "lines.h"

/* Put the tag before each line of the last len bytes of the buffer. */
static int
put_tags(struct lines *lines, struct slot *slot, size_t len)
{
	struct buffered *buffered = &slot->worker.buffered;
	char *plain = bytes_anew(&lines->scratch, len);
	uint64_t before = buffered_bytes(buffered);
	int got;

	if (plain == NULL)
		return -1;
	memcpy(plain, buffered->data + buffered->end - len, len);
	buffered_cut(buffered, len);
	got = tagged_buffer(&slot->voice.out, buffered, plain, len);
	voice_tagged(&slot->voice, buffered_bytes(buffered) - before);
	return got;
}

/* The next bytes of its output go out. */
static void
let_out(struct lines *lines, struct slot *slot, uint64_t bytes)
{
	voice_heard(&slot->voice, bytes);
	account_output(&slot->account, bytes);
	if (lines->parent->framed)
		supervisor_report(lines->parent,
		    &(struct ack){ .index = slot->voice.number,
			.bytes = bytes,
			.outcome = OUTCOME_PART });
	output_add(lines->output, &slot->spout, (size_t)bytes);
}

/* All whole lines do; what came last, which is in memory, is len bytes. */
static void
let_lines_out(struct lines *lines, struct slot *slot)
{
	const struct buffered *buffered = &slot->worker.buffered;
	uint64_t left = buffered_bytes(buffered) - slot->spout.acked;
	size_t here = buffered->end - buffered->start;
	const char *newline;

	if (left < here)
		here = (size_t)left;
	newline =
	    here == 0 ? NULL : memrchr(buffered->data + buffered->end - here, '\n', here);
	if (newline != NULL)
		let_out(lines, slot,
		    left - (size_t)(buffered->data + buffered->end - newline - 1));
}

int
lines_came(struct lines *lines, struct slot *slot, size_t from)
{
	const struct buffered *buffered = &slot->worker.buffered;

	results_out(slot, buffered->data + from, buffered->end - from);
	if (slot->voice.tag.len > 0 &&
	    put_tags(lines, slot, slot->worker.buffered.end - from) < 0)
		return -1;
	if (lines->options->line_buffer)
		let_lines_out(lines, slot);
	return 0;
}

void
lines_end(struct lines *lines, struct slot *slot, bool failed)
{
	if (!lines->options->line_buffer)
		return;
	output_clear(lines->output, &slot->spout);
	if (!failed || buffered_bytes(&slot->worker.buffered) == 0)
		return;
	worker_end_line(&slot->worker);
	let_out(lines, slot, buffered_bytes(&slot->worker.buffered));
	output_clear(lines->output, &slot->spout);
}

bool
lines_part(struct lines *lines, struct slot *slot, const struct ack *ack)
{
	if (ack->bytes == 0)
		return true;
	if (slot->worker.buffered.last != '\n')
		return false;
	account_output(&slot->account, ack->bytes);
	output_add(lines->output, &slot->spout, (size_t)ack->bytes);
	return true;
}

void
lines_close(struct lines *lines)
{
	bytes_free(&lines->scratch);
}
