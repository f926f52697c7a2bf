/* SPDX-License-Identifier: ISC */
/*
 * untimed - tables of the page for what tells more, or less, than a log: statuses of
 * pages, and hosts or workers of which nobody knows when they did what.
 */
#ifndef PAR_REPORT_UNTIMED_H
#define PAR_REPORT_UNTIMED_H

#include "bytes.h"
#include "layout.h"

/* Pages by their status of HTTP, if there are pages. */
void untimed_statuses(struct bytes *to, const struct summary *summary);

/* By host, those with most records first, as a log has it by worker. */
void untimed_hosts(struct bytes *to, const struct layout *layout);

/* What a status means, by its class: as "not found" of 4xx. */
const char *untimed_status_text(unsigned status);

#endif
