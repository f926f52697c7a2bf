/* SPDX-License-Identifier: ISC */
#include <signal.h>
#include <stdio.h>

#include "breach.h"
#include "diag.h"
#include "hearing.h"
#include "host.h"

/* The worker is to say and do nothing more. */
static void
end_now(struct slot *slot, enum place_cause cause)
{
	place_terminate(&slot->place, cause);
	worker_signal(&slot->worker, SIGKILL);
	worker_silence(&slot->worker);
}

void
breach_distrust(struct slot *slot, const char *what)
{
	if (slot->link.host != NULL) {
		slot->link.host->refused = true;
		warn("%s: %s", slot->link.host->name, what);
	} else {
		warn("worker %u: %s; killed", slot->worker.number, what);
	}
	end_now(slot, PLACE_DISTRUSTED);
}

void
breach_too_much(const struct breach *breach, char text[static WORKER_ILL_TEXT])
{
	snprintf(text, WORKER_ILL_TEXT, "its output is longer than %llu bytes",
	    (unsigned long long)breach->options->max_output);
}

void
breach_refuse(const struct breach *breach, struct slot *slot, const struct ack *ack,
    const char *what)
{
	struct window *window = &slot->worker.window;
	char shown[HEARING_SHOWN], why[WORKER_ILL_TEXT + HEARING_SHOWN + 40];

	snprintf(why, sizeof(why), "%s", what);
	if (ack != NULL && hearing_show(&slot->worker, ack, shown))
		snprintf(why, sizeof(why), "record %llu (%s): %s",
		    (unsigned long long)window_number(window, ack->index) + 1, shown,
		    what);
	if (slot->link.host != NULL ||
	    (ack != NULL && window_find(window, ack->index) == NULL)) {
		breach_distrust(slot, why);
		return;
	}
	gate_give_in(breach->gate, HOPE_NEVER, why);
	end_now(slot, PLACE_REFUSED);
}

void
breach_burst(const struct breach *breach, struct slot *slot, int error)
{
	char why[WORKER_ILL_TEXT];

	output_clear(breach->output, &slot->spout);
	if (error != 0)
		worker_lost_text(error, why);
	else
		breach_too_much(breach, why);
	reading_lost(&slot->reading, why, error == 0);
	if (slot->worker.window.records > 0)
		deadline_blame(&slot->deadline, window_oldest(&slot->worker.window));
	end_now(slot, PLACE_BURST);
	worker_hang_up(&slot->worker);
}
