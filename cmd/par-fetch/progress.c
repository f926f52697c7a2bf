/* SPDX-License-Identifier: ISC */
#include <stdio.h>

#include "plural.h"
#include "progress.h"

void
progress_open(struct progress *progress, bool on, int fd)
{
	*progress = (struct progress){ .size = on && fd >= 0 ? headway_size(fd) : 0 };
	headway_open(&progress->headway, on);
}

static enum failure_kind
kind_of(struct transfer *transfer)
{
	long status;

	if (transfer->request->refusal != NULL)
		return KIND_REFUSED;
	if (!transfer->broken) {
		status = transfer_status(transfer);
		return status >= 400 && status <= 499 ? KIND_4XX
		    : status >= 500 && status <= 599  ? KIND_5XX
						      : KINDS;
	}
	switch ((int)transfer->code) {
	case CURLE_OK:
	case CURLE_WRITE_ERROR:
		return KIND_LIMIT;
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_RESOLVE_PROXY:
		return KIND_NAME;
	case CURLE_OPERATION_TIMEDOUT:
		return KIND_TIME;
	case CURLE_COULDNT_CONNECT:
	case CURLE_GOT_NOTHING:
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR:
	case CURLE_PARTIAL_FILE:
		return KIND_CONNECTION;
	default:
		return KIND_OTHER;
	}
}

void
progress_count(struct progress *progress, struct transfer *transfer)
{
	enum failure_kind kind;

	if (!progress->headway.ticker.on)
		return;
	progress->passed += request_name(transfer->request).len + 1;
	kind = kind_of(transfer);
	progress->pages++;
	progress->bytes += transfer->request->refusal == NULL ? transfer->body : 0;
	if (kind != KINDS)
		progress->kinds[kind]++;
}

/* What else is told, in text of size bytes. */
static void
put_more(const struct progress *progress, size_t in_flight, char *text, size_t size)
{
	static const struct {
		const char *name, *many;
	} names[KINDS] = { [KIND_REFUSED] = { "refused", "" },
		[KIND_NAME] = { "not found by name", "" },
		[KIND_CONNECTION] = { "broken connection", "s" },
		[KIND_TIME] = { "time-out", "s" },
		[KIND_LIMIT] = { "over a limit", "" },
		[KIND_OTHER] = { "other failure", "s" },
		[KIND_4XX] = { "4xx", "" },
		[KIND_5XX] = { "5xx", "" } };
	size_t at =
	    (size_t)snprintf(text, size, ", %.1f MB", (double)progress->bytes / 1e6);

	if (in_flight > 0)
		at +=
		    (size_t)snprintf(text + at, size - at, ", %zu in flight", in_flight);
	for (size_t i = 0; i < KINDS && at < size; i++)
		if (progress->kinds[i] > 0)
			at += (size_t)snprintf(text + at, size - at, ", %llu %s%s",
			    (unsigned long long)progress->kinds[i], names[i].name,
			    plural(progress->kinds[i], "", names[i].many));
}

/* How far it is. */
static struct headway_facts
look(const struct progress *progress, size_t in_flight)
{
	struct headway_facts facts = { .what = "page",
		.done = progress->pages,
		.bytes = progress->passed,
		.size = progress->size };

	put_more(progress, in_flight, facts.more, sizeof(facts.more));
	return facts;
}

void
progress_show(struct progress *progress, size_t in_flight)
{
	struct headway_facts facts;

	if (!headway_is_due(&progress->headway))
		return;
	facts = look(progress, in_flight);
	headway_tell(&progress->headway, &facts);
}

void
progress_close(struct progress *progress)
{
	struct headway_facts facts = look(progress, 0);

	headway_end(&progress->headway, &facts);
}
