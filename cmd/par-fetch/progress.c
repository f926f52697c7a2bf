/* SPDX-License-Identifier: ISC */
#include <stdio.h>

#include "clock.h"
#include "progress.h"

enum { LINE = 512 };

void
progress_open(struct progress *progress, bool on)
{
	*progress = (struct progress){ 0 };
	ticker_open(&progress->ticker, on);
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

	if (!progress->ticker.on)
		return;
	kind = kind_of(transfer);
	progress->pages++;
	progress->bytes += transfer->request->refusal == NULL ? transfer->body : 0;
	if (kind != KINDS)
		progress->kinds[kind]++;
}

static void
put_kinds(const struct progress *progress, char *line, size_t at)
{
	static const char *const names[KINDS] = { [KIND_REFUSED] = "refused",
		[KIND_NAME] = "not found by name",
		[KIND_CONNECTION] = "broken connections",
		[KIND_TIME] = "time-outs",
		[KIND_LIMIT] = "over a limit",
		[KIND_OTHER] = "other failures",
		[KIND_4XX] = "4xx",
		[KIND_5XX] = "5xx" };

	for (size_t i = 0; i < KINDS; i++)
		if (progress->kinds[i] > 0)
			at += (size_t)snprintf(line + at, LINE - at, ", %llu %s",
			    (unsigned long long)progress->kinds[i], names[i]);
}

/* The line as it is now. */
static void
make_line(const struct progress *progress, char line[static LINE], size_t in_flight)
{
	double seconds = (double)(clock_ms() - progress->ticker.started) / 1000;
	double rate = seconds > 0 ? (double)progress->pages / seconds : 0;
	int at = snprintf(line, LINE, "%llu pages, %.0f a second, %.1f MB",
	    (unsigned long long)progress->pages, rate, (double)progress->bytes / 1e6);

	if (in_flight > 0)
		at +=
		    snprintf(line + at, LINE - (size_t)at, ", %zu in flight", in_flight);
	put_kinds(progress, line, (size_t)at);
}

void
progress_show(struct progress *progress, size_t in_flight)
{
	char line[LINE];

	if (!ticker_is_due(&progress->ticker))
		return;
	make_line(progress, line, in_flight);
	ticker_show(&progress->ticker, line);
}

void
progress_close(struct progress *progress)
{
	char line[LINE];

	make_line(progress, line, 0);
	ticker_close(&progress->ticker, line);
}
