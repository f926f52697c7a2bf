/* SPDX-License-Identifier: ISC */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "diag.h"
#include "move.h"
#include "plural.h"
#include "undone.h"

enum { REST_SIZE = 96 };

/* Records that were read and given to nobody; the last one may not be whole. */
static uint64_t
waiting(const struct intake *intake)
{
	const char *at = intake->block->data + intake->cut, *newline;
	size_t left = intake->used - intake->cut;
	uint64_t count = 0;

	while (left > 0) {
		newline = memchr(at, '\n', left);
		count++;
		if (newline == NULL)
			break;
		left -= (size_t)(newline + 1 - at);
		at = newline + 1;
	}
	return count;
}

/* What was not read, in words; NULL if that is nothing. */
static const char *
rest(const struct intake *intake, char text[REST_SIZE])
{
	struct pollfd p = { .fd = intake->fd, .events = POLLIN };
	struct stat st;
	off_t at;

	if (intake->end || (intake->lists != NULL && lists_over(intake->lists)))
		return NULL;
	at = lseek(intake->fd, 0, SEEK_CUR);
	if (at >= 0 && fstat(intake->fd, &st) == 0 && S_ISREG(st.st_mode)) {
		if (st.st_size <= at)
			return NULL;
		snprintf(text, REST_SIZE, "%lld bytes of the input were not read",
		    (long long)(st.st_size - at));
		return text;
	}
	/* The end of a pipe may wait there, not looked at. */
	if (poll(&p, 1, 0) == 1 && (p.revents & POLLHUP) != 0 &&
	    move_pending(intake->fd) == 0)
		return NULL;
	return "the rest of the input was not read";
}

/* Records that workers had, or were to have, or whose output is with them. */
static uint64_t
in_flight(const struct undone *undone)
{
	uint64_t count = 0;

	for (size_t i = 0; i < undone->supply->pool->count; i++) {
		const struct slot *slot = undone->supply->pool->slots[i];

		count += lane_waiting(&slot->lane) + output_left(&slot->spout);
		if (slot->worker.kind != WORKER_PLAIN && slot->doubles.of == NULL)
			count += slot->worker.window.records;
	}
	return count;
}

bool
undone_say(const struct undone *undone)
{
	char text[REST_SIZE], some[64] = "", more[96] = "";
	uint64_t records = undone->supply->requeued.records +
	    undone->supply->paced->records + waiting(undone->supply->intake) +
	    in_flight(undone) + output_undelivered(undone->output) +
	    order_done(&undone->quarantine->later);
	uint64_t unknown = undone->tally->unknown;
	const char *unread = rest(undone->supply->intake, text);

	if (records == 0 && unknown == 0 && unread == NULL)
		return false;
	if (undone->options->serve) /* the other end knows what is left */
		return true;
	if (records > 0)
		snprintf(some, sizeof(some), "%llu %s read and not delivered",
		    (unsigned long long)records,
		    plural(records, "record was", "records were"));
	if (unknown > 0)
		snprintf(more, sizeof(more), "%swhat became of %llu %s is not known",
		    records > 0 ? "; " : "", (unsigned long long)unknown,
		    records > 0 ? plural(unknown, "other", "others")
				: plural(unknown, "record", "records"));
	warn("stopped early: %s%s%s%s", some, more,
	    unread != NULL && (records > 0 || unknown > 0) ? "; " : "",
	    unread == NULL ? "" : unread);
	return true;
}
