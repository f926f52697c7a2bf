/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <string.h>

#include "diag.h"
#include "plain.h"

enum { GLANCE = 64 /* bytes */ };

/* Drop the rest of a record that was too long, in what came last. */
static void
discard(struct plain *plain, struct slot *slot)
{
	struct buffered *buffered = &slot->worker.buffered;
	const char *from, *newline;

	output_clear(plain->output, &slot->spout);
	from = buffered_at(buffered);
	newline = memchr(from, '\n', buffered->end - buffered->start);
	reading_discard(&slot->reading, newline == NULL);
	worker_release(&slot->worker,
	    newline == NULL ? buffered->end - buffered->start
			    : (size_t)(newline - from) + 1);
}

/*
 * Whoever knows xargs(1) writes gzip without {}.  What packs or draws has NUL bytes soon:
 * that is said, once, and only the beginning of what a worker writes is looked at.
 */
static void
look_at_first(struct plain *plain, const struct slot *slot, size_t from)
{
	const struct buffered *buffered = &slot->worker.buffered;
	size_t len = buffered->end - from;

	if (plain->told || slot->account.bytes_out > 0 ||
	    memchr(buffered->data + from, '\0', len < GLANCE ? len : GLANCE) == NULL)
		return;
	plain->told = true;
	warn("%s: its output holds NUL bytes, and is taken for lines; {} stands for a "
	     "record in its words",
	    plain->options->command[0]);
}

void
plain_pass(struct plain *plain, struct slot *slot, size_t from)
{
	struct buffered *buffered = &slot->worker.buffered;
	const char *newline;
	size_t len;

	if (slot->reading.discarding) {
		discard(plain, slot);
		return;
	}
	look_at_first(plain, slot, from);
	newline = memrchr(buffered->data + from, '\n', buffered->end - from);
	if (newline != NULL) {
		len = (size_t)(newline + 1 - buffered->data) - buffered->start -
		    slot->spout.acked;
		account_output(&slot->account, len);
		restarts_progress(plain->restarts);
		output_add(plain->output, &slot->spout, len);
	}
	if (buffered->end - buffered->start - slot->spout.acked <=
	    plain->options->max_record)
		return;
	warn("worker %u: dropped an output record longer than %llu bytes; see "
	     "--max-record",
	    slot->worker.number, (unsigned long long)plain->options->max_record);
	ledger_trouble(plain->ledger);
	discard(plain, slot);
}

void
plain_last(struct plain *plain, struct slot *slot)
{
	const struct buffered *buffered = &slot->worker.buffered;
	size_t len = buffered->end - buffered->start - slot->spout.acked;

	if (len == 0 || slot->reading.discarding)
		return;
	if (!worker_end_line(&slot->worker)) {
		ending_broken(plain->ending, ENOMEM, "output of a worker");
		return;
	}
	output_add(plain->output, &slot->spout, len + 1);
}
